"""The staff's pages: one more terminal of the server."""
