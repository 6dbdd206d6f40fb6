"""What a kustomization refers to on this disk. Pure: text in, references out.

The fields are those of kustomize v5 (kubectl 1.30 and newer), the outdated ones it still reads among them.
"""

from collections.abc import Iterator
from typing import Any

from aksess.attachments.mention import is_remote

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PATHS = (
    "resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators",
    "patchesStrategicMerge",
)  # fmt: skip
"""Lists whose entries are paths, or in some of them YAML written in place."""


def references(text: str) -> list[str]:
    """Paths relative to the kustomization's folder, in order, addresses and YAML in place left out.

    Errors: ValueError for what is not a kustomization.
    """
    # Imported here: reading YAML takes longer than starting most commands.
    import yaml

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        raise ValueError(" ".join(str(fault).split())) from fault
    if document is None:
        return []
    if not isinstance(document, dict):
        raise ValueError("it is not a mapping")  # noqa: TRY004 - what a file says is a value
    found = (path for path in _everything(document) if isinstance(path, str) and path)
    return list(dict.fromkeys(path for path in found if "\n" not in path and ": " not in path and not is_remote(path)))


def _everything(document: dict[str, Any]) -> Iterator[Any]:
    for field in PATHS:
        yield from _entries(document, field)
    for field in ("patches", "patchesJson6902", "replacements"):
        yield from (one.get("path") for one in _entries(document, field) if isinstance(one, dict))
    openapi = document.get("openapi")
    yield openapi.get("path") if isinstance(openapi, dict) else None
    for field in ("configMapGenerator", "secretGenerator"):
        for one in _entries(document, field):
            if isinstance(one, dict):
                yield from (str(entry).partition("=")[2] or entry for entry in _entries(one, "files"))
                yield from _entries(one, "envs")
                yield one.get("env")
    for one in _entries(document, "helmCharts"):
        if isinstance(one, dict):
            yield one.get("valuesFile")
            yield from _entries(one, "additionalValuesFiles")


def _entries(mapping: dict[str, Any], field: str) -> list[Any]:
    value = mapping.get(field)
    return value if isinstance(value, list) else []
