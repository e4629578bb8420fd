"""The plugin: its resource types, over one connection to a Docker daemon."""

from __future__ import annotations

from importlib.metadata import version

from toolchain.plugins.docker.container import Container
from toolchain.plugins.docker.daemon import Daemon
from toolchain.plugins.docker.image import Image
from toolchain.plugins.docker.network import Network
from toolchain.plugins.docker.remote_image import RemoteImage
from toolchain.plugins.docker.volume import Volume
from toolchain.plugins.rpc import CheckFailure, CheckResult, Plugin, Values

# The engine's own, in every provider's settings.
_ENGINES = {"version", "pluginDownloadURL"}
_KNOWN = {"context", "host"}


class DockerPlugin(Plugin):
    """Pulumi's `docker` plugin, in the version of the SDK that it serves: the engine compares them."""

    name = "docker"
    version = version("pulumi-docker")

    def __init__(self) -> None:
        self._daemon = Daemon()
        self.resources = [kind(self._daemon) for kind in (Container, Network, Volume, Image, RemoteImage)]

    def check_config(self, news: Values) -> CheckResult:
        """Know which daemon, by `context` or `host`."""
        unknown = sorted(news.keys() - _ENGINES - _KNOWN)
        known = ", ".join(sorted(_KNOWN))
        return CheckResult(
            news, [CheckFailure("", f"unknown or unsupported setting '{key}'; known: {known}") for key in unknown]
        )

    def configure(self, args: Values) -> None:
        """Reach the daemon. RequestFailed: it does not answer."""
        self._daemon.connect(args.get("host"), args.get("context"))
