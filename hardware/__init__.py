"""Devices and nothing else; knows bytes, not queues."""
