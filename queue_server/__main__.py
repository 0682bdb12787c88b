"""The queue server as a program."""
