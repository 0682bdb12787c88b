"""LED counter displays."""
