"""Objects as the Table kubectl prints: the server chooses the columns, kubectl only aligns them."""

import re
from datetime import datetime
from typing import Any

from aksess_sim.services.apiserver.objects.kinds import Kind
from aksess_sim.services.apiserver.objects.manifest import Manifest
from aksess_sim.services.apiserver.wire.columns import columns_of

Body = dict[str, Any]


def is_wanted(accept: str) -> bool:
    """Whether an Accept header asks for a Table of meta.k8s.io/v1 before anything else this server speaks."""
    first = re.split(r"\s*,\s*", accept.strip())[0].replace(" ", "")
    return "as=Table" in first.split(";") and "v=v1" in first.split(";")


def table(
    kind: Kind,
    manifests: list[Manifest],
    *,
    revision: str,
    include: str,
    now: datetime,
    with_columns: bool = True,
) -> Body:
    """A Table; `include` is the query's includeObject: None, Metadata or Object.

    A watch sends the columns with its first event only (`with_columns`).
    """
    columns = columns_of(kind)
    definitions = [
        {
            "name": column.name,
            "type": column.type,
            "format": "name" if column.name == "Name" else "",
            "description": "",
            "priority": int(column.wide),
        }
        for column in columns
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": revision},
        "columnDefinitions": definitions if with_columns else None,
        "rows": [
            {"cells": [column.cell(manifest, now) for column in columns]} | _object(manifest, include)
            for manifest in manifests
        ],
    }


def _object(manifest: Manifest, include: str) -> Body:
    if include == "None":
        return {}
    if include == "Object":
        return {"object": manifest}
    partial = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    return {"object": partial | {"metadata": manifest["metadata"]}}
