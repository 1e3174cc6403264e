"""Designs that estimate the rates of all levels at once by a model: what they share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from protocol_dsl.escalation.rule import Ruling
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import Action, EscalationPlan, Word


def moving(rung: int, aim: int) -> tuple[Action, ...]:
    """The word for going from one rung to another."""
    return (Action(Word.ESCALATE if aim > rung else Word.STAY if aim == rung else Word.DE_ESCALATE),)


STOPPED = Ruling(None, 0, (Action(Word.STOP),), "every level is closed")


def lowered(aim: int, closed: int, names: tuple[str, ...], why: str) -> tuple[int, str]:
    """The level to go for, or the highest that is open below it; and why."""
    if aim < closed:
        return aim, why
    return closed - 1, f"{why}; level {names[closed - 1]} is the highest that is open"


def next_untried(levels: tuple[Tally, ...], rung: int) -> int:
    """The rung above the highest that was given: what a rise is measured from."""
    return 1 + max(at for at, tally in enumerate(levels) if tally.treated or at == rung)


def next_unskipped(levels: tuple[Tally, ...], rung: int) -> int:
    """The furthest up where no level is skipped: above the levels that were given one after the other, from a rung."""
    return first_not_given(
        range(rung, len(levels)), [at for at, tally in enumerate(levels) if tally.treated], len(levels)
    )


def first_not_given(rungs: Iterable[int], given: Collection[int], beyond: int) -> int:
    """The first of some rungs, lowest first, that was never given; `beyond` where all were."""
    return next((rung for rung in rungs if rung not in given), beyond)


Wanted = tuple[tuple[str, ...], str, str]
"""Settings of which one must stand, what they say, and how one of them is written."""


def unsaid(plan: EscalationPlan, wanted: tuple[Wanted, ...]) -> Iterator[Unsound]:
    """What a plan does not say; when the trial ends is wanted of all."""
    for keys, what, cure in wanted:
        if not any(plan.setting(key) for key in keys):
            yield Unsound(f"{what} is not said", Kind.SETTINGS, plan.span, f"add `{cure}`")
    if plan.patients is None and plan.on_level is None:
        cure = "add `at most 36 patients`, or another number"
        yield Unsound("when the trial ends is not said", Kind.SETTINGS, plan.span, cure)
