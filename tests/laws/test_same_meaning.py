"""What is said otherwise and means the same comes out the same: laws M4, M5, M6 and M8 of the language."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from attrs import evolve, fields, has
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from protocol_dsl.base.quantity import Quantity, decimal_text, unit
from protocol_dsl.base.source import Source
from protocol_dsl.base.studytime import Days
from protocol_dsl.evaluate.decide import Decision, Standing, Status, decide, environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.face import loads
from protocol_dsl.model.condition import AtLeast, Both, Either, Not
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Effect, Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.pipeline import load_text
from protocol_dsl.syntax.format import format_text
from protocol_dsl.testing import completions, conditions, days, protocols, records, texts, vocabularies
from tests.law import law

T = TypeVar("T")
drawn = st.data()
cuts = days(date(2026, 3, 1), date(2026, 4, 30))
CENTURIES = 146_097  # days in 400 years, after which the calendar repeats itself, days of the week included


def statuses(decision: Decision) -> dict[str, tuple[Status, Standing]]:
    return {one.clause.id: (one.status, one.standing) for one in decision.clauses}


# --- M4: order --------------------------------------------------------------------------------------------------------


@law(drawn, protocols(2), cuts)
def test_m4_the_order_of_criteria_bullets_and_rows_is_irrelevant(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    record = data.draw(records(protocol))
    turned = evolve(protocol, criteria=tuple(map(backwards, reversed(protocol.criteria))))
    before, after = decide(protocol, record, as_of), decide(turned, rows_backwards(record), as_of)
    assert (before.verdict, statuses(before)) == (after.verdict, statuses(after))
    assert set(before.policies) == set(after.policies)


@law(drawn, vocabularies(), cuts)
def test_m4_de_morgan(data: DataObject, vocabulary: Protocol, as_of: date) -> None:
    parts = tuple(data.draw(st.lists(conditions(vocabulary, 1), min_size=2, max_size=3)))
    moment = data.draw(st.none() | st.sampled_from(tuple(vocabulary.moments)))
    clause = Clause("I1", Effect.INCLUSION, "", Both(parts), moment=moment)
    protocol = evolve(vocabulary, criteria=(clause,))
    record = data.draw(records(protocol))
    env = environment(protocol, record, as_of, moments_of(protocol, record, {})[0], clause)
    opposite = tuple(Not(part) for part in parts)
    assert interpret(Not(Both(parts)), env).truth is interpret(Either(opposite), env).truth
    assert interpret(Not(Either(parts)), env).truth is interpret(Both(opposite), env).truth
    assert interpret(AtLeast(1, parts), env).truth is interpret(Either(parts), env).truth
    assert interpret(AtLeast(len(parts), parts), env).truth is interpret(Both(parts), env).truth


def backwards(node: T) -> T:
    """The node with every conjunction, disjunction and count of conditions the other way round."""
    if isinstance(node, tuple):
        return tuple(map(backwards, node))  # type: ignore[return-value]
    if not isinstance(node, Node):
        return node
    kind: Any = type(node)
    inner = {one.name: backwards(getattr(node, one.name)) for one in fields(kind) if one.name != "span"}
    if isinstance(node, Both | Either | AtLeast):
        inner["parts"] = inner["parts"][::-1]
    return evolve(node, **inner)


def rows_backwards(record: Record) -> Record:
    return evolve(
        record,
        readings={name: found[::-1] for name, found in reversed(tuple(record.readings.items()))},
        lists={name: found[::-1] for name, found in record.lists.items()},
        judgements={about: found[::-1] for about, found in record.judgements.items()},
    )


# --- M5: units --------------------------------------------------------------------------------------------------------

UNITS = (
    ("10*9/L", "10*3/uL", "/uL", "/nL", "10*6/L", "/L"),
    ("mg/dL", "g/L", "ug/mL", "mg/L", "ng/mL"),
    ("umol/L", "mmol/L", "nmol/L"),
    ("g/dL", "g/L", "mg/mL"),
    ("kg", "g", "mg"),
    ("cm", "m", "mm"),
    ("U/L", "U/mL", "mU/L"),
)
pairs = st.sampled_from(UNITS).flatmap(lambda family: st.tuples(*[st.sampled_from(family)] * 3))
limits = st.builds(lambda digits, places: Fraction(digits, 10**places), st.integers(1, 99_999), st.integers(0, 4))
SIGNS = ("at least", "at most", "more than", "less than")


@law(pairs, limits, st.sampled_from((-1, 0, 1)))
def test_m5_restating_an_input_in_any_compatible_unit_changes_nothing(
    units: tuple[str, str, str], limit: Fraction, step: int
) -> None:
    """The item is declared in one unit, limited in a second and recorded in a third, at the limit or a hair from it."""
    declared, written, recorded = units
    rules = "".join(
        f'    I{number} "as drawn"\n        x {sign} {decimal_text(limit)} {written}\n'
        for number, sign in enumerate(SIGNS)
    )
    head = 'protocol "UNITS"\n    language 1\n    version 1.0\n\nmoments\n    entry_day\n\n'
    protocol = loads(f"{head}data\n    x : number in {declared}\n\ninclusion at entry_day\n{rules}")
    value = limit * (1 + Fraction(step, 1000))
    facts = {"x": decimal_text(restated(value, written, recorded)), "x_unit": recorded, "entry_day": "2026-03-01"}
    found = protocol.screen(facts).criteria
    held = (step >= 0, step <= 0, step > 0, step < 0)
    assert {f"I{number}": "met" if met else "not met" for number, met in enumerate(held)} == found


def restated(value: Fraction, written: str, recorded: str) -> Fraction:
    ours, theirs = unit(written), unit(recorded)
    assert ours is not None
    assert theirs is not None
    found = Quantity(value, ours).to(theirs)
    assert found is not None
    return found.number


# --- M6: four hundred years later -------------------------------------------------------------------------------------


@law(drawn, protocols(2), cuts)
def test_m6_four_hundred_years_change_nothing(data: DataObject, protocol: Protocol, as_of: date) -> None:
    record = data.draw(records(protocol))
    before = decide(protocol, record, as_of)
    after = decide(protocol, later(record), as_of + timedelta(days=CENTURIES))
    assert (before.verdict, statuses(before)) == (after.verdict, statuses(after))
    assert (before.because, before.missing, before.policies) == (after.because, after.missing, after.policies)


def later(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    """A value with every day in it moved."""
    if isinstance(value, date | datetime):
        return value + timedelta(days=CENTURIES)
    if isinstance(value, Days):
        return Days(later(value.first), later(value.last))
    if isinstance(value, tuple):
        return tuple(map(later, value))
    if isinstance(value, dict):
        return {name: later(inner) for name, inner in value.items()}
    if has(type(value)):
        return evolve(value, **{one.name: later(getattr(value, one.name)) for one in fields(type(value))})
    return value


# --- M8: layout -------------------------------------------------------------------------------------------------------


@law(texts())
def test_m8_what_is_drawn_is_sound_and_keeps_its_meaning_when_formatted(text: str) -> None:
    laid_out = format_text(Source("drawn", text))
    assert laid_out is not None
    before, after = load_text(Source("drawn", text)), load_text(Source("drawn", laid_out))
    assert () == before.errors
    assert before.protocol == after.protocol
    assert laid_out == format_text(Source("drawn", laid_out))


@law(drawn, texts(2), cuts)
def test_m8_what_is_formatted_decides_alike_and_is_as_stable_under_new_facts(
    data: DataObject, text: str, as_of: date
) -> None:
    protocol, again = loads(text).model, loads(format_text(Source("drawn", text)) or "").model
    record = data.draw(records(protocol))
    filled = data.draw(completions(protocol, record, as_of))
    before, after = decide(protocol, record, as_of, policies=False), decide(again, filled, as_of, policies=False)
    for one, other in zip(before.clauses, after.clauses, strict=True):
        assert one.standing in (Standing.OPEN, other.standing)
