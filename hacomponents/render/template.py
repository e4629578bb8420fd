"""The one Jinja environment."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from hacomponents.topology.named_secrets import filled
from hacomponents.topology.network import bracketed

# autoescape is HTML's: these are the daemons' own languages, and what reaches them was refused or checked by type in
# the topology (see topology.fields).
_environment = Environment(
    loader=PackageLoader("hacomponents.render"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(template: str, **context: object) -> str:
    """Text of a template under `templates/`, with a banner that says where it comes from.

    Args:
        template: path such as `nginx/nginx.conf.j2`.
        context: what the template prints; a name that is missing is an error.
    """
    return _environment.get_template(template).render(template=template, **context)


def milliseconds(seconds: float) -> str:
    """A duration in the form that all our daemons read: whole milliseconds."""
    return f"{round(seconds * 1000)}ms"


_environment.filters["filled"] = filled
_environment.filters["ms"] = milliseconds
_environment.filters["bracketed"] = bracketed
