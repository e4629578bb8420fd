"""The push on real files and a machine whose daemons are pretended."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from hacomponents.agent.disk.lock import held
from hacomponents.agent.errors import AgentError, Busy, Rejected, RollbackFailed, RolledBack, StepFailed
from hacomponents.agent.procedures.push import apply
from hacomponents.agent.procedures.recovery import heal
from tests.agent.machine import REFUSED, SICK, UNLOADABLE, PretendedMachine
from tests.agent.samples import APP, NGINX, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from hacomponents.agent.host import Host


def loaded(host: Host) -> dict[str, str]:
    """What the daemons of `host` serve."""
    assert isinstance(host.machine, PretendedMachine)
    return host.machine.loaded()


def test_a_first_push_starts_everything(host: Host) -> None:
    """
    After a first push the release is in force, and every daemon serves its slice of it.
    """
    bundle = parse(text(), KINDS)

    summary = apply(host, text())

    assert f"web-1: serving {bundle.id}" == summary
    assert bundle.digests == loaded(host)
    assert bundle.id == Path(host.layout.current).readlink().name


def test_files_are_found_where_they_belong(host: Host) -> None:
    """
    A managed file's own path is a link into the release in force; a directory that processes own is one link.
    """
    apply(host, text())

    assert host.layout.current + NGINX == str(Path(host.layout.at(NGINX)).readlink())
    assert host.layout.current + "/srv/app" == str(Path(host.layout.at("/srv/app")).readlink())
    assert Path(host.layout.at(APP)).read_text() == "app\n"


def test_a_file_of_the_distribution_is_kept_aside(host: Host) -> None:
    """
    A file that was there before is kept beside, and comes back when the bundle names it no more.
    """
    place = Path(host.layout.at("/etc/keepalived/keepalived.conf"))
    place.parent.mkdir(parents=True)
    place.write_text("of the distribution")

    apply(host, text())
    aside = place.with_name("keepalived.conf.before-hacomponents").read_text()
    apply(host, text(keepalived=False))

    assert "of the distribution" == aside
    assert "of the distribution" == place.read_text()
    assert "keepalived" not in loaded(host)


def test_only_changed_services_are_touched(host: Host) -> None:
    """
    A change of the application restarts its processes, and no proxy reloads.
    """
    apply(host, text())
    before = Path(host.machine.memory / "nginx").read_text()  # type: ignore[attr-defined]

    apply(host, text(app="another"))

    assert before == Path(host.machine.memory / "nginx").read_text()  # type: ignore[attr-defined]
    assert parse(text(app="another"), KINDS).digests == loaded(host)


@pytest.mark.parametrize(
    ("mark", "error", "state"),
    [
        (REFUSED, Rejected, "nothing was changed"),
        (UNLOADABLE, RolledBack, "back on {before}"),
        (SICK, RolledBack, "back on {before}"),
    ],
)
def test_a_push_that_fails_leaves_the_release_before(host: Host, mark: str, error: type[Exception], state: str) -> None:
    """
    What a daemon refuses, cannot load, or does not answer with, ends with all daemons on the release before.
    """
    before = parse(text(), KINDS)
    apply(host, text())

    with pytest.raises(error, match=state.format(before=before.id)):
        apply(host, text(body=mark))

    assert before.digests == loaded(host)
    assert before.id == Path(host.layout.current).readlink().name


def test_an_application_that_is_ill_before_and_after(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whatever is pushed, an application whose database is down answers nowhere: the host is back all the same, as a
    whole, and the error says what is not well there either. Nothing keeps the next push from coming.
    """
    apply(host, text())
    make_ill(host, monkeypatch)

    with pytest.raises(RolledBack) as caught:
        apply(host, text(app="another", body="another"))

    old = parse(text(), KINDS)
    lines = str(caught.value).splitlines()
    assert f"RolledBack: web-1: app-3000 does not serve the new configuration; back on {old.id}" == lines[0]
    assert f"  app-3000 does not serve on {old.id} either:" in lines
    assert 2 == lines.count("  GET http://127.0.0.1:3000/up: connection refused")
    assert "  remedy: when that is put right, push again" == lines[-1]
    assert old.digests == loaded(host)
    monkeypatch.undo()
    assert f"web-1: serving {parse(text(app='a third'), KINDS).id}" == apply(host, text(app="a third"))


