"""Move bytes: serial, TCP, character device, loopback."""
