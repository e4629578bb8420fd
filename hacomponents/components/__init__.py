"""Pulumi components: the tiers of a site."""
