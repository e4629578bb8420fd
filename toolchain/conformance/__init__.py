"""Scenarios that hold a plugin, official or ours, to one table of semantics."""
