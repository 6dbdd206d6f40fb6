"""What a request may hold, and the refusals that say by how much it was missed. Pure."""

from collections.abc import Mapping
from pathlib import Path

from aksess.errors import BadInput

MOST_REQUEST = 1_500_000
"""Bytes of one request. Azure does not document its limit (azure-cli#22870 shows that there is one); attachments are
kept in the cluster's etcd, which takes 1.5 MiB."""


def too_large(sizes: Mapping[Path, int], size: int, most: int) -> BadInput:
    """`sizes` are the files', `size` is what they come to."""
    largest = sorted(sizes, key=lambda path: -sizes[path])[:3]
    named = ", ".join(f"{path} ({shown(sizes[path])})" for path in largest)
    return BadInput(
        f"the files come to {shown(size)}, and one request takes {shown(most)}; the largest: {named}",
        "name single files instead of folders, or keep the large ones where the cluster can fetch them",
        code="attachments-too-large",
    )


def too_many(folder: Path, most: int) -> BadInput:
    return BadInput(
        f"there are more than {most} files in `{folder}`",
        "name the folders or files that are needed instead",
        code="attachments-too-many",
    )


def shown(size: int) -> str:
    """`812 B`, `12 kB`, `1.5 MB`."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
