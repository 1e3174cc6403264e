"""What an amendment says it does, held against what it does."""

from __future__ import annotations

from attrs import frozen


@frozen
class Held:
    """Whether the stated intent is what was found; a line for each statement, and for each change that none states."""

    matched: bool
    reason: str = ""
    lines: tuple[str, ...] = ()
