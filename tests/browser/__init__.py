"""Real pages in Debian's chromium."""
