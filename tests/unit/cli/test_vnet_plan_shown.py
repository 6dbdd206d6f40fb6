"""A plan as people and scripts read it. The keys are pinned: they are a promise."""

import json

from aksess.azure.prices import BUILT_IN
from aksess.cli.vnet_plan_shown import plan_data, plan_text
from aksess.vnet.compare import compared
from aksess.vnet.cost import cost_of
from aksess.vnet.model import Plan
from aksess.vnet.rights import with_rights
from unit.vnet.surveys import HOME, as_made, planned, public, survey

PEER = "Microsoft.Network/virtualNetworks/peer/action"
KEYS = {
    "cluster", "variant", "group", "location", "network", "ours", "prefixes", "sessions", "principal", "tags",
    "register", "deployment", "afterwards", "admitted", "cost", "byHand", "lacking", "notes", "done",
}  # fmt: skip


def text(plan: Plan) -> str:
    return plan_text(plan, cost_of(plan, BUILT_IN))


def test_the_keys_for_scripts() -> None:
    plan = with_rights(planned(public()), {HOME: (PEER,)})
    data = json.loads(json.dumps(plan_data(plan, cost_of(plan, BUILT_IN))))
    assert set(data) == KEYS
    assert set(data["deployment"]) == {"name", "pieces"}
    assert set(data["deployment"]["pieces"][0]) == {"what", "id", "action", "differs", "why"}
    assert set(data["cost"]) == {"usdPerMonth", "usdPerMonthNew", "read", "source", "lines"}
    assert set(data["cost"]["lines"][0]) == {"what", "usd", "unit", "usdPerMonth", "new"}
    assert set(data["byHand"][0]) == {"who", "what", "how"}
    assert data["lacking"] == [{"action": PEER, "scope": HOME}]
    assert data["prefixes"]["subnet of the shells"] == "10.255.255.0/25"
    assert data["done"] is False


def test_a_person_reads_everything_that_is_done_and_by_whom() -> None:
    shown = text(with_rights(planned(survey(providers={"microsoft.network": "Registered"})), {HOME: (PEER,)}))
    for said in (
        "register Microsoft.Relay",
        "In resource group rg-demo (westeurope), by one template",
        "Afterwards, elsewhere",
        "Cost: about 17.58 USD a month",
        "By hand",
        "--set-my-shell",
        "Rights you lack",
        PEER,
    ):
        assert said in shown, said
    assert "In the authorized ranges" not in shown


def test_a_public_one_says_which_address_is_admitted() -> None:
    shown = text(planned(public()))
    assert "In the authorized ranges, for good" in shown
    assert "the address of pip-aksess-web-" in shown
    assert "Afterwards, elsewhere" not in shown


def test_what_stands_is_not_made_again() -> None:
    plan = planned()
    shown = text(compared(plan, as_made(plan)))
    assert "keep" in shown
    assert "create" not in shown.split("By hand")[0]
    assert "paid already" in shown


def test_nothing_reaches_the_terminal_but_text() -> None:
    odd = planned(survey(deployer="x"))
    assert text(odd).replace("\n", "").isprintable()
