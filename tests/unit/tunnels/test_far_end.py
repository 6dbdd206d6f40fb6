"""A far end never shows the token its address holds."""

from aksess.settings import Secret
from aksess.tunnels.far_end import FarEnd


def test_its_address_is_masked() -> None:
    assert "token" not in repr(FarEnd(Secret("wss://h/way/token"), {"X-Node-Id": "a"}))
