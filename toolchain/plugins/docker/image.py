"""docker:index/image:Image."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docker.errors import APIError, DockerException, ImageNotFound

from toolchain.plugins.docker.build_context import BuildContext
from toolchain.plugins.docker.comparing import compare
from toolchain.plugins.docker.daemon import said
from toolchain.plugins.docker.resource import DockerResource, given
from toolchain.plugins.docker.rules import matching
from toolchain.plugins.docker.schema import STRING, STRINGS, Field, ListOf, Object, Scalar, Schema
from toolchain.plugins.rpc import (
    UNKNOWN,
    CheckFailure,
    CheckResult,
    Context,
    DiffResult,
    RequestFailed,
    Severity,
    Values,
)

_LAST_LINES = 20


def _only(*, value: bool, why: str) -> Scalar:
    return Scalar(bool, rule=lambda given: None if given is value else f"must be {str(value).lower()}: {why}")


_BUILD = Object(
    {
        "context": Field(STRING, default="."),
        "dockerfile": Field(STRING),
        "args": Field(STRINGS),
        "target": Field(STRING),
        "platform": Field(STRING),
        "network": Field(STRING),
        "addHosts": Field(ListOf(STRING)),
        "builderVersion": Field(Scalar(str, rule=matching("BuilderV1"))),
        "contextDigest": Field(STRING),
    }
)


class Image(DockerResource):
    """An image built here, by the daemon's own builder. Every change builds again under the same resource."""

    token = "docker:index/image:Image"  # noqa: S105 - a type's name
    schema = Schema(
        inputs={
            "imageName": Field(STRING, required=True, replaces=False),
            "build": Field(_BUILD, default={"context": "."}, replaces=False),
            "skipPush": Field(_only(value=True, why="this plugin pushes no images"), required=True, replaces=False),
            "buildOnPreview": Field(
                _only(value=False, why="this plugin previews without a build"), default=False, replaces=False
            ),
        },
        outputs=("repoDigest",),
        named=False,
    )

    def check(self, ctx: Context, olds: Values, news: Values) -> CheckResult:
        """Validate; note the digest of the context, so that a changed file is a change."""
        result = super().check(ctx, olds, news)
        inputs = given(result.inputs)
        build = inputs.get("build")
        if result.failures or not isinstance(build, dict):
            return CheckResult(inputs, result.failures)
        build = {"dockerfile": _default_dockerfile(build), "platform": self._platform()} | build
        try:
            digest = _digest(build)
        except (OSError, UnicodeDecodeError) as error:
            return CheckResult(inputs, [CheckFailure("", f"{ctx.name}.build: cannot read what to build from: {error}")])
        return CheckResult(inputs | {"build": build | {"contextDigest": digest}})

    def diff(
        self,
        ctx: Context,  # noqa: ARG002
        id_: str,  # noqa: ARG002
        old_inputs: Values,
        olds: Values,  # noqa: ARG002 - an image tells nothing about what it was built from
        news: Values,
        ignore_changes: list[str],  # noqa: ARG002
    ) -> DiffResult:
        """Compare the inputs."""
        return compare(self.schema, old_inputs, old_inputs, news)

    def planned(self, inputs: Values) -> Values:
        """The outputs before the build, with the inputs in them: a preview shows which part of the build changed."""
        build = inputs["build"]
        known = {} if build is UNKNOWN else {key: build[key] for key in ("context", "platform")}
        return inputs | known | {"baseImageName": inputs["imageName"], "registryServer": "", "repoDigest": UNKNOWN}

    def make(self, ctx: Context, inputs: Values) -> tuple[str, Values]:
        """Build the image."""
        return inputs["imageName"], self._built(ctx, inputs)

    def read(self, ctx: Context, id_: str, inputs: Values, outputs: Values) -> tuple[str, Values, Values] | None:  # noqa: ARG002
        """Look whether the image that was built is still here. RequestFailed: an import has nothing to build from."""
        if not inputs:
            raise RequestFailed("an image cannot be imported: Docker does not know what it was built from")
        try:
            self.api.inspect_image(outputs["repoDigest"])
        except ImageNotFound:
            return None
        return id_, inputs, outputs

    def update(self, ctx: Context, id_: str, old_inputs: Values, olds: Values, news: Values, preview: bool) -> Values:  # noqa: ARG002, FBT001
        """Build again. The old image stays, for containers that run it."""
        return self.planned(news) if preview else self._built(ctx, news)

    def delete(self, ctx: Context, id_: str, outputs: Values) -> None:
        """Keep the image, as a cache of the next build: as the official plugin does."""

    def _built(self, ctx: Context, inputs: Values) -> Values:
        build = inputs["build"]
        try:
            context = BuildContext(build["context"], build["dockerfile"])
            image = _image_id(ctx, self._stream(context, inputs))
        except (APIError, DockerException, OSError) as error:
            raise RequestFailed(f"Unable to build image {inputs['imageName']}: {said(error)}") from error
        outputs = {"dockerfile": context.dockerfile, "repoDigest": image or self._tagged(inputs)}
        return self.planned(inputs) | outputs

    def _stream(self, context: BuildContext, inputs: Values) -> Iterable[dict[str, Any]]:
        build = inputs["build"]
        archive, dockerfile = context.archive()
        foreign = build["platform"] != self._platform()
        stream: Iterable[dict[str, Any]] = self.api.build(
            fileobj=archive,
            custom_context=True,
            dockerfile=dockerfile,
            tag=inputs["imageName"],
            buildargs=dict(build.get("args", {})),
            target=build.get("target"),
            platform=build["platform"] if foreign else None,
            network_mode=build.get("network"),
            extra_hosts=dict(host.split(":", 1) for host in build.get("addHosts", [])) or None,
            rm=True,
            forcerm=True,
            decode=True,
            timeout=None,  # a step may be silent for long
        )
        return stream

    def _tagged(self, inputs: Values) -> str:
        return str(self.api.inspect_image(inputs["imageName"])["Id"])

    def _platform(self) -> str:
        version = self.api.version()
        return f"{version['Os']}/{version['Arch']}"


def _default_dockerfile(build: Values) -> Any:  # noqa: ANN401 - a path, or UNKNOWN
    context = build["context"]
    return context if context is UNKNOWN else f"{context}/Dockerfile"


def _digest(build: Values) -> Any:  # noqa: ANN401 - a digest, or UNKNOWN
    if UNKNOWN in (build["context"], build["dockerfile"]):
        return UNKNOWN
    return BuildContext(build["context"], build["dockerfile"]).digest()


def _image_id(ctx: Context, messages: Iterable[dict[str, Any]]) -> str | None:
    """Follow a build; return the image's id if Docker tells it. RequestFailed: a step failed, with its last lines."""
    image: str | None = None
    step: list[str] = []
    for message in messages:
        if ctx.cancelled.is_set():
            raise RequestFailed("the build was cancelled")
        for line in str(message.get("stream", "")).splitlines():
            step = [line] if line.startswith("Step ") else [*step, line]
            ctx.log(Severity.INFO, line, ephemeral=True)
        if "error" in message:
            shown = "\n".join(f"  {line}" for line in [*step[:1], *step[1:][-_LAST_LINES:]] if line.strip())
            raise RequestFailed(f"the image was not built: {message['error'].strip()}\n{shown}")
        image = message.get("aux", {}).get("ID", image)
    return image
