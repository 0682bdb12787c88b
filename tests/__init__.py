"""Tests of Motcua."""
