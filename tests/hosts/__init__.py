"""Tests of where hosts come from."""
