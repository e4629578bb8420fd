"""Rails with one haproxy: an nginx pair on a VIP, one balancer without a standby, five Thin servers."""

import pulumi

from hacomponents import AppTier, Firewall, LoadBalancerTier, ReverseProxyTier, Stats, Thin, Vip, network

config = pulumi.Config("hacomponents")
rails = Thin(
    app="stacks/rails_app",
    port=3000,
    processes=5,
    secret_env={"SECRET_KEY_BASE": config.require_secret("secret_key_base")},
)
stats = Stats(password=config.require_secret("stats_password"))

firewall = Firewall(management=config.get_object("management", []))
net = network("rails", cidr=config.get("cidr") or "10.10.0.0/24", firewall=firewall)
app = AppTier("app", hosts=net.hosts("app", 1), server=rails)
lb = LoadBalancerTier("lb", hosts=net.hosts("lb", 1), to=app, stats=stats)
web = ReverseProxyTier("web", hosts=net.hosts("web", 2), to=lb, vip=Vip(net.address(10)))

pulumi.export("url", web.url)
