"""The command on the host: ``hacomponents-agent VERB``, with its document on standard input."""

import signal
import sys
import typing

from . import watch
from .errors import AgentError, InvalidBundle
from .host import Host
from .procedures import handover, interruption, push, recovery
from .residents.agent_check import agent_check
from .residents.firewall import nftables
from .residents.watchdog import watchdog


def secret(host: Host) -> str:
    """Keep the secrets on standard input."""
    text = _input()
    with host.changing("secret"):  # a push, at its end, forgets those that no release names
        return f"secrets kept: {host.vault.put(text)}"


def heal(host: Host) -> str:
    """Wait for the push under way, and undo it if it was cut off."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a guard that is sent home while it waits goes without a word
    with host.changing("heal", patient=True):
        interruption.ignore()
        done = recovery.heal(host)
        host.supervisor.lower_guard()  # this very process, it may be
    return done


VERBS: typing.Dict[str, typing.Tuple[int, typing.Callable[..., str]]] = {
    "agent-check": (0, agent_check),
    "apply": (0, lambda host: push.apply(host, _input())),
    "boot": (0, recovery.boot),
    "handover": (0, handover.handover),
    "heal": (0, heal),
    "nftables": (0, nftables),
    "ready": (2, watch.ready),
    "retire": (0, handover.retire),
    "secret": (0, secret),
    "settle": (0, handover.settle),
    "status": (0, watch.status),
    "watchdog": (0, watchdog),
}


def main(arguments: typing.Sequence[str], host: typing.Optional[Host] = None) -> int:
    """Run one verb. Returns the exit status; the last thing printed is the summary."""
    verb, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if verb not in VERBS or VERBS[verb][0] != len(rest):
        sys.stderr.write(f"usage: hacomponents-agent {' | '.join(sorted(VERBS))}\n")
        return InvalidBundle.status
    host = host or Host()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a change goes on when the connection is lost
    interruption.listen()
    try:
        host.say(VERBS[verb][1](host, *rest))
    except AgentError as error:
        sys.stderr.write(f"{error}\n")
        return error.status
    return 0


def _input() -> str:
    return sys.stdin.buffer.read().decode("utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
