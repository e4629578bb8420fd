"""The base images of containers: pulled, or made of the distribution's packages under the same name."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from toolchain import cache
from toolchain.errors import StepFailed
from toolchain.progress import instead, run
from toolchain.setup.packages import require

SUITES = {"debian-12": "bookworm", "debian-13": "trixie", "debian-14": "forky"}
"""What Debian calls its releases, by the name that a stack says in `hacomponents:platform`."""
UNRELEASED = ("forky",)
"""Their lists of packages are valid for days. A mirror may have an older one."""
DEFAULT = "debian-13"
SCRIPTS = Path("/usr/share/debootstrap/scripts")
"""How debootstrap makes each suite; one that is newer than debootstrap is made as the newest that it knows."""
PULL = 120
"""Seconds for the registry. Behind a firewall the daemon gives up by itself, after 15 s or so."""


def make(release: str = DEFAULT) -> None:
    """Have the image of a release; of one that is no Debian, Docker itself must have it. Raises `StepFailed`."""
    if release not in SUITES:
        return
    image = f"debian:{SUITES[release]}-slim"
    # Stages of `make test` that run side by side may want the same one.
    with cache.lock(f"image-{release}"):
        if subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode:
            _fetch(SUITES[release], image)


def _fetch(suite: str, image: str) -> None:
    step = f"image {image}: pulling it"
    try:
        run(step, ["docker", "pull", "--quiet", image], cache.log("pull"), remedy="allow a registry", timeout=PULL)
    except StepFailed as error:
        instead(error, "made of Debian packages")
        _make_of_packages(suite, image)


def _make_of_packages(suite: str, image: str) -> None:
    require("debootstrap", command="debootstrap")
    remedy = f"see the log; or bring the image from elsewhere: docker save {image}, and here docker load"
    folder = Path(tempfile.mkdtemp(prefix="debootstrap-", dir=cache.folder()))
    try:
        root = folder / "root"
        mirror = machine_mirror()
        secure = ["--include=ca-certificates"] if mirror.startswith("https:") else []
        script = "" if not mirror or (SCRIPTS / suite).exists() else str(SCRIPTS / "sid")
        command = ["debootstrap", "--variant=minbase", *secure, suite, str(root), *filter(None, [mirror, script])]
        run(f"image {image}: debootstrap", command, cache.log("debootstrap"), remedy=remedy)
        for stale in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man"):
            shutil.rmtree(root / stale, ignore_errors=True)
        if suite in UNRELEASED:
            (root / "etc" / "apt" / "apt.conf.d" / "snapshot").write_text('Acquire::Check-Valid-Until "false";\n')
        archive = folder / "root.tar"
        tar = ["tar", "--create", "--numeric-owner", "--file", str(archive), "--directory", str(root), "."]
        run(f"image {image}: packing it", tar, cache.log("tar"), remedy=remedy)
        command = ["docker", "import", "--change", 'CMD ["bash"]', str(archive), image]
        run(f"image {image}: importing it", command, cache.log("import"), remedy=remedy)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def machine_mirror() -> str:
    """The address that this machine itself has Debian's packages from; "" where it does not say, or is no Debian."""
    here = platform.freedesktop_os_release()
    if here["ID"] != "debian":
        return ""
    suite = f"Codename: {here.get('VERSION_CODENAME', '')}"
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", suite]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return next((line for line in done.stdout.splitlines() if line.startswith("http")), "")
