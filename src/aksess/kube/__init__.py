"""The Kubernetes side: kubeconfigs, the exec credential, the probe, and running the person's commands."""
