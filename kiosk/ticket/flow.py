"""The ticket kiosk's screens as a state machine."""
