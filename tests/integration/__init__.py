"""Real sockets, real SQLite, real processes."""
