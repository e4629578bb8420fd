"""The agent's own services: each runs for good beside the daemons."""
