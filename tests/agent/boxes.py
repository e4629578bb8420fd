"""Two containers that are small machines on one network, with the agent on them."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hacomponents
from hacomponents.agent import INSTALLER, payload
from hacomponents.testing import poll
from hacomponents.testing.docker import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IMAGE = Path(hacomponents.__file__).parent / "hosts" / "docker" / "image"
TAG = "agenttest-daemons"
PACKAGES = "haproxy keepalived nftables nginx-light"
CAPABILITIES = ("NET_ADMIN", "NET_RAW", "NET_BROADCAST", "SYS_NICE", "IPC_LOCK", "SYS_ADMIN")  # the last to mount
SUBNET = f"10.204.{os.getpid() % 200 + 16}"
VIP, SECOND_VIP = f"{SUBNET}.100", f"{SUBNET}.101"
PATIENCE = 20  # seconds
eventually = partial(poll.eventually, within=PATIENCE, every=0.05)


def docker(
    *arguments: str, stdin: str = "", check: bool = True, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run the docker command; more than 300 s is a hang."""
    command = ["docker", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


class Box:
    """One of the two machines: number 1 is preferred."""

    def __init__(self, number: int, network: str, image: str = TAG) -> None:
        self.number = number
        self.name = f"{network}-{number}"
        self.address = f"{SUBNET}.1{number}"
        self.peer = f"{SUBNET}.1{3 - number}"
        options = [f"--cap-add={capability}" for capability in CAPABILITIES]
        options += ["--sysctl=net.ipv4.ip_nonlocal_bind=1", "--tmpfs=/run", f"--ip={self.address}"]
        docker("run", "--detach", f"--name={self.name}", f"--network={network}", *options, image)
        docker("exec", "-i", self.name, "python3", "-c", INSTALLER, stdin=payload())

    def agent(self, *verb: str, stdin: str = "") -> tuple[int, str]:
        """Run a verb of the agent. Returns its exit status and all that it said."""
        done = docker("exec", "-i", self.name, "hacomponents-agent", *verb, stdin=stdin, check=False)
        return done.returncode, done.stdout + done.stderr

    def push(self, bundle: Mapping[str, Any]) -> tuple[int, str]:
        """Apply a bundle."""
        return self.agent("apply", stdin=json.dumps(bundle))

    def start_push(self, bundle: Mapping[str, Any]) -> subprocess.Popen[str]:
        """Begin to apply a bundle."""
        command = ["docker", "exec", "-i", self.name, "hacomponents-agent", "apply"]
        push = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        )
        assert push.stdin is not None
        push.stdin.write(json.dumps(bundle))
        push.stdin.close()
        return push

    def run(self, script: str) -> str:
        """Run a line of shell. Returns its output, whatever its exit status."""
        return docker("exec", self.name, "sh", "-c", script, check=False).stdout

    def python(self, program: str, *arguments: str) -> str:
        """Run a Python program. Returns its output."""
        return docker("exec", self.name, "python3", "-c", program, *arguments).stdout

    def status(self) -> dict[str, Any]:
        """What the agent says of the machine."""
        status, words = self.agent("status")
        assert status == 0, words
        document: dict[str, Any] = json.loads(words)
        return document

    def digests(self) -> dict[str, str]:
        """What each daemon says it serves."""
        return {name: service["digest"] for name, service in self.status()["services"].items()}

    def holds(self, vip: str = VIP) -> bool:
        """Whether this machine has the VIP."""
        return vip in self.run(f"ip -o address show to {vip}")

    def answers(self, url: str) -> bool:
        """Whether a request on the machine itself is answered well."""
        return self.run(f"curl -fsS -o /dev/null -m 2 {url} && echo yes") == "yes\n"


@contextmanager
def boxes(count: int, packages: str = PACKAGES, image: str = TAG) -> Iterator[list[Box]]:
    """So many machines on a network of their own, with these packages and nothing pushed to them."""
    docker("build", "--quiet", f"--tag={image}", f"--build-arg=PACKAGES={packages}", str(IMAGE), timeout=BUILD)
    network = f"agenttest-{uuid.uuid4().hex[:8]}"
    docker("network", "create", f"--subnet={SUBNET}.0/24", network)
    numbers = range(1, count + 1)
    try:
        yield [Box(number, network, image) for number in numbers]
    finally:
        docker("rm", "--force", *(f"{network}-{number}" for number in numbers), check=False)
        docker("network", "rm", network)


