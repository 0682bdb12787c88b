"""Widgets that the touch programs share."""
