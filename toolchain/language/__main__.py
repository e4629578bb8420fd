"""The program `pulumi-language-python`."""

import sys

from toolchain.language.host import serve

if __name__ == "__main__":
    serve(sys.argv[1:])
