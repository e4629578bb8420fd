"""The architectures, one module each."""
