"""The connection to the Docker daemon."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import docker
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig
from docker.utils import kwargs_from_env

from toolchain.plugins.rpc import RequestFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

Api: TypeAlias = Any
"""Docker's API client (`docker.APIClient`), of which the stubs know only a part; its answers are Docker's own JSON."""

# Seconds for one answer; a stop waits for its grace on top.
ANSWER = 120


class Daemon:
    """Docker's API, once `connect` has reached it."""

    def __init__(self) -> None:
        self._api: Api | None = None

    @property
    def api(self) -> Api:
        """The connection. RequestFailed: nobody has connected."""
        if self._api is None:
            raise RequestFailed("the docker provider is not configured yet")
        return self._api

    def connect(self, host: str | None = None, context: str | None = None) -> None:
        """Reach the daemon.

        Args:
            host: unix://, tcp:// or ssh:// address; None: of DOCKER_CONTEXT, of DOCKER_HOST and its like, or this
                machine's own.
            context: name of a context of the `docker` command, in the place of all these.

        RequestFailed: it does not answer, or there is no such context.
        """
        settings = _of_context(context or ("" if host else os.environ.get("DOCKER_CONTEXT", ""))) or kwargs_from_env()
        if host and not context:
            settings["base_url"] = host
        try:
            # No pre-set version: the client takes the newest that both know.
            self._api = docker.APIClient(version="auto", timeout=ANSWER, use_ssh_client=True, **settings)
        except (DockerException, OSError, ValueError) as error:
            raise RequestFailed(unreachable(settings.get("base_url"), error)) from error


def _of_context(name: str) -> dict[str, Any]:
    """How to reach the daemon of a context; nothing for the default one. RequestFailed: there is no such context."""
    if name in {"", "default"}:
        return {}
    # Docker's Python client finds no contexts where their folder has no config.json.
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "contexts"
    identity = hashlib.sha256(name.encode()).hexdigest()
    try:
        endpoint = json.loads((folder / "meta" / identity / "meta.json").read_text())["Endpoints"]["docker"]
    except FileNotFoundError as error:
        raise RequestFailed(f"there is no Docker context {name}; `docker context ls` lists those there are") from error
    tls = folder / "tls" / identity / "docker"
    return {"base_url": endpoint["Host"], "tls": _tls(tls, endpoint) if tls.is_dir() else False}


def _tls(folder: Path, endpoint: dict[str, Any]) -> TLSConfig:
    files = {name: str(folder / f"{name}.pem") for name in ("ca", "cert", "key") if (folder / f"{name}.pem").exists()}
    pair = (files["cert"], files["key"]) if {"cert", "key"} <= files.keys() else None
    return TLSConfig(client_cert=pair, ca_cert=files.get("ca"), verify=not endpoint.get("SkipTLSVerify"))


def unreachable(host: str | None, error: Exception) -> str:
    """What to tell when no daemon answers at `host`."""
    where = host or "unix:///var/run/docker.sock"
    origin = " (from DOCKER_HOST)" if host and host == os.environ.get("DOCKER_HOST") else ""
    return (
        f"no Docker daemon answers at {where}{origin}: {_root(error)}\n"
        "Start it (`systemctl start docker`, or `dockerd` where there is no systemd), or set DOCKER_HOST or the "
        "provider's `host` to a daemon that this user may use (group docker). `docker version` tells if it answers."
    )


def said(error: Exception) -> str:
    """The daemon's own words."""
    if isinstance(error, APIError):
        return f"Error response from daemon: {(error.explanation or str(error)).strip()}"
    return str(error)


def _root(error: BaseException) -> str:
    """The innermost cause, without the layers of the HTTP library around it."""
    *_, innermost = _causes(error)
    return getattr(innermost, "strerror", None) or str(innermost)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause:
        yield cause
        cause = cause.__cause__ or cause.__context__
