"""What `make check`, `format`, `goldens` and `test` run."""
