"""az, in a simulated Cloud Shell: sign-in, reads, ranges, credentials."""

from collections.abc import Callable

import pytest

from clients.shells import GROUP, Shell, World

Opener = Callable[..., Shell]


def test_who_sits_in_the_shell_is_signed_in_without_being_asked(open_shell: Opener, world: World) -> None:
    cat = open_shell("cat")
    [subscription] = cat.az("login", "--identity")
    assert subscription["user"] == {
        "cloudShellID": True,
        "name": "cat@contoso.onmicrosoft.com",
        "type": "user",
    }
    account = cat.az("account", "show")
    assert (account["name"], account["tenantId"]) == ("demo", cat.session.tenant_id)


def test_a_cluster_is_shown_with_its_ranges(ada: Shell) -> None:
    profile = ada.aks("show", "web")["apiServerAccessProfile"]
    assert profile["authorizedIpRanges"] == ["51.144.20.0/24", "40.68.115.7/32"]


def test_a_person_lists_the_clusters_they_may_read(ada: Shell, open_shell: Opener) -> None:
    names = [cluster["name"] for cluster in ada.az("aks", "list")]
    assert names == ["web", "open", "sealed", "nat", "vault", "inner", "entra", "asleep"]
    ben = open_shell("ben")
    ben.az("login", "--identity")
    assert [cluster["name"] for cluster in ben.az("aks", "list")] == ["web"]


@pytest.mark.parametrize(("group", "code"), [(GROUP, "ResourceNotFound"), ("rg-nope", "ResourceGroupNotFound")])
def test_a_cluster_that_is_not_there(ada: Shell, group: str, code: str) -> None:
    done = ada.run("az", "aks", "show", "-g", group, "-n", "nope")
    assert done.code == 3
    assert f"({code})" in done.err


def test_ranges_are_replaced_and_come_into_force(ada: Shell) -> None:
    shown = ada.aks("update", "web", "--api-server-authorized-ip-ranges", f"51.144.20.0/24,{ada.address}")
    assert shown["apiServerAccessProfile"]["authorizedIpRanges"] == ["51.144.20.0/24", ada.address]
    assert shown["provisioningState"] == "Succeeded"
    assert ada.world.cluster("web")["enforced"] == ["51.144.20.0/24", ada.address]


def test_documentation_addresses_are_refused_before_anything_is_sent(ada: Shell) -> None:
    words = ["aks", "update", "-g", GROUP, "-n", "web", "--api-server-authorized-ip-ranges", "203.0.113.4"]
    done = ada.run("az", *words)
    assert done.code == 1
    assert "must be global non-reserved addresses" in done.err
    assert ada.world.requests("PUT") == []


def test_an_empty_list_opens_a_sealed_cluster_without_a_question(ada: Shell) -> None:
    ada.aks("update", "sealed", "--api-server-authorized-ip-ranges", "")
    assert ada.world.cluster("sealed")["enforced"] == []
    ada.get_credentials("sealed")
    assert ada.kubectl("get", "ns").code == 0


def test_an_update_while_another_runs_is_refused(ada: Shell) -> None:
    ada.aks("update", "web", "--api-server-authorized-ip-ranges", "51.1.1.1", "--no-wait")
    words = ["aks", "update", "-g", GROUP, "-n", "web", "--api-server-authorized-ip-ranges", "51.1.1.2"]
    done = ada.run("az", *words)
    assert done.code == 1
    assert "(OperationNotAllowed)" in done.err
    assert "in progress" in done.err


def test_a_stale_etag_is_refused(ada: Shell) -> None:
    words = ["aks", "update", "-g", GROUP, "-n", "web", "--api-server-authorized-ip-ranges", "51.1.1.2"]
    done = ada.run("az", *words, "--if-match", "stale")
    assert done.code == 1
    assert "(PreConditionFailed)" in done.err


def test_a_reader_may_not_update(world: World, open_shell: Opener) -> None:
    cat = open_shell("cat")
    cat.az("login", "--identity")
    done = cat.run("az", "aks", "update", "-g", GROUP, "-n", "web", "--api-server-authorized-ip-ranges", "51.1.1.2")
    assert done.code == 1
    assert "(AuthorizationFailed)" in done.err
    assert "Microsoft.ContainerService/managedClusters/write" in done.err


def test_a_failed_operation_is_told(ada: Shell) -> None:
    ada.world.verb("fault", "operation-fails", "--method", "PUT", "--code", "InternalError", "--message", "no luck")
    words = ["aks", "update", "-g", GROUP, "-n", "web", "--api-server-authorized-ip-ranges", "51.1.1.2"]
    done = ada.run("az", *words)
    assert done.code == 1
    assert "(InternalError) no luck" in done.err
    assert "51.1.1.2/32" not in ada.world.cluster("web")["ranges"]


def test_a_throttled_read_is_tried_again(ada: Shell) -> None:
    throttled = ["--path", "*/managedClusters/web", "--status", "429", "--code", "Throttled"]
    ada.world.verb("fault", "status", *throttled, "--header", "Retry-After=1")
    assert ada.aks("show", "web")["name"] == "web"
    statuses = [entry["status"] for entry in ada.world.requests("GET", "/managedClusters/web")]
    assert statuses == [429, 200]


@pytest.mark.parametrize(
    ("words", "user", "context"),
    [((), "clusterUser_rg-demo_web", "web"), (("--admin",), "clusterAdmin_rg-demo_web", "web-admin")],
)
def test_credentials_become_a_context(ada: Shell, words: tuple[str, ...], user: str, context: str) -> None:
    ada.get_credentials("web", *words)
    view = ada.kubectl("config", "view", "-o", "json").json
    [found] = view["contexts"]
    assert (found["name"], found["context"]["user"], view["current-context"]) == (context, user, context)
    assert view["clusters"][0]["cluster"]["server"].endswith(".hcp.westeurope.azmk8s.io:443")


def test_entra_credentials_ask_kubelogin(ada: Shell) -> None:
    ada.get_credentials("entra")
    [user] = ada.kubectl("config", "view", "-o", "json").json["users"]
    assert user["user"]["exec"]["command"] == "kubelogin"
    assert "6dae42f8-4368-4678-94ff-3960e28e3630" in user["user"]["exec"]["args"]


def test_admin_credentials_are_refused_where_local_accounts_are_disabled(ada: Shell) -> None:
    done = ada.run("az", "aks", "get-credentials", "-g", GROUP, "-n", "entra", "--admin")
    assert done.code == 1
    assert "Getting static credential isn't allowed" in done.err


def test_deployment_records_are_listed(ada: Shell) -> None:
    assert ada.az("deployment", "group", "list", "-g", GROUP) == []
    template = ada.home / "empty.json"
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    template.write_text(f'{{"$schema": "{schema}", "contentVersion": "1.0.0.0", "resources": []}}')
    create = ["create", "-g", GROUP, "--name", "note", "--template-file", str(template)]
    assert ada.az("deployment", "group", *create)["properties"]["provisioningState"] == "Succeeded"
    [record] = ada.az("deployment", "group", "list", "-g", GROUP)
    assert record["name"] == "note"
    ada.az("deployment", "group", "delete", "-g", GROUP, "--name", "note")
    assert ada.az("deployment", "group", "list", "-g", GROUP) == []
