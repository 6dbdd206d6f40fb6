"""az asks what must be known before a Cloud Shell network is deployed: the directory and the resource providers."""

from collections.abc import Callable

from clients.shells import Shell

ACI = "6bb8e274-af5d-4df2-98a3-4fd78b4cafd9"


def test_az_finds_the_principal_that_starts_cloud_shells(ada: Shell) -> None:
    shown = ada.az("ad", "sp", "show", "--id", ACI)
    shown.pop("@odata.context")
    assert (shown["displayName"], shown["appId"]) == ("Azure Container Instance Service", ACI)
    assert ada.az("ad", "sp", "list", "--spn", ACI) == [shown]
    assert ada.az("ad", "sp", "list", "--display-name", "Azure Container Instance") == [shown]
    assert ada.az("ad", "sp", "list", "--filter", f"appId eq '{ACI}'", "--query", "[0].id") == shown["id"]
    assert shown["id"] != ACI


def test_az_says_who_is_not_there(ada: Shell) -> None:
    done = ada.run("az", "ad", "sp", "show", "--id", "00000000-1111-2222-3333-444444444444")
    assert done.code == 3
    assert "does not exist" in done.err


def test_az_knows_who_asks(ada: Shell) -> None:
    assert ada.az("ad", "signed-in-user", "show")["displayName"] == "Ada Lovelace"


def test_a_role_is_given_to_a_user_by_name(ada: Shell) -> None:
    ben = ada.az("ad", "user", "show", "--id", "ben@contoso.onmicrosoft.com")
    scope = str(ada.az("group", "show", "-n", "rg-hub")["id"])
    given = ada.az("role", "assignment", "create", "--assignee", ben["userPrincipalName"], "--role", "Reader",
                   "--scope", scope)  # fmt: skip
    assert (given["principalId"], given["principalType"]) == (ben["id"], "User")


def test_az_registers_a_provider(ada: Shell) -> None:
    assert ada.az("provider", "show", "-n", "Microsoft.Relay")["registrationState"] == "NotRegistered"
    ada.az("provider", "register", "-n", "Microsoft.Relay", "--wait")
    registered = ada.az("provider", "list", "--query", "[?registrationState=='Registered'].namespace")
    assert "Microsoft.Relay" in registered
    assert "Microsoft.CloudShell" not in registered


def test_a_reader_may_not_register(open_shell: Callable[..., Shell]) -> None:
    cat = open_shell("cat")
    cat.az("login", "--identity")
    done = cat.run("az", "provider", "register", "-n", "Microsoft.CloudShell")
    assert done.code == 1
    assert "Microsoft.CloudShell/register/action" in done.err
