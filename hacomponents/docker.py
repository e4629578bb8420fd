"""Hosts as containers: each a small machine with runit as its supervisor."""

from hacomponents.hosts.docker.network import Hosts, Network

__all__ = ["Hosts", "Network"]
