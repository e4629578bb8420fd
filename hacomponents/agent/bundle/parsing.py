"""Reading a bundle: it is checked as a whole.

Every problem is found before any of them is reported, and before anything on the host is touched.
"""

import json
import typing

from ..errors import InvalidBundle
from . import rules, tokens
from .bundle import Bundle, decoded
from .kind import Field, Kinds
from .service import Json, Service

FORMAT = 1
RESERVED = ("maintenance", "network", "guard")  # names with track files, or of a service, of the agent's own
Fields = typing.Mapping[str, Field]
FILE: Fields = {
    "content": Field(lambda value: "" if isinstance(value, str) else "must be text", is_required=False),
    "base64": Field(lambda value: "" if decoded(value) is not None else "must be base64", is_required=False),
    "mode": Field(rules.mode, is_required=False),
    "owner": Field(rules.user, is_required=False),
}


def parse(text: str, kinds: Kinds, reserved: typing.Sequence[str] = ()) -> Bundle:
    """Return the bundle in ``text``. Raises InvalidBundle with every problem that it has.

    ``kinds`` are those of its services; ``reserved`` are folders of the host where none of its files may be, beside
    those of the agent and the kernel.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidBundle("this host", [f"not JSON: {error}"])
    if not isinstance(document, dict):
        raise InvalidBundle("this host", [f"must be an object (got {type(document).__name__})"])
    problems = list(_problems(document, kinds, reserved))
    if problems:
        raise InvalidBundle(str(document.get("host", "this host")), problems)
    return Bundle(document, kinds)


def _problems(document: Json, kinds: Kinds, reserved: typing.Sequence[str]) -> typing.Iterator[str]:
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
        for problem in _section_problems(sections, kinds, reserved):
            yield problem


def _section_problems(
    sections: typing.Mapping[str, Json], kinds: Kinds, reserved: typing.Sequence[str]
) -> typing.Iterator[str]:
    files, secrets, services = sections["files"], sections["secrets"], sections["services"]
    for name in sorted(secrets):
        for message in filter(None, (rules.secret_name(name), rules.digest(secrets[name]))):
            yield f"secrets.{name}: {message}"
    for path in sorted(files):
        for message in _file_problems(path, files, secrets, services, reserved):
            yield f"files.{path}: {message}"
    for name in sorted(services):
        for message in _service_problems(name, services[name], files, kinds, reserved):
            yield f"services.{name}{message}"
    holders = [name for name in sorted(services) if _kind(services[name]) == "keepalived"]
    if len(holders) > 1:
        yield "services: only one keepalived can run on a host (got {})".format(", ".join(holders))


def _file_problems(
    path: str, files: Json, secrets: Json, services: Json, reserved: typing.Sequence[str]
) -> typing.Iterator[str]:
    specification = files[path]
    message = rules.path(path) or rules.outside(path, reserved)
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


def _service_problems(
    name: str, definition: Json, files: Json, kinds: Kinds, reserved: typing.Sequence[str]
) -> typing.Iterator[str]:
    message = rules.name(name) or ("is a reserved name" if name in RESERVED else "")
    if message:
        yield ": " + message
    if _kind(definition) not in kinds:
        yield ".daemon: must be one of {} (got {!r})".format(", ".join(sorted(kinds)), _kind(definition))
        return
    fields = dict(kinds[definition["daemon"]].fields(), daemon=Field(rules.name, is_required=True))
    problems = list(_field_problems(definition, fields))
    for field, message in problems:
        yield f".{field}: {message}"
    if not problems:
        for message in _path_problems(Service(name, definition), files, reserved):
            yield message


def _path_problems(service: Service, files: Json, reserved: typing.Sequence[str]) -> typing.Iterator[str]:
    for place in service.prefixes:
        if not any(Service(service.name, {**service.definition, "files": [place]}).is_fed_by(path) for path in files):
            yield f".files: no file of the bundle is at {place}"
    for place in service.get("writable", []):
        message = rules.outside(place, reserved)
        if message:
            yield f".writable: {message}"
    config = service.get("config")
    if config and config not in files:
        yield f".config: {config} is not a file of the bundle"
    elif config and not service.is_fed_by(config):
        yield ".config: {} is not under one of its files {}".format(config, ", ".join(service.prefixes))


def _field_problems(specification: Json, fields: Fields) -> typing.Iterator[typing.Tuple[str, str]]:
    for field in sorted(set(specification) - set(fields)):
        yield field, "unknown field"
    for field in sorted(fields):
        missing = "is missing" if fields[field].is_required else ""
        message = fields[field].check(specification[field]) if field in specification else missing
        if message:
            yield field, message


def _kind(definition: Json) -> Json:
    return definition.get("daemon") if isinstance(definition, dict) else None
