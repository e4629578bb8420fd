"""A framework for Pulumi resource plugins, on the protocol stubs of the `pulumi` package."""

from toolchain.plugins.rpc.diff import detailed_diff
from toolchain.plugins.rpc.provider import (
    CheckFailure,
    CheckResult,
    Context,
    DiffResult,
    Kind,
    Partial,
    Plugin,
    RequestFailed,
    Resource,
    Severity,
)
from toolchain.plugins.rpc.server import serve
from toolchain.plugins.rpc.values import UNKNOWN, Archive, Asset, Secret, Values, has_unknown, reveal

__all__ = [
    "UNKNOWN",
    "Archive",
    "Asset",
    "CheckFailure",
    "CheckResult",
    "Context",
    "DiffResult",
    "Kind",
    "Partial",
    "Plugin",
    "RequestFailed",
    "Resource",
    "Secret",
    "Severity",
    "Values",
    "detailed_diff",
    "has_unknown",
    "reveal",
    "serve",
]
