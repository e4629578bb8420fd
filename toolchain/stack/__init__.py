"""What `make up`, `down`, `preview`, `status` and `url` do with a stack."""
