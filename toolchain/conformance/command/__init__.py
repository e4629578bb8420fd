"""The `command` plugin's table."""
