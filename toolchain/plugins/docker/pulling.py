"""Getting an image from its registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docker.errors import APIError, ImageNotFound
from docker.utils import parse_repository_tag

from toolchain.plugins.docker.daemon import said
from toolchain.plugins.rpc import Context, RequestFailed, Severity

if TYPE_CHECKING:
    from toolchain.plugins.docker.daemon import Api

_GONE = "the daemon has no image of this id any more. If this program builds it, `pulumi up --refresh` builds it again"


def ensure_image(api: Api, ctx: Context, name: str, doing: str, platform: str | None = None) -> str:
    """Pull the image unless it is here; return its id.

    Args:
        api: Docker's.
        ctx: where progress is shown.
        name: of the image, or its id.
        doing: what an error's text starts with.
        platform: to pull for; None: the daemon's own.

    RequestFailed: it is not here, and cannot be pulled.
    """
    try:
        return str(api.inspect_image(name)["Id"])
    except ImageNotFound as error:
        if name.startswith("sha256:"):
            raise RequestFailed(f"{doing}: {_GONE}") from error
    except APIError as error:
        raise RequestFailed(f"{doing}: {said(error)}") from error
    try:
        _pull(api, ctx, name, platform)
        return str(api.inspect_image(name)["Id"])
    except (APIError, RequestFailed) as error:
        raise RequestFailed(f"{doing}: unable to pull image {name}: {said(error)}") from error


def _pull(api: Api, ctx: Context, name: str, platform: str | None) -> None:
    repository, tag = parse_repository_tag(name)
    for line in api.pull(repository, tag=tag or "latest", platform=platform, stream=True, decode=True):
        if "error" in line:
            raise RequestFailed(line["error"])
        ctx.log(Severity.INFO, f"{line.get('id', name)}: {line.get('status', '')}", ephemeral=True)
