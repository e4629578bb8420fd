"""Scenarios that hold a plugin, official or ours, to one table of semantics.

Without more they drive ours. To hold others to the same table, put their executables (`pulumi-resource-command`,
`pulumi-resource-docker`, `pulumi-language-python`) in a folder and name it:

    HACOMPONENTS_CONFORMANCE_PLUGINS=<folder> pytest toolchain/conformance

Rows marked `deviates` say where ours is better on purpose, and are left out for the official ones. The rows through
the real CLI need `pulumi` on the PATH; those over SSH are left out where openssh-server is not installed.
"""
