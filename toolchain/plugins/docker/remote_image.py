"""docker:index/remoteImage:RemoteImage."""

from __future__ import annotations

from docker.errors import APIError, ImageNotFound

from toolchain.plugins.docker.daemon import said
from toolchain.plugins.docker.pulling import ensure_image
from toolchain.plugins.docker.resource import DockerResource, given
from toolchain.plugins.docker.schema import BOOL, STRING, STRINGS, Field, Schema, SetOf
from toolchain.plugins.rpc import Context, RequestFailed, Values


class RemoteImage(DockerResource):
    """An image that is here already, or is pulled."""

    token = "docker:index/remoteImage:RemoteImage"  # noqa: S105 - a type's name
    schema = Schema(
        inputs={
            "name": Field(STRING, required=True),
            "platform": Field(STRING),
            "pullTriggers": Field(SetOf(STRING)),
            "triggers": Field(STRINGS),
            "keepLocally": Field(BOOL, replaces=False, drops_in_place=True),
            "forceRemove": Field(BOOL, replaces=False, drops_in_place=True),
        },
        outputs=("imageId", "repoDigest"),
        named=False,
        deletes_first=False,
    )

    def make(self, ctx: Context, inputs: Values) -> tuple[str, Values]:
        """Pull the image unless it is here."""
        image = ensure_image(self.api, ctx, inputs["name"], "Unable to read Docker image", inputs.get("platform"))
        return image + inputs["name"], self._state(inputs)

    def read(self, ctx: Context, id_: str, inputs: Values, outputs: Values) -> tuple[str, Values, Values] | None:  # noqa: ARG002
        """Look which image has the name now."""
        try:
            state = self._state(inputs)
        except ImageNotFound:
            return None
        return state["imageId"] + inputs["name"], inputs, state

    def update(self, ctx: Context, id_: str, old_inputs: Values, olds: Values, news: Values, preview: bool) -> Values:  # noqa: ARG002, FBT001
        """Record how a later delete shall go."""
        return olds | given(news)

    def delete(self, ctx: Context, id_: str, outputs: Values) -> None:  # noqa: ARG002
        """Remove the tag unless it is to be kept. RequestFailed: a container uses the image."""
        if outputs.get("keepLocally"):
            return
        try:
            self.api.remove_image(outputs["name"], force=bool(outputs.get("forceRemove")))
        except ImageNotFound:
            return
        except APIError as error:
            raise RequestFailed(f"Unable to remove Docker image: {said(error)}") from error

    def _state(self, inputs: Values) -> Values:
        found = self.api.inspect_image(inputs["name"])
        digests = found["RepoDigests"] or [""]
        return given(inputs) | {"imageId": found["Id"], "repoDigest": digests[0]}
