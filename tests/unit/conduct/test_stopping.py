"""Stopping rules compiled to tables: chances held against the beta posterior, stages against Simon's own tables."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.base.binomial import chance_above, chance_of, chance_to_pass
from protocol_dsl.conduct.nearness import how_near
from protocol_dsl.conduct.trial import TrialAdvice, advise_from
from protocol_dsl.escalation.estimates.beta import tail
from protocol_dsl.evaluate.decide import Status
from protocol_dsl.face import loads
from protocol_dsl.model.condition import Monitored
from protocol_dsl.model.record import Event, Reading, Record, Value
from protocol_dsl.model.serial import from_json, to_json
from tests.escalation_plans import THREE_PLUS_THREE

F = Fraction
TEXT = (
    """\
protocol "STOP-1"
    language 1
    uses ctcae 5.0

moments
    infusion is day 1

data
    adverse_events : list of adverse_event
    response       : one of complete, partial, none_seen
    off_study      : date

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    start at level 1

dlt
    window from infusion through day 28
    T1 "Grade 4"
        grade at least 4
    follow-up ends at off_study

"""
    + THREE_PLUS_THREE
    + """
stopping
    S1 "Too many patients with a DLT"
        each patient had_dlt
        stops when chance of a rate above 0.3 is more than 0.8, prior 1 and 1, from 3 patients, up to 12 patients
            | patients | stop at |
            | 3        | 2       |
        then stop trial and review
"""
)
PROTOCOL = loads(TEXT).model


def rule(text: str = TEXT) -> Monitored:
    (clause,) = loads(text).model.stopping
    assert isinstance(clause.condition, Monitored)
    return clause.condition


# --- chances ------------------------------------------------------------------------------------------------------

rates = st.fractions(F(1, 100), F(99, 100), max_denominator=100)


@given(rates, st.integers(0, 20), st.integers(0, 20), st.integers(1, 4), st.integers(1, 4))
def test_the_chance_is_the_tail_of_the_posterior(rate: Fraction, having: int, lacking: int, a: int, b: int) -> None:
    found = chance_above(rate, having, having + lacking, (a, b))
    assert found == tail(rate, a + having, b + lacking)


@given(rates, st.integers(0, 30))
def test_all_counts_together_are_certain(rate: Fraction, trials: int) -> None:
    assert sum(chance_of(count, trials, rate) for count in range(trials + 1)) == 1


@pytest.mark.parametrize("patients", range(3, 13))
def test_the_table_is_the_first_count_beyond_the_limit(patients: int) -> None:
    limit = dict(rule().limits)[patients]
    assert tail(F("0.3"), 1 + limit, 1 + patients - limit) > F("0.8")
    assert tail(F("0.3"), limit, 2 + patients - limit) <= F("0.8")


def test_three_patients_by_hand() -> None:
    """After two in three the posterior is Beta(3, 2): it exceeds 0.3 with a chance of 0.9163, after one with 0.6517."""
    assert chance_above(F("0.3"), 2, 3) == F(9163, 10000)
    assert chance_above(F("0.3"), 1, 3) == F(6517, 10000)
    assert rule().limits[0] == (3, 2)


def test_without_from_and_up_to_the_table_goes_to_a_hundred() -> None:
    plain = TEXT.replace(", prior 1 and 1, from 3 patients, up to 12 patients", "")
    limits = rule(plain).limits
    assert (limits[0], limits[-1][0]) == ((1, 1), 100)  # after one in one, Beta(2, 1): 0.91
    assert chance_above(F("0.3"), 1, 1) == F("0.91")


# --- two stages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "first", "whole", "error", "power"),
    [
        ("0.05", "0.25", (0, 9), (2, 17), "0.05", "0.80"),
        ("0.10", "0.30", (1, 10), (5, 29), "0.05", "0.80"),
        ("0.20", "0.40", (3, 13), (12, 43), "0.05", "0.80"),
        ("0.30", "0.50", (5, 15), (18, 46), "0.05", "0.80"),
        ("0.20", "0.40", (4, 19), (15, 54), "0.05", "0.90"),
    ],
)
def test_simons_optimal_designs_keep_what_they_promise(  # noqa: PLR0913, PLR0917 - a line of the table
    low: str, high: str, first: tuple[int, int], whole: tuple[int, int], error: str, power: str
) -> None:
    """Simon 1989, Control Clin Trials 10:1-10, table 1: optimal two-stage designs."""
    assert chance_to_pass((first, whole), F(low)) <= F(error)
    assert chance_to_pass((first, whole), F(high)) >= F(power)


TWO_STAGES = (
    TEXT[: TEXT.index("stopping\n")]
    + """\
