"""How each kind of move looks, in every picture: a colour, a pattern and a letter, each of which tells it alone."""

from __future__ import annotations

from attrs import frozen

from protocol_dsl.escalation.design import Move, Stop, Treat
from protocol_dsl.figures.svg import PAPER, Tone
from protocol_dsl.model.escalation import DECLARATIONS, Action, Word

# Blue and orange are told apart by everyone (Okabe and Ito 2008); the rest differ in lightness or pattern.
UP, STAY, DOWN = Tone("#a9d3ee"), Tone(PAPER), Tone("#f5a442", pattern="hatch")
CLOSED = Tone("#86290a", PAPER)
END = Tone("#262626", PAPER)
WAIT = Tone("#e4e4e4", pattern="dots")
TARGET = Tone("#12476b", PAPER)


@frozen
class Look:
    """A letter, how it is drawn, and its place in a legend."""

    letter: str
    tone: Tone
    order: int


_LOOKS = (Look("C", CLOSED, 4), Look("D", DOWN, 3), Look("E", UP, 0), Look("W", WAIT, 5), Look("S", STAY, 1))


def look(actions: tuple[Action, ...]) -> Look:
    """The look of a move in the words of the language."""
    said = {action.word for action in actions}
    if said & {Word.STOP, *DECLARATIONS}:
        return Look("X", END, 6)
    for order, word in enumerate((Word.CLOSE, Word.DE_ESCALATE, Word.ESCALATE, Word.WAIT, Word.STAY)):
        if word in said:
            return _LOOKS[order]
    more = next((action.patients for action in actions if action.word is Word.TREAT_MORE), None)
    return Look("?", WAIT, 7) if more is None else Look(f"+{more}", STAY, 2)


def tone_of(move: Move, before: int | None) -> Tone:
    """The tone of a move by where it leads, from the rung that was treated before."""
    if isinstance(move, Stop):
        return END
    if not isinstance(move, Treat):
        return WAIT
    if before is None or move.rung == before:
        return STAY
    return UP if move.rung > before else DOWN
