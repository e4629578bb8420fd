"""What is done to a host: a push, a handover, the way back. Each takes the lock, and says where the host is."""
