"""The world's own signing key: mints access tokens and checks them, as Entra ID and its relying parties do.

Dates come from the world's clock only, so tokens age in virtual time. A token is a secret: nothing here prints one.
"""

import base64
import uuid
from collections.abc import Collection
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.types import Options

from aksess_sim.world.clock import WorldClock
from aksess_sim.world.people import Person

LIFETIME = timedelta(hours=1)
FEDERATION_AUDIENCE = "api://AzureADTokenExchange"
"""What a federated assertion must be made out to (Entra docs, workload identity federation)."""
_BY_HAND: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
"""Dates are held against the world's clock and audiences without their slash, which the library cannot do."""
_CLOUD_SHELL_CLIENT = "b677c290-cf4b-4a8e-a60e-91ba650a4abe"


class TokenRefused(Exception):
    """A token that cannot be believed; `reason` says which way."""

    def __init__(self, reason: Literal["invalid", "expired", "audience"], message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Tokens:
    """Signs with a key made for this world alone: a token of another world is refused."""

    def __init__(self, clock: WorldClock, tenant_id: str) -> None:
        self._clock = clock
        self._tenant_id = tenant_id
        self._key_id = uuid.uuid4().hex

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        """Made when first used: it takes longer than all the rest of a world."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def mint(self, person: Person, audience: str, *, lifetime: timedelta = LIFETIME) -> str:
        """An access token for `audience`, shaped as Entra's version 1.0 tokens are."""
        return self._sign(_identity(person, self._tenant_id) | {"aud": audience}, lifetime)

    def mint_federated(self, subject: str, *, lifetime: timedelta = LIFETIME) -> str:
        """An assertion as an outside issuer (a CI system, a cluster) would give to one of its workloads."""
        return self._sign({"sub": subject, "aud": FEDERATION_AUDIENCE}, lifetime)

    def verify(self, token: str, audiences: Collection[str]) -> dict[str, Any]:
        """The claims of a token that this world signed for one of the audiences and that is still in force.

        Raises TokenRefused otherwise. A trailing slash of the audience does not matter.
        """
        try:
            claims: dict[str, Any] = jwt.decode(token, self._key.public_key(), algorithms=["RS256"], options=_BY_HAND)
        except jwt.InvalidTokenError as error:
            raise TokenRefused("invalid", f"the token is not one of this world: {error}") from error
        if claims["exp"] <= self._clock.now().timestamp():
            raise TokenRefused("expired", "the token has expired")
        if str(claims["aud"]).rstrip("/") not in {audience.rstrip("/") for audience in audiences}:
            raise TokenRefused("audience", f"the token is made out to `{claims['aud']}`")
        return claims

    def public_keys(self) -> dict[str, Any]:
        """The key set that the discovery document points to (RFC 7517)."""
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self._key_id}
        return {"keys": [key | {"n": _base64url(numbers.n), "e": _base64url(numbers.e)}]}

    def _sign(self, claims: dict[str, Any], lifetime: timedelta) -> str:
        now = self._clock.now()
        dates = {"iat": int(now.timestamp()), "nbf": int(now.timestamp())}
        issued = {"iss": f"https://sts.windows.net/{self._tenant_id}/", "exp": int((now + lifetime).timestamp())}
        return jwt.encode(issued | dates | claims, self._key, algorithm="RS256", headers={"kid": self._key_id})


def _identity(person: Person, tenant_id: str) -> dict[str, Any]:
    claims = {
        "tid": tenant_id,
        "oid": person.object_id,
        "sub": person.object_id,
        "name": person.display_name,
        "ver": "1.0",
        "uti": uuid.uuid4().hex[:22],
    }
    if person.application:
        return claims | {"appid": person.application.client_id, "appidacr": "1", "idtyp": "app"}
    name = person.user_principal_name
    return claims | {"appid": _CLOUD_SHELL_CLIENT, "upn": name, "unique_name": name, "scp": "user_impersonation"}


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
