"""aksess: the narrowest way from here to an AKS API server, opened, proven and closed.

cli/      talks to the person          routes/   ways to an API server, and the choice between them
leases/   what was opened, until when  azure/    everything said to Azure Resource Manager
kube/     kubeconfigs and the probe    egress/   the address the caller is seen from
session.py builds them, in that order; data flows one way, from the command down to the wire.
"""

__version__ = "0.1.0"
