"""A Kubernetes API server that kubectl believes: one cluster's objects, its controllers and its wire.

Read it from the wire inwards: `server` composes, `handlers/` take requests and give answers, `wire/` and `patches/`
hold what Kubernetes says on the wire, `objects/` stores what exists and `controllers/` makes it run; `streaming/`
carries exec and port-forward into what `containers/` runs. Nothing here knows of Azure or of the network in front; who
is asking and which nodes there are comes from the two callables given to `ApiServer`.
"""
