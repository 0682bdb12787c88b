"""The budget table, measured."""
