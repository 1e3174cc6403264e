"""What would settle a verdict: the smallest sets of missing items, and the day from which time alone no longer bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations

from attrs import evolve, frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import ClauseDecision, Decision, Standing, decide_clause, environment
from protocol_dsl.evaluate.environment import Environment, Finding
from protocol_dsl.evaluate.gaps import gaps, name_of
from protocol_dsl.model.condition import AnyEvent, AtLeast, Both, Either, Known, MomentOf, Not, Policy
from protocol_dsl.model.protocol import Effect, Protocol
from protocol_dsl.model.record import Reason, Record
from protocol_dsl.model.walk import walk

Items = frozenset[str]
Ways = frozenset[Items]

_MOST = 64
"""So many alternatives are kept while they are combined, the smallest first."""

_OF_THE_FORMULA = (Reason.NOT_VALID, Reason.ON_LIMIT)
"""Nothing that is recorded besides settles what is unknown for these."""

NO_WAY: Ways = frozenset()
ALREADY: Ways = frozenset({frozenset()})


def settling_sets(decision: Decision) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of missing items with which an undetermined patient could be eligible, smallest first.

    Each set is necessary in full: with fewer of its items recorded some clause stays open, whatever they are.
    """
    ways = ALREADY
    for one in decision.clauses:
        if one.standing is Standing.OPEN:
            ways = _together(ways, _clearing(one))
    return tuple(tuple(sorted(items)) for items in sorted(ways, key=lambda s: (len(s), sorted(s))))


def _clearing(one: ClauseDecision) -> Ways:
    wanted = Truth.FALSE if one.clause.effect is Effect.EXCLUSION else Truth.TRUE
    ways = _ways(one.body, wanted)
    return ways if one.guard is None else _smallest(ways | _ways(one.guard, Truth.FALSE))


def _ways(finding: Finding, wanted: Truth) -> Ways:
    """The sets of items that must be known before the finding can come to what is wanted."""
    if finding.truth is wanted:
        return ALREADY
    if finding.truth is not Truth.UNKNOWN:
        return NO_WAY
    ways = _by_form(finding, wanted)
    if finding.event is None or not finding.facts or not isinstance(finding.condition, _OF_PARTS):
        return ways
    # What it rests on besides its parts: whether the event is this patient's, and had begun.
    begun = frozenset({frozenset(name_of(fact) for fact in finding.facts)})
    return _all_of([ways, begun]) if wanted is Truth.TRUE else _smallest(ways | begun)


_OF_PARTS = (Not, Known, Policy, Both, Either, AtLeast)


def _by_form(finding: Finding, wanted: Truth) -> Ways:  # noqa: PLR0911 - an arm for each form
    parts = finding.parts
    match finding.condition:
        case Not():
            return _ways(parts[0], Truth.FALSE if wanted is Truth.TRUE else Truth.TRUE)
        case Known() | Policy():
            return _ways(parts[0], wanted)
        case Both():
            return _so_many(parts, wanted, len(parts) if wanted is Truth.TRUE else 1)
        case Either():
            return _so_many(parts, wanted, 1 if wanted is Truth.TRUE else len(parts))
        case AtLeast(count=count):
            return _so_many(parts, wanted, count if wanted is Truth.TRUE else len(parts) - count + 1)
        case AnyEvent() if parts and wanted is Truth.TRUE:
            return _so_many(parts, wanted, 1)
        case _:
            named = gaps(finding)
            if named and all(gap.reason in _OF_THE_FORMULA for gap in named):
                return NO_WAY
            wanting = frozenset(gap.item for gap in named if gap.reason not in _OF_THE_FORMULA)
            missing = wanting or frozenset(_looked_up(finding))
            return frozenset({missing}) if missing else NO_WAY


