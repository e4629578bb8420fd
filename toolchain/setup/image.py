"""The base image of all containers: pulled, or made of the distribution's packages under the same name."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from toolchain import cache
from toolchain.errors import StepFailed
from toolchain.progress import instead, run
from toolchain.setup.packages import require

SUITE = "bookworm"
IMAGE = f"debian:{SUITE}-slim"
PULL = 120
"""Seconds for the registry. Behind a firewall the daemon gives up by itself, after 15 s or so."""
REMEDY = f"see the log; or bring the image from elsewhere: docker save {IMAGE}, and here docker load"


def make() -> None:
    """Have the image. Raises `StepFailed`."""
    if subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False).returncode == 0:
        return
    step = f"image {IMAGE}: pulling it"
    try:
        run(step, ["docker", "pull", "--quiet", IMAGE], cache.log("pull"), remedy="allow a registry", timeout=PULL)
    except StepFailed as error:
        instead(error, "made of Debian packages")
        _make_of_packages()


def _make_of_packages() -> None:
    require("debootstrap", command="debootstrap")
    folder = Path(tempfile.mkdtemp(prefix="debootstrap-", dir=cache.folder()))
    try:
        root = folder / "root"
        mirror = machine_mirror()
        secure = ["--include=ca-certificates"] if mirror.startswith("https:") else []
        command = ["debootstrap", "--variant=minbase", *secure, SUITE, str(root), *filter(None, [mirror])]
        run(f"image {IMAGE}: debootstrap", command, cache.log("debootstrap"), remedy=REMEDY)
        for stale in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man"):
            shutil.rmtree(root / stale, ignore_errors=True)
        archive = folder / "root.tar"
        tar = ["tar", "--create", "--numeric-owner", "--file", str(archive), "--directory", str(root), "."]
        run(f"image {IMAGE}: packing it", tar, cache.log("tar"), remedy=REMEDY)
        command = ["docker", "import", "--change", 'CMD ["bash"]', str(archive), IMAGE]
        run(f"image {IMAGE}: importing it", command, cache.log("import"), remedy=REMEDY)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def machine_mirror() -> str:
    """The address that this machine itself has Debian's packages from; "" where it does not say, or is no Debian 12."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"Codename: {SUITE}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return next((line for line in done.stdout.splitlines() if line.startswith("http")), "")
