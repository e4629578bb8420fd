"""The image of a role: a small machine with the role's packages in it."""

import pulumi
import pulumi_docker as docker

from hacomponents.declaration import Declaration
from hacomponents.hosts.docker.build_context import build_context
from hacomponents.topology.network import Host


def role_image(role: str, host: Host, declaration: Declaration, options: pulumi.ResourceOptions) -> docker.Image:
    """Build the image for a role's hosts.

    Args:
        role: name of the group of hosts.
        host: one of them; all run the same release and need the same packages.
        declaration: of the site.
        options: of the resource.
    """
    context = build_context()
    packages = declaration.rendered.apply(lambda rendered: " ".join(rendered.bundles[host.name].packages))
    return docker.Image(
        f"{declaration.name}.{role}-image",
        image_name=f"hacomponents/{pulumi.get_stack()}-{role}",
        build=docker.DockerBuildArgs(
            context=context,
            dockerfile=f"{context}/Dockerfile",
            args={"BASE": host.platform.image, "PACKAGES": packages},
            platform="linux/amd64",
        ),
        skip_push=True,
        opts=options,
    )
