"""From a request to an answer: who may, on what, which verb; the only folder here that touches HTTP."""
