"""What a design that computes its decisions must say: where to go from these counts, and what to recommend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Protocol, TypeAlias, runtime_checkable

from attrs import frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.soundness import Unsound
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import Action, EscalationPlan, Ladder, Word, wording


@frozen(cache_hash=True)
class Ruling:
    """Where the next cohort is treated (a rung; None: nowhere, the trial ends), and why.

    `closed` is the lowest rung that is closed from now on, or the number of levels; `actions` say the same in the
    words of the language.
    """

    rung: int | None
    closed: int
    actions: tuple[Action, ...]
    why: str


class Rule(Protocol):
    """The rule of a computed design, over counts in which nobody is pending."""

    def decide(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """What follows at the rung just treated. Total: there is a ruling on every tally."""
        ...

    def recommend(self, levels: tuple[Tally, ...], closed: int) -> int | None:
        """The rung to recommend when the trial ends; None where no level is. Levels from `closed` up are out."""
        ...


Followed: TypeAlias = tuple[tuple[int, Fraction], ...]
"""Of each pending patient the rung, and how much of the window has passed, from 0 to 1."""


class FollowUpRule(Rule, Protocol):
    """The rule of a design that decides while patients are pending, by how long they have been followed."""

    def under_way(self, levels: tuple[Tally, ...], rung: int, closed: int, followed: Followed) -> Ruling | str:
        """What follows at the rung just treated, or in words why it must be waited."""
        ...


@runtime_checkable
class Foreseeing(Protocol):
    """A rule that is quicker where it may work out many things together."""

    def foresee(self, asked: Sequence[tuple[tuple[Tally, ...], Followed]]) -> None:
        """Work out what will be asked one by one: counts, and how long the pending were followed if that is known."""
        ...


@frozen
class Family:
    """A family of designs: its settings as phrases, what is wrong with them, and the rule they amount to.

    `local` says whether a decision depends on the counts at the level just treated alone, so that a table shows it all;
    `follow_up` whether the rule is a `FollowUpRule`.
    """

    title: str
    source: str
    phrases: tuple[Phrase, ...]
    rule: Callable[[EscalationPlan, Ladder], Rule]
    faults: Callable[[EscalationPlan, Ladder], Iterator[Unsound]]
    local: bool = True
    follow_up: bool = False


# --- decisions at one level -------------------------------------------------------------------------------------------


_ACTIONS = {
    Verdict.ESCALATE: (Action(Word.ESCALATE),),
    Verdict.STAY: (Action(Word.STAY),),
    Verdict.DE_ESCALATE: (Action(Word.DE_ESCALATE),),
}
_LEAVE = (Action(Word.DE_ESCALATE), Action(Word.CLOSE))
_STAY = _ACTIONS[Verdict.STAY]


@lru_cache(maxsize=1 << 14)  # few differ, and a machine asks for each of them from many states
def follow(verdict: Verdict, why: str, rung: int, closed: int) -> Ruling:
    """What a verdict comes to on the ladder: at the top and at the lowest level that is open the trial stays there.

    A level that is closed is left; where none is open below it, the trial ends.
    """
    if rung >= closed:
        said = f"{why}, and the level is closed"
        if not closed:
            return Ruling(None, closed, (*_LEAVE, Action(Word.STOP)), f"{said}; no level is open below")
        return Ruling(closed - 1, closed, _LEAVE, said)
    said = f"{why}: {wording(_ACTIONS[verdict])}"
    if verdict is Verdict.ESCALATE:
        if rung + 1 < closed:
            return Ruling(rung + 1, closed, _ACTIONS[verdict], said)
        return Ruling(rung, closed, _STAY, f"{said}; no open level is above, so the trial stays")
    if verdict is Verdict.DE_ESCALATE and rung > 0:
        return Ruling(rung - 1, closed, _ACTIONS[verdict], said)
    lowest = "; no level is below, so the trial stays" if verdict is Verdict.DE_ESCALATE else ""
    return Ruling(rung, closed, _STAY, said + lowest)
