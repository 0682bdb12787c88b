"""Whole halls and stateful properties."""
