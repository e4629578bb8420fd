"""docker:index/container:Container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docker.errors import APIError, NotFound

from toolchain.plugins.docker import conflicts, container_networks, container_request, container_run, container_state
from toolchain.plugins.docker.comparing import same
from toolchain.plugins.docker.container_schema import SCHEMA
from toolchain.plugins.docker.daemon import said
from toolchain.plugins.docker.pulling import ensure_image
from toolchain.plugins.docker.resource import DockerResource, given
from toolchain.plugins.rpc import Context, DiffResult, Kind, Partial, RequestFailed, Values

if TYPE_CHECKING:
    from toolchain.plugins.docker.daemon import Api

_LIMITS = ("memory", "memoryReservation", "memorySwap", "cpuShares", "cpuSet", "restart", "maxRetryCount")


class Container(DockerResource):
    """A container. Limits, restart policy and whether it runs change in place; all else makes a new one."""

    token = "docker:index/container:Container"  # noqa: S105 - a type's name
    schema = SCHEMA

    def diff(
        self, ctx: Context, id_: str, old_inputs: Values, olds: Values, news: Values, ignore_changes: list[str]
    ) -> DiffResult:
        """Compare by the schema; one that did not come up is replaced in any case."""
        if isinstance(news.get("ports"), list):
            news = news | {"ports": container_networks.with_allocated(news["ports"], olds.get("ports") or [])}
        result = super().diff(ctx, id_, old_inputs, olds, news, ignore_changes)
        if not container_state.is_unfinished(olds):
            return result
        detailed = result.detailed | {"networkDatas": Kind.ADD_REPLACE}
        return DiffResult(True, detailed, [*result.replaces, "networkDatas"], True, result.stables)  # noqa: FBT003

    def make(self, ctx: Context, inputs: Values) -> tuple[str, Values]:
        """Create the container and bring it up. Partial: it exists, but did not come up."""
        networks = container_networks.wanted(self.api, inputs)
        ensure_image(self.api, ctx, inputs["image"], f"Unable to create container with image {inputs['image']}")
        id_ = self._create(inputs, networks)
        try:
            container_run.bring_up(self.api, ctx, id_, inputs, networks)
        except APIError as error:
            text = f"Unable to start container: {said(error)}{self._in_the_way(networks, said(error))}"
            raise Partial(id_, container_state.unfinished(inputs), [text]) from error
        except RequestFailed as error:
            raise Partial(id_, container_state.unfinished(inputs), [str(error)]) from error
        return id_, container_state.outputs_of(inputs, self.api.inspect_container(id_), {})

    def read(self, ctx: Context, id_: str, inputs: Values, outputs: Values) -> tuple[str, Values, Values] | None:  # noqa: ARG002
        """Look at the container. RequestFailed: without inputs (import), which this plugin does not know how to do."""
        try:
            found = self.api.inspect_container(id_)
        except NotFound:
            return None
        if not inputs:
            raise RequestFailed(
                "this plugin cannot import containers: most of their inputs cannot be read back from Docker"
            )
        state = container_state.outputs_of(inputs, found, outputs)
        if container_state.is_unfinished(outputs):
            state["networkDatas"] = None
        return found["Id"], container_state.inputs_of(inputs, state), state

    def update(self, ctx: Context, id_: str, old_inputs: Values, olds: Values, news: Values, preview: bool) -> Values:  # noqa: ARG002, FBT001
        """Change the limits and the restart policy; start the container if it must run and does not."""
        if preview:
            return olds | given(news)
        try:
            if any(not same(SCHEMA.inputs[key].type, olds.get(key), news.get(key)) for key in _LIMITS):
                _limit(self.api, id_, news)
            if news["mustRun"] and news["start"] and not container_state.is_running(self.api.inspect_container(id_)):
                container_run.start(self.api, id_, must_run=True)
        except APIError as error:
            raise RequestFailed(f"Unable to update container {news['name']}: {said(error)}") from error
        return container_state.outputs_of(news, self.api.inspect_container(id_), olds)

    def delete(self, ctx: Context, id_: str, outputs: Values) -> None:  # noqa: ARG002
        """Stop the container, with `destroyGraceSeconds` (0: killed at once), and remove it with its own volumes."""
        try:
            self.api.stop(id_, timeout=outputs.get("destroyGraceSeconds") or 0)
            self.api.remove_container(id_, v=outputs.get("removeVolumes", True), force=True)
        except NotFound:
            return
        except APIError as error:
            if "already in progress" not in said(error):
                raise RequestFailed(f"Unable to remove container {outputs.get('name', id_)}: {said(error)}") from error
            self.api.wait(id_, condition="removed")

    def _create(self, inputs: Values, networks: list[Values]) -> str:
        body = container_request.creation(inputs, networks)
        try:
            # The operating system alone needs no saying, and older daemons do not know the parameter.
            platform = inputs.get("platform", "") if "/" in inputs.get("platform", "") else None
            return str(self.api.create_container_from_config(body, inputs["name"], platform)["Id"])
        except APIError as error:
            holder = conflicts.container_name(self.api, inputs["name"]) if "already in use" in said(error) else ""
            raise RequestFailed(f"Unable to create container: {said(error)}{holder}") from error

    def _in_the_way(self, networks: list[Values], text: str) -> str:
        if "Address already in use" in text:
            addresses = [
                (network["name"], network.get(key)) for network in networks for key in ("ipv4Address", "ipv6Address")
            ]
            return conflicts.address(self.api, [(name, address) for name, address in addresses if address])
        return conflicts.port(self.api, text)


def _limit(api: Api, id_: str, inputs: Values) -> None:
    body: dict[str, Any] = container_request.resources(inputs)
    api.update_container(
        id_,
        mem_limit=body["Memory"],
        mem_reservation=body["MemoryReservation"],
        memswap_limit=body["MemorySwap"],
        cpu_shares=body["CpuShares"],
        cpuset_cpus=body["CpusetCpus"],
        restart_policy=body["RestartPolicy"],
    )
