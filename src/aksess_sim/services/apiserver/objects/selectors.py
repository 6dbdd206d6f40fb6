"""Label and field selectors, as strings on the wire and as tests on manifests.

Grammar: Kubernetes documentation, "Labels and Selectors" and "Field Selectors".
"""

import re
from collections.abc import Callable
from typing import Any

from aksess_sim.services.apiserver.objects import refusals
from aksess_sim.services.apiserver.objects.manifest import Manifest, labels_of

Test = Callable[[Manifest], bool]
"""Whether a manifest is selected."""

_COMMA_OUTSIDE_SETS = re.compile(r",(?![^()]*\))")
_KEY = r"(?P<key>[A-Za-z0-9]([A-Za-z0-9_./-]*[A-Za-z0-9])?)"
_SET = re.compile(rf"{_KEY}\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUALITY = re.compile(rf"{_KEY}\s*(?P<operator>==?|!=)\s*(?P<value>[A-Za-z0-9_.-]*)")
_EXISTENCE = re.compile(rf"(?P<absent>!?)\s*{_KEY}")


def selection(labels: str, fields: str) -> Test:
    """Both selectors as one test; empty strings select everything. Raises BadRequest on what cannot be read."""
    tests = [_label_test(term) for term in _terms(labels)] + [_field_test(term) for term in _terms(fields)]
    return lambda manifest: all(test(manifest) for test in tests)


def label_selector_test(selector: Any) -> Test:
    """The test of a LabelSelector object (matchLabels only), as a workload's spec has it; none selects nothing."""
    wanted = (selector or {}).get("matchLabels") or {}
    return lambda manifest: bool(wanted) and wanted.items() <= labels_of(manifest).items()


def _terms(selector: str) -> list[str]:
    return [term.strip() for term in _COMMA_OUTSIDE_SETS.split(selector) if term.strip()]


def _label_test(term: str) -> Test:
    if match := _SET.fullmatch(term):
        values = {value.strip() for value in match["values"].split(",")}
        return _membership(match["key"], values, wanted=match["operator"] == "in")
    if match := _EQUALITY.fullmatch(term):
        return _membership(match["key"], {match["value"]}, wanted=match["operator"] != "!=")
    if match := _EXISTENCE.fullmatch(term):
        key, wanted = match["key"], not match["absent"]
        return lambda manifest: (key in labels_of(manifest)) is wanted
    raise refusals.bad_request(f"unable to parse requirement: found '{term}', expected a label requirement")


def _membership(key: str, values: set[str], *, wanted: bool) -> Test:
    return lambda manifest: (labels_of(manifest).get(key) in values) is wanted


def _field_test(term: str) -> Test:
    match = re.fullmatch(r"(?P<path>[A-Za-z0-9_.\[\]]+)(?P<operator>==?|!=)(?P<value>.*)", term)
    if match is None:
        raise refusals.bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
    path, value, wanted = match["path"].split("."), match["value"], match["operator"] != "!="
    return lambda manifest: (_field(manifest, path) == value) is wanted


def _field(manifest: Manifest, path: list[str]) -> str:
    value: Any = manifest
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return _as_text(value)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
