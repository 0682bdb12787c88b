"""A technician's tools at the devices themselves: who holds one, a test ticket, keys, displays, commissioning.

They drive the same drivers as the hall does, and therefore only while no program of the hall holds the device.
"""
