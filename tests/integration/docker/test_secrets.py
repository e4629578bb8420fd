"""Secrets are in clear nowhere but in the files that need them, whatever is done with a stack."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import HostHandle
from hacomponents.testing.docker import docker
from tests import certificates
from tests.integration.docker.leaks import Planted, ProcessWatch, StoredFile, search
from tests.integration.docker.stack import PulumiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.docker.stack import Stack, Update

pytestmark = pytest.mark.integration

HOSTS = ("web-1", "web-2", "lb-1", "lb-2", "app-1")
VAULT = r"/var/lib/hacomponents/secrets/"
RELEASE = r"/etc/hacomponents/releases/[^/]+/etc/"
PASSWORD = {"stats_password", "old_password"}
KEY = {"private_key"}
TOKEN = {"api_token", "old_token"}
HOOK = "#!/bin/sh\nwc --bytes >/run/notified <<END\nBearer @@TOKEN@@\nEND\n"
"""Tells how long its token is."""
NAMED = 'secrets={"TOKEN": config.require_secret("api_token")}'
EDITS = {
    "import AppTier,": "import Tls, AppTier,",
    "vip=Vip(net.address(10))": f"vip=Vip(net.address(10), notify={HOOK!r}, {NAMED})",
    "    processes=5,": f'    processes=1, health_timeout=300, env={{"API": "https://@@TOKEN@@@a.example/"}}, {NAMED},',
}
"""HTTPS, a hook that needs a token, and a variable with one in it."""
TLS = 'tls=Tls(config.require("certificate"), config.require_secret("private_key"))'
KEYED = f'extra_config="set $api_key @@TOKEN@@;", {NAMED}'
CHECKED = f'extra_config="http-request deny if {{ req.hdr(X-Old-Key) -m str @@TOKEN@@ }}", {NAMED}'
BALANCER = ("root", rf"{VAULT}lb-(stats-password|secrets-token)\.\w+|{RELEASE}haproxy/haproxy\.cfg", PASSWORD | TOKEN)
WEB_VAULT = rf"{VAULT}(web-sites-web-tls-key|web-sites-web-secrets-token|web-vip-vip-secrets-token)\.\w+"
NEEDED = {
    **dict.fromkeys(
        ("web-1", "web-2"),
        (
            "root",
            "|".join(
                (WEB_VAULT, rf"{RELEASE}nginx/(tls/web\.key|nginx\.conf)", rf"{RELEASE}keepalived/notify/[0-9.]+")
            ),
            KEY | TOKEN,
        ),
    ),
    **dict.fromkeys(("lb-1", "lb-2"), BALANCER),
    "app-1": (
        "root|www-data",
        rf"{VAULT}app-server-(secret-env-secret-key-base|secrets-token)\.\w+|{RELEASE}thin/app\.env/(SECRET_KEY_BASE|API)",
        {"secret_key_base"} | TOKEN,
    ),
}
"""For each host: whose the files are, their paths, and what is in them. The others need none."""


@dataclass
class Story:
    """A stack from its first `pulumi up` to its end, and all that it left to read.

    Attributes:
        stack: whose.
        planted: its secrets.
        places: what was read.
        leaks: names of secrets, and where they stand.
        files: the files with a secret in them, by host.
        watch: of the processes.
        notified: what the hook of a VIP wrote last.
    """

    stack: Stack
    planted: Planted
    places: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    files: dict[str, list[StoredFile]] = field(default_factory=dict)
    watch: ProcessWatch = field(init=False)
    notified: str = ""

    def tell(self) -> None:
        """Do all that can be done with a stack, watch its processes meanwhile, and keep what there is to read."""
        with ProcessWatch(self.planted) as self.watch:
            self.write()
            self._run("up", self.stack.up)
            self.write(lb=f"retries=4, {CHECKED}")
            self._run("preview", self.stack.preview)
            self._run("update", self.stack.up)
            self.write(lb=CHECKED.replace("http-request", "nonsense"))
            self._run("refused push", self.stack.up, fails="haproxy refused the new configuration")
            self.write()
            self.set("wrong_password", "stats_password")
            self._run("wrong value", self.stack.preview, fails="lb")
            self.set("stats_password")
            self.set("wrong_password", "api_token")
            self._run("wrong token", self.stack.preview, fails="web")
            self.set("api_token")
            self._run("rotation", self.stack.up)
            self._run("refresh", self.stack.refresh)
            self.notified = HostHandle(f"{self.stack.name}-web-1").exec("cat", "/run/notified").strip()
            for host in HOSTS:
                self._read_host(host)
            self._run("destroy", self.stack.destroy)

    def _run(self, what: str, operation: Callable[[], Update], *, fails: str = "") -> None:
        if fails:
            with pytest.raises(PulumiError, match=fails) as refused:
                operation()
            self._read(what, str(refused.value))
        else:
            self._read(what, operation().output)
        self._read(f"{what}: export", self.stack.pulumi("stack", "export", "--stack", self.stack.name))
        for path in _stored(self.stack.folder):
            place = f"{path.relative_to(path.anchor)} of {path.stat().st_mtime_ns}"
            if place not in self.places:
                self._read(place, path.read_text(errors="replace"))

    def _read(self, place: str, text: str) -> None:
        self.places.add(place)
        self.leaks += [f"{name} in {place}" for name in self.planted.found_in(text)]

    def write(self, **arguments: str) -> None:
        """Write the program, with secrets in texts, HTTPS at the web tier, and further arguments of other tiers."""
        self.stack.write(replace=EDITS, web=f"{TLS}, {KEYED}", **{"lb": CHECKED, **arguments})

    def set(self, name: str, key: str = "") -> None:
        """Configure one of the planted values, under its own name or another."""
        value = self.planted.values[name]
        self.stack.pulumi("config", "set", "--secret", f"hacomponents:{key or name}", stdin=value)

    def _read_host(self, name: str) -> None:
        host = HostHandle(f"{self.stack.name}-{name}")
        self._read(f"{name}: metadata", docker("inspect", host.name))
        self._read(f"{name}: image", docker("history", "--no-trunc", docker("inspect", "-f", "{{.Image}}", host.name)))
        self._read(f"{name}: output", docker("logs", host.name))
        self.files[name] = search(host, self.planted)


@pytest.fixture(scope="module")
def story(new_stack: Callable[[str], Stack]) -> Iterator[Story]:
    """The whole story of a stack of its own, whose temporary files are kept where they are searched."""
    stack = new_stack("secrets")
    temporary = stack.folder / "tmp"
    temporary.mkdir()
    passwords = {name: f"+{secrets.token_hex(12)}&/?" for name in ("stats_password", "old_password")}
    key, pem = certificates.private_key()
    plain = ("config", "set", "--stack", stack.name, "--plaintext", "hacomponents:certificate")
    stack.pulumi(*plain, stdin=certificates.certificate(key))
    stack.pulumi("config", "set", "--stack", stack.name, "--secret", "hacomponents:private_key", stdin=pem)
    # A line of it is as secret as the whole, but for its frame.
    passwords["private_key"] = pem.splitlines()[1]
    tokens = {name: f"{secrets.token_hex(12)}.~/+=:" for name in ("api_token", "old_token")}
    known = {**stack.secrets, **passwords, **tokens, "wrong_password": f"two words {secrets.token_hex(12)}"}
    planted = Planted({**known, "passphrase": stack.passphrase})
    story = Story(stack, planted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        story.set("old_password", "stats_password")
        story.set("old_token", "api_token")
        try:
            story.tell()
            yield story
        finally:
            stack.destroy()


def _stored(folder: Path) -> Iterator[Path]:
    """All files of a stack's folder, with its state and its temporary files, and what Pulumi keeps for its user."""
    user = Path.home() / ".pulumi"
    for parent in (folder, user / "logs", user / "workspaces"):
        yield from (path for path in parent.rglob("*") if path.is_file())


