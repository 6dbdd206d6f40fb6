"""Attached files as Azure takes them: a zip, the same bytes for the same files, in base64. Pure."""

import base64
import io
import zipfile
from collections.abc import Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest date a zip can hold: the files' own dates would make every package another one."""


def packed(files: Mapping[str, bytes]) -> str:
    """Empty for no files, as az sends it."""
    if not files:
        return ""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return base64.b64encode(memory.getvalue()).decode("ascii")
