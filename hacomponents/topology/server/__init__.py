"""Application servers: what runs on the hosts of an application tier."""

from hacomponents.topology.server.apache_php import ApachePhp
from hacomponents.topology.server.base import Server
from hacomponents.topology.server.folder import Folder
from hacomponents.topology.server.thin import MAX_PROCESSES, Thin

__all__ = ["MAX_PROCESSES", "ApachePhp", "Folder", "Server", "Thin"]
