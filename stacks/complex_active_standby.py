"""Complex active/standby: two nginx, two haproxy that stick by the application's own cookie, two Apache with PHP."""

import pulumi

from hacomponents import (
    ApachePhp,
    AppTier,
    Cookie,
    DefaultServer,
    Firewall,
    LoadBalancerTier,
    ReverseProxyTier,
    Vip,
    network,
)

config = pulumi.Config("hacomponents")
site = ApachePhp(app="stacks/php_app/www", health="/up.php", php_value={"session.name": "JSESSIONID"})

firewall = Firewall(management=config.get_object("management", []))
net = network("site", cidr=config.get("cidr") or "10.20.0.0/24", firewall=firewall)
app = AppTier("app", hosts=net.hosts("app", 2), server=site)
lb = LoadBalancerTier(
    "lb",
    hosts=net.hosts("lb", 2),
    to=app,
    vip=Vip(net.address(20)),
    port=8080,
    cookie=Cookie("JSESSIONID", mode="prefix"),
    cookie_flags=("HttpOnly", "Secure"),
    default_server=DefaultServer(weight=100),
)
web = ReverseProxyTier("web", hosts=net.hosts("web", 2), to=lb, vip=Vip(net.address(10)))

pulumi.export("url", web.url)
