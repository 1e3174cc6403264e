"""`ctcae grade of potassium as hypokalemia`: the CTCAE grade of a reading, as cases over the bands of the version.

What comes out is the core form of cases, so that the bands mean here what they mean to `protocol grade`: the first that
applies decides, an unknown one leaves open what may be, and a value in no printed band has no grade. Where a band names
a clinical finding besides the number, its grade stands only once a person has confirmed it for the day of the reading;
until then it is open, and where it is denied the bands below it decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs
from attrs import evolve, frozen

from protocol_dsl.base.analyte import analytes, convert
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.quantity import Quantity, Unit
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import expressions, grading, predicates, terms, windows
from protocol_dsl.elaborate.kinds import Limits, Typed, length_days
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.grading import Band, Bands, Grading
from protocol_dsl.model.node import Node
from protocol_dsl.model.walk import walk
from protocol_dsl.syntax import logic
from protocol_dsl.syntax.tree import Predicate, Word

_WORDS = "ctcae grade of"
_HUNDRED = core.Constant(Fraction(100))


def grade_of(node: logic.GradeOf, scope: Scope) -> Typed | None:
    """The grade of the reading that the item's own rule chooses; None where an error was noted."""
    item = _item(node, scope)
    return None if item is None else of_series(node, item, expressions.fetch(item, None, node.span), scope)


def of_series(node: logic.GradeOf, item: v.Item, reading: Typed, scope: Scope) -> Typed | None:
    """The grade of what is fetched from the item; None where an error was noted."""
    one = None if reading.series is None else _grading(node, item, scope)
    table = None if one is None else _table(one, item, node, scope)
    if one is None or table is None or reading.series is None:
        return None
    values = _Values(item, reading.series, table.unit, node, scope)
    wanting = values.wanting(table)
    if wanting is not None:
        message = f"the bands of `{one.term}` speak of {wanting[0]}, and `{item.name}` declares none"
        others = [(item.span, "declared here")]
        scope.error("PD243", message, node.span, others=others, help=f"declare it {wanting[1]}")
        return None
    cases = _Cases(one, reading.series, values.all()).of(table.bands)
    name = f"{_WORDS} {item.name}" + (f" as {node.term.text}" if node.term else "")
    made = core.Named(name, one.term, cases, span=node.span)
    return Typed(made, v.Grade(), node.span, item.span, limits=Limits(Fraction(0), Fraction(5)))


def _item(node: logic.GradeOf, scope: Scope) -> v.Item | None:
    item = expressions.item_named(node.item, scope)
    if item is not None and not isinstance(item.kind, v.Number):
        message = f"`{item.name}` is no number, and only numbers are graded"
        scope.error("PD243", message, node.item.span, others=[(item.span, "declared here")])
        return None
    return item


# --- which grading ------------------------------------------------------------------------------------------------


def _grading(node: logic.GradeOf, item: v.Item, scope: Scope) -> Grading | None:
    version = scope.desk.header.uses.get("ctcae", "")
    if not version:
        message = "a reading is graded, and the header does not say which version of CTCAE is used"
        scope.error("PD112", message, node.span, help="add `uses ctcae 5.0` to the header")
        return None
    shelf = grading.shipped("ctcae", version)
    if shelf is None:
        return None  # the header has been told
    if node.term is not None:
        return _named(node.term, item, shelf.gradings, scope)
    fitting = [one for one in shelf.gradings if _fits(one, item)]
    if len(fitting) == 1:
        return fitting[0]
    names = [f"`as {terms.name_of(one.term)}`" for one in fitting]
    message = f"nothing says by which term of CTCAE {version} `{item.name}` is graded"
    cure = (
        f"write {' or '.join(names)}"
        if names
        else "name the term, as in `ctcae grade of anc as neutrophil_count_decreased`"
    )
    scope.error("PD243", message, node.span, others=[(item.span, "declared here")], help=cure)
    return None


def _named(word: Word, item: v.Item, known: tuple[Grading, ...], scope: Scope) -> Grading | None:
    by_name = {terms.name_of(one.term): one for one in known}
    found = by_name.get(word.text)
    if found is None:
        version = scope.desk.header.uses["ctcae"]
        having = [each for each in grading.versions("ctcae") if _has(each, word.text)]
        near = nearest(word.text, by_name)
        message = f"`{word.text}` is not graded from a number in CTCAE {version}"
        message += f"; {' and '.join(having)} can" if having else ""
        scope.error("PD243", message, word.span, help=f"`{near}` may be meant" if near else None)
    elif not _may_be(found, item):
        declared = f"is declared `of {item.analyte}`" if item.analyte else "does not say what it measures"
        message = f"`{word.text}` is graded from {found.analyte}, and `{item.name}` {declared}"
        cure = "name another term" if item.analyte else f"declare it `of {found.analyte}`, or name another term"
        scope.error("PD243", message, word.span, others=[(item.span, "declared here")], help=cure)
        return None
    return found


