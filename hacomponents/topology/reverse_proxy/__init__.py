"""The reverse-proxy tier: nginx, the site's front."""

from hacomponents.topology.reverse_proxy.tier import HEALTH, STATUS_PORT, ReverseProxy
from hacomponents.topology.reverse_proxy.virtual_host import VirtualHost

__all__ = ["HEALTH", "STATUS_PORT", "ReverseProxy", "VirtualHost"]
