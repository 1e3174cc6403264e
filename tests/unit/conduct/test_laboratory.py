"""DLT clauses over laboratory values, worked out by hand: infusion on 1 June 2026, the window to 28 June.

CTCAE 5.0 prints for potassium `<3.0 - 2.5 mmol/L; hospitalization indicated` (grade 3) and `<2.5 mmol/L;
life-threatening consequences` (grade 4), and for neutrophils `<0.5 x 10e9 /L` (grade 4) with nothing besides.
"""

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.studytime import Days
from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, dlt_status
from protocol_dsl.evaluate.decide import Verdict, decide, decide_gates
from protocol_dsl.face import loads
from protocol_dsl.model.record import Judgement, Range, Reading, Record
from protocol_dsl.model.serial import from_json, to_json
from protocol_dsl.model.words import words

PROTOCOL = loads("""\
protocol "LAB-1"
    uses ctcae 5.0

moments
    infusion is day 0

data
    potassium   : number in mmol/L; of potassium; with LLN; latest, valid for 7 days
    neutrophils : number in 10*9/L; of neutrophils; with LLN; latest, valid for 7 days
    adverse_events : list of adverse_event

inclusion at infusion
    I1 "No worse than grade 1 hypokalemia"
        ctcae grade of potassium as hypokalemia at most 1

dlt
    window from infusion through day 27
    T1 "Grade 4 neutropenia"
        any ctcae grade of neutrophils at least 4
    T2 "Grade 3 hypokalemia"
        any ctcae grade of potassium as hypokalemia at least 3
""").model
FIRST, LATER = date(2026, 6, 1), date(2026, 7, 20)
LLN = Fraction(7, 2)


def readings(unit: Fraction, *found: tuple[str, str], lln: Fraction | None = LLN) -> tuple[Reading, ...]:
    days = [(date.fromisoformat(day), text) for day, text in found]
    limit = None if lln is None else lln * unit
    return tuple(Reading(Fraction(text) * unit, Days(day, day), lln=limit, written=text) for day, text in days)


def patient(potassium: list[tuple[str, str]], neutrophils: list[tuple[str, str]], **judged: bool) -> Record:
    """`judged` are days of grade 3 hypokalemia, as `d14` for 14 June, and what was judged on the day after."""
    found = {
        "infusion": (Reading(FIRST),),
        "potassium": readings(Fraction(1), *potassium),
        "neutrophils": readings(Fraction(10**12), *neutrophils, lln=Fraction(2)),
    }
    judgements = {
        f"Hypokalemia grade 3 on 2026-06-{day[1:]}": (Judgement(held, date(2026, 6, int(day[1:]) + 1), "Dr Dorn"),)
        for day, held in judged.items()
    }
    attested = {"adverse_events": LATER}
    return Record("P", found, {"adverse_events": ()}, attested, judgements=judgements, context={"level": "1"})


def status(record: Record, as_of: date = LATER) -> DltStatus:
    found = dlt_status(PROTOCOL, record, as_of)
    assert found is not None
    return found


FINE = [("2026-06-01", "4.1"), ("2026-06-20", "3.9")]
ENOUGH = [("2026-06-01", "3.2"), ("2026-06-20", "2.2")]


def test_a_grade_from_a_number_alone_counts() -> None:
    found = status(patient(FINE, [*ENOUGH, ("2026-06-08", "0.49")]))
    assert (found.status, found.because) == (DltVerdict.YES, ("T1",))


def test_a_number_at_the_limit_is_the_lower_grade() -> None:
    assert status(patient(FINE, [*ENOUGH, ("2026-06-08", "0.5")])).status is DltVerdict.NO


@pytest.mark.parametrize(
    ("below", "expected"), [("0.5", DltVerdict.YES), ("0.1", DltVerdict.YES), ("0.6", DltVerdict.ADJUDICATE)]
)
def test_what_is_below_what_can_be_detected_has_the_grade_that_all_of_it_has(below: str, expected: DltVerdict) -> None:
    record = patient(FINE, ENOUGH)
    limit, day = Fraction(below) * 10**12, date(2026, 6, 8)
    low = Reading(Range(None, limit, high_open=True), Days(day, day), lln=Fraction(2) * 10**12, written=f"<{below}")
    counts = (*record.readings["neutrophils"], low)
    assert status(evolve(record, readings={**record.readings, "neutrophils": counts})).status is expected


@pytest.mark.parametrize("day", ["2026-05-31", "2026-06-29"])
def test_a_reading_outside_the_window_does_not_count(day: str) -> None:
    assert status(patient(FINE, [*ENOUGH, (day, "0.1")])).status is DltVerdict.NO


@pytest.mark.parametrize("day", ["2026-06-01", "2026-06-28"])
def test_both_ends_of_the_window_count(day: str) -> None:
    assert status(patient(FINE, [*ENOUGH, (day, "0.1")])).status is DltVerdict.YES


LOW = [*FINE, ("2026-06-14", "2.7")]


def test_a_grade_that_the_band_ties_to_a_finding_waits_for_a_person() -> None:
    found = status(patient(LOW, ENOUGH))
    assert found.status is DltVerdict.ADJUDICATE
    assert found.why == (
        "T2 cannot be told: Hypokalemia grade 3 rests on potassium 2.7 of 2026-06-14; the printed band also asks for "
        "`hospitalization indicated`: confirm `Hypokalemia grade 3 on 2026-06-14`"
    )


