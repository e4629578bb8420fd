"""docker:index/volume:Volume."""

from __future__ import annotations

from typing import Any

from docker.errors import APIError, NotFound

from toolchain.plugins.docker.daemon import said
from toolchain.plugins.docker.resource import DockerResource, given, label_list, label_map
from toolchain.plugins.docker.schema import LABELS, STRING, STRINGS, Field, Schema
from toolchain.plugins.rpc import Context, RequestFailed, Values


class Volume(DockerResource):
    """A volume; every change makes a new, empty one."""

    token = "docker:index/volume:Volume"  # noqa: S105 - a type's name
    schema = Schema(
        inputs={
            "name": Field(STRING),
            "driver": Field(STRING, computed=True),
            "driverOpts": Field(STRINGS),
            "labels": Field(LABELS),
        },
        outputs=("mountpoint",),
    )

    def make(self, ctx: Context, inputs: Values) -> tuple[str, Values]:  # noqa: ARG002
        """Create the volume, or take up one of that name and with these labels, which a run before this one made.

        RequestFailed: one of that name exists that is not this program's, whose data a destroy would delete.
        """
        name = inputs["name"]
        self._refuse_foreign(name, label_map(inputs.get("labels")))
        try:
            found = self.api.create_volume(
                name,
                driver=inputs.get("driver"),
                driver_opts=inputs.get("driverOpts"),
                labels=label_map(inputs.get("labels")),
            )
        except APIError as error:
            raise RequestFailed(f"Unable to create volume: {said(error)}") from error
        return name, _state(found) | given(inputs)

    def read(self, ctx: Context, id_: str, inputs: Values, outputs: Values) -> tuple[str, Values, Values] | None:  # noqa: ARG002
        """Look at the volume, which may be another one of its name."""
        try:
            state = _state(self.api.inspect_volume(id_))
        except NotFound:
            return None
        keys = inputs.keys() & {"driver", "driverOpts", "labels"} if inputs else self.schema.inputs.keys()
        inputs = inputs | {key: state[key] for key in keys if state.get(key) or key in inputs}
        return id_, inputs, state

    def update(self, ctx: Context, id_: str, old_inputs: Values, olds: Values, news: Values, preview: bool) -> Values:  # noqa: ARG002, FBT001
        """Record the same volume: every real change makes a new one."""
        return olds | given(news)

    def delete(self, ctx: Context, id_: str, outputs: Values) -> None:  # noqa: ARG002
        """Remove the volume and its data. RequestFailed: a container uses it."""
        try:
            self.api.remove_volume(id_)
        except NotFound:
            return
        except APIError as error:
            users = ", ".join(item["Names"][0][1:] for item in self.api.containers(all=True, filters={"volume": id_}))
            hint = f"\nContainers that use it: {users}. Remove them, then repeat." if users else ""
            raise RequestFailed(f"Unable to remove volume {id_}: {said(error)}{hint}") from error

    def _refuse_foreign(self, name: str, labels: dict[str, str]) -> None:
        try:
            found = self.api.inspect_volume(name)
        except (NotFound, APIError):
            return
        if labels and found["Labels"] == labels:
            return
        raise RequestFailed(
            f'Unable to create volume: a volume "{name}" exists already (created {found.get("CreatedAt", "?")}); '
            "it is not recorded in this stack's state.\n"
            f"If nobody needs its data, `docker volume rm {name}`; to adopt it, "
            f"`pulumi import docker:index/volume:Volume NAME {name}`; else choose another name."
        )


def _state(found: dict[str, Any]) -> Values:
    """Docker's view of a volume as outputs."""
    return {
        "name": found["Name"],
        "driver": found["Driver"],
        "driverOpts": found["Options"] or {},
        "labels": label_list(found["Labels"]),
        "mountpoint": found["Mountpoint"],
    }
