"""The touch rating terminal at a counter."""
