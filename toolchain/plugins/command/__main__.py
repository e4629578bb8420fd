"""The program `pulumi-resource-command`."""

import sys

from toolchain.plugins.command.plugin import CommandPlugin
from toolchain.plugins.rpc import serve

if __name__ == "__main__":
    serve(CommandPlugin(), sys.argv[1:])
