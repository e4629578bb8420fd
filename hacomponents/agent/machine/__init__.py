"""The host beyond its files: commands, requests, sockets, processes, addresses, time."""

from .machine import Listener, Machine, Place, Result

__all__ = ["Listener", "Machine", "Place", "Result"]
