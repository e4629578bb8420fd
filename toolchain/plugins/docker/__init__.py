"""Pulumi's `docker` plugin for machines that cannot fetch the official one.

Covers containers, networks, volumes, images that are built here and images that are pulled, with the inputs and the
semantics of pulumi-docker 5 but for its defects. Everything else is refused with a clear error.
"""
