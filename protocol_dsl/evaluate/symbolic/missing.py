"""What an unknown rests on: whether all that is missing is missing for one of the reasons that a policy names.

The definition is `evaluate/gaps.py`; it is said a second time here, for any record at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import z3

from protocol_dsl.evaluate.symbolic.events import begun, complete, each_event, inside
from protocol_dsl.evaluate.symbolic.furthest import furthest
from protocol_dsl.evaluate.symbolic.series import Taken, candidates, kept, past
from protocol_dsl.evaluate.symbolic.terms import ANYTHING, FALSE, TRUE, Spread
from protocol_dsl.evaluate.symbolic.unknowns import Unencodable, Unknown
from protocol_dsl.model.condition import (
    AnyEvent,
    Arithmetic,
    AtLeast,
    Both,
    Compare,
    CompletedTime,
    Condition,
    Constant,
    ContextOf,
    Distance,
    Either,
    Expression,
    Extreme,
    Fetch,
    FieldOf,
    Includes,
    Judged,
    Known,
    Member,
    MomentOf,
    Named,
    Not,
    Part,
    Policy,
    Rounded,
    Series,
    Shifted,
    Within,
)
from protocol_dsl.model.record import Attested, Reason
from protocol_dsl.model.vocabulary import Choice, Rule

if TYPE_CHECKING:
    from protocol_dsl.evaluate.symbolic.encode import Encoder

_PLAIN = {Reason.NOT_COLLECTED, Reason.NOT_DONE, Reason.REFUSED, Reason.STALE}
Reasons = tuple[Reason, ...]
Fact = tuple[Any, Any]
"""That something which was looked up is certain, and else that it is missing for one of the reasons."""


def rests(node: Condition, reasons: Reasons, by: Encoder) -> Any:  # noqa: ANN401, C901, PLR0911 - an arm for each form
    """That a condition, where it is unknown, is so for these reasons alone."""
    match node:
        case Compare(left=left, right=right):
            return _of_facts([*facts(left, reasons, by), *facts(right, reasons, by)])
        case Member(value=value) | Includes(value=value):
            return _of_facts(list(facts(value, reasons, by)))
        case Distance(day=day, length=length, anchor=anchor):
            return _of_facts([fact for one in (day, length, anchor) for fact in facts(one, reasons, by)])
        case Within(day=day, window=window):
            edges = [edge for edge in (window.start, window.end) if edge is not None]
            return _of_facts([fact for one in (day, *edges) for fact in facts(one, reasons, by)])
        case Judged(on=None):
            return z3.BoolVal(Reason.NOT_JUDGED in reasons)
        case Not(inside=one) | Known(inside=one) | Policy(inside=one):
            return rests(one, reasons, by)
        case Both(parts=parts) | Either(parts=parts) | AtLeast(parts=parts):
            return z3.And([z3.Implies(by.condition(one).unknown, rests(one, reasons, by)) for one in parts])
        case AnyEvent():
            return _of_events(node, reasons, by)
        case _:
            raise Unencodable(f"a policy for {type(node).__name__}")


def _of_facts(several: list[Fact]) -> Any:  # noqa: ANN401
    uncertain = z3.Or([z3.Not(sure) for sure, _ in several])
    return z3.And(uncertain, *(z3.Or(sure, rest) for sure, rest in several))


def _of_events(node: AnyEvent, reasons: Reasons, by: Encoder) -> Any:  # noqa: ANN401
    """That the list is complete, and of each event which may satisfy the condition only its entries are missing."""
    if {Reason.NOT_ATTESTED, Reason.UNDATED} & set(reasons):
        raise Unencodable("a policy for lists that are open, or events without a day")
    last = furthest(node.where, by)
    found = []
    for slot, said in each_event(node, by):
        began = begun(slot, last, by)
        by_fields = TRUE if node.where is None else rests(node.where, reasons, inside(slot, by))
        found.append(z3.Implies(z3.Not(said.unmet), z3.And(began.met, by_fields)))
    return z3.And(complete(node.list, last, by), *found)


def facts(node: Expression, reasons: Reasons, by: Encoder) -> Iterator[Fact]:  # noqa: C901, PLR0915 - an arm for each form
    """Everything that an expression looks up on its way."""
    match node:
        case Constant() | MomentOf():
            return
        case Fetch(series=series) if series in by.bound or series.item in by.several:
            yield _of_several(node, reasons, by)
        case Fetch(series=series, part=Part.VALUE):
            one = by.item(series.item)
            yield one.known, _missing(one, reasons, by)
        case Fetch(series=series, part=Part.ULN | Part.LLN as part):
            one = by.item(series.item)
            limit = one.uln_known if part is Part.ULN else one.lln_known
            has = FALSE if limit is None else limit
            without = z3.BoolVal(Reason.WITHOUT_LIMIT in reasons)
            yield z3.And(one.known, has), z3.If(one.known, without, _missing(one, reasons, by))
        case FieldOf(name=name, outer=outer):
            yield by.field(name, outer).known, z3.BoolVal(Reason.NOT_COLLECTED in reasons)
        case ContextOf():
            yield by.place(node.name).known, z3.BoolVal(Reason.NOT_COLLECTED in reasons)
        case Arithmetic(left=left, right=right) | Extreme(left=left, right=right):
            yield from (*facts(left, reasons, by), *facts(right, reasons, by))
        case CompletedTime(start=start, end=end):
            yield from (*facts(start, reasons, by), *facts(end, reasons, by))
        case Named(inside=one) | Rounded(inside=one):
            yield from facts(one, reasons, by)
        case Shifted(day=day, length=length):
            yield from facts(day, reasons, by)
            yield from facts(length, reasons, by) if length is not None else ()
        case _:
            raise Unencodable("a policy for what is worked out")


def _of_several(node: Fetch, reasons: Reasons, by: Encoder) -> Fact:
    """Of several readings one is chosen for certain, or none that has a value; others would contradict one another."""
    series, rule = node.series, node.series.choice
    together = rule is not None and rule.rule not in (Rule.LATEST, Rule.FIRST)
    if series in by.bound or set(reasons) - _PLAIN or (together and (node.part is not Part.VALUE or _last(rule))):
        raise Unencodable("a policy for one of several readings")
    among = kept(series, by)
    chosen = [(z3.And(one.when, may.when), may.value) for one in candidates(series, by) for may in one.part(node.part)]
    known = [(when, value) for when, value in chosen if value is not ANYTHING and not isinstance(value, Spread)]
    if any(isinstance(value, dict) for _, value in known):
        raise Unencodable("a policy for several readings of several members")
    alike = [z3.Implies(z3.And(a, b), _equal(x, y)) for (a, x), (b, y) in combinations(known, 2)]
    unknown = [when for when, value in chosen if value is ANYTHING or isinstance(value, Spread)]
    none = z3.Not(z3.Or([counts for _, counts in among]))
    stale, blank = (z3.BoolVal(reason in reasons) for reason in (Reason.STALE, Reason.NOT_COLLECTED))
    blamed = [(one, z3.And(counts, z3.Not(one.entry.known))) for one, counts in among] if together else None
    why = [
        z3.And(
            [
                z3.Implies(counts, z3.And(z3.Not(one.entry.known), one.entry.why == number))
                for one, counts in blamed or _latest(series, by)
            ]
        )
        for number, reason in enumerate(by.unknowns.reasons)
        if reason in reasons
    ]
    sure = z3.And(z3.Not(z3.Or(unknown)), *([] if together else alike))
    return sure, z3.If(none, z3.If(past(series.item, by), stale, blank), z3.Or(why))


def _last(rule: Choice | None) -> bool:
    """Whether it is the mean of so many, which may be too few."""
    return rule is not None and rule.rule is Rule.MEAN and rule.last is not None


def _latest(series: Series, by: Encoder) -> list[tuple[Taken, Any]]:
    """The places for readings, each with the formula under which the rule may choose it."""
    return [(one, may.when) for (one, _), may in zip(kept(series, by), candidates(series, by), strict=False)]


def _equal(a: Any, b: Any) -> Any:  # noqa: ANN401
    return z3.BoolVal(a is b) if isinstance(a, Attested) or isinstance(b, Attested) else a == b


def _missing(one: Unknown, reasons: Reasons, by: Encoder) -> Any:  # noqa: ANN401
    """That an entry which is not known is missing for one of the reasons."""
    if Reason.NOT_COLLECTED in reasons and set(by.unknowns.reasons) <= set(reasons):
        return TRUE
    others = [one.why == number for number, reason in enumerate(by.unknowns.reasons) if reason in reasons]
    return z3.If(one.collected, z3.Or(others), z3.BoolVal(Reason.NOT_COLLECTED in reasons))
