"""What a board shows, and for how long."""