NGINX = """\
user www-data;
worker_processes 2;
pid /run/nginx.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
    access_log off;
    server {{
        listen 127.0.0.1:8009;
        location = /release {{ return 200 "@@digest:nginx@@"; }}
        location = /health {{ return 200 "ok"; }}
    }}
    server {{ listen 80; location / {{ return 200 "{body}"; }} }}
}}
"""

HAPROXY = """\
global
    description @@digest:haproxy@@
    maxconn @@maxconn:10000@@
    log 127.0.0.1:514 local0
    stats socket /run/haproxy/admin.sock mode 600 level admin
defaults
    mode http
    log global
    option httplog
    timeout connect 1s
    timeout client 10s
    timeout server 10s
frontend health
    bind 127.0.0.1:8010
    monitor-uri /health
frontend front
    bind *:{port}
    {extra}
    default_backend back
backend back
    server web 127.0.0.1:80
"""

KEEPALIVED = """\
global_defs {{
    router_id @@digest:keepalived@@
    vrrp_version 3
    vrrp_skip_check_adv_addr
}}
track_file maintenance {{
    file /run/hacomponents/track/maintenance
    weight 0
}}
track_file nginx {{
    file /run/hacomponents/track/nginx
    weight 0
}}
vrrp_instance web {{
    interface eth0
    virtual_router_id 10
    priority {priority}
    advert_int 0.2
    state BACKUP
    nopreempt
    unicast_src_ip {source}
    unicast_peer {{
        {peer}
    }}
    virtual_ipaddress {{
        {vip}/24
    }}
    {excluded}
    track_file {{
        maintenance
        nginx
    }}
}}
"""


def bundle(
    box: Box, *, body: str = "hello", port: int = 8080, extra: str = "", app: str = "up", vips: int = 1
) -> dict[str, Any]:
    """A bundle of every kind of service for one of the machines. `app` is the file that must be there for health."""
    addresses = [VIP, SECOND_VIP][:vips]
    excluded = f"virtual_ipaddress_excluded {{\n        {SECOND_VIP}/24\n    }}" if vips > 1 else ""
    keepalived = KEEPALIVED.format(
        priority=255 - box.number, source=box.address, peer=box.peer, vip=VIP, excluded=excluded
    )
    process = {
        "daemon": "process",
        "files": ["/srv/app/"],
        "directory": "/srv/app",
        "user": "www-data",
        "health_timeout": 3,
        "stop_signal": "INT",
    }
    services: dict[str, Any] = {
        f"app-{number}": {
            **process,
            "command": ["python3", "-m", "http.server", str(number), "--bind", "127.0.0.1"],
            "health": f"http://127.0.0.1:{number}/up",
        }
        for number in (3000, 3001)
    }
    services["nginx"] = {
        "daemon": "nginx",
        "files": ["/etc/nginx/nginx.conf"],
        "config": "/etc/nginx/nginx.conf",
        "health": "http://127.0.0.1:8009/health",
        "release": "http://127.0.0.1:8009/release",
    }
    services["haproxy"] = {
        "daemon": "haproxy",
        "files": ["/etc/haproxy/haproxy.cfg"],
        "config": "/etc/haproxy/haproxy.cfg",
        "socket": "/run/haproxy/admin.sock",
        "health": "http://127.0.0.1:8010/health",
    }
    services["keepalived"] = {
        "daemon": "keepalived",
        "files": ["/etc/keepalived/keepalived.conf"],
        "config": "/etc/keepalived/keepalived.conf",
        "instances": {"web": {"interface": "eth0", "vips": [f"{address}/24" for address in addresses]}},
        "source": box.address,
        "peer": box.peer,
        "advert_int": 0.2,
    }
    services["agent-check"] = {
        "daemon": "agent-check",
        "files": ["/etc/keepalived/keepalived.conf"],
        "address": box.address,
        "port": 8011,
    }
    files = {
        "/etc/nginx/nginx.conf": {"content": NGINX.format(body=body)},
        "/etc/haproxy/haproxy.cfg": {"content": HAPROXY.format(port=port, extra=extra)},
        "/etc/keepalived/keepalived.conf": {"content": keepalived},
        f"/srv/app/{app}": {"content": f"{body}\n"},
    }
    return {"format": 1, "host": f"web-{box.number}", "files": files, "secrets": {}, "services": services}