def test_confirmed_it_counts() -> None:
    found = status(patient(LOW, ENOUGH, d14=True))
    assert (found.status, found.because) == (DltVerdict.YES, ("T2",))


def test_denied_it_does_not() -> None:
    """The grade is then that of the band below, `<LLN - 3.0`: 2 or 1, whichever, and neither is at least 3."""
    assert status(patient(LOW, ENOUGH, d14=False)).status is DltVerdict.NO


def test_what_is_said_of_one_day_is_not_said_of_another() -> None:
    twice = [*LOW, ("2026-06-16", "2.8")]
    assert status(patient(twice, ENOUGH, d14=False)).status is DltVerdict.ADJUDICATE
    assert status(patient(twice, ENOUGH, d16=False)).status is DltVerdict.ADJUDICATE
    assert status(patient(twice, ENOUGH, d14=False, d16=False)).status is DltVerdict.NO
    assert status(patient(twice, ENOUGH, d14=False, d16=True)).status is DltVerdict.YES


def test_a_judgement_is_not_known_before_its_day() -> None:
    record = patient(LOW, ENOUGH, d14=True)
    assert status(record, date(2026, 6, 14)).status is DltVerdict.ADJUDICATE
    assert status(record, date(2026, 6, 15)).status is DltVerdict.YES


def test_a_grade_3_that_is_denied_leaves_a_life_threatening_one_open() -> None:
    """2.4 is in the band of grade 4: whoever denies grade 3 has not denied that."""
    found = status(patient([*FINE, ("2026-06-14", "2.4")], ENOUGH, d14=False))
    assert found.status is DltVerdict.ADJUDICATE
    assert status(patient([*FINE, ("2026-06-14", "2.4")], ENOUGH, d14=True)).status is DltVerdict.YES


def test_without_a_reading_nothing_is_said() -> None:
    assert status(patient(FINE, [])).status is DltVerdict.ADJUDICATE


def test_while_the_window_is_open_a_reading_may_still_come() -> None:
    found = status(patient(FINE, []), date(2026, 6, 5))
    assert (found.status, found.pending_until) == (DltVerdict.PENDING, date(2026, 6, 28))
    assert found.why == "T1 not settled before 2026-06-28: neutrophils may still be read"


def test_what_waits_for_a_person_does_not_wait_for_the_window() -> None:
    assert status(patient(LOW, []), date(2026, 6, 15)).status is DltVerdict.ADJUDICATE


def test_a_missing_limit_blocks_only_what_needs_it() -> None:
    """0.4 is grade 4 whatever the lower limit; 4.1 mmol/L without a limit is grade 1 or 0, and neither is a DLT."""
    record = patient(FINE, [*ENOUGH, ("2026-06-08", "0.4")])
    without = {name: tuple(Reading(one.value, one.date) for one in found) for name, found in record.readings.items()}
    assert status(Record("P", without, record.lists, record.attested)).because == ("T1",)


@pytest.mark.parametrize(
    ("potassium", "judged", "verdict"),
    [
        ("3.6", {}, Verdict.ELIGIBLE),
        ("3.2", {}, Verdict.UNDETERMINED),
        ("2.7", {"d01": True}, Verdict.INELIGIBLE),
        ("2.7", {"d01": False}, Verdict.UNDETERMINED),
    ],
)
def test_an_inclusion_waits_for_the_finding_too(potassium: str, judged: dict[str, bool], verdict: Verdict) -> None:
    """3.2 is grade 2 with symptoms and 1 without; 2.7 without hospitalization still is grade 2 or 1."""
    record = patient([("2026-06-01", potassium)], [], **judged)
    assert decide(PROTOCOL, record, FIRST if not judged else LATER, {}).verdict is verdict


def test_the_protocol_survives_being_written_as_data() -> None:
    assert from_json(to_json(PROTOCOL)) == PROTOCOL


def test_a_clause_is_told_as_it_is_written() -> None:
    assert PROTOCOL.dlt is not None
    told = [words(clause.condition, PROTOCOL.items) for clause in PROTOCOL.dlt.clauses]
    assert told == [
        "any ctcae grade of neutrophils within 27 days after infusion at least 4",
        "any ctcae grade of potassium as hypokalemia within 27 days after infusion at least 3",
    ]


GATED = loads("""\
protocol "LAB-2"
    uses ctcae 5.0

moments
    infusion is day 0

data
    potassium : number in mmol/L; of potassium; with LLN; latest, valid for 7 days

gate "Before the infusion" at infusion
    G1 "No worse than grade 2 hypokalemia"
        ctcae grade of potassium as hypokalemia at most 2
""").model


@pytest.mark.parametrize(
    ("potassium", "judged", "verdict"),
    [
        ("3.1", {}, "may proceed"),
        ("2.7", {}, "undetermined"),
        ("2.7", {"d01": True}, "hold"),
        ("2.7", {"d01": False}, "may proceed"),
    ],
)
def test_a_gate_waits_for_the_finding_too(potassium: str, judged: dict[str, bool], verdict: str) -> None:
    (gate,) = decide_gates(GATED, patient([("2026-06-01", potassium)], [], **judged), LATER)
    assert gate.passage.value == verdict
