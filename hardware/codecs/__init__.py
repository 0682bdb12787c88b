"""Frames of the wires, pure."""
