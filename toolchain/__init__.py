"""What makes a machine ready for this clone, and runs its checks; nothing of the library is imported here.

Commands run on whatever Python a machine has, before the library's own environment is there. What the set-up builds or
runs where Pulumi's own binaries cannot be had is here as well, of use without the library.
"""
