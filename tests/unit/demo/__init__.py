"""The simulated people and the counting of what they saw."""
