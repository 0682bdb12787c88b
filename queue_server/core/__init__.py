"""The pure rules of a branch."""
