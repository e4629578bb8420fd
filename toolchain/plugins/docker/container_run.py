"""Bringing a created container up: its networks, its files, its process, its health."""

from __future__ import annotations

import base64
import binascii
import io
import tarfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from requests.exceptions import ConnectionError as NoAnswer
from requests.exceptions import ReadTimeout

from toolchain.plugins.docker.container_networks import endpoint
from toolchain.plugins.docker.container_state import is_running
from toolchain.plugins.rpc import Context, RequestFailed, Values

if TYPE_CHECKING:
    from toolchain.plugins.docker.daemon import Api

# Seconds for which a process must stay up to count as running.
_SETTLE = 1
_POLL = 0.5
_LAST_LINES = 20


def bring_up(api: Api, ctx: Context, id_: str, inputs: Values, networks: list[Values]) -> None:
    """Join all networks but the first, put the files in place, start, and see that it runs and, if asked, is healthy.

    RequestFailed, or an error of Docker: it did not come up.
    """
    for network in networks[1:]:
        _connect(api, id_, network)
    for upload in inputs.get("uploads", []):
        api.put_archive(id_, "/", _archive(upload))
    if not inputs["start"]:
        return
    start(api, id_, must_run=inputs["mustRun"])
    if inputs.get("wait"):
        _wait_until_healthy(api, ctx, id_, inputs["waitTimeout"])


def start(api: Api, id_: str, *, must_run: bool) -> None:
    """Start the process. RequestFailed: it must run, and ends at once; with its last log lines."""
    api.start(id_)
    if not must_run:
        return
    with suppress(ReadTimeout, NoAnswer):
        api.wait(id_, timeout=_SETTLE, condition="next-exit")
    found = api.inspect_container(id_)
    if not is_running(found) or found["RestartCount"]:
        raise RequestFailed(_ended(api, found))


def _connect(api: Api, id_: str, network: Values) -> None:
    settings = endpoint(network)
    addresses = settings["IPAMConfig"] or {}
    api.connect_container_to_network(
        id_,
        network["name"],
        ipv4_address=addresses.get("IPv4Address"),
        ipv6_address=addresses.get("IPv6Address"),
        link_local_ips=addresses.get("LinkLocalIPs"),
        aliases=settings["Aliases"],
    )


def _archive(upload: Values) -> bytes:
    content = _content(upload)
    entry = tarfile.TarInfo(upload["file"].lstrip("/"))
    entry.size, entry.mtime = len(content), int(time.time())
    entry.mode = int(upload.get("permissions") or ("0744" if upload.get("executable") else "0644"), 8)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def _content(upload: Values) -> bytes:
    sources = [key for key in ("content", "contentBase64", "source") if upload.get(key) is not None]
    if len(sources) != 1:
        raise RequestFailed(
            f"upload of {upload['file']}: needs one of content, contentBase64, source, not {len(sources)}"
        )
    try:
        if sources == ["content"]:
            return str(upload["content"]).encode()
        if sources == ["contentBase64"]:
            return base64.b64decode(upload["contentBase64"], validate=True)
        return Path(upload["source"]).read_bytes()
    except (OSError, binascii.Error) as error:
        raise RequestFailed(f"upload of {upload['file']}: {error}") from error


def _wait_until_healthy(api: Api, ctx: Context, id_: str, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        found = api.inspect_container(id_)
        health = found["State"].get("Health")
        if health is None:
            raise RequestFailed("`wait` needs a `healthcheck`: the container has none. Leave `wait` out, or give one")
        if health["Status"] == "healthy":
            return
        if not is_running(found):
            raise RequestFailed(_ended(api, found))
        if time.monotonic() > deadline:
            raise RequestFailed(
                f"container is not healthy after {timeout} s, it is {health['Status']}{_last_probe(health)}"
            )
        if ctx.cancelled.wait(_POLL):
            raise RequestFailed("cancelled while waiting for the container to be healthy")


def _last_probe(health: dict[str, Any]) -> str:
    probes = health["Log"] or []
    return f". Its last check ended with {probes[-1]['ExitCode']}: {probes[-1]['Output'].strip()}" if probes else ""


def _ended(api: Api, found: dict[str, Any]) -> str:
    name, restarts = found["Name"].lstrip("/"), found["RestartCount"]
    how = f"restarts again and again ({restarts} times so far)" if restarts else "ended at once"
    try:
        lines = api.logs(found["Id"], tail=_LAST_LINES).decode(errors="replace").splitlines()
    except OSError as error:  # some log drivers keep nothing that can be read
        lines = [str(error)]
    shown = "".join(f"\n  {line}" for line in lines) or " none"
    return (
        f'container "{name}" {how} (exit code {_exit_code(api, found)}), but must run. Its last output:{shown}\n'
        f"It was left in place: `docker logs {name}`, `docker inspect {name}`. The next `pulumi up` replaces it."
    )


def _exit_code(api: Api, found: dict[str, Any]) -> str:
    """The last exit code; from Docker's events, as a restart clears it in the container's state."""
    filters = {"container": found["Id"], "event": "die"}
    ends = list(api.events(since=0, until=time.time(), filters=filters, decode=True))
    return str(ends[-1]["Actor"]["Attributes"]["exitCode"] if ends else found["State"]["ExitCode"])
