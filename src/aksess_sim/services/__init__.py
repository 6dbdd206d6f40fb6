"""One fake host per file or folder: parse the wire, ask the world, write the wire; no state of their own."""
