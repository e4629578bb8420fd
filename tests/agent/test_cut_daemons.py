"""A push to a machine with the real daemons is cut at its steps, in every way: it serves wholly old or wholly new."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.agent.bundle import parse
from tests.agent import cutter
from tests.agent.boxes import Box, boxes, bundle, docker, eventually
from tests.agent.whole import difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = [pytest.mark.daemons, pytest.mark.timeout(7200)]

KILLED = 137
FEW = 3  # steps of each way by default: one while staging, the others later
STAGING = 0.7  # of all steps
CLAIMS = {0: "serving {new}", 3: "nothing was changed, it serves {old}", 4: "back on {old}"}
Documents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A machine alone, with nothing pushed to it."""
    with boxes(1) as (box,):
        yield box


@pytest.fixture(scope="module")
def documents(box: Box) -> Documents:
    """Two bundles that differ in every service, and of which one has a service less, by the names of their releases."""
    old, new = bundle(box), bundle(box, body="new", port=8081, vips=2)
    del new["services"]["app-3001"]
    return {parse(json.dumps(document)).id: document for document in (old, new)}


@pytest.fixture(scope="module")
def steps(box: Box, documents: Documents) -> int:
    """How many steps a push takes; the machine has had both releases, and serves the first."""
    said = ""
    for identifier in (*documents, next(iter(documents))):
        status, said = cut(box, documents[identifier], 0, "fail")
        assert status == 0, said
    return int(re.findall(r"STEPS (\d+)", said)[0])


def cut(box: Box, document: Mapping[str, Any], at: int, end: str) -> tuple[int, str]:
    """Push, and have step `at` end by `end`. Returns the exit status and all that was said."""
    source = Path(cutter.__file__).read_text()
    command = ["docker", "exec", "-i", box.name, "python3", "-c", source, str(at), end, "apply"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as push:
        assert push.stdin is not None
        assert push.stdout is not None
        push.stdin.write(json.dumps(document))
        push.stdin.close()
        said = []
        for line in push.stdout:
            said.append(line)
            if end == "frozen" and line.startswith("CUT"):
                docker("kill", box.name)
                docker("start", box.name)
    return push.returncode, "".join(said)


def chosen(steps: int, *, thorough: bool) -> list[int]:
    """All steps, or other few in each run; those after the staging are worth more."""
    if thorough:
        return list(range(1, steps + 1))
    staged, stride = int(steps * STAGING), int(steps * (1 - STAGING)) // (FEW - 1)
    later = range(staged + random.randrange(stride), steps, stride)  # noqa: S311 - no secret
    return [random.randrange(1, staged), *later][:FEW]  # noqa: S311 - no secret


@pytest.mark.parametrize("end", ["fail", "SIGTERM", "SIGKILL", "frozen"])
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
        status, said = cut(box, documents[new], at, end)
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
