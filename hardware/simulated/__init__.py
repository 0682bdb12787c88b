"""The far end of each wire."""
