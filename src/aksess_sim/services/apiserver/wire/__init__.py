"""What Kubernetes says on the wire, as pure functions: discovery, OpenAPI, tables, protobuf and request bodies."""
