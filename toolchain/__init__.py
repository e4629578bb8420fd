"""What the set-up builds or runs where Pulumi's own binaries cannot be had."""
