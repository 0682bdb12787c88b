"""A batch of requests: decide, commit, reply."""
