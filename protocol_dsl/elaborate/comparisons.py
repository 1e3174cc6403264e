"""Two values compared: they measure the same, or the file is refused."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve

from protocol_dsl.base.analyte import analytes, bridged, wanting
from protocol_dsl.base.quantity import Unit, nearest_units, unit
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import windows
from protocol_dsl.elaborate.kinds import (
    Elapsed,
    Typed,
    describe,
    is_bare,
    is_day,
    length_days,
    meaning_of,
    measures,
    period_unit,
    periods,
    unit_of,
)
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v


def compare(sign: core.Sign, subject: Typed, limit: Typed, scope: Scope) -> core.Condition | None:
    """A comparison of two values that measure the same."""
    needs_ctcae(subject, scope)
    if isinstance(subject.kind, Elapsed):
        return _compare_elapsed(sign, subject, subject.kind, limit, scope)
    if isinstance(subject.kind, v.Completed) or isinstance(limit.kind, v.Completed):
        return _compare_completed(sign, subject, limit, scope)
    if is_day(subject.kind) and is_day(limit.kind):
        return _compared(sign, subject, limit)
    if not _both_numbers(subject, limit, scope):
        return None
    told = _as_measured(subject, limit)
    return _compared(sign, subject, told) if _units_agree(subject, told, scope) else None


def _as_measured(subject: Typed, limit: Typed) -> Typed:
    """A written limit in a unit of the subject's kind: degrees of difference, or by what its analyte is known for."""
    ours, theirs = unit_of(subject.kind), unit_of(limit.kind)
    value = limit.core.value if isinstance(limit.core, core.Constant) else None
    if ours is None or theirs is None or ours.same_kind(theirs) or not isinstance(value, Fraction):
        return limit
    analyte = subject.item.analyte if subject.item is not None else None
    meant = theirs.difference if theirs.difference.same_kind(ours) else bridged(theirs, ours, analyte)
    if meant is None:
        return limit
    base = meant.in_base(theirs.of_base(value))
    return evolve(limit, core=core.Constant(base, meant, span=limit.span), kind=subject.kind)


def _compared(sign: core.Sign, subject: Typed, limit: Typed) -> core.Compare:
    ours, theirs = set(_fetched(subject.core)), set(_fetched(limit.core))
    together = tuple(sorted(ours & theirs, key=lambda series: (series.item, repr(series))))  # no set gives an order
    return core.Compare(sign, subject.core, limit.core, together, span=subject.span.join(limit.span))


def _fetched(expression: core.Expression) -> Iterator[core.Series]:
    """The series whose reading is fetched on one side of a comparison."""
    match expression:
        case core.Fetch(series=series):
            yield series
        case core.Arithmetic(left=left, right=right) | core.Extreme(left=left, right=right):
            yield from _fetched(left)
            yield from _fetched(right)
        case _:
            return


def _both_numbers(subject: Typed, limit: Typed, scope: Scope) -> bool:
    for side, other in ((subject, limit), (limit, subject)):
        if isinstance(side.kind, v.Number) or is_bare(side.kind):
            continue
        message = f"{describe(subject.kind)} is compared with {describe(limit.kind)}"
        cure = _instead(subject, limit)
        others = [(other.span, describe(other.kind)), (side.declared, "declared here")]
        scope.error("PD206", message, side.span, describe(side.kind), others=others, help=cure)
        return False
    return True


def _instead(subject: Typed, limit: Typed) -> str | None:
    if is_day(subject.kind):
        return "say before or after which day, as in `is at least 28 days before enrolment`"
    if isinstance(subject.kind, v.OneOf | v.Text):
        return "ask `is` or `is one of`; names have no order"
    if isinstance(subject.kind, v.AnyOf):
        return "ask `includes any of` or `includes all of`"
    if isinstance(limit.kind, v.YesNo) or isinstance(subject.kind, v.YesNo):
        return "a yes/no item stands alone, or is asked `is yes` or `is no`"
    return None


