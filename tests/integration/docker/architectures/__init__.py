"""Stories of each architecture but the first, on a stack of its own."""
