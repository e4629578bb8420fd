"""The plugin's resources and its (empty) configuration."""

from __future__ import annotations

from toolchain.plugins.command.resource import LocalCommand, RemoteCommand
from toolchain.plugins.rpc import CheckResult, Plugin, Values


class CommandPlugin(Plugin):
    """`command`, at the version whose semantics it has."""

    name = "command"
    version = "1.2.1"
    accept_secrets = True
    resources = (LocalCommand(), RemoteCommand())

    def check_config(self, news: Values) -> CheckResult:
        """Accept any configuration; add what the official plugin adds, so that the state is the same."""
        return CheckResult(news | {"__pulumi-go-provider-version": "1.2.0"})
