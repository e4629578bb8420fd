"""The LanguageRuntime service of the protocol, as far as running programs needs it.

Generating code, installing dependencies and component plugins are UNIMPLEMENTED.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2, plugin_pb2

from toolchain.language.interpreter import Interpreter
from toolchain.plugins.rpc.transport import Method, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXECUTOR = Path(__file__).with_name("executor.py")
_TOLD = 32
"""The executor's exit code for a failure that the user has seen already."""
_PATIENCE = 5
"""Seconds that an interrupted program has to end by itself."""


class Host:
    """Runs the program of one project, in a process of the project's own Python."""

    def __init__(self, engine: str) -> None:
        """Serve the engine at `engine` (host:port)."""
        self._engine = engine
        self._program: subprocess.Popen[bytes] | None = None

    def methods(self) -> Iterator[Method]:
        """Yield what this host answers."""
        yield "GetPluginInfo", Empty, self._info
        yield "GetRequiredPackages", language_pb2.GetRequiredPackagesRequest, self._packages
        yield "GetProgramDependencies", language_pb2.GetProgramDependenciesRequest, self._dependencies
        yield "About", language_pb2.AboutRequest, self._about
        yield "Run", language_pb2.RunRequest, self._run
        yield "Cancel", Empty, self._cancel

    def _info(self, _: Empty) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def _packages(self, request: language_pb2.GetRequiredPackagesRequest) -> language_pb2.GetRequiredPackagesResponse:
        plugins = [plugin for plugin in Interpreter(request.info).inventory()["plugins"] if plugin.get("resource")]
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    name=plugin["name"],
                    kind="resource",
                    version=f"v{plugin['version']}",
                    server=plugin.get("server", ""),
                )
                for plugin in plugins
            ]
        )

    def _dependencies(
        self, request: language_pb2.GetProgramDependenciesRequest
    ) -> language_pb2.GetProgramDependenciesResponse:
        packages = Interpreter(request.info).inventory()["packages"]
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=name, version=number)
                for name, number, required in packages
                if request.transitiveDependencies or not required
            ]
        )

    def _about(self, request: language_pb2.AboutRequest) -> language_pb2.AboutResponse:
        inventory = Interpreter(request.info).inventory()
        return language_pb2.AboutResponse(executable=inventory["executable"], version=inventory["version"])

    def _run(self, request: language_pb2.RunRequest) -> language_pb2.RunResponse:
        interpreter = Interpreter(request.info)
        configuration = {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = [interpreter.path, "-u", str(_EXECUTOR), *self._arguments(request)]
        self._program = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=interpreter.environment | configuration)
        code = self._program.wait()
        if code == 0:
            return language_pb2.RunResponse()
        if code == _TOLD:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"program exited with non-zero exit code: {code}")

    def _arguments(self, request: language_pb2.RunRequest) -> list[str]:
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
            "pwd": request.pwd,
            "parallel": str(request.parallel),
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        return [*words, *(["--dry_run"] if request.dryRun else []), request.info.entry_point, *request.args]

    def _cancel(self, _: Empty) -> Empty:
        self.interrupt()
        return Empty()

    def interrupt(self) -> None:
        """Interrupt a running program; kill it when that does not end it."""
        if self._program and self._program.poll() is None:
            self._program.send_signal(signal.SIGINT)
            try:
                self._program.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._program.kill()


def serve(argv: list[str]) -> None:
    """Print the port and serve the engine whose address is the last of `argv`, until it is done or gone."""
    if not argv:
        sys.exit("usage: pulumi-language-python ENGINE-ADDRESS (Pulumi's engine starts this program)")
    host = Host(argv[-1])
    run_server("pulumirpc.LanguageRuntime", host.methods())
    host.interrupt()
