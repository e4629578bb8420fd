"""Serving a plugin the way the engine expects it of a plugin's process."""

from __future__ import annotations

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc

from toolchain.plugins.rpc.engine import OPTIONS, EngineLog
from toolchain.plugins.rpc.provider import Plugin
from toolchain.plugins.rpc.service import Service, generic_handler

_THREADS = 128
"""Calls at once: far above the engine's default of 4 a CPU, so that long ones never hold up others."""


def serve(plugin: Plugin, argv: list[str]) -> None:
    """Print the port, then serve `plugin` until the engine sends SIGINT or is gone.

    `argv` is the arguments after the program's name; the last is the engine's address. Work under way is cancelled by
    SIGINT, but finished when the engine was killed. Nothing but the port is ever written to stdout.
    """
    if not argv:
        sys.exit(f"usage: pulumi-resource-{plugin.name} ENGINE-ADDRESS (Pulumi's engine starts this plugin)")
    service = Service(plugin, EngineLog(argv[-1]))
    server = grpc.server(ThreadPoolExecutor(_THREADS), handlers=[generic_handler(service)], options=OPTIONS)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the protocol
    if _interrupted():
        service.cancelled.set()
    server.stop(grace=None)


def _interrupted() -> bool:
    """Wait for SIGINT (True) or for the end of the process that started this one (False)."""
    engine = os.getppid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell may have had it ignored
    try:
        while os.getppid() == engine:
            time.sleep(1)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return True
    return False
