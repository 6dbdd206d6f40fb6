"""Regions that Azure refuses are refused here; undocumented ones are told, not refused."""

import pytest

from aksess.errors import RouteRefused
from aksess.vnet.regions import DOCUMENTED, judge_region, plain


@pytest.mark.parametrize("region", [*DOCUMENTED, "West Europe", "westcentralus"])
def test_known_to_work(region: str) -> None:
    assert judge_region(region) is None


@pytest.mark.parametrize("region", ["centralus", "Australia East", "germanywestcentral", "centralindia"])
def test_known_to_be_refused(region: str) -> None:
    with pytest.raises(RouteRefused) as refused:
        judge_region(region)
    assert refused.value.code == "shell-region"
    assert plain(region) in refused.value.sentence
    assert "--location" in refused.value.next_step


def test_not_documented() -> None:
    assert "norwayeast" in str(judge_region("norwayeast"))
