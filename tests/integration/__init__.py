"""Stories on real hosts."""
