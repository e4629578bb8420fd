"""The one place where the agent touches anything but files: commands, requests, sockets, processes, addresses, time.

Everything above says what to do in these words; tests put a pretended machine in the place of this one.
"""

import contextlib
import http.client
import os
import re
import resource
import socket
import subprocess
import threading
import time
import typing
import urllib.parse

from ..disk import files
from ..errors import StepFailed
from . import arp, ndp, netlink, rule_changes

LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")  # in /proc/net/fib_trie
LOOPBACK = "127.0.0.1"
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
ESTABLISHED = "01"  # in /proc/net/tcp
# Of `ss`: state, two queues, the address with its port, the peer's, and the first process.
LISTENER = re.compile(r"^(?:\S+\s+){3}(\S+?)(?:%\S+?)?:(\d+)\s+\S+\s+users:\(\(\"([^\"]+)\"", re.MULTILINE)
OS_RELEASE = re.compile(r"^(\w+)=\"?([^\"\n]*)", re.MULTILINE)
LONGEST = 65536  # bytes of a body, or of a part of an answer
Place = typing.Union[str, typing.Tuple[str, int]]


class Result:
    """A command that has run: its words are standard output and standard error, as they came."""

    def __init__(self, command: typing.Sequence[str], status: int, words: str) -> None:
        self.command = list(command)
        self.status = status
        self.words = words

    @property
    def evidence(self) -> str:
        """The command, its exit status and its words, for an error."""
        lines = ["  $ {}    (exit {})".format(" ".join(self.command), self.status)]
        return "\n".join(lines + ["  " + line for line in self.words.strip().splitlines()])


class Listener(typing.NamedTuple):
    """A socket that waits for connections: its address, `*` for all of both families, and the program that has it."""

    address: str
    port: int
    program: str


