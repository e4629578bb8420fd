"""What the options of a tier mean for its hosts, which are no children of it: hosts may belong to several tiers."""

from collections.abc import Callable, Iterator

import pulumi

from hacomponents.errors import Problem

Options = Callable[[str, str, pulumi.ResourceOptions], pulumi.ResourceOptions]
"""Options of a host's resource, by its type, the name that it had until 0.1.0, and its own options."""

# Those that children would inherit, or that a user gives for the sake of the children.
HANDED_ON = (
    "custom_timeouts",
    "deleted_with",
    "depends_on",
    "protect",
    "provider",
    "providers",
    "retain_on_delete",
    "transformations",
    "transforms",
)


def handed_on(options: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The options of a tier that hold for its hosts as well.

    Args:
        options: of the tier.
    """
    return pulumi.ResourceOptions(**{name: getattr(options, name, None) for name in HANDED_ON})


def formerly(name: str, options: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Options of a resource whose Pulumi name did not begin with its network's until 0.1.0.

    Args:
        name: that it had.
        options: of the program.
    """
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name)]))


def check_alike(
    path: str, options: pulumi.ResourceOptions, owner: str, first: pulumi.ResourceOptions
) -> Iterator[Problem]:
    """Tiers that share hosts give them the same options.

    Args:
        path: of the options.
        options: of the tier.
        owner: name of the tier that asked for the hosts first.
        first: its options.
    """
    for name in HANDED_ON:
        given, other = (getattr(each, name) for each in (options, first))
        if given != other and (given, other) not in ((None, []), ([], None)):
            rule = f"the hosts are shared with {owner}, whose {name} is another one"
            yield Problem(f"{path}.{name}", rule, f"give both tiers the same {name}, or hosts of their own")
