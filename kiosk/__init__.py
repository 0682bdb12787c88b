"""Touch programs for citizens."""
