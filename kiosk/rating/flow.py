"""The rating terminal's screens as a state machine."""