def _has(version: str, name: str) -> bool:
    shelf = grading.shipped("ctcae", version)
    return shelf is not None and any(terms.name_of(one.term) == name for one in shelf.gradings)


def _fits(one: Grading, item: v.Item) -> bool:
    """Whether a term is graded from what the item measures, by its analyte or else by its name."""
    if item.analyte is not None and one.analyte is not None:
        return _same(one.analyte, item.analyte)
    return _is_called(one, item)


def _may_be(one: Grading, item: v.Item) -> bool:
    """Whether nothing speaks against grading the item by a term that the protocol names."""
    return one.analyte is None or _fits(one, item)


def _same(one: str, other: str) -> bool:
    known = analytes()
    return one in known and known[one] is known.get(other)


def _is_called(one: Grading, item: v.Item) -> bool:
    names = {item.name, *((item.analyte,) if item.analyte else ())}
    called = {terms.name_of(test) for test in one.tests} | ({one.analyte} if one.analyte else set())
    also = analytes().get(one.analyte or "")
    return bool(names & (called | set(also.also if also else ())))


# --- which table --------------------------------------------------------------------------------------------------


def _table(one: Grading, item: v.Item, node: logic.GradeOf, scope: Scope) -> Bands | None:
    """The table in the item's unit, before one that it converts to."""
    given = item.kind.unit if isinstance(item.kind, v.Number) else None
    fits: tuple[Callable[[Unit, Unit], bool], ...] = (
        lambda ours, theirs: ours.same_size(theirs),
        lambda ours, theirs: ours.same_kind(theirs),
        lambda ours, theirs: convert(Quantity(Fraction(1), ours), theirs, one.analyte) is not None,
    )
    for fit in fits:
        for table in one.tables:
            if table.unit is None or (given is not None and fit(given, table.unit)):
                return table
    codes = " or ".join(dict.fromkeys(f"`{table.unit.code}`" for table in one.tables if table.unit))
    said = f"is measured in `{given.code}`" if given is not None else "has no unit"
    message = f"`{item.name}` {said}, and the bands of `{one.term}` are in {codes}"
    scope.error("PD243", message, node.span, others=[(item.span, "declared here")])
    return None


# --- what the bands speak of --------------------------------------------------------------------------------------


@frozen
class _Values:
    """The value, its limits and its baseline, as numbers in the unit of the table; None where none is declared."""

    item: v.Item
    series: core.Series
    unit: Unit | None
    node: logic.GradeOf
    scope: Scope

    def all(self) -> Mapping[str, core.Expression]:
        """By the names that bands have for them."""
        value, baseline = core.Fetch(self.series), self._baseline()
        found = {
            "value": self._number(value),
            "uln": self._number(core.Fetch(self.series, core.Part.ULN)),
            "lln": self._number(core.Fetch(self.series, core.Part.LLN)),
        }
        if baseline is None:
            return found
        at_baseline = core.Fetch(baseline)
        change = core.Arithmetic(core.Operator.MINUS, value, at_baseline)
        part = core.Arithmetic(core.Operator.OVER, change, at_baseline)
        percent = core.Arithmetic(core.Operator.TIMES, part, _HUNDRED)
        return {**found, "baseline": self._number(at_baseline), "change": percent, "baseline_flag": _flag(baseline)}

    def wanting(self, table: Bands) -> tuple[str, str] | None:
        """What the bands need and the item does not declare, and how it is declared."""
        asked = set(_asked(table))
        if asked & {"baseline", "change", "baseline_flag"} and self.item.baseline is None:
            return "the baseline", "as in `baseline latest before infusion`"
        if asked & {"uln", "high"} and not self.item.uln:
            return "the upper limit", "`with ULN`"
        if asked & {"lln", "low"} and not self.item.lln:
            return "the lower limit", "`with LLN`"
        return None

    def _baseline(self) -> core.Series | None:
        rule = self.item.baseline
        if rule is None:
            return None
        window = core.Window(None, core.MomentOf(rule.before))
        return core.Series(self.item.name, rule.choice, None, window)

    def _number(self, fetched: core.Expression) -> core.Expression:
        """What is in base units, as a number in the unit of the table: `k * value + c`, exactly."""
        given = self.item.kind.unit if isinstance(self.item.kind, v.Number) else None
        if self.unit is None or given is None:
            return fetched
        ends = [
            convert(Quantity(given.of_base(Fraction(base)), given), self.unit, self.item.analyte) for base in (0, 1)
        ]
        none, single = (end.number if end is not None else Fraction(base) for base, end in enumerate(ends))
        made = fetched
        if single - none != 1:
            made = core.Arithmetic(core.Operator.TIMES, core.Constant(single - none), fetched)
        return made if none == 0 else core.Arithmetic(core.Operator.PLUS, made, core.Constant(none))


