"""A package is the same for the same files, wherever and whenever it is made, and holds them byte for byte."""

import base64
import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from aksess.attachments.package import packed

names = st.from_regex(r"[a-zA-Zé.-]{1,8}(/[a-z]{1,8}){0,2}", fullmatch=True)


@given(st.dictionaries(names, st.binary(max_size=200), min_size=1, max_size=6))
def test_the_files_come_back(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed(files)))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert packed(dict(reversed(files.items()))) == packed(files)


def test_no_files_are_no_package() -> None:
    assert packed({}) == ""
