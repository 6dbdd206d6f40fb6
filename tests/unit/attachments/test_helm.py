"""Every way in which helm is told to read a file, and the words that only look like one."""

import pytest

from aksess.attachments.helm import helm_mentions
from aksess.attachments.mention import Kind

HERE = {
    "install web ./chart -f v.yaml --values=w.yaml,x.yaml": [
        ("web", Kind.CHART),
        ("./chart", Kind.CHART),
        ("v.yaml", Kind.FILE),
        ("w.yaml", Kind.FILE),
        ("x.yaml", Kind.FILE),
    ],
    "upgrade -i web chart --set-file a=p,b.c=q": [
        ("web", Kind.CHART),
        ("chart", Kind.CHART),
        ("p", Kind.FILE),
        ("q", Kind.FILE),
    ],
    "upgrade web oci://registry.example/chart -f https://x.example/v.yaml": [("web", Kind.CHART)],
    "template -n ns chart -f -": [("chart", Kind.CHART), ("-", Kind.FILE)],
    "list -f ^web": [],
    "get values web": [],
    "uninstall web": [],
}


@pytest.mark.parametrize(("typed", "named"), HERE.items())
def test_what_is_named(typed: str, named: list[tuple[str, Kind]]) -> None:
    words = ["helm", *typed.split()]
    found = [one for one in helm_mentions(words) if one.path not in ("install", "upgrade", "template")]
    assert [(one.path, one.kind) for one in found] == named
    assert all(words[one.index][one.start : one.end] == one.path for one in found)
