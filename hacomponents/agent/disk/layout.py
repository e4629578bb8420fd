"""Where everything lives on a host."""

import os


class Layout:
    """Paths below ``root`` (``/`` on a host; a temporary folder in tests)."""

    def __init__(self, root: str = "/") -> None:
        self.root = os.path.abspath(root)
        self.base = self.at("/etc/hacomponents")
        self.releases = self.base + "/releases"
        self.current = self.base + "/current"
        self.pending = self.base + "/pending"
        self.secrets = self.at("/var/lib/hacomponents/secrets")
        self.audit = self.at("/var/lib/hacomponents/log")
        self.logs = self.at("/var/log/hacomponents")
        self.run = self.at("/run/hacomponents")
        self.lock = self.run + "/lock"
        self.track = self.run + "/track"
        self.permits = self.run + "/permits"
        self.pids = self.run + "/pids"
        self.loaded = self.run + "/loaded"

    def at(self, path: str) -> str:
        """Return where the host's absolute ``path`` lies below the root."""
        return os.path.join(self.root, path.lstrip("/"))
