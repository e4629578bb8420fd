"""From a topology to the bundles of its hosts. Pure: the same site gives the same bytes."""

from hacomponents.render.bundle import RenderedBundle, bundle_of

__all__ = ["RenderedBundle", "bundle_of"]
