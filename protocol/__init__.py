"""The shared language of all programs of a hall."""
