"""A container with the real daemons, which check configurations as they would on a host."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import tarfile
import uuid
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from hacomponents.topology.platform import DEBIAN_12, DEBIAN_13, PLATFORMS
from tests.certificates import CERTIFICATE, KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from hacomponents.topology.platform import Platform

IMAGE = Path(__file__).parent.parent / "hacomponents" / "hosts" / "docker" / "image"
TAG = "hacomponents/test-daemons"
RELEASES = (DEBIAN_12, DEBIAN_13)
PACKAGES = (
    *("apache2", "gunicorn", "haproxy", "keepalived", "libapache2-mod-php", "nftables", "nginx-light", "puma"),
    "varnish",
)
SYSCTLS = ("net.ipv4.ip_nonlocal_bind=1", "net.ipv6.ip_nonlocal_bind=1", "net.ipv6.conf.all.disable_ipv6=0")
CHECKS = {
    "/etc/keepalived/keepalived.conf": "keepalived --config-test --use-file",
    "/etc/haproxy/haproxy.cfg": "haproxy -c -f",
    "/etc/nginx/nginx.conf": "nginx -t -q -c",
    "/etc/varnish/default.vcl": "varnishd -n /lab/varnish -C -f",
    "/etc/nftables/hacomponents.nft": "nft --check --file",
    "/etc/apache2/*.conf": "apache2 -t -f",
    "/etc/gunicorn/*.py": "gunicorn --check-config --chdir /lab --config",
    "/etc/puma/*.rb": "ruby /lab/check_puma.rb",
}
# What the checks need beside the file: an application, and a program that reads a file as Puma does.
FILES = {
    "wsgi.py": "application = app2 = print\n",
    "check_puma.rb": 'require "puma"; require "puma/configuration"\nPuma::Configuration.new(config_files: ARGV).load\n',
}
PROCESSORS = len(os.sched_getaffinity(0))
CERTIFICATES = re.compile(r"ssl_certificate(_key)? (tls/[^;]+);")
# Runs each check of /checks/CASE.json in an address of its own, and prints what a daemon had to say.
RUNNER = """
import json, pathlib, re, subprocess
said = {}
for case in sorted(pathlib.Path("/checks").glob("*.json")):
    check = json.loads(case.read_text())
    file = pathlib.Path(check["file"])
    for folder in re.findall('DocumentRoot "(.*)"', file.read_text()):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    address = ["ip", "address", "replace", check["address"], "dev", "eth0"]
    subprocess.run(address, check=True)
    done = subprocess.run(check["command"] + [str(file)], capture_output=True, text=True)
    subprocess.run(["ip", "address", "flush", "dev", "eth0"], check=True)
    words = (done.stdout + done.stderr).replace("Configuration file is valid\\n", "").replace("Syntax OK\\n", "")
    # What Varnish has to say of a good file is the C that it becomes, and from 7.7 on a line of information.
    words = words.partition("/* ---===###")[0].splitlines()
    words = "\\n".join(line for line in words if not line.startswith("Info:")).strip()
    if done.returncode or words:
        said[case.stem] = "exit %d: %s" % (done.returncode, words)
print(json.dumps(said))
"""


@dataclass(frozen=True)
class Check:
    """One file, as it is on a host.

    Args:
        path: of the file, which says whose it is.
        text: with the agent's marks replaced.
        address: of the host with its prefix length.
    """

    path: str
    text: str
    address: str


def releases(config: pytest.Config) -> tuple[Platform, ...]:
    """Those that there is a lab of: the one that `--platform` names, or all that hosts of users run."""
    asked = config.getoption("platform")
    return (PLATFORMS[asked],) if asked else RELEASES


def filled(text: str) -> str:
    """The text with sample values in place of the agent's marks."""
    text = re.sub(r"@@secret:[^@]+@@", "s3cret", text)
    text = re.sub(r"@@digest:[^@]+@@", "0123456789ab", text)
    text = re.sub(r"@@threads:(\d+)@@", lambda found: str(min(int(found[1]), PROCESSORS)), text)
    return re.sub(r"@@(?:maxconn|open_files):(\d+)@@", r"\1", text).replace("@@root@@", "/release")


def command(path: str) -> list[str]:
    """What checks the file of a host at a path; nothing where nobody does."""
    return next((words.split() for pattern, words in CHECKS.items() if fnmatch(path, pattern)), [])


class Lab:
    """The container. No network but two interfaces of its own, named as on a host.

    Args:
        platform: that it runs.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._name = f"hacomponents-test-daemons-{uuid.uuid4().hex[:8]}"

    def start(self) -> None:
        """Build the image, once a machine, and start."""
        tag, base = f"{TAG}:{self._platform.name}", f"BASE={self._platform.image}"
        packages = f"PACKAGES={' '.join(map(self._platform.package, PACKAGES))}"
        _docker("build", "--quiet", "--tag", tag, "--build-arg", base, "--build-arg", packages, str(IMAGE))
        options = ["--network", "none", "--cap-add", "NET_ADMIN", *(f"--sysctl={setting}" for setting in SYSCTLS)]
        _docker("run", "--detach", "--rm", "--name", self._name, *options, tag, "sleep", "3600")
        _docker("exec", self._name, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
        for interface in ("eth0", "eth1"):
            _docker("exec", self._name, "ip", "link", "set", interface, "up")
        _docker("exec", self._name, "ip", "address", "add", "192.0.2.1/24", "dev", "eth1")
        _docker("exec", self._name, "mkdir", "-p", "/run/hacomponents/track", "/run/haproxy", "/lab")
        for name, text in FILES.items():
            _docker("exec", "-i", self._name, "sh", "-c", f"cat >/lab/{name}", stdin=text.encode())

    def stop(self) -> None:
        """End the container."""
        _docker("kill", self._name)

    def complaints(self, checks: Mapping[str, Check]) -> dict[str, str]:
        """What the daemons say against any of the files, by name; nothing is good."""
        _docker("exec", self._name, "rm", "-rf", "/checks")
        _docker("cp", "-", f"{self._name}:/", stdin=_archive(checks))
        said = json.loads(_docker("exec", "-i", self._name, "python3", "-c", RUNNER))
        assert isinstance(said, dict)
        return said


def _archive(checks: Mapping[str, Check]) -> bytes:
    files: dict[str, str] = {}
    for name, check in checks.items():
        file = f"{name}{Path(check.path).suffix}"
        order = {"address": check.address, "command": command(check.path), "file": f"/checks/{file}"}
        files[f"{name}.json"] = json.dumps(order)
        files[file] = filled(check.text)
        # Whatever certificates stand beside the file: here all are the same one.
        files.update({path: CERTIFICATE if kind == "" else KEY for kind, path in CERTIFICATES.findall(check.text)})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(f"checks/{path}")
            info.size, info.mode = len(text.encode()), 0o644
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def _docker(*arguments: str, stdin: bytes | None = None) -> str:
    done = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, check=False)
    if done.returncode:
        message = f"docker {' '.join(arguments[:3])}: {done.stderr.decode()}"
        raise RuntimeError(message)
    return done.stdout.decode()
