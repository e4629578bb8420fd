"""The Docker daemon that has a container, so that commands for it go there, and nowhere else.

Pulumi's docker plugin follows its provider or the stack's configuration, then DOCKER_CONTEXT, then DOCKER_HOST. The
`docker` command knows the last two alone, in the other order, and then what `docker context use` has chosen.
"""

import os
from collections.abc import Mapping

import pulumi

from hacomponents.hosts.former import CONTAINER
from hacomponents.hosts.local_reach import Environment

# Never what `docker context use` has chosen, as no plugin follows it.
COMMAND = 'docker --context "${DOCKER_CONTEXT:-default}"'
CERTIFICATES = "give cert_path, a folder with ca.pem, cert.pem and key.pem, instead"
REFUSED = {
    "ca_material": CERTIFICATES,
    "cert_material": CERTIFICATES,
    "key_material": CERTIFICATES,
    "ssh_opts": "put them in ~/.ssh/config, for that host, instead",
}
# As the provider's arguments are called, and as the stack's configuration calls them.
SETTINGS = {
    "host": "host",
    "context": "context",
    "cert_path": "certPath",
    "ca_material": "caMaterial",
    "cert_material": "certMaterial",
    "key_material": "keyMaterial",
    "ssh_opts": "sshOpts",
}


def typed(container: str) -> str:
    """What a person types before a command that is to run in a container of this name."""
    return f"docker exec {container}"


def environment(resource: pulumi.Resource) -> pulumi.Output[Environment]:
    """What commands for a container have in their environment, to reach the daemon that has it.

    Args:
        resource: the container, or what it is a child of.

    Raises:
        RunError: later, of the output: the command could not go where the plugin goes.
    """
    provider = resource.get_provider(CONTAINER)
    if provider:
        given = {name: getattr(provider, name, None) for name in SETTINGS}  # none tells its ssh_opts
    else:
        config = pulumi.Config("docker")
        given = {name: config.get(key) for name, key in SETTINGS.items()}
    whose = "the docker provider" if provider else "docker"
    return pulumi.Output.all(**given).apply(lambda settings: _variables(whose, settings))


def _variables(whose: str, settings: Mapping[str, str | None]) -> Environment:
    for name, remedy in REFUSED.items():
        if settings[name]:
            message = f"{whose}: {name}: must not be given, since pushes could not use it; {remedy}"
            raise pulumi.RunError(message)
    if settings["context"]:
        return {"DOCKER_CONTEXT": settings["context"]}
    path, host, elsewhere = settings["cert_path"], settings["host"], os.environ.get("DOCKER_CONTEXT")
    certificates: Environment = {"DOCKER_CERT_PATH": path, "DOCKER_TLS_VERIFY": "1"} if path else {}
    if host and elsewhere:
        message = (
            f"{whose}: host: must not be given beside the variable DOCKER_CONTEXT (got {elsewhere!r}), which some "
            "plugins follow instead; unset DOCKER_CONTEXT"
        )
        raise pulumi.RunError(message)
    return {"DOCKER_HOST": host, "DOCKER_CONTEXT": "default", **certificates} if host else certificates
