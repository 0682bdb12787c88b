"""The command line of Motcua, its demonstration and its bench."""
