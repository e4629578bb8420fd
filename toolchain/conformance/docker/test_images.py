"""Images that are built, and images that are there already."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.docker.changes import NONE, REPLACE, UPDATE, Change, checked, effect_of, named
from toolchain.conformance.docker.conftest import BASE, IMAGE, REMOTE_IMAGE, World
from toolchain.conformance.engine import Object, Plugin, Refused
from toolchain.plugins.rpc import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from toolchain.plugins.rpc.values import Values

DOCKERFILE = """\
FROM debian:bookworm-slim AS first
ARG WHO=nobody
COPY . /app
RUN echo hello $WHO > /greeting

FROM first
RUN echo second > /stage
"""
# Of the folder that `write_context` writes, by the official plugin 5.1.0.
DIGEST = "d3824ed436c8260031a53abc64e953560f41209c927992a0e6e697e3533c1d21"


def write_context(folder: Path) -> None:
    """A folder to build from, with modes that do not depend on this machine."""
    texts = {
        "Dockerfile": DOCKERFILE,
        "a.txt": "a\n",
        "sub/b.sh": "#!/bin/sh\n",
        "sub.txt": "s\n",
        "log.tmp": "ignored\n",
    }
    for name, text in (texts | {".dockerignore": "# scratch files\n*.tmp\n"}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if name.endswith(".sh") else 0o644)


def program(name: str, folder: Path, **build: object) -> Values:
    """Inputs of an image that is built from the folder."""
    build = {"context": str(folder), "platform": "linux/amd64", **build}
    return {"imageName": name, "skipPush": True, "buildOnPreview": False, "build": build}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to build from."""
    write_context(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def built(plugin: Plugin, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Object, Path]]:
    """An image, and the folder that it was built from."""
    folder = tmp_path_factory.mktemp("context")
    write_context(folder)
    made = plugin.create(IMAGE, program(world.name("image"), folder, args={"WHO": "world"}))
    yield made, folder
    plugin.delete(made)


def content(world: World, image: str, path: str) -> str | None:
    """A file in an image; None: it has none."""
    container = world.api.create_container(image, command=["sh", "-c", f"cat {path} || true"], name=world.name("look"))
    try:
        world.api.start(container)
        world.api.wait(container)
        return str(world.api.logs(container, stdout=True, stderr=False).decode()) or None
    finally:
        world.api.remove_container(container, force=True)


def test_what_check_adds(plugin: Plugin, folder: Path) -> None:
    """Dockerfile and platform have defaults; the digest of the context is the official one's."""
    inputs = checked(plugin, IMAGE, program("n", folder))
    assert inputs["build"]["dockerfile"] == f"{folder}/Dockerfile"
    assert inputs["build"]["contextDigest"] == DIGEST


def test_unknown_arguments_pass(plugin: Plugin, folder: Path) -> None:
    """A preview accepts arguments that it does not know yet, and builds nothing."""
    shown = plugin.create(IMAGE, program("n", folder, args={"WHO": UNKNOWN}), preview=True).outputs
    assert shown.get("repoDigest", UNKNOWN) is UNKNOWN


def _edit(folder: Path) -> None:
    (folder / "a.txt").write_text("other\n")


def _make_executable(folder: Path) -> None:
    (folder / "a.txt").chmod(0o755)


def _add(folder: Path) -> None:
    (folder / "new.txt").write_text("new\n")


def _remove(folder: Path) -> None:
    (folder / "sub" / "b.sh").unlink()


