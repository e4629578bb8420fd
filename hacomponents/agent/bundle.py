"""The bundle: all files of one host with the services they feed, parsed and checked as a whole.

Every problem is found before any of them is reported, and before anything on the host is touched.
"""

import base64
import binascii
import hashlib
import json
import typing

from . import rules, tokens
from .errors import InvalidBundle

FORMAT = 1
Json = typing.Any
Fields = typing.Mapping[str, typing.Tuple[bool, rules.Check]]

REQUIRED, OPTIONAL = True, False
COMMON = {"files": (REQUIRED, rules.many(rules.prefix))}
# What each kind of service may say; the order is that in which services start, and the reverse of it that in which they
# stop: keepalived last and first, so that a VIP never points at a host that does not serve. The firewall first, so that
# what is new is let in before anybody asks for it.
DAEMONS: typing.Dict[str, Fields] = {
    "nftables": {
        "config": (REQUIRED, rules.path),
        "management": (REQUIRED, rules.subnets),
    },
    "agent-check": {
        "files": (OPTIONAL, rules.many(rules.prefix)),
        "address": (REQUIRED, rules.address),
        "port": (REQUIRED, rules.port),
    },
    "process": {
        "command": (REQUIRED, rules.many(rules.word)),
        "health": (REQUIRED, rules.url),
        "health_timeout": (OPTIONAL, rules.seconds),
        "user": (OPTIONAL, rules.user),
        "directory": (OPTIONAL, rules.path),
        "environment": (OPTIONAL, rules.environment),
        "writable": (OPTIONAL, rules.many(rules.path)),
        "stop_signal": (OPTIONAL, rules.signal),
        "port": (OPTIONAL, rules.port),
    },
    "apache": {
        "config": (REQUIRED, rules.path),
        "pid_file": (REQUIRED, rules.socket_path),
        "release": (REQUIRED, rules.url),
        "health": (REQUIRED, rules.url),
        "health_timeout": (OPTIONAL, rules.seconds),
        "port": (REQUIRED, rules.port),
        "environment": (OPTIONAL, rules.path),
        "overrides": (OPTIONAL, rules.urls),
        "owner": (OPTIONAL, rules.user),
        "writable": (OPTIONAL, rules.many(rules.path)),
    },
    "haproxy": {
        "config": (REQUIRED, rules.path),
        "socket": (REQUIRED, rules.socket_path),
        "health": (REQUIRED, rules.url),
    },
    "memcached": {
        "config": (REQUIRED, rules.path),
        "address": (REQUIRED, rules.address),
        "port": (REQUIRED, rules.port),
    },
    "varnish": {
        "config": (REQUIRED, rules.path),
        "commands": (REQUIRED, rules.path),
        "listen": (REQUIRED, rules.many(rules.word)),
        "storage": (REQUIRED, rules.word),
        "management": (REQUIRED, rules.word),
        "port": (REQUIRED, rules.port),
        "health": (REQUIRED, rules.url),
    },
    "nginx": {
        "config": (REQUIRED, rules.path),
        "release": (REQUIRED, rules.url),
        "health": (REQUIRED, rules.url),
    },
    "keepalived": {
        "config": (REQUIRED, rules.path),
        "instances": (REQUIRED, rules.instances),
        "source": (REQUIRED, rules.address),
        "peer": (REQUIRED, rules.address),
        "advert_int": (REQUIRED, rules.seconds),
    },
    "watchdog": {
        "witnesses": (OPTIONAL, rules.many(rules.address)),
    },
}
ORDER = list(DAEMONS)
FILE: Fields = {
    "content": (OPTIONAL, lambda value: "" if isinstance(value, str) else "must be text"),
    "base64": (OPTIONAL, lambda value: "" if _decoded(value) is not None else "must be base64"),
    "mode": (OPTIONAL, rules.mode),
    "owner": (OPTIONAL, rules.user),
}


class File:
    """One file: ``text`` with tokens, or ``data`` as it is; ``mode`` is None where the agent is to choose it."""

    def __init__(self, specification: Json) -> None:
        self.text: typing.Optional[str] = specification.get("content")
        self.data = _decoded(specification.get("base64")) or b""
        self.mode = int(specification["mode"], 8) if "mode" in specification else None
        self.owner: typing.Optional[str] = specification.get("owner")

    @property
    def secrets(self) -> typing.List[str]:
        """The names of the secrets that the file contains."""
        return tokens.names(self.text or "", "secret")


class Service:
    """One supervised daemon: its name, its kind, and the fields that its kind has."""

    def __init__(self, name: str, definition: Json) -> None:
        self.name = name
        self.kind: str = definition["daemon"]
        self.prefixes: typing.List[str] = definition.get("files", [])
        self.definition = definition

    def get(self, field: str, default: Json = None) -> Json:
        """Return a field of the definition, or ``default`` where it is not given."""
        return self.definition.get(field, default)

    def is_fed_by(self, path: str) -> bool:
        """Tell whether the file at ``path`` is one of this service's."""
        return any(path == prefix or (prefix.endswith("/") and path.startswith(prefix)) for prefix in self.prefixes)