def _units_agree(subject: Typed, limit: Typed, scope: Scope) -> bool:
    ours, theirs = unit_of(subject.kind), unit_of(limit.kind)
    declared = [(subject.declared, "declared here")]
    if ours is None and theirs is None:
        return True
    if ours is None and theirs is not None:
        message = f"`{subject.span.text}` has no unit and is compared with a quantity in `{theirs.code}`"
        others = [(subject.span, describe(subject.kind)), *declared]
        scope.error("PD204", message, limit.span, measures(theirs), others=others, help="give the limit without a unit")
        return False
    if ours is not None and theirs is None:
        message = f"`{subject.span.text}` has a unit and is compared with a bare number"
        others = [(subject.span, f"measured in `{ours.code}`"), *declared]
        scope.error("PD203", message, limit.span, "no unit", others=others, help=f"give the limit in {ours.code}")
        return False
    if ours is None or theirs is None or ours.same_kind(theirs):
        return True
    if needs_analyte(subject, ours, theirs, limit.span, scope):
        return False
    what = meaning_of(theirs)
    if what is None or what == meaning_of(ours):
        what = "something that is not measured like it"
    message = f"`{subject.span.text}` is compared with {what}"
    others = [(subject.span, f"measured in `{ours.code}`"), *declared]
    meant = next((code for code in nearest_units(theirs.code) if (near := unit(code)) and near.same_kind(ours)), None)
    cure = f"`{meant}` may be meant" if meant else f"give the limit in {ours.code}"
    scope.error("PD214", message, limit.span, measures(theirs), others=others, help=cure)
    return False


def needs_analyte(subject: Typed, ours: Unit, theirs: Unit, place: Span, scope: Scope) -> bool:
    """Note that two units belong together only by what is known of an analyte; whether it is so."""
    what = wanting(theirs, ours)
    if what is None:
        return False
    item = subject.item
    message = f"from `{theirs.code}` to `{ours.code}` leads only the {what} of what is measured"
    others = [(subject.span, f"measured in `{ours.code}`"), (subject.declared, "declared here")]
    if item is None:
        cure = f"give the limit in {ours.code}"
    elif item.analyte is None:
        name = item.name if item.name in analytes() else "creatinine"
        cure = f"declare `{item.name} : number in {ours.code}; of {name}`, or give the value in {ours.code}"
    else:
        cure = f"the {what} of `{item.analyte}` is not known; give the value in {ours.code}"
    scope.error("PD220", message, place, measures(theirs), others=others, help=cure)
    return True


def needs_ctcae(subject: Typed, scope: Scope) -> None:
    """Grades mean nothing without the version of CTCAE they are given by."""
    known = scope.desk.header.uses.get("ctcae") or any(one.code == "PD112" for one in scope.desk.findings)
    if isinstance(subject.kind, v.Grade) and not known:
        message = "a grade is compared, and the header does not say which version of CTCAE is used"
        scope.error("PD112", message, subject.span, help="add `uses ctcae 5.0` to the header")


# --- completed and elapsed time -----------------------------------------------------------------------------------


def _compare_completed(sign: core.Sign, subject: Typed, limit: Typed, scope: Scope) -> core.Condition | None:
    counted, other = (subject, limit) if isinstance(subject.kind, v.Completed) else (limit, subject)
    period = counted.kind.period if isinstance(counted.kind, v.Completed) else ""
    if other.kind == counted.kind:
        return _compared(sign, subject, limit)
    value = other.core.value if isinstance(other.core, core.Constant) else None
    if isinstance(value, Fraction) and periods(other.kind) == period:
        factor = unit_of(other.kind)
        plain = core.Constant(factor.of_base(value) if factor else value, period_unit(period), span=other.span)
        sides = (counted.core, plain) if counted is subject else (plain, counted.core)
        return core.Compare(sign, *sides, span=subject.span.join(limit.span))
    message = f"completed {period} are compared with something else"
    others = [(counted.span, f"completed {period}"), (counted.declared, "defined here")]
    cure = f"give the limit in {period}, or define the time as `time from ... to ...`"
    scope.error("PD208", message, other.span, describe(other.kind), others=others, help=cure)
    return None


def _compare_elapsed(
    sign: core.Sign, subject: Typed, span: Elapsed, limit: Typed, scope: Scope
) -> core.Condition | None:
    """`time from A to B at most 18 years` holds up to the 18th birthday, and on it."""
    by = windows.as_length(limit, scope)
    if by is None:
        return None
    place = subject.span.join(limit.span)
    if by.seconds is not None:
        return core.Distance(sign, span.start, by.seconds, core.Side.BEFORE, span.end, span=place)
    moved = windows.shifted(span.start, by, core.Side.AFTER, span.rounding, scope)
    if moved is None:
        return None
    return core.Distance(sign, moved, length_days(0), core.Side.BEFORE, span.end, span=place)
