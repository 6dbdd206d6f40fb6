"""What exists in the cluster: kinds, the store with its revisions, selectors, defaults and validity; no HTTP."""
