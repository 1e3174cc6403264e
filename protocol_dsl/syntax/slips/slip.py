"""A usual mistake as a row: how it is known, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from attrs import frozen

Mend = Callable[[re.Match[str]], str]


@frozen
class Slip:
    """A mistake, found by a pattern that covers the place where reading stopped.

    `{0}` in message and cure is what was matched, `{1}` its first group, `{mended}` what `mend` makes of it.
    `rules` names the entries in which it is looked for, `wanting` a word or kind that would have been accepted,
    `first` asks that reading stopped at the beginning of a line.
    """

    code: str
    pattern: str
    message: str
    cure: str
    mend: Mend | None = None
    rules: tuple[str, ...] = ()
    wanting: str = ""
    first: bool = False


CLAUSES: Final = ("clause", "stopping_clause", "always_clause", "dlt_line", "modification")
"""The rules that read criteria and their like."""
CONDITIONS: Final = (*CLAUSES, "definition", "condition")
"""The rules in which conditions stand."""
NAMED: Final = ("item", "definition", "moment")
"""The rules in which something is given its name."""
