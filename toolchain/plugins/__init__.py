"""Pulumi resource plugins in Python, for machines that reach package mirrors only."""
