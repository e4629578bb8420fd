"""Varnish: its manager compiles a new VCL beside the old one and swaps it in; what is cached stays, nobody waits."""

import typing

from ..bundle import required, rules
from ..disk import files
from ..errors import StepFailed
from ..machine import Result
from ..supervisor import Mark, Program
from .answering import Answering

JAIL = "unix,user=vcache"  # whoever reads the VCL
# Where it keeps compiled VCL and counters, by service. Of the folder that it would take by itself, releases differ in
# the name, and some do not have its parent; /run is often mounted so that nothing in it may be executed.
WORK = "/var/lib/varnish"
NAME = "release-"  # of a VCL, followed by the digest of its slice
# Seconds for what is under way, before a restart. It must stay below 3: by then a held-off client sends its SYN again,
# and it must find the new process.
FINISH = 2
COMPILED = 25  # seconds: a VCL becomes C and is compiled, which takes one where the host has nothing else to do
CODE = "/* ---===###"  # with this begins the C that a good VCL becomes
INFORMATION = "Info:"  # begins a line that is no warning: since 7.7, where its working directory is no tmpfs


class Varnish(Answering):
    """The proof is the name of the active VCL. Its manager replaces a process of its own that hangs or dies."""

    config: str = required(rules.path)
    commands: str = required(rules.path)
    listen: typing.Sequence[str] = required(rules.many(rules.word))
    storage: str = required(rules.word)
    management: str = required(rules.word)
    port: int = required(rules.port)

    @property
    def patience(self) -> float:
        """Seconds until it must have proved itself; a start compiles the VCL first."""
        return super().patience + COMPILED

    def check(self, release: str) -> None:
        """Run ``varnishd -C``; a warning is a refusal too."""
        files.make_directory(WORK)
        result = self.machine.attempt(
            ["varnishd", "-j", JAIL, "-n", f"{WORK}/check", "-C", "-f", release + self.config]
        )
        words = result.words.partition(CODE)[0].splitlines()
        result.words = "\n".join(line for line in words if not line.startswith(INFORMATION)).strip()
        if result.status != 0 or result.words:
            self.refuse(result)

    def program(self) -> Program:
        """Run in the foreground, with parameters and VCL as its commands say; the rest needs another start."""
        command = ["varnishd", "-F", "-j", JAIL, "-n", self._folder, "-T", self.management]
        command += ["-s", self.storage, "-f", "", "-I", self.current + self.commands]
        command += [word for address in self.listen for word in ("-a", address)]
        return Program(command, stop_signal="TERM", directories=[WORK])

    def serving(self) -> typing.Optional[str]:
        """Ask for the active VCL."""
        active = next((name for state, name in self._configurations() if state == "active"), "")
        return active[len(NAME) :] if active.startswith(NAME) else None

    def reload(self) -> None:
        """Give it the commands in force, and the VCL that they name; or restart it where that is not enough."""
        if self._must_restart():
            self.restart()
            return
        known = [name for _, name in self._configurations()]
        for command in files.text(self.current + self.commands).splitlines():
            if not (command.startswith("vcl.load ") and command.split()[1] in known):
                self._order(command)
        for state, name in self._configurations():
            if state == "available":
                self._order("vcl.discard " + name)

    def prove(self, digest: str, mark: Mark) -> None:
        """As every daemon; then it takes connections again, if it had left."""
        super().prove(digest, mark)
        self.draining.join(self.port)
        self.new_connections.allow()

    def leave(self) -> None:
        """Let no new connection in, and have those that there are end."""
        self.new_connections.drop_at(self.port)
        self._end_connections(FINISH)

    def finish(self, seconds: float) -> None:
        """Have connections end, with what is under way answered, for so long."""
        self._end_connections(seconds)
        self.draining.join(self.port)

    def _end_connections(self, seconds: float) -> None:
        """Have each end with its next answer, by the VCL, while the port is to leave.

        One that is idle is never asked again on a quiet site, so after half of the time it is enough that nothing is
        under way. What is left is reset: a proxy would send its next request there, and not again if that is a POST.
        """
        self.draining.leave(self.port)
        if not self.machine.wait(lambda: not self.machine.connections(self.port), seconds / 2):
            self.machine.wait(lambda: not self._is_busy(), seconds / 2)
            self.machine.attempt(["ss", "--tcp", "--kill", "state", "established", "sport", "=", f":{self.port}"])

    def _is_busy(self) -> bool:
        """Tell whether a server behind is being asked; what is cached is answered at once."""
        counts = self.machine.attempt(["varnishstat", "-n", self._folder, "-1", "-f", "VBE.*.conn"]).words.splitlines()
        return any(line.split()[1:2] not in ([], ["0"]) for line in counts)

    @property
    def _folder(self) -> str:
        return f"{WORK}/{self.name}"

    def _must_restart(self) -> bool:
        """Tell whether it was started in another way than it would be now."""
        pid = self.supervisor.pid(self.name)
        return pid is not None and self.machine.command(pid) != self.program().command

    def _configurations(self) -> typing.List[typing.Tuple[str, str]]:
        """Return the state and the name of each VCL that it has, active or available; none where it does not run.

        One that is discarded may be there while a request goes on; its name is free.
        """
        listed = self._ask("vcl.list")
        lines = [line.split() for line in listed.words.splitlines()] if listed.status == 0 else []
        return [(words[0], words[-1]) for words in lines if words and words[0] != "discarded"]

    def _order(self, command: str) -> None:
        result = self._ask(command)
        if result.status != 0:
            raise StepFailed(f"{self.name} did not reload", result.evidence)

    def _ask(self, command: str) -> Result:
        return self.machine.attempt(["varnishadm", "-n", self._folder, "-t", str(COMPILED), command])
