"""The token goes to ARM's own host and nowhere else, whatever an answer points to (S8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from aksess.azure.arm import at_arm
from aksess.errors import AzureRefused
from aksess.settings import ARM

OWN = [
    "/subscriptions",
    f"{ARM}/x?y=z",
    f"{ARM}:443/x",
    "https://MANAGEMENT.azure.com/x",
    "/x?next=https://evil.example",
]
FOREIGN = [
    "https://evil.example/x",
    "http://management.azure.com/x",
    "https://management.azure.com.evil.example/x",
    "https://management.azure.com@evil.example/x",
    "https://management.azure.com:8443/x",
    "https://evil.example/https://management.azure.com/",
    "https://evil.example#@management.azure.com/",
    "ftp://management.azure.com/x",
    "management.azure.com/x",
    "",
    "https:///x",
]


@pytest.mark.parametrize("address", OWN)
def test_arms_own_addresses_pass(address: str) -> None:
    assert URL(at_arm(address)).host == "management.azure.com"


@pytest.mark.parametrize("address", FOREIGN)
def test_another_host_is_refused(address: str) -> None:
    with pytest.raises(AzureRefused, match="not Azure Resource Manager"):
        at_arm(address)


pieces = st.sampled_from(
    [
        "https://",
        "http://",
        "management.azure.com",
        "evil.example",
        "@",
        ":",
        "/",
        "\\",
        "#",
        "?",
        "443",
        "//",
        ".",
        "%2f",
        "\t",
    ]
)


@given(st.lists(pieces, max_size=8).map("".join) | st.text())
def test_whatever_passes_is_understood_by_the_client_as_arms_host(address: str) -> None:
    try:
        passed = at_arm(address)
    except (AzureRefused, ValueError):
        return
    url = URL(passed)
    assert (url.scheme, url.host, url.port) == ("https", "management.azure.com", 443)
