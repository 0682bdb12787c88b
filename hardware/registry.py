"""From an address to an open device."""