def _ignore_more(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*.tmp\nsub.txt\n")


def _edit_dockerfile(folder: Path) -> None:
    (folder / "Dockerfile").write_text(DOCKERFILE + "RUN true\n")


def _touch(folder: Path) -> None:
    os.utime(folder / "a.txt", (1, 1))


def _edit_ignored(folder: Path) -> None:
    (folder / "log.tmp").write_text("other\n")


FILES = [
    ("content", _edit, UPDATE),
    ("mode", _make_executable, UPDATE),
    ("file added", _add, UPDATE),
    ("file removed", _remove, UPDATE),
    (".dockerignore", _ignore_more, UPDATE),
    ("Dockerfile", _edit_dockerfile, UPDATE),
    ("time", _touch, NONE),
    ("ignored file", _edit_ignored, NONE),
]


@pytest.mark.parametrize(("edit", "effect"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_a_change_of_a_file(
    plugin: Plugin, built: tuple[Object, Path], edit: Callable[[Path], None], effect: str
) -> None:
    """What is built from is compared by content and mode; what is ignored, and times, are not."""
    made, folder = built
    edit(folder)
    news = checked(plugin, IMAGE, program(made.inputs["imageName"], folder, args={"WHO": "world"}), made.inputs)
    write_context(folder)
    (folder / "new.txt").unlink(missing_ok=True)
    assert effect_of(plugin.diff(made, news)) == effect


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({}, NONE),
        ({"args": {"WHO": "else"}}, UPDATE),
        ({"args": {}}, UPDATE),
        ({"target": "first"}, UPDATE),
    ],
    ids=["nothing", "argument", "argument removed", "target"],
)
def test_a_change_of_the_build(plugin: Plugin, built: tuple[Object, Path], change: Values, effect: str) -> None:
    """Every change of a build builds again; nothing is replaced."""
    made, folder = built
    build = {"args": {"WHO": "world"}} | change
    news = checked(plugin, IMAGE, program(made.inputs["imageName"], folder, **build), made.inputs)
    assert effect_of(plugin.diff(made, news)) == effect


def test_a_preview_shows_what_changed(plugin: Plugin, built: tuple[Object, Path]) -> None:
    """A changed file is a change of the context's digest alone.

    Deviates: the official plugin shows the whole build as changed.
    """
    made, folder = built
    _edit(folder)
    news = checked(plugin, IMAGE, program(made.inputs["imageName"], folder, args={"WHO": "world"}), made.inputs)
    write_context(folder)
    expected = {"build"} if plugin.official else {"build.contextDigest"}
    assert set(plugin.diff(made, news).kinds) == expected


def test_an_image_that_was_built(plugin: Plugin, world: World, built: tuple[Object, Path]) -> None:
    """The image has its arguments and files, but for those that are ignored; its digest is its id."""
    made, _ = built
    assert made.id == made.inputs["imageName"]
    assert made.outputs["repoDigest"] == world.api.inspect_image(made.inputs["imageName"])["Id"]
    assert made.outputs["dockerfile"] == "Dockerfile"
    assert content(world, made.outputs["repoDigest"], "/greeting") == "hello world\n"
    assert content(world, made.outputs["repoDigest"], "/stage") == "second\n"
    assert content(world, made.outputs["repoDigest"], "/app/sub/b.sh") == "#!/bin/sh\n"
    assert content(world, made.outputs["repoDigest"], "/app/log.tmp") is None
    assert any("hello" in line.message for line in plugin.lines)


def test_a_target(plugin: Plugin, world: World, folder: Path) -> None:
    """A build stops at its target."""
    made = plugin.create(IMAGE, program(world.name("target"), folder, target="first"))
    assert content(world, made.outputs["repoDigest"], "/greeting") == "hello nobody\n"
    assert content(world, made.outputs["repoDigest"], "/stage") is None


def test_building_again(plugin: Plugin, world: World, folder: Path) -> None:
    """A build again has a new id only where something changed."""
    name = world.name("again")
    made = plugin.create(IMAGE, program(name, folder))
    same = plugin.update(made, program(name, folder, args={}))
    other = plugin.update(made, program(name, folder, args={"WHO": "else"}))
    assert same.outputs["repoDigest"] == made.outputs["repoDigest"]
    assert content(world, other.outputs["repoDigest"], "/greeting") == "hello else\n"
    assert world.api.inspect_image(name)["Id"] == other.outputs["repoDigest"]
    world.api.remove_image(made.outputs["repoDigest"])  # it has no name any more


def test_a_dockerfile_outside_of_the_context(
    plugin: Plugin, world: World, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The Dockerfile may lie elsewhere; its path is the program's, not the context's."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "My.Dockerfile"
    elsewhere.write_text(f"FROM {BASE}\nCOPY a.txt /greeting\n")
    made = plugin.create(IMAGE, program(world.name("elsewhere"), folder, dockerfile=str(elsewhere)))
    assert content(world, made.outputs["repoDigest"], "/greeting") == "a\n"


def test_a_build_that_fails(plugin: Plugin, world: World, folder: Path) -> None:
    """A failed build leaves no image and nothing in the state, and tells the exit code.

    Deviates: ours shows the last lines of the step that failed.
    """
    (folder / "Dockerfile").write_text(f"FROM {BASE}\nRUN echo E: Unable to locate package nginxx; exit 3\n")
    name = world.name("failing")
    with pytest.raises(Refused, match="code: 3") as refused:
        plugin.create(IMAGE, program(name, folder))
    assert refused.value.left is None
    assert not world.api.images(name)
    if not plugin.official:
        assert "\n  Step 2/2 : RUN" in refused.value.text
        assert "\n  E: Unable to locate package nginxx" in refused.value.text


@pytest.mark.parametrize(
    ("text", "told"), [("FORM x\n", "FORM"), ("FROM conformance/nope:1\n", "nope")], ids=["syntax", "base image"]
)
def test_a_dockerfile_that_is_wrong(plugin: Plugin, world: World, folder: Path, text: str, told: str) -> None:
    """What is wrong with a Dockerfile is told in the builder's words."""
    (folder / "Dockerfile").write_text(text)
    with pytest.raises(Refused, match=told):
        plugin.create(IMAGE, program(world.name("wrong"), folder))


def test_an_image_that_is_gone(plugin: Plugin, world: World, folder: Path) -> None:
    """An image removed by hand is gone for a refresh, so that the next update builds it again.

    Deviates: the official plugin never looks.
    """
    name = world.name("gone")
    made = plugin.create(IMAGE, program(name, folder, args={"WHO": name}))
    assert plugin.read(made).id
    world.api.remove_image(made.outputs["repoDigest"], force=True)
    assert bool(plugin.read(made).id) is plugin.official


def test_a_built_image_stays(plugin: Plugin, world: World, folder: Path) -> None:
    """A destroy keeps the image."""
    made = plugin.create(IMAGE, program(world.name("stays"), folder))
    plugin.delete(made)
    assert world.api.images(made.inputs["imageName"])


# --- images that are there already ------------------------------------------------------------------------------------


@pytest.fixture
def tagged(world: World) -> str:
    """A name of an image that is there."""
    name = world.name("tagged")
    world.api.tag(BASE, name, "1")
    return f"{name}:1"


@named(
    [
        Change("nothing", {}, NONE),
        Change("name", {"name": "other:1"}, REPLACE, {"name": "UPDATE_REPLACE"}),
        Change("pullTriggers", {"pullTriggers": ["a"]}, REPLACE),
        Change("triggers", {"triggers": {"a": "1"}}, REPLACE),
        Change("keepLocally", {"keepLocally": True}, "update"),
        Change("forceRemove", {"forceRemove": True}, "update"),
    ]
)
def test_a_change_of_a_pulled_image(plugin: Plugin, tagged: str, change: Change) -> None:
    """Another name or trigger pulls again, before the old one goes; how it goes is a change of the state."""
    made = plugin.create(REMOTE_IMAGE, {"name": tagged})
    change.hold(plugin, made, deletes_first=False)


def test_a_pulled_image(plugin: Plugin, world: World, tagged: str) -> None:
    """An image that is there is not pulled; its id and its tag are known; a delete takes the tag alone."""
    made = plugin.create(REMOTE_IMAGE, {"name": tagged})
    image = world.api.inspect_image(BASE)["Id"]
    assert made.outputs["imageId"] == image
    assert made.id == f"{image}{tagged}"
    found = plugin.read(made)
    assert found.id
    assert effect_of(plugin.diff(found, made.inputs)) == NONE
    plugin.delete(made)
    assert not world.api.images(tagged)
    assert world.api.inspect_image(image)
    assert not plugin.read(made).id
    plugin.delete(made)


def test_a_pulled_image_that_is_kept(plugin: Plugin, world: World, tagged: str) -> None:
    """`keepLocally` leaves the tag."""
    plugin.delete(plugin.create(REMOTE_IMAGE, {"name": tagged, "keepLocally": True}))
    assert world.api.images(tagged)


def test_an_image_that_cannot_be_pulled(plugin: Plugin) -> None:
    """An image that is neither here nor in a registry is an error that names it."""
    with pytest.raises(Refused, match="unable to pull image conformance/nope:1"):
        plugin.create(REMOTE_IMAGE, {"name": "conformance/nope:1"})


def test_a_pulled_image_in_use_stays(plugin: Plugin, world: World) -> None:
    """The last name of an image that a container uses is not removed."""
    own = world.name("own")
    base = world.api.create_container(BASE, command=["true"], name=world.name("base"))
    world.api.commit(base, repository=own, tag="1")
    made = plugin.create(REMOTE_IMAGE, {"name": f"{own}:1"})
    user = world.api.create_container(f"{own}:1", command=["true"], name=world.name("user"))
    with pytest.raises(Refused, match="is using its referenced image"):
        plugin.delete(made)
    world.api.remove_container(user)
    plugin.delete(made)
