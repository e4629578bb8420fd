"""A bundle that has passed every check: all files of one host with the services they feed."""

import base64
import binascii
import hashlib
import json
import typing

from . import tokens
from .kind import Kinds
from .service import Json, Service


class File:
    """One file: ``text`` with tokens, or ``data`` as it is; ``mode`` is None where the agent is to choose it."""

    def __init__(self, specification: Json) -> None:
        self.text: typing.Optional[str] = specification.get("content")
        self.data = decoded(specification.get("base64")) or b""
        self.mode = int(specification["mode"], 8) if "mode" in specification else None
        self.owner: typing.Optional[str] = specification.get("owner")

    @property
    def secrets(self) -> typing.List[str]:
        """The names of the secrets that the file contains."""
        return tokens.names(self.text or "", "secret")


class Bundle:
    """A bundle that has passed every check. ``id`` names the release that is made of it."""

    def __init__(self, document: Json, kinds: Kinds) -> None:
        self._kinds = kinds
        self.document = document
        self.host: str = document["host"]
        self.platform: str = document.get("platform", "")
        self.secrets: typing.Dict[str, str] = document.get("secrets", {})
        self.files = {path: File(document["files"][path]) for path in sorted(document["files"])}
        services = (Service(name, document["services"][name]) for name in sorted(document["services"]))
        self.services = sorted(services, key=lambda service: list(kinds).index(service.kind))
        self.id = _digest(document)

    @property
    def text(self) -> str:
        """The bundle as JSON, the same bytes for the same bundle."""
        return json.dumps(self.document, indent=2, sort_keys=True) + "\n"

    def service(self, name: str) -> typing.Optional[Service]:
        """Return the service called ``name``, or None."""
        return next((service for service in self.services if service.name == name), None)

    @property
    def applications(self) -> typing.List[Service]:
        """The services that run what is not ours."""
        return [service for service in self.services if self._kinds[service.kind].of_application]

    def digest(self, service: Service) -> str:
        """Return the digest of the service's slice: its definition, its files, and the secrets that they name."""
        paths = [path for path in self.files if service.is_fed_by(path)]
        named = {name for path in paths for name in self.files[path].secrets}
        return _digest(
            {
                "definition": service.definition,
                "files": {path: self.document["files"][path] for path in paths},
                "secrets": {name: self.secrets[name] for name in named},
            }
        )

    @property
    def digests(self) -> typing.Dict[str, str]:
        """The digest of each service's slice, by the service's name."""
        return {service.name: self.digest(service) for service in self.services}


def decoded(value: Json) -> typing.Optional[bytes]:
    """Return the bytes of a base64 text; None where it is none."""
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return None


def _digest(document: Json) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
