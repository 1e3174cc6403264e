"""A small dose-finding trial to put errors into."""

from collections.abc import Iterable

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Span
from protocol_dsl.model.protocol import Protocol
from tests.escalation_plans import THREE_PLUS_THREE
from tests.unit.elaborate.trial import written

HEAD = 'protocol "DOSES"\n\ndata\n    weight : number in kg; plausible 2 to 200; latest, valid for 7 days\n\n'
DOSES = """\
doses of agent in mg
    | level | agent | infusions |
    | -1    | 5     | 1         |
    | 1     | 10    | 1         |
    | 2     | 20.5  | 2         |
    start at level 1
"""
ESCALATION = (
    """\
"""
    + THREE_PLUS_THREE
)

Swaps = Iterable[tuple[str, str]]


def swapped(text: str, swaps: Swaps) -> str:
    """The text with each piece replaced by another; every piece must be there."""
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new)
    return text


def doses(*swaps: tuple[str, str]) -> tuple[Protocol | None, tuple[Diagnostic, ...]]:
    """The trial with a changed dose section, and no escalation."""
    return written(HEAD + swapped(DOSES, swaps))


def escalation(*swaps: tuple[str, str], always: str = "") -> tuple[Protocol | None, tuple[Diagnostic, ...]]:
    """The trial with a changed escalation section, and an `always` section."""
    more = f"\nalways\n{always}" if always else ""
    return written(f"{HEAD}{DOSES}\n{swapped(ESCALATION, swaps)}{more}")


def places(found: Iterable[Diagnostic]) -> list[tuple[str, str]]:
    """The code of each finding and the characters it points at."""
    return [(one.code, one.primary.where.text) for one in found if isinstance(one.primary.where, Span)]
