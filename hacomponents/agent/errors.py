"""What can go wrong on a host, and the exit status by which the other side knows it.

AgentError
+ Rejected         3   nothing was changed
  - InvalidBundle  2   the bundle (or the command line) itself is wrong; nothing was changed
+ RolledBack       4   tried, now back on the release before
+ RollbackFailed   5   neither wholly old nor wholly new: a person is needed
+ Busy             6   somebody else is changing this host
+ StepFailed               one step failed; the procedure turns it into one of those above
"""

import typing


class AgentError(Exception):
    """A failure with an exit status; its text is all that the person at the other end will read."""

    status = 1


class Rejected(AgentError):
    """The release was refused; nothing was changed."""

    status = 3


class InvalidBundle(Rejected):
    """The bundle cannot be used. ``problems`` holds one line for each thing that is wrong."""

    status = 2

    def __init__(self, host: str, problems: typing.Sequence[str]) -> None:
        self.problems = list(problems)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        lines = [f"Rejected: {host}: the bundle has {count}; nothing was changed"]
        super().__init__("\n".join(lines + ["  " + problem for problem in self.problems]))


class RolledBack(AgentError):
    """The release did not prove itself; the host serves what it served before."""

    status = 4


class RollbackFailed(AgentError):
    """The way back failed too: the host is in neither state."""

    status = 5


class Busy(AgentError):
    """The lock is held by ``holder``; nothing was changed."""

    status = 6

    def __init__(self, holder: str, host: str = "this host") -> None:
        self.holder = holder
        super().__init__(
            f"Busy: {host} is being changed by {holder}; nothing was changed\n  remedy: push again when that has ended"
        )


class StepFailed(AgentError):
    """One step failed.

    ``what`` is a clause for the headline ("haproxy refused the new configuration"), ``evidence`` the command, its exit
    status and the daemon's own words, unabridged.
    """

    def __init__(self, what: str, evidence: str = "") -> None:
        self.what = what
        self.evidence = evidence
        super().__init__(what + ("\n" + evidence if evidence else ""))


def reason(error: Exception) -> str:
    """Return what a person can read of ``error``; of one that nobody foresaw, its type too."""
    return str(error) if isinstance(error, (AgentError, OSError)) else f"{type(error).__name__}: {error}"
