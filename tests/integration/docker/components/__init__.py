"""Stories of what components can do beside the architectures, on programs of their own."""
