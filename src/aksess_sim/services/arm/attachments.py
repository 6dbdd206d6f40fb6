"""The files that come with a command: a zip as base64, with line breaks or without (az breaks every 76 characters).

Pure. Only contents are taken: who attaches a script has to make it executable, as in Azure (azure-cli#22870).
"""

import base64
import binascii
import io
import zipfile
import zlib
from pathlib import PurePosixPath

from aksess_sim.world.refusals import Refused

LARGEST = 64 * 1024 * 1024
"""Bytes of all files unpacked; a limit of this world's own, so that a small zip cannot fill a disk."""


def unpacked(context: str) -> dict[str, bytes]:
    """The files by path, such as `charts/web/values.yaml`; none for an empty context.

    Raises Refused `InvalidParameter` when it is no such zip, or one that reaches out of its folder.
    """
    if not context:
        return {}
    try:
        data = base64.b64decode("".join(context.split()), validate=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise _invalid("the files are too large")
            return {_path(entry.filename): archive.read(entry) for entry in entries}
    except (binascii.Error, ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise _invalid(str(error)) from None


def _path(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise _invalid(f"`{name}` is not inside the folder")
    return str(path)


def _invalid(problem: str) -> Refused:
    return Refused(
        "InvalidParameter", f"The value of parameter context is invalid: not a base64 encoded zip: {problem}."
    )