def test_a_cut_off_push_is_undone_though_an_application_is_ill(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    So is a push that was killed: what was done says what is not well, and the host is on one release.
    """
    apply(host, text())
    old, new = host.store.current(), parse(text(app="another"), KINDS)
    monkeypatch.setattr("hacomponents.agent.procedures.push.serve", lambda *_: os._exit(1))
    child = os.fork()
    if child == 0:
        apply(host, text(app="another"))
    os.waitpid(child, 0)
    monkeypatch.undo()
    make_ill(host, monkeypatch)
    host.supervisor.stop("app-3000")

    done = heal(host)

    assert old is not None
    words = f"a push of {new.id} was cut off: back on {old.id}; app-3000 does not serve there either"
    assert words == done
    assert not os.path.lexists(host.layout.pending)


def make_ill(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the first application process answer nothing, whatever it runs."""
    get = host.machine.get
    refused = (0, "connection refused")
    monkeypatch.setattr(host.machine, "get", lambda url, *rest: refused if ":3000" in url else get(url, *rest))


def test_a_service_keeps_its_scripts_until_it_is_removed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    On the way back, a service that only the failed release has can end by its own scripts: they are there all the time,
    and those of services that stay lead to the release in force.
    """
    seen = {}

    def look(service: str, release: str) -> None:
        run = Path(host.layout.at("/etc/service"), service, "run")
        seen[service] = (run.exists(), str(run.readlink()).startswith(release))
        remove(service, release)

    remove = host.supervisor.remove
    monkeypatch.setattr(host.supervisor, "remove", look)
    apply(host, text(keepalived=False))
    with pytest.raises(RolledBack):
        apply(host, text(body=SICK))

    assert {"keepalived": (True, True)} == seen
    for service in ("nginx", "app-3000"):
        run = Path(host.layout.at("/etc/service"), service, "run").readlink()
        assert f"{host.layout.current}/runit/{service}/run" == str(run)


def test_a_failed_first_push_leaves_nothing(host: Host) -> None:
    """
    A first push that fails leaves a host without release, service, link or note.
    """
    with pytest.raises(RolledBack, match="back on nothing"):
        apply(host, text(body=SICK))

    assert {} == loaded(host)
    assert not os.path.lexists(host.layout.current)
    assert not os.path.lexists(host.layout.at(NGINX))
    assert not os.path.lexists(host.layout.pending)


def test_an_error_holds_the_daemons_words_and_no_secret(host: Host) -> None:
    """
    An error shows the command, its exit status and the daemon's words, and a token where those repeat a secret.
    """
    machine = host.machine
    run = type(machine).attempt

    def attempt(command: list[str], timeout: float = 30) -> object:
        result = run(machine, command, timeout)
        result.words += ": hush-hush"
        return result

    machine.attempt = attempt  # type: ignore[method-assign,assignment]
    with pytest.raises(Rejected) as caught:
        apply(host, text(body=REFUSED))

    assert re.search(r"  \$ haproxy -c -f \S+haproxy.cfg    \(exit 1\)", str(caught.value))
    assert "  unknown keyword REFUSED: @@secret:stats@@" in str(caught.value)
    assert "hush-hush" not in str(caught.value)


def test_secrets_are_for_root_only(host: Host) -> None:
    """
    A file with a secret in it has mode 0600, and the bundle that is kept names the secret without its value.
    """
    apply(host, text())
    config = Path(host.layout.at("/etc/haproxy/haproxy.cfg"))
    bundle = Path(host.layout.current, "bundle.json")

    assert "password hush-hush" in config.read_text()
    assert 0o600 == config.stat().st_mode & 0o777
    assert "hush-hush" not in bundle.read_text()


def test_a_secret_that_was_never_put_is_named(host: Host) -> None:
    """
    A bundle that names a value which is not on the host is rejected, with the name.
    """
    document = json.loads(text())
    document["secrets"]["stats"] = "feedfeed"

    with pytest.raises(
        Rejected, match=r"push the secrets first; nothing was changed, it serves nothing\n  stats \(digest feedfeed\)"
    ):
        apply(host, json.dumps(document))


def test_a_second_push_is_refused_while_one_is_under_way(host: Host) -> None:
    """
    Who holds the lock, and since when, is in the refusal.
    """
    host.prepare()

    with (
        held(host.layout.lock, "apply 0123"),
        pytest.raises(Busy, match=r"changed by apply 0123 \(pid \d+\) since 2\d{3}-.*Z; nothing was changed"),
    ):
        apply(host, text())


def test_a_lock_that_is_held_for_a_moment_refuses_nobody(host: Host) -> None:
    """
    Whoever looks who holds the lock holds it for a moment; a push waits for that.
    """
    host.prepare()
    looking = threading.Event()

    def look() -> None:
        with held(host.layout.lock, "status"):
            looking.set()
            time.sleep(0.3)  # that moment

    with ThreadPoolExecutor() as pool:
        look_is_over = pool.submit(look)
        looking.wait()
        apply(host, text())

    assert look_is_over.done()
    assert parse(text(), KINDS).digests == loaded(host)


def _fails_with(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("place", "error", "headline", "remedy"),
    [
        (
            "hacomponents.agent.disk.release.Store.stage",
            OSError(errno.ENOSPC, "No space left on device", "/etc/x"),
            "Rejected: web-1: [Errno 28] No space left on device: '/etc/x'; nothing was changed, it serves {old}",
            "  remedy: make room on that file system, and push again",
        ),
        (
            "hacomponents.agent.disk.release.Store.stage",
            OSError(errno.EROFS, "Read-only file system", "/etc/x"),
            "Rejected: web-1: [Errno 30] Read-only file system: '/etc/x'; nothing was changed, it serves {old}",
            "  remedy: find out why that file system is read-only (dmesg), mount it writable, and push again",
        ),
        (
            "hacomponents.agent.disk.release.Store.stage",
            StepFailed("interrupted by SIGTERM"),
            "Rejected: web-1: interrupted by SIGTERM; nothing was changed, it serves {old}",
            "  remedy: when that is put right, push again",
        ),
        (
            "hacomponents.agent.procedures.push.remember",
            StepFailed("interrupted by SIGTERM"),
            "RolledBack: web-1: interrupted by SIGTERM; back on {old}",
            "  remedy: the host is well; when that is put right, push again",
        ),
        (
            "hacomponents.agent.procedures.push.remember",
            KeyError("x"),
            "RolledBack: web-1: KeyError: 'x'; back on {old}",
            "  remedy: the host is well; when that is put right, push again",
        ),
        (
            "hacomponents.agent.procedures.push.forget",
            OSError(errno.EROFS, "Read-only file system", "/etc/x"),
            "RollbackFailed: web-1: serves wholly {old}, but could not keep it",
            "  remedy: when the cause is gone, push again, or run on web-1: hacomponents-agent heal",
        ),
        (
            "hacomponents.agent.procedures.push.link_files",
            OSError(errno.EROFS, "Read-only file system", "/etc/x"),
            "RollbackFailed: web-1: serves wholly {old}, but could not keep it",
            "  remedy: when the cause is gone, push again, or run on web-1: hacomponents-agent heal",
        ),
    ],
)
def test_an_error_says_the_host_the_release_and_what_to_do(
    host: Host, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception, headline: str, remedy: str
) -> None:
    """
    The first line of an error names the host, what happened and the release that it serves; the last one is the remedy.
    """
    apply(host, text())
    monkeypatch.setattr(place, _fails_with(error))

    with pytest.raises(AgentError) as caught:
        apply(host, text(body="new"))

    lines = str(caught.value).splitlines()
    old, new = (parse(document, KINDS).id for document in (text(), text(body="new")))
    assert (headline.format(old=old, new=new), remedy) == (lines[0], lines[-1])


def test_a_rollback_that_failed_says_what_each_daemon_serves(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The disk turns read-only after the swap, and then a daemon fails: each daemon is named with the release it serves.
    """
    apply(host, text())
    bundles = [parse(document, KINDS) for document in (text(), text(app="another", body=UNLOADABLE))]
    old, new = (bundle.id for bundle in bundles)
    swap, full = host.store.swap, _fails_with(OSError(errno.EROFS, "Read-only file system", "/etc/x"))
    monkeypatch.setattr(host.store, "swap", lambda identifier: swap(identifier) if identifier == new else full())

    with pytest.raises(RollbackFailed) as caught:
        apply(host, text(app="another", body=UNLOADABLE))

    assert [
        f"  on disk: {new}",
        f"  app-3000 serves {new}",
        f"  app-3001 serves {new}",
        f"  haproxy serves {old}",
        f"  nginx serves {old}",
        f"  keepalived serves {old}",
    ] == [line for line in str(caught.value).splitlines() if " serves " in line or " on disk" in line]
    assert f"RollbackFailed: web-1: neither wholly {old} nor wholly {new}" == str(caught.value).splitlines()[0]


def test_a_second_interruption_is_ignored(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A push that is ended twice, the second time on its way back, goes all the way back.
    """
    apply(host, text())

    def interrupted(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(host.supervisor, "raise_guard", interrupted)

    with pytest.raises(RolledBack, match=r"interrupted by SIGTERM; back on"):
        apply(host, text(body="new"))

    assert parse(text(), KINDS).digests == loaded(host)


def test_five_releases_are_kept_and_one_that_was_refused(host: Host) -> None:
    """
    Of eight releases and two refused ones, the last five and the last refused are on disk, and the first, from which
    processes that no push restarted still run.
    """
    for number in range(8):
        apply(host, text(body=str(number)))
        if number in (3, 6):
            with pytest.raises(Rejected):
                apply(host, text(body=f"{REFUSED} {number}"))

    kept = {parse(text(body=str(number)), KINDS).id for number in (0, *range(3, 8))}
    refused = parse(text(body=f"{REFUSED} 6"), KINDS).id + ".rejected"
    assert kept | {refused} == {path.name for path in Path(host.layout.releases).iterdir()}


def test_an_older_release_can_be_pushed_again(host: Host) -> None:
    """
    Going back is a push like any other, and repairs what somebody edited in the meantime.
    """
    apply(host, text())
    Path(host.layout.at(NGINX)).write_text("edited by hand")
    apply(host, text(body="newer"))

    apply(host, text())

    assert "# hello\n" == Path(host.layout.at(NGINX)).read_text().splitlines(keepends=True)[0]
    assert parse(text(), KINDS).digests == loaded(host)
