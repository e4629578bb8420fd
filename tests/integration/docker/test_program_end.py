"""Programs that do not end well: by plain `pulumi up`, on an empty site and on one that runs, no host is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hacomponents.testing.docker import docker
from tests.integration.docker.stack import PulumiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.docker.site import Site
    from tests.integration.docker.stack import Stack

pytestmark = pytest.mark.integration

WEB = "web = ReverseProxyTier("
CONFIG = 'config = pulumi.Config("hacomponents")'
ENDS = {
    "require_secret": (WEB, f'config.require_secret("missing")\n{WEB}', "Missing required configuration variable"),
    "apply": (
        "pulumi.export(",
        'config.require_secret("stats_password").apply(int)\npulumi.export(',
        "invalid literal for int",
    ),
    "exit": (CONFIG, f"import sys\n\nsys.exit(0)\n{CONFIG}", "the program ended itself by sys.exit(0)"),
    "import": (WEB, f"import no_such_module\n\n{WEB}", "No module named 'no_such_module'"),
}
"""By what a program ends: the text before which it does, the edit, and the words of the error."""
FILES = "find /etc/hacomponents /etc/nginx /etc/haproxy /etc/keepalived -exec stat -c '%n %i %a %Y' {} + | sort"


@pytest.fixture(params=ENDS)
def end(request: pytest.FixtureRequest) -> str:
    """One way to end after the other."""
    return str(request.param)


def fail(stack: Stack, end: str) -> str:
    """Run `pulumi up` on a program that ends so; all that it says."""
    old, new, _ = ENDS[end]
    with pytest.raises(PulumiError) as raised:
        stack.push(replace={old: new})
    stack.write()
    return str(raised.value)


def check(said: str, end: str) -> None:
    """There is one error, and it is the program's own; the SDK may tell that of an `apply` before we do."""
    assert 1 == said.partition("Diagnostics:")[2].count(ENDS[end][2]), said
    assert end == "apply" or "no host was touched" in said
    assert "deleted" not in said


def test_an_empty_site(new_stack: Callable[[str], Stack], end: str) -> None:
    """
    Nothing is created on the machine.
    """
    stack = new_stack("ended")

    check(fail(stack, end), end)

    for kind in ("container", "network"):
        assert "" == docker(kind, "ls", "--quiet", "--filter", f"name={stack.name}-")


def test_a_site_that_runs(site: Site, end: str) -> None:
    """
    Containers, files and processes of all hosts stay as they are.
    """

    def state() -> dict[str, str]:
        names = docker("ps", "--format", "{{.Names}}", "--filter", f"name={site.stack.name}-").split()
        started = {name: docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", name) for name in names}
        return {
            name: words + docker("exec", name, "sh", "-c", FILES)
            for name, words in started.items()
            if "client" not in name
        }

    before = state()

    check(fail(site.stack, end), end)

    assert before == state()
    assert {"same"} == site.stack.up().changes.keys()
