"""ESC/POS printing through a durable job table."""
