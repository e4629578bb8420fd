"""The Pulumi CLI: the official one, or one built from its Go module."""

from __future__ import annotations

import os
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from toolchain import cache
from toolchain.clone import BIN, ROOT, pinned
from toolchain.errors import StepFailed
from toolchain.progress import instead, run
from toolchain.setup import golang
from toolchain.setup.packages import require

INSTALLER = "https://get.pulumi.com/install.sh"
PATIENCE = 5
"""Seconds for the official site to answer. Behind a firewall nothing ever does."""
DOWNLOAD = 300
"""Seconds for the installer to download about 200 MB."""
MODULE = "github.com/pulumi/pulumi"
GO_MODULE = ROOT / "toolchain" / "cli"


@dataclass(frozen=True)
class Cli:
    """A CLI in the cache.

    Args:
        path: of the program.
        version: of it.
        official: whether Pulumi built it; else we did.
    """

    path: Path
    version: str
    official: bool

    @property
    def origin(self) -> str:
        """Where it is from, for the user."""
        return "from Pulumi" if self.official else "built from its Go module"


def install(python: Path) -> Cli:
    """Put `pulumi` into `.toolchain/bin`; the official one is tried first, if none of either sort is in the cache.

    Args:
        python: that pip is run with.
    """
    version = pinned("pulumi")
    official, built = f"pulumi-{version}-official", f"pulumi-{version}-built"
    if not cache.entry(official) and not cache.entry(built):
        try:
            cache.make(official, lambda folder: download(INSTALLER, version, folder))
        except StepFailed as error:
            instead(error, "built from its Go module")
            cache.make(built, lambda folder: build(version, python, folder))
    found = cache.entry(official)
    folder = found or cache.make(built, lambda folder: build(version, python, folder))
    cli = Cli(folder / "bin" / "pulumi", version, official=found is not None)
    BIN.mkdir(parents=True, exist_ok=True)
    cache.link(BIN / "pulumi", cli.path)
    return cli


def download(installer: str, version: str, folder: Path) -> None:
    """Install by Pulumi's installer.

    Args:
        installer: address of the script.
        version: to install, such as "3.251.0".
        folder: gets `bin/pulumi`, the language hosts and what else Pulumi bundles.

    Raises:
        StepFailed: the site does not answer in a few seconds, or the installer fails.
    """
    step = f"Pulumi CLI {version}: from {installer}"
    remedy = "allow this machine to reach Pulumi's site, or let it be built"
    script = folder / "install.sh"
    try:
        with urllib.request.urlopen(installer, timeout=PATIENCE) as answer:  # noqa: S310 - https, unless a test's
            script.write_bytes(answer.read())
    except OSError as error:
        raise StepFailed(step, str(error), remedy) from error
    require("curl", "ca-certificates", command="curl")
    command = ["sh", str(script), "--version", version, "--install-root", str(folder), "--no-edit-path"]
    run(step, command, cache.log("pulumi-installer"), remedy=remedy, timeout=DOWNLOAD)


def build(version: str, python: Path, folder: Path) -> None:
    """Build from the Go module.

    Args:
        version: that the CLI shall say it has.
        python: that pip is run with, to get Go where there is none.
        folder: gets `bin/pulumi`.

    Raises:
        StepFailed: the modules cannot be had, or do not compile.
    """
    with golang.toolchain(GO_MODULE / "go.mod", python, folder) as (go, settings):
        flags = f"-s -w -X {MODULE}/sdk/v3/go/common/version.Version=v{version}"
        command = [
            *(str(go), "build", "-C", str(GO_MODULE), "-v", "-buildvcs=false", "-ldflags", flags),
            *("-o", str(folder / "bin" / "pulumi"), f"{MODULE}/pkg/v3/cmd/pulumi"),
        ]
        remedy = "see the log; check that Go's module proxy can be reached (go env GOPROXY), then run this again"
        step = f"Pulumi CLI {version}: building from its Go module (about 4 minutes on 2 cores)"
        run(step, command, cache.log("pulumi-build"), remedy=remedy, env={**os.environ, **settings})