class Machine:
    """The host that the agent runs on."""

    def attempt(self, command: typing.Sequence[str], timeout: float = 30) -> Result:
        """Run ``command`` (found on PATH) for at most ``timeout`` seconds; any exit status is a result."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            words = (error.stdout or b"").decode(errors="replace")
            return Result(command, 124, words + f"\nno end after {timeout:g} s")
        except OSError as error:
            return Result(command, 127, str(error))
        return Result(command, done.returncode, done.stdout.decode(errors="replace"))

    def run(self, command: typing.Sequence[str], timeout: float = 30) -> str:
        """Run ``command`` and return its words. Raises StepFailed when its status is not 0."""
        result = self.attempt(command, timeout)
        if result.status != 0:
            raise StepFailed(f"{command[0]} failed", result.evidence)
        return result.words

    def get(self, url: str, timeout: float = 2) -> typing.Tuple[int, str]:
        """Ask this host for ``url`` on a new connection. Returns the status and the body, or (0, why) for none.

        After ``timeout`` seconds, what has come of the body is all that there is, however slowly more comes.
        From loopback, also at another of its addresses: doors that are closed for others let that in.
        """
        address = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(address.netloc, timeout=timeout, source_address=(LOOPBACK, 0))
        try:
            connection.connect()
            with _at_most(timeout, connection.sock):
                connection.request("GET", address.path or "/", headers={"Connection": "close"})
                answer = connection.getresponse()
                return answer.status, _body(answer).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error) or type(error).__name__
        finally:
            connection.close()

    def ask(self, place: Place, question: str, timeout: float = 2) -> str:
        """Return the answer to one line on the Unix socket or address and port ``place``; empty without one.

        After ``timeout`` seconds, what has come is all of it.
        """
        family = socket.AF_UNIX if isinstance(place, str) else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            answer = b""
            try:
                connection.connect(place)
                with _at_most(timeout, connection):
                    connection.sendall(question.encode() + b"\n")
                    part = connection.recv(LONGEST)
                    while part:
                        answer += part
                        part = connection.recv(LONGEST)
            except OSError:
                pass  # what came before is the answer
            return answer.decode(errors="replace")

    def signal(self, pid: int, number: int) -> None:
        """Send a signal; a process that is gone already is fine."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return

    def run_in_real_time(self, pid: int, priority: int) -> None:
        """Have process ``pid`` (0: this one) run before every ordinary one; its children do not.

        A host that does not allow it (a container without the capability, a control group without a budget) does
        nothing. Nor is it given where there is a limit on it: keepalived has one of no time at all once it had real
        time by its own configuration, and would be killed.
        """
        try:
            if resource.prlimit(pid, resource.RLIMIT_RTTIME) != UNLIMITED:
                return
            os.sched_setscheduler(pid, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
        except (PermissionError, ProcessLookupError):
            return

    def children(self, pid: int) -> typing.Dict[int, str]:
        """Return the command lines of the processes whose parent is ``pid``, by their own pid."""
        found = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", "rb") as stream:
                    parent = int(stream.read().rpartition(b")")[2].split()[1])
                with open(f"/proc/{entry}/cmdline", "rb") as stream:
                    title = stream.read().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:  # it has ended meanwhile
                continue
            if parent == pid:
                found[int(entry)] = title
        return found

    def process(self, pid: int) -> typing.Optional[typing.Tuple[str, int]]:
        """Return the state of process ``pid``, by its letter (proc(5)), and how often it went to sleep. None: gone."""
        fields = dict(line.split(":\t", 1) for line in files.text(f"/proc/{pid}/status").splitlines() if ":\t" in line)
        state = fields.get("State", "Z")[0]
        return None if state in "ZX" else (state, int(fields["voluntary_ctxt_switches"]))

    def command(self, pid: int) -> typing.List[str]:
        """Return the words that process ``pid`` was started with; none if it is gone."""
        return files.text(f"/proc/{pid}/cmdline").split("\0")[:-1]

    def connections(self, port: int) -> int:
        """Return how many TCP connections there are to this host's ``port``."""
        lines = [line.split() for name in ("tcp", "tcp6") for line in files.text(f"/proc/net/{name}").splitlines()[1:]]
        return sum(line[1].endswith(f":{port:04X}") and line[3] == ESTABLISHED for line in lines)

    def listeners(self) -> typing.List[Listener]:
        """Return what listens by TCP here; where several processes share a socket, the first."""
        found = LISTENER.findall(self.run(["ss", "-H", "--listening", "--tcp", "--numeric", "--processes"]))
        return [Listener(address.strip("[]"), int(port), program) for address, port, program in found]

    def open_files_limit(self) -> int:
        """Return the hard limit of open files that daemons inherit from process 1."""
        with open("/proc/1/limits") as stream:
            line = next(line for line in stream if line.startswith("Max open files"))
        hard = line.split()[4]
        return 1 << 20 if hard == "unlimited" else int(hard)

    def processors(self) -> int:
        """Return how many processors a process of this host may use."""
        return len(os.sched_getaffinity(0))

    def platform(self) -> str:
        """Return `ID-VERSION_ID` of this host's release; nothing where it has no number, as one that is not out yet."""
        words = dict(OS_RELEASE.findall(files.text("/etc/os-release")))
        return "{ID}-{VERSION_ID}".format(**words) if words.keys() >= {"ID", "VERSION_ID"} else ""

    def addresses(self) -> typing.Dict[str, str]:
        """Return this host's addresses, each with its interface; the prefix lengths are left out."""
        found = {}
        for line in self.run(["ip", "-o", "address", "show"]).splitlines():
            fields = line.split()
            found[fields[3].partition("/")[0]] = fields[1]
        return found

    def local_addresses(self) -> typing.Set[str]:
        """Return this host's addresses, without starting a program."""
        found = set(LOCAL.findall(files.text("/proc/net/fib_trie")))
        digits = (line.split()[0] for line in files.text("/proc/net/if_inet6").splitlines())
        return found | {socket.inet_ntop(socket.AF_INET6, bytes.fromhex(each)) for each in digits}

    def others_with(self, address: str, interface: str) -> typing.List[str]:
        """Return the hardware addresses of other hosts on the link of ``interface`` that say they have ``address``."""
        return ndp.who_has(address, interface) if ":" in address else arp.who_has(address, interface)

    def link(self, source: str) -> arp.Link:
        """Return the link of this host's address ``source``, to ask its neighbours. Raises StepFailed."""
        interface = self.addresses().get(source)
        if interface is None:
            raise StepFailed(f"{source} is no address of this host")
        return arp.Link(interface)

    def remove_address(self, vip: str) -> None:
        """Take ``vip``, an address with its prefix length, off this host; not there is fine. Raises OSError."""
        netlink.remove_address(vip)

    def rule_changes(self) -> rule_changes.RuleChanges:
        """Return the changes of nftables' rules, to be waited for."""
        return rule_changes.RuleChanges()

    def wait(self, condition: typing.Callable[[], bool], timeout: float, step: float = 0.05) -> bool:
        """Ask ``condition`` every ``step`` seconds until it holds. Returns False after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() >= deadline:
                return False
            time.sleep(step)
        return True


@contextlib.contextmanager
def _at_most(seconds: float, connection: socket.socket) -> typing.Iterator[None]:
    """End the connection after so long: its own timeout begins anew with each byte."""
    timer = threading.Timer(seconds, _hang_up, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was first
        connection.shutdown(socket.SHUT_RDWR)


def _body(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(LONGEST)
    except http.client.IncompleteRead as cut:
        return cut.partial
