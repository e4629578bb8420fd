"""What a site is: frozen data, and the rules it must keep. Standard library only."""
