"""The simulated citizens and clerks, and the hall they visit."""
