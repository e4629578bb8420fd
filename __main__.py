"""Runs the architecture that the stack asks for: config `architecture`, or else the stack's own name."""

import importlib
import pkgutil

import pulumi

import stacks


def architecture() -> str:
    """Name of a module under `stacks`.

    Raises:
        pulumi.RunError: where there is no such architecture.
    """
    wanted = pulumi.Config("hacomponents").get("architecture") or pulumi.get_stack()
    known = sorted(module.name for module in pkgutil.iter_modules(stacks.__path__))
    if wanted not in known:
        message = (
            f"stack {pulumi.get_stack()}: there is no architecture {wanted!r}; name the stack after one of "
            f"{', '.join(known)}, or run: pulumi config set hacomponents:architecture {known[0]}"
        )
        raise pulumi.RunError(message)
    return wanted


importlib.import_module(f"stacks.{architecture()}")
