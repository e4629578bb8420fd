"""Who runs the daemons of a host, and starts again what has ended."""