def _looked_up(finding: Finding) -> Iterator[str]:
    """What an unknown rests on where nothing is missing: known, but not closely enough."""
    yield from (name_of(fact) for fact in finding.facts)
    for part in finding.parts:
        if part.truth is Truth.UNKNOWN:
            yield from _looked_up(part)


def _so_many(parts: tuple[Finding, ...], wanted: Truth, count: int) -> Ways:
    """The ways in which so many of the parts come to what is wanted."""
    done = sum(part.truth is wanted for part in parts)
    unknown = [part for part in parts if part.truth is Truth.UNKNOWN]
    needed = max(count - done, 0)
    if needed > len(unknown):
        return NO_WAY
    if needed == len(unknown):
        return _all_of([_ways(part, wanted) for part in unknown])
    found: Ways = NO_WAY
    for few in _limited(combinations(unknown, needed)):
        found = _smallest(found | _all_of([_ways(part, wanted) for part in few]))
    return found


def _limited(few: Iterable[tuple[Finding, ...]]) -> Iterator[tuple[Finding, ...]]:
    for number, one in enumerate(few):
        if number >= _MOST:
            return
        yield one


def _all_of(each: list[Ways]) -> Ways:
    found = ALREADY
    for ways in each:
        found = _together(found, ways)
    return found


def _together(left: Ways, right: Ways) -> Ways:
    return _smallest(frozenset(a | b for a in left for b in right))


def _smallest(ways: Ways) -> Ways:
    """Without the sets that hold another, and no more than can be combined further."""
    kept: list[Items] = []
    for items in sorted(ways, key=lambda s: (len(s), sorted(s))):
        if not any(other <= items for other in kept):
            kept.append(items)
        if len(kept) == _MOST:
            break
    return frozenset(kept)


# --- time alone ---------------------------------------------------------------------------------------------------


@frozen
class Sooner:
    """The first day of a moment on which a clause no longer bars, and whether it stays so on later days."""

    moment: str
    day: date
    or_later: bool


_STEPS = tuple(4**power for power in range(8))
"""By so many days moments are moved, up to some 45 years."""


def sooner(protocol: Protocol, record: Record, decision: Decision, one: ClauseDecision) -> Sooner | None:
    """When a barring clause stops barring if only a moment moves; None where time alone does not do it.

    Readings are chosen as they were: only the time that passes is looked at.
    """
    if one.standing is not Standing.BARS:
        return None
    env = environment(protocol, record, decision.as_of, decision.moments, one.clause)
    for moment in _moments_in(one):
        start = decision.moments.get(moment)
        if type(start) is date:
            found = _first_clear(one, env, moment, start)
            if found is not None:
                return found
    return None


def _first_clear(one: ClauseDecision, env: Environment, moment: str, start: date) -> Sooner | None:
    """Look ahead in growing steps, then halve the step in which the clause turned."""
    high = next((step for step in _STEPS if _clears(one, env, moment, start, step)), None)
    if high is None:
        return None
    low, beyond = high // 4, [step for step in _STEPS if step > high]
    while high - low > 1:
        middle = (low + high) // 2
        if _clears(one, env, moment, start, middle):
            high = middle
        else:
            low = middle
    later = all(_clears(one, env, moment, start, step) for step in (high + 1, *beyond))
    return Sooner(moment, start + timedelta(days=high), later)


def _clears(one: ClauseDecision, env: Environment, moment: str, start: date, days: int) -> bool:
    if (date.max - start).days < days:
        return False
    day = start + timedelta(days=days)
    moved = evolve(
        env,
        moments={**env.moments, moment: day},
        at=day if moment == env.moment else env.at,
        lens=env.at,
    )
    return decide_clause(one.clause, moved).standing is Standing.CLEARS


def _moments_in(one: ClauseDecision) -> tuple[str, ...]:
    """The moments that a clause speaks of, in the order it names them."""
    named = (node.name for node in walk(one.clause.condition) if isinstance(node, MomentOf))
    return tuple(dict.fromkeys(named))
