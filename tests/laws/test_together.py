"""What is determined stays so whatever is missing turns out to be: runs of readings, several events, courses."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.source import Source
from protocol_dsl.base.studytime import Days
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.face import loads
from protocol_dsl.model.protocol import Clause, Effect
from protocol_dsl.model.record import Event, Reading, Reason, Record, Value
from protocol_dsl.syntax.parse import parse_condition

FIRST, AS_OF = date(2026, 6, 1), date(2026, 7, 10)
CONDITIONS = {
    "T1": "any anc less than 0.5 10*9/L for at least 5 days",
    "T2": "any anc less than 0.5 10*9/L for more than 5 days counting both days",
    "T3": "any anc less than 1.0 10*9/L together with any temperature within 1 day of it at least 38 Cel",
    "T4": "any anc less than 1.0 10*9/L together with no temperature on the same day at least 38 Cel",
    "T5": "any 2 anc less than 0.5 10*9/L",
    "T6": "grade at least 3 together with any adverse_events where (term is fever) overlapping",
    "T7": "grade at least 3 together with no adverse_events where (grade is 1) overlapping",
    "T8": "any 2 adverse_events where (grade is 3) on separate days within 4 days",
    "T9": "grade is 3 and not recurred",
    "T10": "at grade at least 3 for at least 3 days",
    "T11": "grade is 3 and returns to grade 1 within 4 days",
}
HEAD = """\
protocol "LAW"
    uses ctcae 5.0

moments
    first_dose is day 1

record grade_change
    term  : text
    onset : date
    date  : date
    grade : grade

data
    adverse_events : list of adverse_event
    grade_changes  : list of grade_change
    anc            : number in 10*9/L
    temperature    : number in Cel

dlt
    window from first_dose through day 28
"""
PROTOCOL = loads(HEAD + "".join(f"    {name}\n        {text}\n" for name, text in CONDITIONS.items())).model
assert PROTOCOL.dlt is not None
CLAUSES = {clause.id: clause for clause in PROTOCOL.dlt.clauses}

DAYS = st.integers(0, 12)
ANC = st.sampled_from([None, "0.4", "0.7", "2"])
WARM = st.sampled_from([None, "37", "39"])
BLANK = {"anc": ("0.4", "0.7", "2"), "temperature": ("37", "39"), "grade": (1, 3), "end": (0, 2, 9)}
"""What a missing entry may turn out to be."""

Line = tuple[str, int, object]
Happened = Mapping[str, object]


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def read(item: str, number: int, text: object) -> Reading:
    when = Days(day(number), day(number))
    if text is None:
        return Reading(None, when, missing=Reason.NOT_DONE)
    value = Fraction(str(text))
    return Reading(value * 10**12 if item == "anc" else value + Fraction("273.15"), when, written=str(text))


def happened(line: Happened) -> Event:
    fields: dict[str, Value] = {"term": str(line["term"]), "start": day(int(str(line["start"])))}
    if line["grade"] is not None:
        fields["grade"] = Fraction(str(line["grade"]))
    if line["end"] is not None:
        fields["end"] = day(int(str(line["start"])) + int(str(line["end"])))
    return Event({name: Reading(value) for name, value in fields.items()})


def record(readings: Sequence[Line], events: Sequence[Happened], changes: Sequence[Line]) -> Record:
    found = {item: tuple(read(*one) for one in readings if one[0] == item) for item in ("anc", "temperature")}
    steps = tuple(
        Event({"term": Reading(term), "date": Reading(day(at)), "grade": Reading(Fraction(str(grade)))})
        for term, at, grade in changes
    )
    lists = {"adverse_events": tuple(map(happened, events)), "grade_changes": steps}
    complete = dict.fromkeys(lists, AS_OF)
    return Record("P", {"first_dose": (Reading(FIRST),), **found}, lists, complete)


def truth(clause: Clause, one: Record) -> Truth:
    return interpret(clause.condition, environment(PROTOCOL, one, AS_OF, {"first_dose": FIRST}, clause)).truth


EVENTS = st.fixed_dictionaries(
    {
        "term": st.sampled_from(["fever", "headache"]),
        "start": DAYS,
        "grade": st.sampled_from([None, 1, 3]),
        "end": st.sampled_from([None, 0, 2, 9]),
    }
)
READINGS = st.lists(
    st.one_of(st.tuples(st.just("anc"), DAYS, ANC), st.tuples(st.just("temperature"), DAYS, WARM)), max_size=6
)
CHANGES = st.lists(st.tuples(st.sampled_from(["fever", "headache"]), DAYS, st.sampled_from([1, 3])), max_size=4)


@pytest.mark.parametrize("name", CONDITIONS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_completion_agrees(name: str, data: st.DataObject) -> None:
    """A grade filled in that contradicts its own changes makes the record doubtful, and never the opposite."""
    readings, changes = data.draw(READINGS), data.draw(CHANGES)
    events = data.draw(st.lists(EVENTS, max_size=3))
    clause = CLAUSES[name]
    before = truth(clause, record(readings, events, changes))
    if before is Truth.UNKNOWN:
        return
    blanks = [
        *(("reading", at, BLANK[one[0]]) for at, one in enumerate(readings) if one[2] is None),
        *(
            (field, at, BLANK[field])
            for at, one in enumerate(events)
            for field in ("grade", "end")
            if one[field] is None
        ),
    ]
    for filling in product(*(choices for _, _, choices in blanks[:4])):
        filled: list[Line] = list(readings)
        happening: list[dict[str, object]] = [dict(one) for one in events]
        for (what, at, _), value in zip(blanks, filling, strict=False):
            if what == "reading":
                filled[at] = (filled[at][0], filled[at][1], value)
            else:
                happening[at][what] = value
        assert truth(clause, record(filled, happening, changes)) in (
            before,
            *((Truth.UNKNOWN,) if changes else ()),
        )


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_condition_can_be_read_alone(name: str) -> None:
    found, problems = parse_condition(Source("line", CONDITIONS[name]))
    assert found is not None
    assert problems == ()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_order_of_entry_does_not_matter(data: st.DataObject) -> None:
    readings, changes = data.draw(READINGS), data.draw(CHANGES)
    events = data.draw(st.lists(EVENTS, max_size=3))
    turned = record(readings[::-1], events[::-1], changes[::-1])
    for clause in CLAUSES.values():
        assert truth(clause, record(readings, events, changes)) is truth(clause, turned)


def test_the_clauses_are_those_of_a_dlt_section() -> None:
    assert {clause.effect for clause in CLAUSES.values()} == {Effect.DLT}
