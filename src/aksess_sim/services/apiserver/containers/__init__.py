"""What runs in a pod's container: programs with files and streams, a shell, logs, and what answers on its ports."""
