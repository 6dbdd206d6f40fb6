"""The state of the simulated Azure and its rules: no HTTP, no sockets, and no time but the world's clock."""
