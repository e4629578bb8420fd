"""What the make targets `up`, `down`, `preview`, `status`, `drill`, `diagram`, `url` and `docs` do in this clone.

They know what no other project has: the architectures under `stacks/`, a stack by its name from STACK, its secrets made
for it, its page among the documents. So they are outside of the package, and thin: what is of use on any stack is in
`hacomponents.operations`. They are outside of `toolchain` too, which makes the machine ready, and so must run before
there is a Python that can import the library.
"""
