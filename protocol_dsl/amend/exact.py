"""Conditions taken apart further, as holds where each entry has one value or none: which is what answers speak of.

For a value that is known only within limits these are not the same conditions, so forms are compared before this.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, ReadAs, both, of_condition
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.condition import Branch, Cases, Compare, Constant, Expression, Member, Named, Sign, Within

_MOST_BRANCHES = 12


def exactly(formula: Formula) -> Formula:
    """The formula with windows as two edges, cases as logic, and what one value is held against taken together."""
    match formula:
        case Atom(form=form):
            taken = _apart(form, formula)
            return formula if taken is None else taken
        case Negated(inside=inside):
            return Negated(exactly(inside))
        case Joined(count=count, parts=parts):
            each = tuple(exactly(part) for part in parts)
            return _of_one_value(count, each) if len(each) > 1 and count in (1, len(each)) else Joined(count, each)
        case Fixed():
            return formula


def _apart(form: object, atom: Atom) -> Formula | None:
    by = ReadAs(atom.version, atom.moment, atom.judged, atom.of_list)
    match form:
        case Within(window=window) if window.start is not None and window.end is not None:
            edges = (evolve(window, end=None), evolve(window, start=None))
            return both(tuple(of_condition(evolve(form, window=edge), by) for edge in edges))
        case Compare(left=left, together=()) if (cases := _cases(left)) is not None:
            return _chosen([(one, evolve(form, left=one.result)) for one in cases.branches], by)
        case Compare(right=right, together=()) if (cases := _cases(right)) is not None:
            return _chosen([(one, evolve(form, right=one.result)) for one in cases.branches], by)
        case _:
            return None


def _cases(value: Expression) -> Cases | None:
    while isinstance(value, Named):
        value = value.inside
    return value if isinstance(value, Cases) and len(value.branches) <= _MOST_BRANCHES else None


def _chosen(branches: list[tuple[Branch, Compare]], by: ReadAs) -> Formula:
    """What holds of the branch that applies, or of all that may."""
    found: Formula = Fixed(Truth.UNKNOWN)
    for branch, compared in reversed(branches):
        here = exactly(of_condition(compared, by))
        if branch.when is None:
            found = here
            continue
        when = exactly(of_condition(branch.when, by))
        found = Joined(1, (both((when, here)), both((Negated(when), found)), both((here, found))))
    return found


def _of_one_value(count: int, parts: tuple[Formula, ...]) -> Formula:
    """Parts that ask whether one value is this or that, as one that asks whether it is any of them."""
    denied = count > 1  # all of them: what is denied of one value is denied of any of its members
    asked: dict[tuple[object, ...], list[Atom]] = {}
    rest: list[Formula] = []
    for part in parts:
        atom = part.inside if denied and isinstance(part, Negated) else None if denied else part
        if isinstance(atom, Atom) and (about := _about(atom)) is not None:
            asked.setdefault(about, []).append(atom)
        else:
            rest.append(part)
    merged = [_any(several) for several in asked.values()]
    whole = (*rest, *(Negated(one) if denied else one for one in merged))
    return whole[0] if len(whole) == 1 else Joined(len(whole) if denied else 1, whole)


def _about(atom: Atom) -> tuple[object, ...] | None:
    """Whose value is held against words, and how it is read."""
    match atom.form:
        case Compare(sign=Sign.IS, left=value, right=Constant(value=str()), together=()):
            return value, atom.moment, atom.of_list
        case Member(value=value, members=members) if all(isinstance(one, str) for one in members):
            return value, atom.moment, atom.of_list
        case _:
            return None


def _any(several: list[Atom]) -> Formula:
    first = several[0]
    if len(several) == 1:
        return first
    members = tuple(sorted({one for atom in several for one in _members(atom)}))
    form = first.form
    value = form.left if isinstance(form, Compare) else form.value if isinstance(form, Member) else None
    if value is None:
        return Joined(1, tuple(several))
    by = ReadAs(first.version, first.moment, first.judged, first.of_list)
    return of_condition(Member(value, members), by)


def _members(atom: Atom) -> Iterator[str]:
    match atom.form:
        case Compare(right=Constant(value=str() as one)):
            yield one
        case Member(members=members):
            yield from (one for one in members if isinstance(one, str))
        case _:
            return
