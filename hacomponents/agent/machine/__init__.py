"""The host beyond its files: commands, requests, sockets, processes, addresses, time."""

from .machine import Machine, Place, Result

__all__ = ["Machine", "Place", "Result"]
