"""Bytes between a loopback port and websockets, one for each connection; it knows nothing of Azure or Kubernetes."""
