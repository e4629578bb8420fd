"""Hosts as containers of one Docker daemon."""
