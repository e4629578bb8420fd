"""A small bundle of every kind of service, with knobs for what a test is about."""

from __future__ import annotations

import json
from typing import Any

NGINX = "/etc/nginx/nginx.conf"
HAPROXY = "/etc/haproxy/haproxy.cfg"
KEEPALIVED = "/etc/keepalived/keepalived.conf"
APP = "/srv/app/index.html"
SECRET = {"stats": {"digest": "0123456789abcdef", "value": "hush-hush"}}


def document(
    *, body: str = "hello", app: str = "app", keepalived: bool = True, vip: str = "10.0.0.10"
) -> dict[str, Any]:
    """A bundle as data: `body` is in all three daemons' files, `app` in the file of two processes."""
    files = {
        NGINX: {"content": f"# {body}\nserves @@digest:nginx@@\n"},
        HAPROXY: {"content": f"# {body}\nserves @@digest:haproxy@@\npassword @@secret:stats@@\n"},
        APP: {"content": f"{app}\n"},
    }
    services: dict[str, Any] = {
        "nginx": {
            "daemon": "nginx",
            "files": ["/etc/nginx/"],
            "config": NGINX,
            "health": "http://127.0.0.1:8009/health",
            "release": "http://127.0.0.1:8009/release",
        },
        "haproxy": {
            "daemon": "haproxy",
            "files": ["/etc/haproxy/"],
            "config": HAPROXY,
            "socket": "/run/haproxy/admin.sock",
            "health": "http://127.0.0.1:8010/health",
        },
    }
    for port in (3000, 3001):
        services[f"app-{port}"] = {
            "daemon": "process",
            "files": ["/srv/app/"],
            "command": ["serve", str(port)],
            "directory": "/srv/app",
            "health": f"http://127.0.0.1:{port}/up",
        }
    if keepalived:
        files[KEEPALIVED] = {"content": f"# {body}\nvrrp_instance web\nserves @@digest:keepalived@@\n"}
        services["keepalived"] = {
            "daemon": "keepalived",
            "files": ["/etc/keepalived/"],
            "config": KEEPALIVED,
            "instances": {vip: {"interface": "eth0", "vips": [f"{vip}/24"]}},
            "source": "10.0.0.1",
            "peer": "10.0.0.2",
            "advert_int": 0.2,
        }
    secrets = {name: secret["digest"] for name, secret in SECRET.items()}
    return {"format": 1, "host": "web-1", "files": files, "secrets": secrets, "services": services}


def text(**knobs: Any) -> str:
    """The same as JSON."""
    return json.dumps(document(**knobs))
