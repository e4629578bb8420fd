"""The Python language host's table."""
