"""The checker of halls."""
