"""Events to report tables, and the questions managers ask of them."""
