"""A kustomization's references: every field that names a file, and nothing that names none."""

import pytest

from aksess.attachments.kustomize import references

EVERYTHING = """
resources: [a.yaml, ../base, "https://x.example/r.yaml", "github.com/o/r?ref=v1"]
bases: [old]
components: [../parts]
crds: [crd.yaml]
generators: [gen.yaml, "apiVersion: v1\\nkind: G"]
patchesStrategicMerge: [psm.yaml]
patches: [{path: p.yaml}, {patch: "- op: add"}, {target: {kind: X}, path: q.yaml}]
patchesJson6902: [{path: j.json}]
replacements: [{path: r.yaml}, {source: {kind: X}}]
openapi: {path: schema.json}
configMapGenerator: [{name: c, files: [f, "k=g"], envs: [e], env: d, literals: ["a=b"]}]
secretGenerator: [{name: s, files: [tls.crt]}]
helmCharts: [{name: h, valuesFile: v.yaml, additionalValuesFiles: [w.yaml]}]
images: [{name: nginx, newTag: v1}]
"""


def test_every_field_that_names_a_file() -> None:
    manifests = ["a.yaml", "../base", "old", "../parts", "crd.yaml", "gen.yaml"]
    patches = ["psm.yaml", "p.yaml", "q.yaml", "j.json", "r.yaml", "schema.json"]
    generated = ["f", "g", "e", "d", "tls.crt", "v.yaml", "w.yaml"]
    assert sorted(references(EVERYTHING)) == sorted([*manifests, *patches, *generated])


@pytest.mark.parametrize("text", ["", "resources:", "resources: {a: b}", "patches: [1, null, [x]]", "resources: [1]"])
def test_an_odd_one_refers_to_nothing(text: str) -> None:
    assert references(text) == []


@pytest.mark.parametrize("text", ["[]", "x", "a: [", "\x00", "a: b: c"])
def test_what_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        references(text)
