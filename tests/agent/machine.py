"""A machine whose daemons are pretended, at the seam where the agent leaves its own files.

They read the real files of the release in force when they start or reload, as the real ones do. Their memory is a
folder: so a push can be killed in one process, and looked at from another.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from hacomponents.agent.disk.layout import Layout
from hacomponents.agent.machine import Listener, Machine, Place, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hacomponents.agent.bundle import Json

REFUSED = "REFUSED"  # in a file: the daemon's check refuses it
UNLOADABLE = "UNLOADABLE"  # in a file: the check passes it, but a reload keeps the old one
SICK = "SICK"  # in a file: it is loaded, and then nobody answers
PATIENCE = 3  # looks


class PretendedMachine(Machine):
    """The machine. `memory` holds a file for each running service: what it has loaded.

    Attributes:
        rules: what `nft` was told.
    """

    def __init__(self, root: Path) -> None:
        self._layout = Layout(str(root))
        self._services_of_runit = root / "etc" / "service"
        self._state_of_runit = f"{self._layout.run}/supervise"
        self.memory = root / "memory"
        self.rules: list[str] = []

    def power_cut(self) -> None:
        """Forget everything that does not outlive the power."""
        for service in list(self.loaded()):
            self._end(service)

    def start_all(self) -> None:
        """Start what is installed, as runit does after `boot`."""
        for name in sorted(path.name for path in self._services_of_runit.iterdir()):
            if not name.startswith(".") and name != "guard":
                self._start(name)

    def loaded(self) -> dict[str, str]:
        """What each running service serves."""
        if not self.memory.exists():
            return {}
        return {path.name: re.findall(r"serves (\w+)", path.read_text())[0] for path in sorted(self.memory.iterdir())}

    def attempt(self, command: Sequence[str], timeout: float = 30) -> Result:  # noqa: ARG002
        """Run a daemon's check, runit's `sv`, or nothing for `nft`."""
        if command[0] == "sv":
            return Result(command, *self._sv(command))
        if command[0] == "nft":
            self.rules.append(command[1])
            return Result(command, 0, "")
        content = open(command[-1]).read()  # noqa: SIM115, PTH123
        return Result(command, 1, "unknown keyword REFUSED") if REFUSED in content else Result(command, 0, "fine")

    def signal(self, pid: int, number: int) -> None:
        """Pretended processes are told nothing: their ids may be those of real ones."""

    def get(self, url: str, timeout: float = 2) -> tuple[int, str]:  # noqa: ARG002
        """Answer for the service whose health or release is asked for."""
        for name, service in self._services().items():
            if url in (service.get("health"), service.get("release")):
                memory = self._memory(name)
                if not memory or SICK in memory:
                    return 0, "connection refused"
                return 200, self.loaded()[name]
        return 0, "no such service"

    def ask(self, place: Place, question: str, timeout: float = 2) -> str:  # noqa: ARG002
        """Answer for haproxy."""
        memory = self._memory("haproxy")
        return f"Pid: {memory.splitlines()[-1]}\ndescription: {self.loaded()['haproxy']}\n" if memory else ""

    def children(self, pid: int) -> dict[int, str]:  # noqa: ARG002
        """Nginx's one worker, another one after each reload."""
        return {int(self._memory("nginx").splitlines()[-1]): "nginx: worker process"}

    def connections(self, port: int) -> int:  # noqa: ARG002
        """Nobody has one."""
        return 0

    def listeners(self) -> list[Listener]:
        """Nobody but those who are looked for elsewhere."""
        return []

    def open_files_limit(self) -> int:
        """Plenty."""
        return 100_000

    def platform(self) -> str:
        """Ours."""
        return "debian-13"

    def addresses(self) -> dict[str, str]:
        """This host holds the VIP while its keepalived runs."""
        held = {"10.0.0.10": "eth0"} if self._memory("keepalived") else {}
        return {"10.0.0.1": "eth0", **held}

    def others_with(self, address: str, interface: str) -> list[str]:  # noqa: ARG002
        """Nobody else is there."""
        return []

    def wait(self, condition: Callable[[], bool], timeout: float, step: float = 0.05) -> bool:  # noqa: ARG002
        """Look a few times, at once."""
        return any(condition() for _ in range(PATIENCE))

    def _sv(self, command: Sequence[str]) -> tuple[int, str]:
        action, directory = command[-2], command[-1]
        name = os.path.basename(directory).strip(".").replace(".gone", "")  # noqa: PTH119
        if name == "guard":
            return 0, ""
        if action in ("force-stop", "force-shutdown"):
            self._end(name)
        elif action == "up":
            self._start(name)
        elif name == "keepalived" and action == "1":
            folder = f"{self._layout.run}/keepalived"
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            with open(f"{folder}/keepalived.data", "w") as stream:  # noqa: PTH123
                stream.write(f" Router ID = {self.loaded()['keepalived']}\n")
        elif UNLOADABLE not in self._files(name):
            self._load(name)
        return 0, ""

    def _start(self, name: str) -> None:
        if not self._memory(name):
            self._load(name)
            supervise = f"{self._state_of_runit}/{name}"
            os.makedirs(supervise, exist_ok=True)  # noqa: PTH103
            for entry, content in (("pid", "4711\n"), ("stat", "run\n")):
                with open(f"{supervise}/{entry}", "w") as stream:  # noqa: PTH123
                    stream.write(content)

    def _end(self, name: str) -> None:
        for path in (
            self.memory / name,
            f"{self._state_of_runit}/{name}/pid",
            f"{self._state_of_runit}/{name}/stat",
        ):
            if os.path.exists(path):  # noqa: PTH110
                os.unlink(path)  # noqa: PTH108

    def _load(self, name: str) -> None:
        self.memory.mkdir(exist_ok=True)
        previous = self._memory(name).splitlines()
        number = int(previous[-1]) + 1 if previous else 1
        run = open(f"{self._layout.current}/runit/{name}/run").read()  # noqa: SIM115, PTH123
        digest, release = re.findall(r"^echo (\w{12}) (\w{12}) >", run, re.MULTILINE)[0]
        with open(f"{self._layout.loaded}/{name}", "w") as stream:  # noqa: PTH123
            stream.write(f"{digest} {release}\n")
        content = self._files(name)
        if "serves" not in content:
            content += f"serves {digest}\n"
        (self.memory / name).write_text(f"{content}{number}\n")

    def _files(self, name: str) -> str:
        service = self._services()[name]
        return "".join(
            open(f"{self._layout.current}{path}").read()  # noqa: PTH123
            for path in sorted(self._bundle()["files"])
            if any(path.startswith(prefix) for prefix in service["files"])
        )

    def _services(self) -> dict[str, Json]:
        services: dict[str, Json] = self._bundle()["services"]
        return services

    def _bundle(self) -> Json:
        with open(f"{self._layout.current}/bundle.json") as stream:  # noqa: PTH123
            return json.load(stream)

    def _memory(self, name: str) -> str:
        path = self.memory / name
        return path.read_text() if path.exists() else ""
