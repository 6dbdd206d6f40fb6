"""Cloud Shell's settings: what they say about the next shell, and what a change leaves as it was."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aksess.azure.user_settings import PATH, ShellSettings, UserSettings
from journeys.stage import play
from unit.azure.scripted_arm import ScriptedArm

PROFILE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkProfiles/p"
RELAY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Relay/namespaces/r"
MOUNTED: dict[str, Any] = {
    "properties": {
        "preferredShellType": "pwsh",
        "networkType": "Default",
        "sessionType": "Mounted",
        "storageProfile": {"fileShareName": "f"},
        "terminalSettings": {"fontSize": "Large"},
        "futureSetting": {"kept": True},
    }
}


def test_a_person_without_settings_has_no_network() -> None:
    arm = ScriptedArm({})
    found = play(UserSettings(arm.arm).read())
    assert not found.isolated
    assert found.profile == found.relay == ""
    assert not found.mounted
    assert not found.names(PROFILE, RELAY)


def test_inside_names_the_network_and_keeps_the_rest() -> None:
    before = ShellSettings(MOUNTED)
    assert before.mounted
    after = ShellSettings(before.inside(PROFILE, RELAY, "westeurope", "sub"))
    assert after.names(PROFILE.upper(), RELAY)
    assert not after.names(PROFILE, PROFILE)
    assert not after.mounted
    properties = after.body["properties"]
    assert properties["futureSetting"] == {"kept": True}
    assert properties["preferredShellType"] == "pwsh"
    assert properties["terminalSettings"] == {"fontSize": "Large"}
    assert properties["preferredLocation"] == properties["vnetSettings"]["location"] == "westeurope"
    assert before.body == MOUNTED


def test_outside_takes_the_network_out_again() -> None:
    inside = ShellSettings(ShellSettings(MOUNTED).inside(PROFILE, RELAY, "westeurope", "sub"))
    after = ShellSettings(inside.outside())
    assert not after.isolated
    assert after.profile == ""
    assert "vnetSettings" not in after.body["properties"]
    assert after.body["properties"]["futureSetting"] == {"kept": True}


def test_a_network_that_is_not_in_use_is_none() -> None:
    left: dict[str, Any] = {"networkType": "Default", "vnetSettings": {"networkProfileResourceId": PROFILE}}
    assert ShellSettings({"properties": left}).profile == ""


def test_it_is_written_where_it_is_read() -> None:
    arm = ScriptedArm({("PUT", PATH): MOUNTED})
    assert play(UserSettings(arm.arm).write(MOUNTED)).body == MOUNTED
    assert arm.asked == [("PUT", PATH)]


values = st.none() | st.booleans() | st.text(max_size=5)
settings = st.dictionaries(st.sampled_from(["networkType", "sessionType", "x", "y"]), values)


@given(settings)
def test_in_and_out_again_changes_nothing_that_is_not_ours(properties: dict[str, Any]) -> None:
    inside = ShellSettings(ShellSettings({"properties": properties}).inside(PROFILE, RELAY, "l", "s"))
    assert inside.names(PROFILE, RELAY)
    after = inside.outside()["properties"]
    for key in ("x", "y"):
        assert after.get(key) == properties.get(key)
