"""Drivers against simulators over real ptys and sockets."""
