"""A small simulated Azure that real clients believe; it knows nothing of aksess."""

__version__ = "0.1.0"