def _flag(baseline: core.Series) -> core.Expression:
    """What the baseline was, by the limits that came with it."""
    value, together = core.Fetch(baseline), (baseline,)
    high = core.Compare(core.Sign.MORE_THAN, value, core.Fetch(baseline, core.Part.ULN), together)
    low = core.Compare(core.Sign.LESS_THAN, value, core.Fetch(baseline, core.Part.LLN), together)
    said = ((high, "high"), (low, "low"), (None, "normal"))
    return core.Cases(tuple(core.Branch(when, core.Constant(flag)) for when, flag in said))


def _asked(table: Bands) -> Iterator[str]:
    """The names that the bands use, and the flags that they ask for."""
    for one in (found for band in table.bands if band.when is not None for found in walk(band.when)):
        if isinstance(one, core.Series):
            yield one.item
        elif isinstance(one, core.Constant) and isinstance(one.value, str):
            yield one.value


# --- the cases ----------------------------------------------------------------------------------------------------


@frozen
class _Cases:
    """The bands of a grading as cases over the reading."""

    grading: Grading
    series: core.Series
    values: Mapping[str, core.Expression]

    def of(self, bands: tuple[Band, ...]) -> core.Cases:
        """The first that applies; one that asks for more than a number stands only once that is confirmed."""
        return core.Cases(tuple(self._branch(bands, place) for place in range(len(bands))))

    def _branch(self, bands: tuple[Band, ...], place: int) -> core.Branch:
        band = bands[place]
        result: core.Expression = core.Constant(Fraction(band.grade))
        if band.also:
            below = core.Branch(None, self.of(tuple(one for one in bands[place + 1 :] if one.grade)))  # never grade 0
            result = core.Cases((core.Branch(self._confirmed(band), result), below))
        return core.Branch(None if band.when is None else _in_place(band.when, self.values, self.series), result)

    def _confirmed(self, band: Band) -> core.Judged:
        what = f"{self.grading.term} grade {band.grade}"
        return core.Judged(what, "", on=core.Fetch(self.series, core.Part.DATE), asks=band.also)


def _in_place(node: Any, values: Mapping[str, core.Expression], series: core.Series) -> Any:  # noqa: ANN401 - any node
    """A band's condition with the reading in the place of the names; a value and its limits come from one reading.

    `known` is left out: where a table is graded, a band that asks for a baseline is passed over without one, and here
    the grade is then open.
    """
    if isinstance(node, tuple):
        return tuple(_in_place(part, values, series) for part in node)
    if isinstance(node, core.Fetch) and node.series.item in values:
        return values[node.series.item]
    if isinstance(node, core.Known):
        return _in_place(node.inside, values, series)
    if not isinstance(node, Node):
        return node
    parts = {one.name: getattr(node, one.name) for one in attrs.fields(type(node)) if one.name != "span"}
    changed = {name: made for name, part in parts.items() if (made := _in_place(part, values, series)) is not part}
    made = evolve(node, **changed) if changed else node
    fetched = {one.part for one in walk(made) if isinstance(one, core.Fetch) and one.series == series}
    return evolve(made, together=(series,)) if isinstance(made, core.Compare) and len(fetched) > 1 else made


# --- several readings ---------------------------------------------------------------------------------------------


_Graded = logic.AnyGrade | logic.EveryGrade | logic.NoGrade


def of_readings(quantifier: core.Quantifier, node: _Graded, scope: Scope) -> core.Readings | None:
    """`any ctcae grade of potassium as hypokalemia from infusion to ... at least 3`; None where an error was noted.

    In a clause of the DLT section the readings are those in its window, unless another is written.
    """
    written = windows.window(node.window, scope) if node.window is not None else None
    if node.window is not None and written is None:
        return None
    window = written or in_dlt_window(scope, node.span)
    found = of_window(quantifier, node.graded, window, node.predicate, scope)
    return None if found is None else evolve(found, span=node.span)


def of_window(
    quantifier: core.Quantifier, graded: logic.GradeOf, window: core.Window | None, predicate: Predicate, scope: Scope
) -> core.Readings | None:
    """The readings in a window, graded; without a window, those that are valid."""
    item = _item(graded, scope)
    if item is None:
        return None
    series = core.Series(item.name, None, item.valid_days if window is None else None, window, span=graded.span)
    found = of_series(graded, item, expressions.fetch(item, series, graded.span), scope)
    where = None if found is None else predicates.said(found, predicate, scope)
    return None if where is None else core.Readings(quantifier, series, where, span=graded.span)


def in_dlt_window(scope: Scope, place: Span) -> core.Window | None:
    """The window for dose-limiting toxicity, where a clause of that section is read; None elsewhere."""
    frame = scope.desk.dlt
    in_section = scope.moment is None and scope.event is not None and scope.event.name == terms.EVENT
    if not in_section or frame.start is None or frame.last_day is None:
        return None
    start = core.MomentOf(frame.start, span=place)
    return core.Window(start, core.Shifted(start, length=length_days(frame.last_day), span=place), span=place)
