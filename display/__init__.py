"""Hall boards and their voice."""
