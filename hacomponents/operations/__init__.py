"""What the people who run a stack ask of it: is it well, does it fail over, what does it look like, repair it.

All of it works from the stack's state and from what its hosts say, in whatever Pulumi project the stack is of. The
command `hacomponents` and the make targets of this library's own clone call it.
"""
