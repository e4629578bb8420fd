"""Rails in Passenger on the two nginx front ends themselves: one VIP pair, no haproxy and no Thin."""

import pulumi

from hacomponents import AppTier, Firewall, Passenger, ReverseProxyTier, Vip, network

config = pulumi.Config("hacomponents")
rails = Passenger(
    app="stacks/rails_app",
    max_pool_size=6,
    secret_env={"SECRET_KEY_BASE": config.require_secret("secret_key_base")},
)

firewall = Firewall(management=config.get_object("management", []))
net = network("rails", cidr=config.get("cidr") or "10.10.0.0/24", firewall=firewall)
edge = net.hosts("edge", 2)
app = AppTier("app", hosts=edge, server=rails)
web = ReverseProxyTier("web", hosts=edge, to=app, vip=Vip(net.address(10)))

pulumi.export("url", web.url)
