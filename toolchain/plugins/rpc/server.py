"""Serving a plugin."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from toolchain.plugins.rpc.engine import EngineLog
from toolchain.plugins.rpc.service import Service
from toolchain.plugins.rpc.transport import run_server

if TYPE_CHECKING:
    from toolchain.plugins.rpc.provider import Plugin


def serve(plugin: Plugin, argv: list[str]) -> None:
    """Print the port, then serve `plugin` until the engine sends SIGINT or is gone.

    `argv` is the arguments after the program's name; the last is the engine's address. Work under way is cancelled by
    SIGINT, but finished when the engine was killed.
    """
    if not argv:
        sys.exit(f"usage: pulumi-resource-{plugin.name} ENGINE-ADDRESS (Pulumi's engine starts this plugin)")
    service = Service(plugin, EngineLog(argv[-1]))
    if run_server("pulumirpc.ResourceProvider", service.methods()):
        service.cancelled.set()
