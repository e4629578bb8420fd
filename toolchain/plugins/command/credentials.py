"""The keys of a connection: those to offer, and the one that the host must have."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import asyncssh

from toolchain.plugins.rpc import RequestFailed

if TYPE_CHECKING:
    from toolchain.plugins.rpc import Values

_PUBLIC_KEY = re.compile(r"(?:^|\s)((?:ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+)")

Key: TypeAlias = asyncssh.SSHKey | asyncssh.SSHKeyPair


class Credentials(NamedTuple):
    """The client's keys to offer, and the host's only acceptable key (None: any)."""

    keys: list[Key]
    host_key: asyncssh.SSHKey | None


async def credentials(connection: Values) -> Credentials:
    """Read the keys of `connection`. RequestFailed: a text that is no usable key, an agent that does not answer.

    The agent is the one asked for; the environment's is used only where there is neither key nor password.
    """
    keys = [_private_key(connection)] if "privateKey" in connection else []
    agent = connection.get("agentSocketPath")
    if agent is None and not keys and "password" not in connection:
        agent = os.environ.get("SSH_AUTH_SOCK")
    return Credentials(keys + (await _agent_keys(agent) if agent else []), _host_key(connection))


def _private_key(connection: Values) -> Key:
    text, passphrase = connection["privateKey"].strip() + "\n", connection.get("privateKeyPassword")
    try:
        return asyncssh.import_private_key(text, passphrase)
    except ValueError as error:  # asyncssh's errors of keys are all of this kind
        raise RequestFailed(f"ssh: the private key cannot be used: {error}") from error


async def _agent_keys(path: str) -> list[Key]:
    try:
        return list(await (await asyncssh.connect_agent(path)).get_keys())
    except OSError as error:
        raise RequestFailed(f"dial unix {path}: connect: {os.strerror(error.errno or 0).lower()}") from error


def _host_key(connection: Values) -> asyncssh.SSHKey | None:
    """Return the first key of `hostKey`, lines as in authorized_keys or known_hosts."""
    if "hostKey" not in connection:
        return None
    lines = [line for line in connection["hostKey"].splitlines() if not line.lstrip().startswith("#")]
    found = _PUBLIC_KEY.search("\n".join(lines))
    try:
        return asyncssh.import_public_key(found[1] if found else "")
    except ValueError as error:
        raise RequestFailed("failed to parse host key: ssh: no key found") from error