class Bundle:
    """A bundle that has passed every check. ``id`` names the release that is made of it."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.host: str = document["host"]
        self.platform: str = document.get("platform", "")
        self.secrets: typing.Dict[str, str] = document.get("secrets", {})
        self.files = {path: File(document["files"][path]) for path in sorted(document["files"])}
        services = (Service(name, document["services"][name]) for name in sorted(document["services"]))
        self.services = sorted(services, key=lambda service: ORDER.index(service.kind))
        self.id = _digest(document)

    @property
    def text(self) -> str:
        """The bundle as JSON, the same bytes for the same bundle."""
        return json.dumps(self.document, indent=2, sort_keys=True) + "\n"

    def service(self, name: str) -> typing.Optional[Service]:
        """Return the service called ``name``, or None."""
        return next((service for service in self.services if service.name == name), None)

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


def parse(text: str) -> Bundle:
    """Return the bundle in ``text``. Raises InvalidBundle with every problem that it has."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidBundle("this host", [f"not JSON: {error}"])
    if not isinstance(document, dict):
        raise InvalidBundle("this host", [f"must be an object (got {type(document).__name__})"])
    problems = list(_problems(document))
    if problems:
        raise InvalidBundle(str(document.get("host", "this host")), problems)
    return Bundle(document)


def _digest(document: Json) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _decoded(value: Json) -> typing.Optional[bytes]:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return None


def _problems(document: Json) -> typing.Iterator[str]:
    known = {"format", "host", "platform", "files", "secrets", "services"}
    for field in sorted(set(document) - known):
        yield f"{field}: unknown field"
    if document.get("format") != FORMAT:
        yield "format: must be {} (got {!r}); the agent and the library are of different versions".format(
            FORMAT, document.get("format")
        )
    message = rules.name(document.get("host"))
    if message:
        yield "host: " + message
    message = rules.platform(document["platform"]) if "platform" in document else ""
    if message:
        yield "platform: " + message
    sections = {field: document.get(field, {}) for field in ("files", "secrets", "services")}
    wrong = [field for field in sorted(sections) if not isinstance(sections[field], dict)]
    for field in wrong:
        yield f"{field}: must be an object"
    if not wrong:
        for problem in _section_problems(sections["files"], sections["secrets"], sections["services"]):
            yield problem


def _section_problems(files: Json, secrets: Json, services: Json) -> typing.Iterator[str]:
    for name in sorted(secrets):
        for message in filter(None, (rules.secret_name(name), rules.digest(secrets[name]))):
            yield f"secrets.{name}: {message}"
    for path in sorted(files):
        for message in _file_problems(path, files, secrets, services):
            yield f"files.{path}: {message}"
    for name in sorted(services):
        for message in _service_problems(name, services[name], files):
            yield f"services.{name}{message}"
    holders = [name for name in sorted(services) if _kind(services[name]) == "keepalived"]
    if len(holders) > 1:
        yield "services: only one keepalived can run on a host (got {})".format(", ".join(holders))


def _file_problems(path: str, files: Json, secrets: Json, services: Json) -> typing.Iterator[str]:
    specification = files[path]
    message = rules.path(path)
    if message:
        yield message
    inside = next((other for other in sorted(files) if other.startswith(path + "/")), None)
    if inside:
        yield f"is a directory too, of {inside}"
    if not isinstance(specification, dict):
        yield "must be an object"
        return
    for field, message in _field_problems(specification, FILE):
        yield f"{field}: {message}"
    if ("content" in specification) == ("base64" in specification):
        yield "must have either content or base64"
    elif isinstance(specification.get("content"), str):
        for message in tokens.problems(specification["content"], secrets, services):
            yield message


def _service_problems(name: str, definition: Json, files: Json) -> typing.Iterator[str]:
    message = rules.name(name) or ("is a reserved name" if name in ("maintenance", "network", "guard") else "")
    if message:
        yield ": " + message
    if _kind(definition) not in DAEMONS:
        yield ".daemon: must be one of {} (got {!r})".format(", ".join(sorted(DAEMONS)), _kind(definition))
        return
    fields = dict(COMMON, daemon=(REQUIRED, rules.name), **DAEMONS[definition["daemon"]])
    problems = list(_field_problems(definition, fields))
    for field, message in problems:
        yield f".{field}: {message}"
    if problems:
        return
    service = Service(name, definition)
    for place in service.prefixes:
        if not any(Service(name, dict(definition, files=[place])).is_fed_by(path) for path in files):
            yield f".files: no file of the bundle is at {place}"
    config = service.get("config")
    if config and config not in files:
        yield f".config: {config} is not a file of the bundle"
    elif config and not service.is_fed_by(config):
        yield ".config: {} is not under one of its files {}".format(config, ", ".join(service.prefixes))


def _field_problems(specification: Json, fields: Fields) -> typing.Iterator[typing.Tuple[str, str]]:
    for field in sorted(set(specification) - set(fields)):
        yield field, "unknown field"
    for field in sorted(fields):
        required, check = fields[field]
        missing = "is missing" if required else ""
        message = check(specification[field]) if field in specification else missing
        if message:
            yield field, message


def _kind(definition: Json) -> Json:
    return definition.get("daemon") if isinstance(definition, dict) else None
