"""Simple active/standby: two nginx on a VIP, two Apache with PHP, each client on one of them; two sites by name."""

import pulumi

from hacomponents import ApachePhp, AppTier, Firewall, ReverseProxyTier, Vip, VirtualHost, Vrrp2, network

config = pulumi.Config("hacomponents")
php = ApachePhp(
    app="stacks/php_app", health="/up.php", virtual_hosts={"www.example.com": "www", "shop.example.com": "shop"}
)
vrrp = Vrrp2(auth_pass=config.require_secret("auth_pass"), priority=(85, 80), weight=10, interval=2)

firewall = Firewall(management=config.get_object("management", []))
net = network("site", cidr=config.get("cidr") or "10.20.0.0/24", firewall=firewall)
app = AppTier("app", hosts=net.hosts("app", 2), server=php)
www = VirtualHost("www", to=app, server_name=["www.example.com", "_"], redirect_from=["example.com"], balance="ip_hash")
shop = VirtualHost("shop", to=app, server_name=["shop.example.com"], balance="ip_hash")
web = ReverseProxyTier("web", hosts=net.hosts("web", 2), sites=[www, shop], vip=Vip(net.address(10), vrrp=vrrp))

pulumi.export("url", web.url)
