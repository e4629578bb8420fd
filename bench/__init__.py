"""What `make bench` measures on real containers. Results are in `bench/results`, told by docs/benchmarks.md."""
