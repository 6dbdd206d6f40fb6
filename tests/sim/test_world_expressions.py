"""The template language: what its functions come to, and what is refused."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aksess_sim.world.deploying.evaluation import Scope
from aksess_sim.world.deploying.expressions import is_expression, parsed
from aksess_sim.world.refusals import Refused

GROUP = {"id": "/subscriptions/s/resourceGroups/rg", "name": "rg", "location": "westeurope", "tags": {"a": "b"}}
SUBSCRIPTION = {"id": "/subscriptions/s", "subscriptionId": "s", "tenantId": "t", "displayName": "demo"}
NETWORK = "Microsoft.Network/virtualNetworks"


def scope(**parts: Any) -> Scope:
    usual: dict[str, Any] = {
        "parameters": {"name": "web", "list": ["x", "y"]},
        "variables": {"long": "[concat('a', 'b')]"},
    }
    return Scope(group=GROUP, subscription=SUBSCRIPTION, **(usual | parts))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("[[literal]", "[literal]"),
        ("[open", "[open"),
        ("[parameters('NAME')]", "web"),
        ("[parameters('list')[1]]", "y"),
        ("[variables('long')]", "ab"),
        ("[concat('it''s ', parameters('name'), 7, true())]", "it's web7True"),
        ("[concat(createArray(1), parameters('list'))]", [1, "x", "y"]),
        ("[format('{0}/{1}/{0}', 'a', parameters('name'))]", "a/web/a"),
        ("[resourceGroup().location]", "westeurope"),
        ("[resourceGroup().tags.a]", "b"),
        ("[subscription().tenantId]", "t"),
        ("[environment().name]", "AzureCloud"),
        (f"[resourceId('{NETWORK}/subnets', 'v', 's')]", f"{GROUP['id']}/providers/{NETWORK}/v/subnets/s"),
        (f"[resourceId('other', '{NETWORK}', 'v')]", f"/subscriptions/s/resourceGroups/other/providers/{NETWORK}/v"),
        (f"[resourceId('u', 'g', '{NETWORK}', 'v')]", f"/subscriptions/u/resourceGroups/g/providers/{NETWORK}/v"),
        ("[subscriptionResourceId('Microsoft.A/b', 'c')]", "/subscriptions/s/providers/Microsoft.A/b/c"),
        ("[extensionResourceId('/x', 'Microsoft.A/b', 'c')]", "/x/providers/Microsoft.A/b/c"),
        ("[if(equals(toLower('A'), 'a'), 'yes', reference('none'))]", "yes"),
        ("[if(not(empty('')), 1, first(parameters('list')))]", "x"),
        ("[last(split('a/b/c', '/'))]", "c"),
        ("[length(parameters('list'))]", 2),
        (["[toUpper('a')]", {"k": "[string(-1)]"}], ["A", {"k": "-1"}]),
    ],
)
def test_what_an_expression_comes_to(text: Any, value: Any) -> None:
    assert scope().value(text) == value


def test_guid_is_the_same_for_the_same_and_a_guid() -> None:
    made = scope().value("[guid('a', 'b')]")
    assert str(uuid.UUID(made)) == made
    assert made == scope().value("[guid('a', 'b')]") != scope().value("[guid('a', 'c')]")


def test_reference_asks_what_was_deployed_and_only_then() -> None:
    look = {"pe": {"id": "i", "properties": {"list": [{"ip": "10.0.0.4"}]}}}.__getitem__
    assert scope(look=look).value("[first(reference('pe').list).ip]") == "10.0.0.4"
    assert scope(look=look).value("[reference('pe', '2020-01-01', 'Full').id]") == "i"
    with pytest.raises(Refused, match="'reference' is not expected"):
        scope().value("[reference('pe')]")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[nothing()]", "'nothing' is not valid"),
        ("[concat('a'", None),
        ("[concat('a']", "closing parenthesis"),
        ("[concat('a') 'b']", "was not expected"),
        ("[parameters('name').x]", "property 'x' doesn't exist"),
        ("[parameters('list')[9]]", "property '9' doesn't exist"),
        ("[parameters('none')]", "parameter 'none' is not found"),
        ("[variables('none')]", "variable 'none' is not found"),
        ("[variables('loop')]", "refers to itself"),
        ("[resourceId('v')]", "needs a type"),
        (f"[resourceId('{NETWORK}', 'v', 's')]", "takes 1 names, not 2"),
        ("[if(true(), 1)]", "three arguments"),
        ("[first(7)]", "what it does not take"),
        ("[format('{3}', 'a')]", "what it does not take"),
        ("[concat(createArray(), 'a')]", "not both"),
        ("[a.b]", "'a' was not expected"),
        ("['a'.]", "name is missing"),
        ("['a'[0]", "closing bracket"),
        ("['a'[0 1]]", "closing bracket"),
        ("[#]", "not part of the language"),
        ("[]", "ends too early"),
    ],
)
def test_what_is_refused_says_why(text: str, words: str | None) -> None:
    """A text that does not end with a bracket is a literal, whatever it begins with."""
    within = scope(variables={"loop": "[variables('loop')]"})
    if words is None:
        assert not is_expression(text) or within.value(text)
        return
    with pytest.raises(Refused, match=words) as refused:
        within.value(text)
    assert refused.value.code == "InvalidTemplate"


@given(st.text(alphabet="ab'()[],.0 -", max_size=12).map(lambda text: f"[{text}]"))
def test_any_text_is_read_or_refused(text: str) -> None:
    if is_expression(text):
        try:
            parsed(text)
        except Refused as refused:
            assert refused.code == "InvalidTemplate"  # noqa: PT017 - either way is right, a crash is not
