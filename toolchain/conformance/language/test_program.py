"""What a program sees of its run, and what its user sees of the program."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.cli import appears, interrupt

if TYPE_CHECKING:
    from pathlib import Path

    from toolchain.conformance.cli import Project


@pytest.fixture
def ours(pointed_at: Path | None) -> None:
    """Only for our host."""
    if pointed_at and (pointed_at / "pulumi-language-python").exists():
        pytest.skip("the official host supports these")


def settings(project: Project, more: str, environment: str = sys.prefix) -> None:
    """Write another Pulumi.yaml, with `more` lines."""
    head = f"name: conformance\nruntime:\n  name: python\n  options:\n    virtualenv: {environment}\n"
    (project.folder / "Pulumi.yaml").write_text(head + more)


def test_output(project: Project) -> None:
    """What the program prints is shown beside the stack."""
    run = project.up('import sys; print("one", "two"); print("three", file=sys.stderr)')
    assert run.code == 0
    assert "one two" in run.text
    assert "three" in run.text


def test_exception(project: Project) -> None:
    """An exception is shown once, from the program's own line on; the run fails."""
    run = project.up('def f():\n    raise ValueError("too bad")\nf()')
    assert run.code == 1
    assert run.text.count("ValueError: too bad") == 1
    assert "error: Program failed with an unhandled exception:\n    Traceback (most recent call last):\n" in run.text
    assert run.text.count('File "') == 2
    assert "non-zero exit code" not in run.text


def test_run_error(project: Project) -> None:
    """A RunError is shown as its message, without a traceback."""
    run = project.up('raise pulumi.RunError("not like this")')
    assert run.code == 1
    assert "error: not like this\n" in run.text
    assert "Traceback" not in run.text


def test_exit(project: Project) -> None:
    """A program that exits by itself fails the run with its code."""
    run = project.up("import sys; sys.exit(3)")
    assert run.code == 1
    assert "program exited with non-zero exit code: 3" in run.text


@pytest.mark.usefixtures("ours")
def test_interrupt(project: Project) -> None:
    """^C ends the program quietly, at once."""
    up = project.folder / "up"
    project.program(f"import pathlib, time\npathlib.Path({str(up)!r}).touch()\ntime.sleep(60)")
    running = project.start("up", "--skip-preview")
    appears(up)
    text = interrupt(running)
    assert running.returncode == 1
    assert "Traceback" not in text


def test_failed_output(project: Project) -> None:
    """An exception in an apply fails the run, too."""
    run = project.up('pulumi.export("a", Output.from_input(1).apply(lambda x: x / 0))')
    assert run.code == 1
    assert "ZeroDivisionError" in run.text


def test_settings(project: Project) -> None:
    """The program knows project, stack, organization, folder and whether it is a preview."""
    project.program("""
        import os
        print("knows", pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization(), pulumi.runtime.is_dry_run(),
              pulumi.runtime.get_root_directory() == os.getcwd())
    """)
    assert "knows conformance dev organization True True" in project.change("preview").text
    assert "knows conformance dev organization False True" in project.change("up", "--skip-preview").text


def test_configuration(project: Project) -> None:
    """The program reads its configuration; secret values are hidden wherever they show."""
    project.run("config", "set", "plain", "seen")
    project.run("config", "set", "--secret", "hidden", "not to be seen")
    run = project.up("""
        config = pulumi.Config()
        print("the plain one is", config.require("plain"))
        print("of the hidden one there are", len(config.require("hidden")))
        pulumi.export("hidden", config.require_secret("hidden"))
    """)
    assert "the plain one is seen" in run.text
    assert "of the hidden one there are 14" in run.text
    assert "not to be seen" not in run.text
    assert json.loads(project.run("stack", "output", "--json")) == {"hidden": "[secret]"}


@pytest.mark.parametrize("main", ["sub", "sub/program.py"])
def test_main(project: Project, main: str) -> None:
    """`main` names another folder, which is then the working folder, or a file."""
    (project.folder / "sub").mkdir()
    for name in ("__main__.py", "program.py"):
        (project.folder / "sub" / name).write_text('import os\nprint("here", os.path.basename(os.getcwd()))\n')
    settings(project, f"main: {main}\n")
    run = project.change("preview")
    assert run.code == 0
    assert "here sub" in run.text


def test_own_modules(project: Project) -> None:
    """The program imports the modules beside it, whatever their names."""
    for name in ("executor", "host", "toolchain"):
        (project.folder / f"{name}.py").write_text(f"word = 'own {name}'\n")
    run = project.up("import executor, host, toolchain; print(executor.word, host.word, toolchain.word)")
    assert "own executor own host own toolchain" in run.text


def test_no_program(project: Project) -> None:
    """A folder without a program is an error that says so."""
    (project.folder / "__main__.py").unlink()
    run = project.change("preview")
    assert run.code == 1
    assert "unable to find main python program `__main__.py` in" in run.text


def test_no_environment(project: Project) -> None:
    """A folder that is no virtual environment is an error that names it."""
    settings(project, "", "nowhere")
    project.folder.joinpath("nowhere").mkdir()
    project.folder.joinpath("nowhere", "file").touch()  # an empty folder would be filled by `pulumi install`
    run = project.change("preview")
    assert run.code != 0
    assert str(project.folder / "nowhere") in run.text


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("option", ["toolchain: uv", "toolchain: poetry", "typechecker: mypy"])
def test_unsupported_option(project: Project, option: str) -> None:
    """An option that the host does not have is refused, not ignored."""
    settings(project, f"    {option}\n")
    run = project.change("preview")
    assert run.code != 0
    assert f"Pulumi.yaml's option {option} is not supported by this language host" in run.text


def test_about(project: Project) -> None:
    """`pulumi about` lists the Python, the packages that no other requires, and the plugins of the project."""
    about = json.loads(project.run("about", "--json"))
    number = "{}.{}.{}".format(*sys.version_info)
    assert (about["runtime"]["language"], about["runtime"]["version"]) == ("python", number)
    dependencies = {one["name"].replace("_", "-") for one in about["dependencies"]}
    assert "pulumi-command" in dependencies
    assert "pulumi" not in dependencies, "it is there because others require it"
    assert {"name": "command", "version": "1.2.1", "kind": "resource"} in about["plugins"]
