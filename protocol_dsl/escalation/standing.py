"""What a level must be remembered by: its whole tally, or only whether it could be recommended."""

from collections.abc import Iterator
from enum import Enum
from itertools import product
from typing import overload

from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import EscalationPlan, MtdCase, Word


class Standing(Enum):
    """A level that is never treated again: it meets the `mtd` line, or can no longer be recommended."""

    GOOD = "meets the mtd line"
    OTHER = "does not matter"


# With more ways than this in which what is open may end, they are not compared: it is as if they differed.
MOST_COMPLETIONS = 10_000

Level = Tally | Standing
UNTREATED = Tally()


def meets(plan: EscalationPlan, level: Level) -> bool:
    """Whether a level without pending patients has been given and meets the `mtd` line."""
    if isinstance(level, Standing):
        return level is Standing.GOOD
    if plan.mtd is None or level.treated == 0:
        return False
    return any(_is_case(case, level) for case in plan.mtd.cases)


def surely_meets(plan: EscalationPlan, level: Level) -> bool:
    """Whether a level meets the `mtd` line whatever becomes of its pending patients."""
    return all(meets(plan, complete) for complete in completions(level))


def _is_case(case: MtdCase, tally: Tally) -> bool:
    return case.treated.holds(tally.treated) and case.with_dlt.holds(tally.with_dlt)


def room(plan: EscalationPlan, level: Level) -> int | None:
    """Places left at a level; None where there is no cap."""
    if plan.cap is None:
        return None
    return 0 if isinstance(level, Standing) else max(plan.cap - level.treated, 0)


def is_full(plan: EscalationPlan, level: Level) -> bool:
    """Whether the cap leaves no place at the level."""
    return room(plan, level) == 0


@overload
def completions(level: Tally, places: int = 0) -> Iterator[Tally]: ...
@overload
def completions(level: Level, places: int = 0) -> Iterator[Level]: ...
def completions(level: Level, places: int = 0) -> Iterator[Level]:
    """Every mix of outcomes of the pending patients and of so many more."""
    if isinstance(level, Standing) or level.pending + places == 0:
        yield level
        return
    more = level.pending + places
    for dlts in range(more + 1):
        for extra in product(*(range(count, count + more + 1) for count in level.extra)):
            yield Tally(level.without + more - dlts, level.with_dlt + dlts, 0, extra)


def forget(
    plan: EscalationPlan, rung: int, levels: tuple[Level, ...], closed: int, ways: tuple[frozenset[int], ...] = ()
) -> tuple[Level, ...]:
    """The levels, each remembered by no more than the moves to come can need.

    `ways` are, where rows name levels, the rungs to which the moves lead from each.

    Invariant: nothing forgotten here is ever treated again by the plan's own moves. A closed level never is. Below the
    level just treated, the way down ends at the first full level, so that one and all under it are only candidates
    for the recommendation, and under a good candidate there are none. Where no row de-escalates there is no way down.
    """
    if ways:
        return _forget_where(plan, rung, levels, closed, ways)
    floor = _floor(plan, rung, levels)
    kept: list[Level] = list(levels)
    seen_good = False
    for place in range(len(levels) - 1, -1, -1):
        if place == rung:
            continue
        if place >= closed:
            kept[place] = UNTREATED
        elif place <= floor or _stays_full(plan, levels[place]):
            kept[place] = Standing.OTHER if seen_good else _standing(plan, levels[place])
            seen_good = seen_good or (place <= floor and kept[place] is Standing.GOOD)
    return tuple(kept)


def _forget_where(
    plan: EscalationPlan, rung: int, levels: tuple[Level, ...], closed: int, ways: tuple[frozenset[int], ...]
) -> tuple[Level, ...]:
    """As `forget`, for a plan whose rows name levels.

    Invariant: nothing forgotten here is ever treated again. A level that is closed, or full, never is, and neither is
    one to which no way leads from the level just treated.
    """
    again, waiting = {rung}, [rung]
    while waiting:
        for there in ways[waiting.pop()] - again:
            if there < closed and not _stays_full(plan, levels[there]):
                again.add(there)
                waiting.append(there)
    return tuple(
        level if at in again else UNTREATED if at >= closed else _standing(plan, level)
        for at, level in enumerate(levels)
    )


def _floor(plan: EscalationPlan, rung: int, levels: tuple[Level, ...]) -> int:
    """The highest rung below this one from which down nothing is treated again; -1 where there is none."""
    if not any(action.word is Word.DE_ESCALATE for row in plan.rows for action in row.then):
        return rung - 1
    return max((place for place in range(rung) if _stays_full(plan, levels[place])), default=-1)


def _stays_full(plan: EscalationPlan, level: Level) -> bool:
    """Whether a level is full even if nobody pending there turns out to be evaluable."""
    return isinstance(level, Standing) or (level.pending == 0 and is_full(plan, level))


def _standing(plan: EscalationPlan, level: Level) -> Level:
    if isinstance(level, Standing) or level == UNTREATED:
        return level
    if level.pending:
        return level
    return Standing.GOOD if meets(plan, level) else Standing.OTHER
