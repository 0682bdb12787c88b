"""Read-only reader of the log."""
