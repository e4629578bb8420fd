"""The plugin's program: `python -m toolchain.plugins.docker ENGINE-ADDRESS`."""

import sys

from toolchain.plugins.docker.plugin import DockerPlugin
from toolchain.plugins.rpc.server import serve

serve(DockerPlugin(), sys.argv[1:])
