"""A small simulated Azure that real clients believe; it knows nothing of aksess."""
