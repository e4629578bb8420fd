"""A push to a machine with the real daemons is cut at its steps, in every way: it serves wholly old or wholly new."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from tests.agent.boxes import bundle, eventually
from tests.agent.cut import POWER, cut
from tests.agent.whole import difference

if TYPE_CHECKING:
    from tests.agent.boxes import Box

pytestmark = [pytest.mark.daemons, pytest.mark.timeout(7200)]

KILLED = 137
FEW = 2  # steps of each way by default
LATER = 0.4  # of two, one is in the last quarter: the staging, which changes nothing in use, takes three
CLAIMS = {0: "serving {new}", 3: "nothing was changed, it serves {old}", 4: "back on {old}"}
Documents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def documents(box: Box) -> Documents:
    """Two bundles that differ in every service, and of which one has a service less, by the names of their releases."""
    old, new = bundle(box), bundle(box, body="new", port=8081, vips=2)
    del new["services"]["app-3001"]
    return {parse(json.dumps(document), KINDS).id: document for document in (old, new)}


@pytest.fixture(scope="module")
def steps(box: Box, documents: Documents) -> int:
    """How many steps a push takes; the machine has had both releases, and serves the first."""
    said = ""
    for identifier in (*documents, next(iter(documents))):
        status, said = cut(box, documents[identifier], "none", "fail")
        assert status == 0, said
    return int(re.findall(r"STEPS (\d+)", said)[0])


def chosen(steps: int, *, thorough: bool) -> list[int]:
    """All steps; or few, others in each run, and rather later ones."""
    if thorough:
        return list(range(1, steps + 1))
    shares = ((number + random.random()) / FEW for number in range(FEW))  # noqa: S311 - no secret
    return [1 + int((steps - 1) * share**LATER) for share in shares]


@pytest.mark.parametrize("end", ["fail", "SIGTERM", "SIGKILL", POWER])
def test_a_push_that_is_cut_at_any_step(
    box: Box, documents: Documents, steps: int, end: str, *, thorough: bool
) -> None:
    """
    Whichever step fails, is the last before the agent is ended or killed, or before the power is cut: disk and daemons
    are wholly on one release, the error names it, and the next push converges.
    """
    old = box.status()["release"]
    for at in chosen(steps, thorough=thorough):
        new = next(identifier for identifier in documents if identifier != old)
        status, said = cut(box, documents[new], str(at), end)
        where = f"step {at} of {steps}: {said}"
        state = whole(box, documents, where)

        assert state in ((new,) if status == 0 else (old, new) if status == KILLED else (old,)), where
        assert CLAIMS.get(status, "").format(old=old, new=new) in said, where

        status, said = box.push(documents[new])
        assert status == 0, where + said
        assert "" == difference(box, new, documents), where
        old = new


def whole(box: Box, documents: Documents, where: str) -> str:
    """The release that the machine is wholly on, which may take the guard or a boot a while."""
    found: dict[str, str] = {}

    def look() -> bool:
        found.update({identifier: difference(box, identifier, documents) for identifier in documents})
        return "" in found.values()

    try:
        eventually(look)
    except AssertionError:
        pytest.fail(f"{where}\nneither: {found}")
    return next(identifier for identifier in documents if found[identifier] == "")
