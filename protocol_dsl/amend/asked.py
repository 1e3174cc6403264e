"""What an atom asks of a record: the entries it looks up, what they are held against, and whether one cut tells all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from attrs import field, frozen

from protocol_dsl.amend.formula import Atom, Role
from protocol_dsl.amend.places import Place, chosen_apart, counted_apart, places
from protocol_dsl.amend.plain import beyond
from protocol_dsl.amend.still import asked_at, standing_still
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.model.condition import (
    AnyEvent,
    Applied,
    Arithmetic,
    Cases,
    Compare,
    CompletedTime,
    Condition,
    Consecutive,
    Constant,
    ContextOf,
    Count,
    Distance,
    Expression,
    Extreme,
    Fetch,
    FieldOf,
    Followed,
    HadDlt,
    Includes,
    Judged,
    Known,
    Lasting,
    Member,
    MomentOf,
    Named,
    Operator,
    Part,
    Policy,
    Readings,
    Recorded,
    Rounded,
    Series,
    Shifted,
    Sign,
    Valid,
    Window,
    Within,
)
from protocol_dsl.model.record import Reason, Value
from protocol_dsl.model.walk import walk

_DAY = 86400
_SPELT = re.compile(r"([A-Z])")


@frozen
class Asked:
    """What atoms ask of a record, taken together.

    `held` are the values an item or field is held against (fields as `list.field`), `lengths` the days and `years` and
    `months` that times are held against, `formulas` the comparisons of more than one item, `series` how each item's
    reading is chosen, `reasons` those that policies name, `at` the moments at which entries are looked for. `loose`
    says in words what no finite set of cuts covers.
    """

    places: frozenset[Place]
    held: dict[str, set[Value]] = field(factory=dict)
    lengths: set[int] = field(factory=set)
    years: set[int] = field(factory=set)
    months: set[int] = field(factory=set)
    formulas: list[tuple[Atom, Compare]] = field(factory=list)
    series: dict[str, set[Series]] = field(factory=dict)
    limits: dict[str, set[Part]] = field(factory=dict)
    fields: dict[str, set[str]] = field(factory=dict)
    runs: set[str] = field(factory=set)
    counts: set[int] = field(factory=set)
    reasons: set[Reason] = field(factory=set)
    loose: list[str] = field(factory=list)
    sets: dict[str, set[frozenset[Value]]] = field(factory=dict)
    seen_through: set[str] = field(factory=set)
    birthdays: dict[str, set[Expression]] = field(factory=dict)
    days: dict[str, set[str]] = field(factory=dict)
    moved: set[tuple[str, int, Rounding]] = field(factory=set)
    lasting: dict[str, set[tuple[Value, bool]]] = field(factory=dict)
    at: set[str] = field(factory=set)
    atoms: tuple[Atom, ...] = ()


def asked(several: tuple[Atom, ...]) -> Asked:
    """What atoms that share places ask of them."""
    found = Asked(frozenset(place for atom in several for place in places(atom)), at=asked_at(several), atoms=several)
    for atom in several:
        if atom.role is Role.CONDITION:
            _Reader(found, atom).condition(atom.form, atom.of_list)
        else:
            found.seen_through.add(atom.of_list)
    found.loose.extend(standing_still(several, found))
    for name, ways in found.series.items():
        if chosen_apart(ways):
            found.loose.append(f"readings of {name} chosen in different ways")
    found.loose.extend(f"events of {name} that are counted in different ways" for name in counted_apart(several))
    aged = sorted({line for atom in several for line in atom.complete_by if " " in line})
    found.loose.extend(f"lists that are complete {line}" for line in aged)
    # Days do not show on which side of a limit within the day an event lasted, and few times are tried.
    found.loose.extend(f"times of day of {name}" for name, cuts in found.lasting.items() if len(cuts) > 1)
    for name, parts in found.limits.items():
        if len(parts) > 1 or name in found.held:
            found.loose.append(f"{name} held against more than one kind of limit")
    if not found.loose:  # else it has been said already, in better words
        found.loose.extend(fault for atom in several if atom.role is Role.CONDITION for fault in beyond(atom.form))
    return found


@frozen
class _Reader:
    """Reads one atom into what is asked; `of` is the list whose events are being looked at."""

    found: Asked
    atom: Atom

    def condition(self, node: Condition, of: str) -> None:  # noqa: C901, PLR0915 - an arm for each form
        match node:
            case Compare(left=left, right=right):
                self._compare(node, left, right, of)
            case Member(value=value, members=members):
                self._held(value, members, of)
            case Includes(value=value, members=members):
                self._held(value, members, of)
            case Distance(day=day, length=length, anchor=anchor):
                self._length(length, of)
                self._expression(anchor, of)
                self._day(day, anchor, of)
            case Within(day=day, window=window):
                self._window(window, of)
                self._day(day, window, of)
            case Judged(on=on):
                self.found.loose.extend(["judgements of a day"] * (on is not None))
            case Followed() | HadDlt():
                self.found.loose.append("how far follow-up went")
            case Readings(series=series, where=where):
                self._run(series, 1, where, of)
            case Consecutive(series=series, count=count, where=where):
                self._run(series, count, where, of)
            case Recorded(series=series):
                self.found.series.setdefault(series.item, set()).add(series)
            case _:
                self._inside(node, of)

    def _inside(self, node: Condition, of: str) -> None:
        """What a condition of others holds, each read for itself."""
        if isinstance(node, AnyEvent):
            self.found.fields.setdefault(node.list, set())
            if node.where is not None:
                self.condition(node.where, node.list)
            return
        if isinstance(node, Policy | Known):  # for other reasons than these nothing is decided
            self.found.reasons.update(node.reasons if isinstance(node, Policy) else (Reason.NOT_COLLECTED,))
        parts = getattr(node, "parts", None) or (getattr(node, "inside", None),)
        for part in parts:
            series, where = getattr(node, "series", None), getattr(node, "where", None)
            if part is not None:
                self.condition(part, of)
            elif isinstance(series, Series) and where is not None:
                self._run(series, 1, where, of)
            else:
                self.found.loose.append(_SPELT.sub(r" \1", type(node).__name__).strip().lower())

    def _run(self, series: Series, count: int, where: Condition, of: str) -> None:
        self.found.series.setdefault(series.item, set()).add(series)
        self.found.runs.add(series.item)
        self.found.counts.add(count)
        self.found.loose.append(f"several readings of {series.item}")
        self.condition(where, of)

    def _compare(self, node: Compare, left: Expression, right: Expression, of: str) -> None:
        if isinstance(right, Constant):
            self._against(left, right.value, node, of)
        elif (limit := _limit_of(left, right)) is not None:
            self._expression(left, of)
            self.found.limits.setdefault(limit[0], set()).add(limit[1])
            self.found.formulas.append((self.atom, node))
        elif _is_anchor(right):
            self._expression(right, of)
            self.found.lengths.add(0)
            self._day(left, right, of)
        else:
            self._expression(left, of)
            self._expression(right, of)
            self._formula(node, of)

    def _against(  # noqa: C901, PLR0912, PLR0915 - an arm for each form
        self, left: Expression, value: Value, node: Compare, of: str
    ) -> None:
        """A value written in the protocol, against whatever it is held against."""
        match left:
            case Fetch() | FieldOf() | ContextOf():
                self._held(left, (value,), of)
            case CompletedTime(period=period, start=start, end=end):
                self._expression(start, of)
                self._expression(end, of)
                if isinstance(value, Fraction):
                    (self.found.years if period == "years" else self.found.months).add(int(value))
                if isinstance(start, Fetch):
                    self.found.birthdays.setdefault(start.series.item, set()).add(left)
                else:
                    self.found.loose.append("completed years or months between days that both move")
            case Cases(branches=branches):
                for branch in branches:
                    if branch.when is not None:
                        self.condition(branch.when, of)
                    self._against(branch.result, value, node, of)
            case Named(inside=inside):
                self._against(inside, value, node, of)
            case MomentOf(name=name) if isinstance(value, date):
                self.found.held.setdefault(name, set()).add(value)
            case Constant():
                return
            case Count(list=name, where=where, pooled=pooled):
                self.found.fields.setdefault(name, set())
                if pooled and where is not None and any(isinstance(one, Fetch | MomentOf) for one in walk(where)):
                    self.found.loose.append(f"{name} of more than one patient")
                if isinstance(value, Fraction):
                    self.found.counts.add(int(value))
                if where is not None:
                    self.condition(where, name)
            case Lasting():
                if isinstance(value, Fraction):
                    self.found.lengths.add(int(value) // _DAY)
                    self.found.lasting.setdefault(of, set()).add((value, node.sign in (Sign.AT_LEAST, Sign.LESS_THAN)))
                self._expression(left, of)
            case _:
                self._expression(left, of)
                self._formula(node, of)

    def _held(self, left: Expression, values: tuple[Value, ...], of: str) -> None:
        name = _name(left, of)
        self._expression(left, of)
        if name is None:
            self.found.loose.append("members of what is worked out")
            return
        self.found.held.setdefault(name, set()).update(values)
        self.found.sets.setdefault(name, set()).add(frozenset(values))

    def _formula(self, node: Compare, of: str) -> None:
        """A comparison that more than one entry plays a part in, or one in a way that is not plain."""
        names = sorted({one.series.item for one in walk(node) if isinstance(one, Fetch)})
        self.found.formulas.append((self.atom, node))
        self.found.loose.append(f"a value worked out from {' and '.join(names) or of or 'moments'}")

    def _expression(self, node: Expression, of: str) -> None:  # noqa: C901, PLR0912, PLR0915 - an arm for each form
        """What an expression looks up on its way."""
        match node:
            case Fetch(series=series):
                self.found.series.setdefault(series.item, set()).add(series)
                if series.window is not None:
                    self._window(series.window, of)
            case FieldOf(name=name):
                self.found.fields.setdefault(of, set()).add(name)
                if getattr(node, "outer", 0):
                    self.found.loose.append("events that are held against one another")
            case Lasting():
                self.found.fields.setdefault(of, set()).update(("start", "end"))
                if getattr(node, "grade", None) is not None:
                    self.found.loose.append("how long a grade lasts")
            case Cases(branches=branches):
                for branch in branches:
                    if branch.when is not None:
                        self.condition(branch.when, of)
                    self._expression(branch.result, of)
            case Valid(inside=inside, when=when):
                self._expression(inside, of)
                for one in when:
                    self.condition(one, of)
            case Arithmetic(left=left, right=right) | Extreme(left=left, right=right):
                self._expression(left, of)
                self._expression(right, of)
            case Applied(inside=inside) | Rounded(inside=inside) | Named(inside=inside):
                self._expression(inside, of)
            case CompletedTime(start=start, end=end):
                self._expression(start, of)
                self._expression(end, of)
                if isinstance(start, Fetch):
                    self.found.birthdays.setdefault(start.series.item, set()).add(node)
                    self.found.years.update((18, 40, 65))
            case Shifted(day=day):
                self._expression(day, of)
                self._shift(node, of)
            case Count(list=name, where=where) if where is not None:
                self.condition(where, name)
            case _:
                return

    # --- days ---------------------------------------------------------------------------------------------------------

    def _day(self, day: Expression, anchor: Expression | Window, of: str) -> None:
        self._expression(day, of)
        name = day.name if isinstance(day, MomentOf) else _name(day, of)
        if name is not None and (days := _written(anchor)):
            self.found.held.setdefault(name, set()).update(days)
        looked_up = [one for one in walk(anchor) if isinstance(one, Fetch | FieldOf)]
        if name is not None:
            self.found.days.setdefault(name, set()).update(
                one.name for one in walk(anchor) if isinstance(one, MomentOf)
            )
        if name is None or looked_up:
            self.found.loose.append("days that are held against one another")
            for one in looked_up:
                self._expression(one, of)
                self.found.days.setdefault(_name(one, of) or "", set())

    def _window(self, window: Window, of: str) -> None:
        for end in (window.start, window.end):
            if end is not None:
                self._expression(end, of)
                self.found.lengths.add(0)

    def _length(self, length: Expression, of: str) -> None:
        self._expression(length, of)
        self._lengths(length)
        if any(isinstance(one, Fetch | FieldOf | Arithmetic) for one in _results(length)):
            self.found.loose.append("a length of time that is worked out")

    def _shift(self, node: Shifted, of: str) -> None:
        if node.months and isinstance(node.day, MomentOf):
            months = -node.months if node.backwards else node.months
            self.found.moved.add((node.day.name, months, node.rounding))
        elif node.months:
            self.found.months.add(node.months)
            self.found.loose.append("days moved by calendar months")
        if node.length is not None:
            self._length(node.length, of)

    def _lengths(self, node: Expression) -> None:
        for one in walk(node):
            if isinstance(one, Constant) and isinstance(one.value, Fraction):
                self.found.lengths.add(int(one.value // _DAY))


def _written(node: Expression | Window) -> set[date]:
    """The days that are written in it."""
    return {one.value for one in walk(node) if isinstance(one, Constant) and isinstance(one.value, date)}


def _results(node: Expression) -> Iterator[Expression]:
    """What an expression may come to, by its branches."""
    inner: tuple[Expression, ...] = ()
    match node:
        case Cases(branches=branches):
            inner = tuple(branch.result for branch in branches)
        case Named(inside=inside):
            inner = (inside,)
        case Extreme(left=left, right=right):
            inner = (left, right)
        case _:
            yield node
    for one in inner:
        yield from _results(one)


def _name(left: Expression, of: str) -> str | None:
    """What the looked-up entry is called; None where it is worked out."""
    match left:
        case Fetch(series=series, part=Part.VALUE):
            return series.item
        case FieldOf(name=name):
            return f"{of}.{name}"
        case ContextOf(name=name):
            return name
        case Named(inside=inside):
            return _name(inside, of)
        case _:
            return None


def _is_anchor(right: Expression) -> bool:
    """Whether it is a moment, or a day counted from one."""
    return isinstance(right, MomentOf | Shifted) and not any(isinstance(one, Fetch | FieldOf) for one in walk(right))


def _limit_of(left: Expression, right: Expression) -> tuple[str, Part] | None:
    """The item and the limit, where a value is held against a multiple of its own reading's limit."""
    if not isinstance(left, Fetch) or left.part is not Part.VALUE:
        return None
    match right:
        case Fetch(series=series, part=Part.ULN | Part.LLN as part) if series == left.series:
            return series.item, part
        case Arithmetic(operator=Operator.TIMES, left=Constant(), right=Fetch(series=series, part=part)) if (
            series == left.series and part in (Part.ULN, Part.LLN)
        ):
            return series.item, part
        case _:
            return None
