"""Call keypads."""
