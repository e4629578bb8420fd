"""Hosts as containers: each a small machine with runit as its supervisor."""

from hacomponents.hosts.docker.network import Network

__all__ = ["Network"]
