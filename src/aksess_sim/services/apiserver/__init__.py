"""A Kubernetes API server that kubectl believes: one cluster's objects, its controllers and its wire.

Read it from the wire inwards: `server` composes, `http/` parses requests and writes answers, `wire/` holds what
Kubernetes says on the wire (discovery, tables, protobuf, patches), `objects/` stores what exists and `controllers/`
makes it run. Nothing here knows of Azure or of the network in front; who is asking and which nodes there are comes
from the two callables given to `ApiServer`.
"""
