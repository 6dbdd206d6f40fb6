"""Four ways to change an object in part, each a pure function from (object, patch) to a new object."""