stopping
    S1 "Too few responses"
        each patient response is one of complete, partial
        stops at 1 or fewer of 10, and at 5 or fewer of 29
        tests a rate of 0.10 against 0.30, error at most 0.05, power at least 0.80
        then stop trial
"""
)


def test_two_stages_as_a_table() -> None:
    limits = dict(rule(TWO_STAGES).limits)
    assert (min(limits), limits[10], limits[28], limits[29], max(limits)) == (10, 1, 1, 5, 29)


@pytest.mark.parametrize(
    ("responses", "patients", "stops"), [(1, 10, True), (2, 10, False), (0, 9, False), (1, 12, True)]
)
def test_the_first_stage(responses: int, patients: int, stops: bool) -> None:  # noqa: FBT001
    model = loads(TWO_STAGES).model
    people = [
        patient(f"P{number:02}", response="partial" if number < responses else "none_seen")
        for number in range(patients)
    ]
    found = advise_from(model, people, date(2026, 9, 1))
    assert (found.stopping[0].status is Status.MET) is stops


# --- patients -----------------------------------------------------------------------------------------------------


def patient(name: str, dlt: int | None = None, first: date = date(2026, 6, 1), **items: Value) -> Record:
    """`dlt` is the day of June on which one began."""
    fields: dict[str, Value] = {"term": "headache", "grade": F(4)}
    start = None if dlt is None else date(2026, 6, dlt)
    events = (
        () if start is None else (Event({k: Reading(v) for k, v in {**fields, "start": start, "end": start}.items()}),)
    )
    readings = {"infusion": (Reading(first),), **{item: (Reading(value),) for item, value in items.items()}}
    return Record(
        name, readings, {"adverse_events": events}, {"adverse_events": date(2026, 9, 1)}, context={"level": "1"}
    )


def advised(*people: Record, as_of: date = date(2026, 9, 1)) -> TrialAdvice:
    return advise_from(PROTOCOL, people, as_of)


def test_two_in_three_stop_the_trial() -> None:
    found = advised(patient("A", 5), patient("B", 6), patient("C"))
    assert (found.advice.move, found.advice.action) == ("stop", "stop trial and review")
    assert found.stopping[0].status is Status.MET


def test_one_in_three_does_not() -> None:
    found = advised(patient("A", 5), patient("B"), patient("C"))
    assert found.stopping[0].status is Status.NOT_MET
    assert how_near(found.stopping[0]) == "1 of 3; 2 or more of 3 would meet it"


def test_who_is_not_evaluable_is_left_out() -> None:
    left = patient("C", off_study=date(2026, 6, 4))
    found = advised(patient("A", 5), patient("B", 6), left)
    assert found.stopping[0].status is Status.NOT_MET  # two patients: the rule speaks from three on


def test_a_pending_patient_who_may_turn_the_rule_holds_the_trial() -> None:
    """Two in four stop, for Beta(3, 3) exceeds 0.3 with 0.837; two in five do not, for Beta(3, 4) does with 0.744."""
    assert (dict(rule().limits)[4], dict(rule().limits)[5]) == (2, 3)
    known = [patient("A", 5), patient("B", 6), patient("C"), patient("D")]
    found = advised(*known, patient("E", first=date(2026, 8, 20)))
    assert found.stopping[0].status is Status.UNKNOWN
    assert found.advice.move == "wait"
    assert "stopping rule S1 is met by the patients known so far" in found.advice.because
    assert how_near(found.stopping[0]) == "2 of 4, 1 more not known yet; 2 or more of 4 would meet it"


def test_three_in_three_stop_whatever_the_fourth_does() -> None:
    late = patient("D", first=date(2026, 8, 20))
    assert advised(patient("A", 5), patient("B", 6), patient("C", 7), late).stopping[0].status is Status.MET


@pytest.mark.parametrize("text", [TEXT, TWO_STAGES])
def test_they_survive_being_written_as_data(text: str) -> None:
    model = loads(text).model
    assert from_json(to_json(model)) == model
