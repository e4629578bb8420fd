"""Application servers: what runs on the hosts of an application tier."""

from hacomponents.topology.server.apache_php import ApachePhp
from hacomponents.topology.server.base import Server
from hacomponents.topology.server.command import Command
from hacomponents.topology.server.folder import Folder
from hacomponents.topology.server.git import Git
from hacomponents.topology.server.gunicorn import Gunicorn
from hacomponents.topology.server.passenger import Passenger
from hacomponents.topology.server.puma import Puma
from hacomponents.topology.server.thin import MAX_PROCESSES, Thin
from hacomponents.topology.server.tomcat import Tomcat

__all__ = [
    "MAX_PROCESSES",
    "ApachePhp",
    "Command",
    "Folder",
    "Git",
    "Gunicorn",
    "Passenger",
    "Puma",
    "Server",
    "Thin",
    "Tomcat",
]
