"""The exec credential: the version kubectl asked for when we know it, the token, and its end in UTC."""

from datetime import UTC, datetime

import pytest

from aksess.kube.credential import VERSIONS, exec_credential
from aksess.settings import Secret

ENDS = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_known_version_is_answered_in_kind(version: str) -> None:
    assert exec_credential(Secret("t"), ENDS, version) == {
        "apiVersion": version,
        "kind": "ExecCredential",
        "status": {"token": "t", "expirationTimestamp": "2026-02-03T04:05:06Z"},
    }


@pytest.mark.parametrize("version", ["", "v1", "client.authentication.k8s.io/v1alpha1", "\x00"])
def test_an_unknown_version_is_answered_in_the_newest(version: str) -> None:
    assert exec_credential(Secret("t"), ENDS, version)["apiVersion"] == "client.authentication.k8s.io/v1"
