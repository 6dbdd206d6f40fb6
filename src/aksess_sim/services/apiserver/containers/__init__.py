"""What runs in a pod's container: enough of a process to write logs and answer `kubectl exec`."""
