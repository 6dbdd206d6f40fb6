"""Journeys with generated examples run under the project's own profile, and their many worlds share one signing key."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

import properties  # noqa: F401 - importing it loads the profile
from aksess_sim.world.tokens import Tokens


@pytest.fixture(scope="session", autouse=True)
def _one_signing_key() -> Iterator[None]:
    """Drawing a key of its own takes a world a third of a short scene, and no journey is about it."""
    with patch.object(Tokens, "_key", rsa.generate_private_key(public_exponent=65537, key_size=2048)):
        yield
