"""One branch: its rules, its log, its loop."""
