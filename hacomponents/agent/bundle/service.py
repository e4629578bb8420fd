"""A service of a bundle: what it is called, which kind it is of, and what feeds it."""

import typing

Json = typing.Any


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
