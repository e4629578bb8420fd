"""Five kinds of application servers on the same two hosts, behind one balancer that tells them by their names."""

# ruff: noqa: INP001  # a program, not a module of a package

import pulumi

from hacomponents import (
    ApachePhp,
    AppTier,
    Backend,
    Command,
    Gunicorn,
    HttpCheck,
    LoadBalancerTier,
    Puma,
    Tomcat,
)
from hacomponents.docker import Network

config = pulumi.Config("hacomponents")
SECRET = {"KEY": config.require_secret("secret_key_base")}
SERVERS = {
    "php": ApachePhp(app="servers/php", health="/up.php", allow_override=["All"], secret_env=SECRET),
    "puma": Puma(app="servers/puma", packages=(), workers=1, secret_env=SECRET),
    "gunicorn": Gunicorn(app="servers/gunicorn", secret_env=SECRET),
    "tomcat": Tomcat(app="servers/tomcat", health="/up.jsp", health_timeout=300, port=8081, secret_env=SECRET),
    "command": Command(
        app="servers/command", start=("python3", "serve.py"), concurrency=8, packages=("python3",), secret_env=SECRET
    ),
}

net = Network("servers", cidr=config.require("cidr"))
hosts = net.hosts("app", 2)
tiers = {name: AppTier(name, hosts=hosts, server=server) for name, server in SERVERS.items()}
backends = tuple(
    Backend(to=tier, host=(name,), httpchk=HttpCheck(SERVERS[name].health)) for name, tier in tiers.items()
)
lb = LoadBalancerTier("lb", hosts=net.hosts("lb", 1), to=tiers["php"], backends=backends[1:])
