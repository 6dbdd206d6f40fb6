"""Templates with resources: what their expressions say, what would be made, and the making of it, in order."""
