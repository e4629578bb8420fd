"""A real OpenSSH server, for the time of the tests, on a free port of 127.0.0.1."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Self

from toolchain.conformance.waiting import eventually

if TYPE_CHECKING:
    from types import TracebackType

    from toolchain.plugins.rpc import Values

SSHD = Path("/usr/sbin/sshd")
"""The server's program, of the package openssh-server; it will only be started by its full path."""
_CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_ed25519
HostKey {folder}/host_rsa
AuthorizedKeysFile {folder}/client.pub {folder}/client_rsa.pub {folder}/locked.pub
PidFile {folder}/pid
UsePAM no
StrictModes no
PasswordAuthentication no
AcceptEnv PULUMI_COMMAND_STDOUT LC_ONE
MaxStartups 100
"""


class Server:
    """sshd with keys of its own in `folder`: `client`, `client_rsa` and `locked` (passphrase "open") may enter."""

    def __init__(self, folder: Path) -> None:
        """Make the keys and the configuration."""
        self.folder = folder
        self.port = _free_port()
        for name, kind, passphrase in (
            ("host_ed25519", "ed25519", ""),
            ("host_rsa", "rsa", ""),
            ("client", "ed25519", ""),
            ("client_rsa", "rsa", ""),
            ("locked", "ed25519", "open"),
            ("stranger", "ed25519", ""),
        ):
            key = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(folder / name)]
            subprocess.run(key, check=True)
        (folder / "sshd_config").write_text(_CONFIGURATION.format(port=self.port, folder=folder))

    def __enter__(self) -> Self:
        """Start it and wait until it answers."""
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where root's sshd locks itself in before anyone has entered
        command = [str(SSHD), "-D", "-f", str(self.folder / "sshd_config")]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        eventually(self._answers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait()

    def text(self, name: str) -> str:
        """Return the content of a key file."""
        return (self.folder / name).read_text()

    def connection(self, **changed: object) -> Values:
        """Return a connection that works, with some properties `changed` (None: left out)."""
        connection = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "privateKey": self.text("client"),
            "hostKey": self.text("host_ed25519.pub"),
            "dialErrorLimit": 0,
        }
        return {name: value for name, value in (connection | changed).items() if value is not None}

    def clients(self) -> int:
        """Return how many connections to it are open now."""
        lines = Path("/proc/net/tcp").read_text().splitlines()
        peer = f"0100007F:{self.port:04X}"
        return sum(line.split()[2] == peer and line.split()[3] == "01" for line in lines[1:])

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as client:
                return client.recv(4) == b"SSH-"
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
