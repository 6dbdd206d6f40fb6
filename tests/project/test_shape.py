"""The shape of the source: rules of import, charters, docstrings, sizes, and a test file for every source file."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from project.sources import ROOT, functions, parsed, python_files

SOURCES = python_files("src")
PRODUCT = python_files("src/aksess")
FILE_LINES, FUNCTION_LINES = 300, 40
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS = {"src/aksess/leases/reconcile.py:run": "a controller's loop is read in one piece"}
MORE_THAN_A_CHARTER = {
    "src/aksess/__init__.py": "holds the version, which the build reads",
    "src/aksess_sim/__init__.py": "holds the version, which `aksess-sim --version` tells",
}
TESTED_ELSEWHERE = {
    "__main__.py": "the door: tests/project/test_start.py starts it as a process",
    "cli/allow.py": "tests/journeys/test_commands_results.py and test_trouble_*.py",
    "cli/app.py": "tests/journeys/test_commands_words.py, tests/project/test_documents.py",
    "cli/completion.py": "tests/journeys/test_commands_words.py",
    "cli/connect.py": "tests/journeys/test_commands_routes.py",
    "cli/in_cluster.py": "tests/journeys/test_invoke_output.py",
    "cli/invoke.py": "tests/journeys/test_invoke_commands.py",
    "cli/invoke_result.py": "tests/journeys/test_invoke_detached.py",
    "cli/kubectl.py": "tests/journeys/test_commands_routes.py",
    "cli/leases.py": "tests/journeys/test_commands_leases.py",
    "cli/revoke.py": "tests/journeys/test_commands_leases.py",
    "cli/running.py": "tests/journeys: every command runs through it",
    "cli/sweep.py": "tests/journeys/test_commands_results.py",
    "cli/token.py": "tests/journeys/test_commands_words.py",
    "cli/use.py": "tests/journeys/test_commands_words.py",
    "cli/vnet_plan.py": "tests/journeys/test_vnet_plan.py",
    "cli/vnet.py": "tests/project/test_documents.py, its help",
    "cli/vnet_apply.py": "tests/journeys/test_vnet_apply.py",
    "cli/vnet_remove.py": "tests/journeys/test_vnet_remove.py",
    "cli/vnet_shown.py": "tests/journeys/test_vnet_apply.py",
    "cli/vnet_status.py": "tests/journeys/test_vnet_chain.py",
    "cli/work.py": "tests/journeys: every command runs through it",
    "attachments/limits.py": "tests/unit/attachments/test_parcel.py",
    "attachments/mention.py": "tests/unit/attachments/test_kubectl.py",
    "attachments/placing.py": "tests/unit/attachments/test_parcel.py",
    "azure/deployments.py": "tests/journeys/test_trouble_rights.py",
    "azure/identities.py": "tests/clients: azure-identity asks a world",
    "azure/networks.py": "tests/journeys/test_commands_routes.py, lock-downs",
    "azure/pipeline.py": "tests/journeys/test_trouble_azure.py",
    "azure/subscriptions.py": "tests/journeys/test_trouble_naming.py",
    "egress/observers.py": "tests/journeys/test_trouble_egress.py",
    "kube/child.py": "tests/journeys/test_commands_routes.py",
    "leases/closing.py": "tests/journeys/test_trouble_interrupts.py",
    "leases/deployments_ledger.py": "tests/journeys/test_trouble_rights.py",
    "leases/holding.py": "tests/journeys/test_trouble_azure.py, sessions of many hours",
    "leases/keeper.py": "tests/journeys/test_commands_leases.py",
    "leases/ledger.py": "a protocol",
    "leases/opening.py": "tests/journeys/test_trouble_clusters.py",
    "leases/reconcile.py": "tests/journeys/test_safety_*.py",
    "progress.py": "a protocol",
    "routes/allowlist.py": "tests/routes/test_conformance.py",
    "routes/allowlist_rules.py": "tests/routes/test_conformance.py",
    "routes/base.py": "values only",
    "routes/bastion.py": "tests/journeys/test_bastion_*.py, tests/routes/test_conformance.py",
    "routes/direct.py": "tests/routes/test_conformance.py",
    "routes/invoke.py": "tests/journeys/test_invoke_commands.py",
    "routes/invoke_rules.py": "tests/journeys/test_invoke_refusals.py",
    "routes/facts.py": "tests/journeys/test_trouble_rights.py",
    "routes/leasing.py": "tests/journeys/test_commands_leases.py",
    "vnet/pieces.py": "tests/unit/vnet/test_design.py",
    "vnet/apply.py": "tests/journeys/test_vnet_apply.py",
    "vnet/looking.py": "tests/journeys/test_vnet_chain.py",
    "vnet/network.py": "tests/journeys/test_vnet_chain.py",
    "vnet/remove.py": "tests/journeys/test_vnet_remove.py",
    "session.py": "tests/journeys: every command is built by it",
}


def test_imports_run_one_way_and_the_two_packages_are_strangers() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    judged = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize(("ours", "theirs"), [("aksess", "aksess_sim"), ("aksess_sim", "aksess")])
def test_neither_package_names_the_other_in_an_import(ours: str, theirs: str) -> None:
    for path in python_files(f"src/{ours}"):
        for node in ast.walk(parsed(path)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert theirs not in {name.split(".")[0] for name in names}, path


def test_a_folder_says_what_it_is_for_and_nothing_else() -> None:
    for path in SOURCES:
        if path.name == "__init__.py" and str(path) not in MORE_THAN_A_CHARTER:
            assert ast.get_docstring(parsed(path)), f"{path} has no charter"
            assert len(parsed(path).body) == 1, f"{path} holds more than its charter"


def test_every_folder_with_sources_is_a_package() -> None:
    assert {path.parent for path in SOURCES} == {path.parent for path in SOURCES if path.name == "__init__.py"}


def test_every_module_begins_with_why_it_exists() -> None:
    silent = [str(path) for path in python_files("src", "tests", "demo") if not ast.get_docstring(parsed(path))]
    assert not silent


def test_files_and_functions_stay_short_or_give_a_reason() -> None:
    long_files = {str(path) for path in SOURCES if len((ROOT / path).read_text().splitlines()) > FILE_LINES}
    assert long_files == set(LONG_FILES)
    long_functions = {
        f"{path}:{one.name}"
        for path in SOURCES
        for one in functions(path)
        if (one.end_lineno or 0) - one.lineno >= FUNCTION_LINES
    }
    assert long_functions == set(LONG_FUNCTIONS)


def test_every_source_file_has_its_test_file_or_a_reason() -> None:
    untested = set()
    for path in PRODUCT:
        inner = path.relative_to("src/aksess")
        if inner.name != "__init__.py" and not (ROOT / "tests/unit" / inner.parent / f"test_{inner.name}").exists():
            untested.add(str(inner))
    assert untested == set(TESTED_ELSEWHERE)


def test_the_reasons_name_tests_that_exist() -> None:
    for reason in TESTED_ELSEWHERE.values():
        for word in reason.replace(",", " ").replace(":", " ").split():
            if word.startswith("tests/"):
                assert list(ROOT.glob(word)), word


def test_nobody_prints_but_the_console() -> None:
    for path in PRODUCT:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "input", "exit", "quit"), f"{path}:{node.lineno}"


def test_nobody_asks_the_time_but_the_clock() -> None:
    for path in PRODUCT:
        if path.name != "clock.py":
            text = (ROOT / path).read_text()
            for words in ("time.time(", "time.monotonic(", "datetime.now(", "utcnow(", "asyncio.sleep("):
                assert words not in text, f"{path}: {words}"


def test_nothing_is_left_for_later() -> None:
    later = ("TO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error", "pytest.mark." + "skip", "mark." + "xfail")
    for path in python_files("src", "tests", "demo"):
        text = (ROOT / path).read_text()
        assert not [word for word in later if word in text], path
