"""Values of secrets on the host: one file each, readable by root only, named by the digest that bundles know it by."""

import json
import os
import typing

from ..bundle import Bundle, rules, tokens
from ..errors import InvalidBundle, StepFailed
from . import files
from .layout import Layout


class Vault:
    """The secrets of a host."""

    def __init__(self, layout: Layout) -> None:
        self._folder = layout.secrets

    def put(self, text: str) -> int:
        """Keep the values of ``{"secrets": {name: {"digest": ..., "value": ...}}}``. Returns how many."""
        secrets = _parsed(text)
        files.make_directory(self._folder, 0o700)
        for name, secret in sorted(secrets.items()):
            files.write(self._path(name, secret["digest"]), secret["value"].encode(), 0o600)
        return len(secrets)

    def values(self, bundle: Bundle) -> typing.Dict[str, str]:
        """Return the values that ``bundle`` names.

        Raises StepFailed if one of them was never put here, or has several lines and does not stand alone in its file.
        """
        paths = {name: self._path(name, digest) for name, digest in sorted(bundle.secrets.items())}
        missing = [
            f"  {name} (digest {bundle.secrets[name]})" for name, path in paths.items() if not os.path.isfile(path)
        ]
        if missing:
            raise StepFailed("the value of a secret is not on this host; push the secrets first", "\n".join(missing))
        values = {name: _text(path) for name, path in paths.items()}
        crowded = [
            f"  {name} in {path}"
            for path, file in bundle.files.items()
            for name in file.secrets
            if "\n" in values[name] and not tokens.stands_alone(file.text or "")
        ]
        if crowded:
            raise StepFailed("a secret of several lines must be all that its file has", "\n".join(crowded))
        return values

    def keep_only(self, bundles: typing.Iterable[Bundle]) -> None:
        """Forget every value that none of ``bundles`` names."""
        named = {self._path(name, digest) for bundle in bundles for name, digest in bundle.secrets.items()}
        for name in files.names(self._folder):
            path = os.path.join(self._folder, name)
            if path not in named:
                files.remove(path)

    def _path(self, name: str, digest: str) -> str:
        return os.path.join(self._folder, f"{name}.{digest}")


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def _parsed(text: str) -> typing.Dict[str, typing.Dict[str, str]]:
    try:
        secrets = json.loads(text)["secrets"]
        problems = list(_problems(secrets))
    except (ValueError, TypeError, KeyError, AttributeError):
        # The text itself is never repeated: it is secret.
        raise InvalidBundle("this host", ['secrets: must be {"secrets": {name: {"digest": ..., "value": ...}}}'])
    if problems:
        raise InvalidBundle("this host", problems)
    return typing.cast("typing.Dict[str, typing.Dict[str, str]]", secrets)


def _problems(secrets: typing.Dict[str, typing.Any]) -> typing.Iterator[str]:
    for name, secret in sorted(secrets.items()):
        for message in filter(None, (rules.secret_name(name), rules.digest(secret["digest"]))):
            yield f"secrets.{name}: {message}"
        if not isinstance(secret["value"], str) or rules.CONTROL.search(secret["value"].replace("\n", "")):
            yield f"secrets.{name}: the value must be text without control characters"
