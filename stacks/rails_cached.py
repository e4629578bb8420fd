"""Rails HA with two caches, memcached that nginx asks first and Varnish between nginx and haproxy; HTTPS and gzip."""

import pulumi

from hacomponents import (
    AppTier,
    CacheTier,
    Firewall,
    Gzip,
    LoadBalancerTier,
    MemcachedLookup,
    MemcachedTier,
    ReverseProxyTier,
    SelfSigned,
    Stats,
    Thin,
    Vip,
    network,
)

config = pulumi.Config("hacomponents")
firewall = Firewall(management=config.get_object("management", []))
net = network("rails", cidr=config.get("cidr") or "10.10.0.0/24", firewall=firewall)
boxes = net.hosts("app", 1)
pages = MemcachedTier("pages", hosts=net.hosts("pages", 2), clients=[boxes])
rails = Thin(
    app="stacks/rails_app",
    port=3000,
    processes=5,
    env={"MEMCACHED_SERVERS": pages.servers},
    secret_env={"SECRET_KEY_BASE": config.require_secret("secret_key_base")},
)
stats = Stats(password=config.require_secret("stats_password"))

app = AppTier("app", hosts=boxes, server=rails)
# No cookie: in every answer, it would keep all of them out of the cache. The sessions of Rails are in its own.
lb = LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip(net.address(20)), stats=stats, cookie=None)
cache = CacheTier("cache", hosts=net.hosts("cache", 2), to=lb, vip=Vip(net.address(15)), purge=[boxes])
web = ReverseProxyTier(
    "web",
    hosts=net.hosts("web", 2),
    to=cache,
    vip=Vip(net.address(10)),
    memcached=MemcachedLookup(to=pages),
    tls=SelfSigned(),
    gzip=Gzip(),
)

pulumi.export("url", web.url)
