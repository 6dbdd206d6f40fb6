"""Generated names, in the alphabet Kubernetes uses so that no name spells a word."""

import hashlib
import json
import secrets
from typing import Any

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def suffix(length: int = 5) -> str:
    """A random ending, as pods of a ReplicaSet and objects with generateName have it."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def template_hash(template: dict[str, Any]) -> str:
    """The same ten letters for the same pod template, as pod-template-hash has it."""
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:10])