def test_no_secret_is_in_what_is_written_or_stored(story: Story) -> None:
    """
    State, backups, exports, event logs, outputs, temporary files, container metadata: no secret, in no encoding.
    """
    read = "\n".join(story.places)
    stored = (".pulumi/stacks/", ".pulumi/backups/", ".pulumi/history/", "/events.json", "destroy: export")

    assert [] == [place for place in (*stored, "refused push", "lb-1: metadata") if place not in read]
    assert [] == story.leaks


def test_no_secret_is_in_a_process_list(story: Story) -> None:
    """
    No command line of the machine or of its containers has a secret at any moment, and no environment that does not
    need it: Pulumi's own processes (passphrase, configuration of the program) and the application's servers.
    """
    program = r".*/executor\.py.*|.*pulumi-language-python-exec.*"
    needed = {
        **dict.fromkeys(story.planted.values, program),
        "passphrase": rf"{program}|.*importlib\.metadata.*|pulumi .*|.*pulumi-(resource|language)-.*",
        **dict.fromkeys(("secret_key_base", "api_token", "old_token"), rf"{program}|.*thin.*"),
    }

    assert set() == story.watch.command_lines
    assert {name for name, _ in story.watch.environments} == needed.keys()
    assert [] == [
        (name, line) for name, line in story.watch.environments if not re.fullmatch(needed[name], line, re.DOTALL)
    ]


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_has_its_secrets_in_the_files_that_need_them(story: Story, host: str) -> None:
    """
    Of all files on a host only those that need a secret have it, at mode 0600, in old and refused releases too.
    """
    owners, paths, names = NEEDED.get(host, ("", "", set()))

    assert names == {name for file in story.files[host] for name in file.secrets}
    assert [] == [file for file in story.files[host] if file.mode != ("700" if "/notify/" in file.path else "600")]
    assert [] == [file for file in story.files[host] if not re.fullmatch(owners, file.owner)]
    assert [] == [file for file in story.files[host] if not re.fullmatch(paths, file.path)]


def test_a_hook_gets_its_token(story: Story) -> None:
    """
    The script that keepalived runs has the value where the program names it.
    """
    token = story.planted.values["old_token"]

    assert str(len(f"Bearer {token}\n")) == story.notified


def test_refused_and_old_releases_were_searched(story: Story) -> None:
    """
    The balancer that refused a release keeps it for reading, and older ones to go back to.
    """
    releases = [file.path for file in story.files["lb-2"] if file.path.startswith("/etc/hacomponents/releases/")]

    assert [path for path in releases if "rejected" in path]
    assert len(releases) >= 3
