"""What `make up`, `down`, `preview` and `url` do with a stack."""
