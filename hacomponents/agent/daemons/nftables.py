"""nftables, the host's firewall: the kernel itself serves it, and one of the agent's own keeps its rules in place.

A push loads new rules in one transaction. What the rules before let in is let in for ten minutes more: hosts that the
same update pushes later, or removes at its end, still ask as they did before it.
"""

import ipaddress
import os
import re
import time
import typing

from ..bundle import required, rules
from ..disk import files
from ..errors import StepFailed
from ..machine import Result
from ..supervisor import Program
from .base import Daemon

TABLE = ["inet", "hacomponents"]
DIGEST = re.compile(r'comment "([0-9a-f]{12})"')
OVERLAP = 600  # seconds
ALLOWED, BEFORE = "chain allowed {", "chain before {"


class Nftables(Daemon):
    """The proof is the digest in the comment of a rule, in a table that is word for word the one that was loaded."""

    config: str = required(rules.path)
    management: typing.Sequence[str] = required(rules.subnets)
    loads_later = False

    def check(self, release: str) -> None:
        """Run ``nft --check``, and see that whoever pushes by SSH can come again."""
        result = self.machine.attempt(["nft", "--check", "--file", release + self.config])
        if result.status != 0 or result.words.strip():
            self.refuse(result)
        self._require_a_way_back()

    def program(self) -> Program:
        """Run the agent's own keeper of the rules."""
        return Program(["hacomponents-agent", "nftables"], stop_signal="TERM", health=False)

    def serving(self) -> typing.Optional[str]:
        """Read the rules that are in force; rules that somebody has changed are nobody's."""
        rules = self._rules()
        found = DIGEST.search(rules)
        return found.group(1) if found and rules == files.text(self._loaded) else None

    def is_healthy(self) -> bool:
        """Tell whether the rules are in force as they were loaded, and somebody keeps them so."""
        return self.serving() is not None and self.supervisor.pid(self.name) is not None

    def ailment(self) -> str:
        """Return what `is_healthy` sees, for a person."""
        if self.serving() is None:
            return "its rules are gone, or were changed by hand: nft list table {} {}".format(*TABLE)
        return "nobody keeps its rules in place"

    def restore(self) -> None:
        """Load the rules, which nothing that starts after them should have to wait for."""
        self.reload()

    def reload(self) -> None:
        """Replace the rules; raises StepFailed, and leaves those before, if the kernel does not take them."""
        self.machine.run(["nft", 'include "{}"\n{}'.format(self.current + self.config, self._before())])
        files.write(self._loaded, self._rules().encode())

    def erase(self) -> None:
        """Remove the table: everything is open."""
        family, name = TABLE
        self.machine.run(["nft", f"add table {family} {name}; delete table {family} {name}"])

    def _before(self) -> str:
        """Return what the present rules let in, as rules for the table to come; nothing where they are not ours."""
        if self.serving() is None:
            return ""
        allowed = self._nft("list", "chain", *TABLE, "allowed").words
        until = f"{BEFORE}\n\t\tmeta time >= {int(time.time()) + OVERLAP} return"
        return allowed.replace(ALLOWED, until, 1)

    def _rules(self) -> str:
        listed = self._nft("list", "table", *TABLE)
        return listed.words if listed.status == 0 else ""

    def _nft(self, *words: str) -> Result:
        """Run ``nft`` with its words for the same rules always the same: no counters, no names."""
        return self.machine.attempt(["nft", "--stateless", "--numeric", *words])

    @property
    def _loaded(self) -> str:
        return self.run + "/nftables"

    def _require_a_way_back(self) -> None:
        """Raise StepFailed where the SSH session that brings these rules could not be opened under them."""
        source = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
        if not source or any(_is_in(source, subnet) for subnet in self.management):
            return
        evidence = f"  it comes from {source}; add that, or its subnet, to Firewall(management=[...])"
        raise StepFailed("these rules would lock out the SSH session that brings them", evidence)


def _is_in(address: str, subnet: str) -> bool:
    asked, network = ipaddress.ip_address(address), ipaddress.ip_network(subnet)
    return asked.version == network.version and asked in network
