"""Where hosts come from, and how a bundle reaches them."""
