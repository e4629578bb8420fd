"""The reverse-proxy tier: nginx, the site's front."""

from hacomponents.topology.reverse_proxy.balance_method import Hash
from hacomponents.topology.reverse_proxy.gzip import Gzip
from hacomponents.topology.reverse_proxy.memcached_lookup import MemcachedLookup
from hacomponents.topology.reverse_proxy.protection import Limits
from hacomponents.topology.reverse_proxy.status import Status
from hacomponents.topology.reverse_proxy.tier import HEALTH, STATUS_PORT, ReverseProxy
from hacomponents.topology.reverse_proxy.tls import SelfSigned, Tls
from hacomponents.topology.reverse_proxy.virtual_host import VirtualHost

__all__ = [
    "HEALTH",
    "STATUS_PORT",
    "Gzip",
    "Hash",
    "Limits",
    "MemcachedLookup",
    "ReverseProxy",
    "SelfSigned",
    "Status",
    "Tls",
    "VirtualHost",
]
