"""What the agent keeps on disk: releases and the links into them, secrets, locks, notes."""
