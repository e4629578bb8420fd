"""Stacks as drawings, taken from what their programs declare."""
