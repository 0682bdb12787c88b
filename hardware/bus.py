"""RS-485 master: many slaves, one wire."""
