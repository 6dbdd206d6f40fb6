"""From a command as it was typed here to one that works elsewhere: which local files it names, packed, and its line.

`words.py`, `kubectl.py`, `helm.py`, `kustomize.py` and `placing.py` are pure; only `disk.py` reads files. Nothing here
knows of Azure, and nothing is sent.
"""
