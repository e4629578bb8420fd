"""What differs between the releases that hosts run: names of packages, folders, and what their daemons understand.

Nothing else of the library knows a release. Versions are those of the release's own packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Platform:
    """One release of a distribution.

    Args:
        name: as programs say it: `ID-VERSION_ID` of /etc/os-release, such as `debian-13`.
        title: as people say it.
        image: what containers are made from.
        nginx: version of its package.
        openssl: likewise.
        tomcat: major version of Tomcat.
        packages: names of packages that are called otherwise than here, by the name here.
    """

    name: str
    title: str
    image: str
    nginx: tuple[int, int]
    openssl: tuple[int, int]
    tomcat: int
    packages: Mapping[str, str] = field(default_factory=dict, hash=False)

    def package(self, name: str) -> str:
        """The release's name of a package."""
        return self.packages.get(name, name)

    @property
    def has_http2_directive(self) -> bool:
        """Whether HTTP/2 is a directive of its own: from nginx 1.25.1 on, `listen ... http2` is warned of."""
        return self.nginx > (1, 24)

    @property
    def has_keepalive_min_timeout(self) -> bool:
        """Whether nginx (1.27.4) can leave connections of clients open when a reload ends a worker."""
        return self.nginx > (1, 26)

    @property
    def keeps_connections_to_servers(self) -> bool:
        """Whether nginx keeps connections to servers unless told `keepalive 0`, which older ones refuse (1.29.7)."""
        return self.nginx > (1, 28)

    @property
    def has_mlkem(self) -> bool:
        """Whether OpenSSL (3.5) has the key exchange X25519MLKEM768; to older ones its name is an error."""
        return self.openssl >= (3, 5)


DEBIAN_12 = Platform("debian-12", "Debian 12", "debian:bookworm-slim", (1, 22), (3, 0), tomcat=10)
DEBIAN_13 = Platform("debian-13", "Debian 13", "debian:trixie-slim", (1, 26), (3, 5), tomcat=10)
DEBIAN_14 = Platform(
    "debian-14", "Debian 14", "debian:forky-slim", (1, 30), (3, 6), tomcat=11, packages={"varnish": "vinyl-cache"}
)
UBUNTU_24 = Platform("ubuntu-24.04", "Ubuntu 24.04", "ubuntu:24.04", (1, 24), (3, 0), tomcat=10)
PLATFORMS = {each.name: each for each in (DEBIAN_12, DEBIAN_13, DEBIAN_14, UBUNTU_24)}
DEFAULT_PLATFORM = DEBIAN_13
