"""SAS transport files for tests."""

from collections.abc import Mapping, Sequence

from protocol_dsl.synthesize.transport import Cell, written

__all__ = ["from_frame", "written"]


def from_frame(name: str, frame: Mapping[str, Sequence[Cell]]) -> bytes:
    """A transport file from columns by name."""
    return written(name, tuple(frame), list(zip(*frame.values(), strict=True)))
