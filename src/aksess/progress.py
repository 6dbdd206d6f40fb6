"""What the layers below tell the person while they work; how it is shown is the command line's affair."""

from typing import Protocol


class Progress(Protocol):
    """Talk, never data: whoever implements it writes to stderr or nowhere."""

    def stage(self, text: str, *, usually: float | None = None) -> None:
        """A stage begins; `usually` is the seconds it usually takes."""

    def note(self, text: str) -> None:
        """A line worth keeping, such as a decision or a warning."""
