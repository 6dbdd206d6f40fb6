"""The documents say what the code does: exit codes, error codes, settings, help, locks."""

import ast
import re
from collections.abc import Iterator

import click
import pytest

from aksess import errors
from aksess.cli.app import cli
from aksess.errors import AksessError
from aksess.settings import VARIABLES
from project.settled_docs import HELP, SETTINGS, help_pages, settings_page
from project.sources import ROOT, parsed, python_files

KINDS = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, AksessError)}
EXIT_CODES = ROOT / "docs" / "exit-codes.md"
ABSTRACT = {"AksessError"}
REGENERATE = "after a deliberate change: .venv/bin/python tests/project/settled_docs.py"
READ = re.compile(r"""environ(?:ment)?(?:\.get\(|\[)"([A-Za-z_]+)"|"((?:AKSESS|AZURE|MSI|IDENTITY|ACC)_[A-Z_]+)":?""")
TOLD_TO_CHILDREN = {"AKSESS_OPEN", "AKSESS_ROUTE", "AKSESS_ENDS", "AKSESS_ENDS_EPOCH", "AKSESS_ZDOTDIR"}


def raised() -> set[tuple[int, str]]:
    """(exit code, error code) of everything the product can raise."""
    found = {(kind.exit_code, kind.default_code) for name, kind in KINDS.items() if name not in ABSTRACT}
    for path in python_files("src/aksess"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                codes = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                said = [one for code in codes for one in ast.walk(code) if isinstance(one, ast.Constant)]
                found |= {(KINDS[node.func.id].exit_code, str(one.value)) for one in said}
    return found


def test_every_exit_code_and_error_code_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| (\d+) \| `([a-z0-9-]+)` \| .+ \|$", EXIT_CODES.read_text(), re.MULTILINE)
    documented = [(int(number), code) for number, code in rows]
    assert len(documented) == len(set(documented))
    assert set(documented) == raised()
    assert documented == sorted(documented, key=lambda row: row[0])


def test_an_error_code_has_one_exit_code() -> None:
    codes = [code for _, code in raised()]
    assert len(codes) == len(set(codes))


def test_the_tree_in_the_error_module_is_the_tree() -> None:
    drawn = {name: int(number) for name, number in re.findall(r"[├└]── (\w+) +(\d+)", errors.__doc__ or "")}
    direct = {name: kind.exit_code for name, kind in KINDS.items() if kind.__base__ is AksessError}
    assert drawn == direct
    assert len(set(drawn.values())) == len(drawn), "one meaning each"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_an_error_says_code_sentence_and_next_step(name: str) -> None:
    fault = KINDS[name]("it is so", "do that")
    assert str(fault) == "it is so"
    assert (fault.code, fault.sentence, fault.next_step) == (KINDS[name].default_code, "it is so", "do that")


def test_the_settings_page_is_made_from_the_settings() -> None:
    assert SETTINGS.read_text() == settings_page(), REGENERATE


def test_every_variable_that_is_read_is_named_in_the_settings() -> None:
    for path in python_files("src/aksess"):
        for names in READ.findall((ROOT / path).read_text()):
            name = (names[0] or names[1]).upper()
            assert name in VARIABLES or name in TOLD_TO_CHILDREN, f"{path} reads {name}"


@pytest.mark.parametrize("name", sorted(help_pages()))
def test_help_is_as_it_was_written(name: str) -> None:
    assert (HELP / f"{name}.txt").read_text() == help_pages()[name], REGENERATE


def test_no_snapshot_is_left_of_a_command_that_went() -> None:
    assert {path.stem for path in HELP.iterdir()} == set(help_pages())


def commands(group: click.Group) -> Iterator[click.Command]:
    """All that can be called, those below others too."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from commands(command)


@pytest.mark.parametrize("command", list(commands(cli)), ids=lambda command: command.name)
def test_every_option_is_explained(command: click.Command) -> None:
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help.endswith("."), option.help


def test_the_locks_pin_with_hashes_and_name_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock.name
        assert not re.search(r"^--(index|extra-index|find-links|trusted)", text, re.MULTILINE), lock.name
        pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,_-]+\])?==", text, re.MULTILINE | re.IGNORECASE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned), lock.name


def test_no_path_of_one_machine_is_written_down() -> None:
    foreign = ("/wo" + "rk/", "/ro" + "ot/", "/tm" + "p/")
    for path in [*python_files("src", "demo"), *(one.relative_to(ROOT) for one in (ROOT / "docs").glob("*.md"))]:
        text = (ROOT / path).read_text()
        assert not [word for word in foreign if word in text], path


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} -> {target}"
