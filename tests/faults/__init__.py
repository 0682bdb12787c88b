"""Crashes, torn writes, full disks."""
