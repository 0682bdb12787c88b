"""What other systems are allowed and owed: their keys, their webhooks, what waits to be delivered, what they did.

One file, `systems.db`, written by two programs on one machine: the staff pages, where a technician gives and takes, and
the API, which checks keys and delivers. Neither knows the other.
"""
