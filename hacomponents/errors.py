"""The errors that this library raises itself.

HaError
+ TopologyError    wrong settings, all of them at once; no machine was touched

What goes wrong on a machine is told by the agent there (`hacomponents.agent.errors`): its text reaches the user
as the error of the push command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class HaError(Exception):
    """Base of every error of this library."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True)
class Problem:
    """One setting that is wrong, and refused; or unwise, and warned of.

    Args:
        path: where it stands, in the words of the program, such as `web.vip.virtual_router_id`.
        rule: what must hold.
        remedy: the change to make.
        value: what was given. Default: nothing is shown, as for secrets.
    """

    path: str
    rule: str
    remedy: str
    value: object = ABSENT

    def __str__(self) -> str:
        got = "" if self.value is ABSENT else f" (got {_shown(self.value)})"
        path = self.path if self.path.isprintable() else ascii(self.path)[1:-1]
        return f"{path}: {self.rule}{got}; {self.remedy}"


def _shown(value: object) -> str:
    """As the program would write it; what has no such form, an Output of Pulumi say, by the name of its class."""
    return f"<{type(value).__name__}>" if type(value).__repr__ is object.__repr__ else repr(value)


class TopologyError(HaError):
    """Every wrong setting of one site.

    Attributes:
        problems: all of them, in the order of the program.

    Args:
        site: its name.
        problems: all of them, in the order of the program.
        consequence: what they kept from happening. Default: nothing was changed.
    """

    def __init__(self, site: str, problems: Sequence[Problem], consequence: str = "nothing was changed") -> None:
        self.site = site
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [f"{site}: {count}; {consequence}", *(f"  {problem}" for problem in problems)]
        super().__init__("\n".join(lines))
