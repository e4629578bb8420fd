"""The command `hacomponents`, in a Pulumi project that is not of this clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.operations.drill.promises import PROMISES
from toolchain.clone import ROOT

if TYPE_CHECKING:
    from pathlib import Path

URN = "urn:pulumi:blue::shop"
LABELS = [{"label": "hacomponents.project", "value": "shop"}, {"label": "hacomponents.stack", "value": "blue"}]
# Two hosts that Docker has; their agents answer as the file says that is named after the host.
DOCKER = """\
#!/bin/sh
case "$1 $2 $*" in
    "container ls "*State*) printf 'id-%s\\trunning\\n' blue-web-1 blue-web-2 ;;
    "container ls "*Labels*)
        for name in blue-web-1 blue-web-2; do
            printf 'id-%s\\t%s\\thacomponents.project=shop,hacomponents.stack=blue\\n' $name $name
        done ;;
    "context show "*) echo default ;;
    "exec "*) cat "$ANSWERS/$2" ;;
esac
"""


@dataclass(frozen=True)
class Project:
    """A Pulumi project in a folder, with a backend of its own.

    Args:
        folder: of all of it.
    """

    folder: Path

    def create(self) -> None:
        """Make it, and a `docker` that knows two hosts."""
        for name in ("state", "bin", "answers", "shop"):
            (self.folder / name).mkdir()
        (self.folder / "shop" / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        docker = self.folder / "bin" / "docker"
        docker.write_text(DOCKER)
        docker.chmod(0o755)

    def environment(self) -> dict[str, str]:
        """Of all commands."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "PULUMI_"))},
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "ANSWERS": str(self.folder / "answers"),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def pulumi(self, *arguments: str, stdin: str = "") -> None:
        """Run `pulumi`."""
        subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], input=stdin, cwd=self.folder / "shop",
            env=self.environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip

    def bring_up(self, *resources: dict[str, Any]) -> None:
        """Record resources in the state of the stack blue."""
        # As a program's own `docker.Provider("default")` is recorded: without inputs.
        provider = {"urn": f"{URN}::pulumi:providers:docker::default", "custom": True, "id": "1",
                    "type": "pulumi:providers:docker"}  # fmt: skip
        stack = {"urn": f"{URN}::pulumi:pulumi:Stack::shop-blue", "custom": False, "type": "pulumi:pulumi:Stack",
                 "outputs": {"url": "http://10.10.0.10/"}}  # fmt: skip
        deployment = {"manifest": {"time": "2026-11-21T10:00:00Z", "magic": "", "version": ""},
                      "resources": [stack, provider, *resources]}  # fmt: skip
        self.pulumi("stack", "init", "blue")
        self.pulumi("stack", "import", "--force", stdin=json.dumps({"version": 3, "deployment": deployment}))

    def run(self, *arguments: str, folder: str = "shop") -> subprocess.CompletedProcess[str]:
        """Run `hacomponents`.

        Args:
            arguments: of it.
            folder: to run it in. Default: that of the Pulumi project.
        """
        return subprocess.run(
            [sys.executable, "-m", "hacomponents.operations", *arguments], cwd=self.folder / folder,
            env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip


def container(name: str, labels: list[dict[str, str]]) -> dict[str, Any]:
    """A container as a state has it."""
    return {
        "urn": f"{URN}::docker:index/container:Container::{name}",
        "custom": True,
        "id": f"id-{name}",
        "type": "docker:index/container:Container",
        "outputs": {"name": name, "labels": labels},
        "provider": f"{URN}::pulumi:providers:docker::default::1",
    }


def answer(number: int, **differing: object) -> str:
    """What the agent of a host of a pair that is well says, but for what is given."""
    nginx = {"state": "run", "pid": 7, "digest": "aa", "wanted": "aa", "healthy": True, "ailment": "", "health": ""}
    vip = "10.10.0.10"
    whole = {
        "release": "123456789abc",
        "services": {"keepalived": nginx, "nginx": nginx},
        "vips": [vip] if number == 1 else [],
        "vrrp": {"state": "MASTER" if number == 1 else "BACKUP", "vips": [vip], "advert_int": 0.2},
        "maintenance": False,
        "lock": "",
    }
    return json.dumps({**whole, **differing})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One without a stack."""
    project = Project(tmp_path)
    project.create()
    return project


@pytest.fixture
def up(project: Project) -> Project:
    """One with a pair that is well, and a container beside it that is no host of this library."""
    project.bring_up(
        *(container(f"blue-web-{number}", LABELS) for number in (1, 2)),
        container("postgres", [{"label": "org.example", "value": "database"}]),
    )
    for number in (1, 2):
        (project.folder / "answers" / f"blue-web-{number}").write_text(answer(number))
    return project


def test_a_stack_that_is_well(up: Project) -> None:
    """
    A line for each host, no problem, exit 0; what else the program has made is not asked.
    """
    done = up.run("status")

    assert (0, "") == (done.returncode, done.stderr)
    assert ["HOST", "web-1", "web-2"] == [line.split()[0] for line in done.stdout.splitlines()]


def test_a_host_does_not_answer(up: Project) -> None:
    """
    The host is named with why, the remedy for it, and the command that looks again: those of any project, not make's.
    """
    (up.folder / "answers" / "blue-web-2").write_text("")

    done = up.run("status", "--stack", "blue")

    assert 1 == done.returncode
    assert "web-2: its agent does not answer: exit 0" in done.stderr
    assert "remedy: pulumi up --refresh --stack blue; if it stays so: docker restart blue-web-2" in done.stderr
    assert "then: hacomponents status --stack blue" in done.stderr
    assert "make " not in done.stderr


@pytest.mark.parametrize(
    ("stacks", "arguments", "folder", "said", "remedy"),
    [
        ([], ["status"], ".", "no Pulumi.yaml project file found",
         "run this in the folder of the stack's Pulumi project, which has Pulumi.yaml"),
        ([], ["status"], "shop", "no stack of this Pulumi project is selected", "pulumi up, which makes one"),
        (["blue", "green"], ["drill"], "shop", "no stack of this Pulumi project is selected",
         "pulumi stack select, or --stack with one of these: blue, green"),
        ([], ["status", "-s", "red"], "shop", "stack red\n  this Pulumi project has no such stack",
         "make it: pulumi stack init red, then pulumi up"),
        (["blue"], ["drill", "-s", "red"], "shop", "stack red\n  this Pulumi project has no such stack",
         "give one of these: blue"),
        (["blue"], ["status", "-s", "blue"], "shop", "it is not up: it has no host of hacomponents",
         "pulumi up --refresh --stack blue"),
        (["blue"], ["drill", "nonsense"], "shop", "there is no fault nonsense",
         f"choose of: {' '.join(promise.name for promise in PROMISES)}"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(
    project: Project, stacks: list[str], arguments: list[str], folder: str, said: str, remedy: str
) -> None:
    """
    No project, no stack, none selected, none up, no such fault: each is said with its remedy, exit 1.
    """
    for name in stacks:
        project.pulumi("stack", "init", "--no-select", name)
    (project.folder / "bin" / "docker").write_text("#!/bin/sh\n")

    done = project.run(*arguments, folder=folder)

    assert 1 == done.returncode
    assert said in done.stderr
    assert f"  remedy: {remedy}\n" in done.stderr
    assert "" == done.stdout


def test_nobody_agrees_to_a_drill(up: Project) -> None:
    """
    A drill names what it would break, and where nobody is at a terminal, how to agree; it breaks nothing.
    """
    done = up.run("drill", "kill", "crash")

    assert 1 == done.returncode
    assert "web (10.10.0.10, now on web-1): the host is killed" in done.stderr
    assert "nobody is at a terminal to agree; nothing was broken" in done.stderr
    assert "remedy: hacomponents drill --stack blue --yes" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["status"], ["drill"]])
def test_help(project: Project, arguments: list[str]) -> None:
    """
    Help needs no project; that of a command says what it does, and what each exit status means.
    """
    done = project.run(*arguments, "--help", folder=".")

    assert (0, "") == (done.returncode, done.stderr)
    assert "in the folder of your Pulumi project" in done.stdout
    assert ("exit status:\n  0 " in done.stdout) == bool(arguments)


@pytest.mark.parametrize("arguments", [[], ["sttus"], ["status", "web"]])
def test_a_wrong_command_line(project: Project, arguments: list[str]) -> None:
    """
    A command line that is wrong is told with how it should be, exit 2.
    """
    done = project.run(*arguments)

    assert 2 == done.returncode
    assert done.stderr.startswith("usage: hacomponents ")
