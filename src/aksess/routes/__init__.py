"""Ways from here to an API server, and the choice between them.

A new route is one file: a class with a name, `judge` (facts to verdict, no side effects) and `open` (an asynchronous
context manager that yields an Access and undoes what it did). `session.py` lists it; nothing else changes. Routes do
not know each other.
"""
