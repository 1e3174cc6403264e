"""Two `always` statements about the escalation, held against one another over every count up to the cap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from protocol_dsl.escalation.tally import Tally, View, holds
from protocol_dsl.model.escalation import (
    Claim,
    Counted,
    EscalationPlan,
    LevelComparison,
    Never,
    RecommendedImplies,
    RisesByAtMost,
    StopsWithin,
)
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.walk import walk

WEAKENED, STRENGTHENED, BOTH, SAME = "weakened", "strengthened", "weakened and strengthened", "same meaning"
MOST_TREATED = 12
"""So many patients at a level are looked at where nothing caps them."""


def how_changed(old: Claim, new: Claim, versions: tuple[Protocol, Protocol]) -> tuple[str, str]:
    """Whether a statement became weaker or stronger, and a state that shows it; empty where that is not known."""
    match old, new:
        case (RisesByAtMost(levels=a), RisesByAtMost(levels=b)) | (StopsWithin(patients=a), StopsWithin(patients=b)):
            return _named(weaker=b > a, stronger=b < a), ""
        case (Never(word=word), Never(word=other)) if word == other:
            return _over_states(old, new, versions)
        case RecommendedImplies(), RecommendedImplies():
            return _over_states(old, new, versions)
        case _:
            return "", ""


def _named(*, weaker: bool, stronger: bool) -> str:
    return BOTH if weaker and stronger else WEAKENED if weaker else STRENGTHENED if stronger else SAME


def _over_states(old: Claim, new: Claim, versions: tuple[Protocol, Protocol]) -> tuple[str, str]:
    """By every count at every level; of levels only where both versions have the same, or neither statement asks."""
    plans = [version.escalation for version in versions]
    ladders = [version.ladder for version in versions]
    if plans[0] is None or plans[1] is None or ladders[0] is None or ladders[1] is None:
        return "", ""
    names = ladders[0].names
    if names != ladders[1].names:
        if any(isinstance(one, LevelComparison) for claim in (old, new) for one in walk(claim)):
            return "", ""
        names = names[:1]  # they ask of no level, so that one is as good as another
    extra = _counted_besides(old, new)
    weaker = stronger = ""
    for view in _views(len(names), _most(plans[0], plans[1]), len(extra)):
        before, after = _allows(old, view, names, extra), _allows(new, view, names, extra)
        weaker = weaker or (_told(view, names, extra) if after and not before else "")
        stronger = stronger or (_told(view, names, extra) if before and not after else "")
    if not weaker and not stronger and None in (plans[0].cap, plans[1].cap):
        return "", ""  # more may be treated than was looked at
    shown = f"{weaker}: the newer alone is satisfied" if weaker else f"{stronger}: the older alone is satisfied"
    return _named(weaker=bool(weaker), stronger=bool(stronger)), shown if weaker or stronger else ""


def _counted_besides(old: Claim, new: Claim) -> tuple[str, ...]:
    """What either statement asks about that the protocol counts of its own."""
    names = {one.name for claim in (old, new) for one in walk(claim) if isinstance(one, Counted)}
    return tuple(sorted(names - {"treated", "with_dlt", "pending"}))


def _most(*plans: EscalationPlan) -> int:
    return max(plan.cap or MOST_TREATED for plan in plans)


def _views(levels: int, most: int, besides: int) -> Iterator[View]:
    """Every state of the level just treated, those with few patients first, and with nothing closed."""
    for treated in range(1, most + 1):
        for with_dlt in range(treated + 1):
            for pending in range(treated - with_dlt + 1):
                for extra in product(range(treated + 1), repeat=besides):
                    tally = Tally(treated - with_dlt - pending, with_dlt, pending, extra)
                    yield from (View(rung, tally, closed) for rung in range(levels) for closed in range(levels, -1, -1))


def _allows(claim: Claim, view: View, names: tuple[str, ...], extra: tuple[str, ...]) -> bool:
    """Whether the statement leaves the state alone: for `never`, whether the move is not forbidden there."""
    match claim:
        case Never(when=when):
            return not holds(when, view, names, extra)
        case RecommendedImplies(then=then):
            return holds(then, view, names, extra)
        case _:
            return True


def _told(view: View, names: tuple[str, ...], extra: tuple[str, ...]) -> str:
    tally = view.tally
    besides = "".join(f", {name} {count}" for name, count in zip(extra, tally.extra, strict=True))
    pending = f", {tally.pending} pending" if tally.pending else ""
    closed = "" if view.closed == len(names) else f", closed from level {names[view.closed]}"
    return f"level {names[view.rung]} with {tally.with_dlt} DLT in {tally.treated}{pending}{besides}{closed}"
