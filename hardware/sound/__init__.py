"""Sound: samples, where they go, and the speech programs that make them of words."""
