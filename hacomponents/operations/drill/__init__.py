"""The faults that a stack is built for, on the stack itself, before somebody's eyes."""
