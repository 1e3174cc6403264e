"""Expansions beside an escalation, worked out by hand: a 3+3 that ends with level 1, three in each cohort."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.conduct.dlt import DltVerdict
from protocol_dsl.conduct.parts import Expansion
from protocol_dsl.conduct.status import TrialState, trial_state
from protocol_dsl.face import ProtocolError, loads
from protocol_dsl.model.record import Event, Reading, Record, Value
from protocol_dsl.model.serial import from_json, to_json
from protocol_dsl.readers.data import CommitteeDecision
from tests.escalation_plans import THREE_PLUS_THREE

TEXT = (
    """\
protocol "PARTS-1"
    language 1
    uses ctcae 5.0

moments
    infusion is day 1

data
    adverse_events : list of adverse_event

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    start at level 1

dlt
    window from infusion through day 28
    T1 "Grade 4"
        grade at least 4
    evaluable when followed through day 28 or had_dlt
    replace patients who are not evaluable

"""
    + THREE_PLUS_THREE
)
PARTS = """
parts
    escalation
    expansion of 4 at recommended level
"""
START, AS_OF = date(2026, 1, 1), date(2026, 12, 31)


def patient(name: str, week: int, level: str, *, dlt: bool = False, part: str | None = "escalation") -> Record:
    day = START + timedelta(weeks=week)
    happened: dict[str, Value] = {"term": "rash", "grade": Fraction(4), "start": day, "end": day}
    events = (Event({field: Reading(value) for field, value in happened.items()}),) if dlt else ()
    context: Mapping[str, str] = {"level": level} if part is None else {"level": level, "part": part}
    return Record(
        name, {"infusion": (Reading(day),)}, {"adverse_events": events}, {"adverse_events": AS_OF}, context=context
    )


ENDED = (
    *(patient(f"A{number}", number, "1") for number in range(3)),
    *(patient(f"B{number}", 6 + number, "2", dlt=number < 2) for number in range(3)),
    *(patient(f"C{number}", 12 + number, "1") for number in range(3)),
)
"""1NNN 2TTN 1NNN: level 2 is closed, and level 1 with six treated and no DLT is the MTD."""


def state_of(records: tuple[Record, ...], parts: str = PARTS, *decided: str) -> TrialState:
    decisions = [CommitteeDecision(date(2026, 7, day), "stop", what) for day, what in enumerate(decided, start=1)]
    return trial_state(loads(TEXT + parts).model, records, AS_OF, decisions=decisions)


def only(state: TrialState) -> Expansion:
    (found,) = state.expansions
    return found


def advised(state: TrialState) -> tuple[str, str | None]:
    assert state.advice is not None
    return state.advice.advice.move, state.advice.advice.mtd


def test_places_open_once_the_escalation_has_ended() -> None:
    assert (only(state_of(ENDED)).level, only(state_of(ENDED)).open, only(state_of(ENDED)).opens) == ("1", 4, AS_OF)
    waiting = only(state_of(ENDED[:6]))
    assert (waiting.level, waiting.open, waiting.why) == (None, 0, "the escalation goes on")


def test_who_is_in_the_expansion_is_not_in_the_history() -> None:
    """Two of three with a DLT there would have closed level 1."""
    added = tuple(patient(f"E{number}", 20 + number, "1", dlt=number < 2, part="expansion") for number in range(3))
    state = state_of((*ENDED, *added))
    assert (str(state.advice and state.advice.history), advised(state)) == ("1NNN 2TTN 1NNN", ("stop", "1"))
    found = only(state)
    assert (len(found.patients), found.count(DltVerdict.YES), found.open) == (3, 2, 1)
    assert state.with_dlt_status(DltVerdict.YES) == ("B0", "B1", "E0", "E1")


def test_who_is_not_evaluable_is_replaced() -> None:
    gone = patient("E0", 20, "1", part="expansion")
    text = TEXT.replace("list of adverse_event\n", "list of adverse_event\n    left : date\n").replace(
        "    replace patients", "    follow-up ends at left\n    replace patients"
    )
    left = evolve(gone, readings={**gone.readings, "left": (Reading(START + timedelta(weeks=21)),)})
    state = trial_state(loads(text + PARTS).model, (*ENDED, left), AS_OF)
    assert (only(state).count(DltVerdict.NOT_EVALUABLE), only(state).open) == (1, 4)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (None, "patient A2 is in no cohort: no part is recorded; the part is escalation or expansion"),
        (
            "extension",
            "patient A2 is in no cohort: the trial has no part extension; the part is escalation or expansion",
        ),
    ],
)
def test_nothing_is_decided_on_a_patient_of_whom_the_part_is_not_known(part: str | None, why: str) -> None:
    state = state_of((*ENDED[:2], patient("A2", 2, "1", part=part)))
    assert state.advice is not None
    assert (state.advice.advice.move, state.advice.advice.waiting_for) == ("wait", ("A2",))
    assert why in state.advice.advice.because


def test_no_part_is_asked_for_where_there_is_no_expansion() -> None:
    records = tuple(patient(f"A{number}", number, "1", part=None) for number in range(3))
    assert advised(state_of(records, "")) == ("treat", None)
    assert advised(state_of(records, "\nparts\n    escalation\n")) == ("treat", None)


DECIDED = f"{PARTS}    recommended level is decided by committee, at most mtd\n"


@pytest.mark.parametrize(
    ("decided", "level", "places"),
    [((), None, 0), (("stop",), None, 0), (("recommended level 1",), "1", 4), (("recommended level 2",), None, 0)],
)
def test_the_committee_decides_the_level(decided: tuple[str, ...], level: str | None, places: int) -> None:
    found = only(state_of(ENDED, DECIDED, *decided))
    assert (found.level, found.open) == (level, places)
    assert bool(found.why) is (level is None)


@pytest.mark.parametrize(
    ("last", "day", "level"),
    [
        ("no recommended level", 9, None),
        ("recommended level 1 or 2", 9, None),
        ("Recommended  level 1", 9, "1"),
        ("pause", 9, "2"),
        ("recommended level 1", 1, None),  # on the day of the other
        ("recommended level 1", None, None),
        ("recommended level 2", None, "2"),
    ],
)
def test_a_decision_that_may_be_the_last_is_not_passed_over(last: str, day: int | None, level: str | None) -> None:
    first = CommitteeDecision(date(2026, 7, 1), "stop", "recommended level 2")
    then = CommitteeDecision(None if day is None else date(2026, 7, day), "stop", last)
    protocol = loads(TEXT + DECIDED.replace(", at most mtd", "")).model
    told = [only(trial_state(protocol, ENDED, AS_OF, decisions=told)) for told in ((first, then), (then, first))]
    assert [level, level] == [one.level for one in told]
    assert all((one.open > 0, not one.why) == (level is not None,) * 2 for one in told)


def test_a_committee_may_go_above_the_mtd_where_the_protocol_does_not_forbid_it() -> None:
    found = only(state_of(ENDED, DECIDED.replace(", at most mtd", ""), "recommended level 1", "recommended level 2"))
    assert (found.level, found.open) == ("2", 4)


def test_several_expansions_have_names_and_may_have_levels() -> None:
    parts = "\nparts\n    escalation\n    expansion younger of 2 at level 1\n    expansion older of 3 at level 2\n"
    younger, older = state_of((*ENDED, patient("E", 20, "1", part="younger")), parts).expansions
    assert (younger.open, older.open, older.why) == (1, 0, "level 2 is above the recommended level 1")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("expansion of 6 at level 1\n    expansion of 4 at recommended level", "PD408"),
        ("expansion a of 6 at level 1\n    expansion a of 4 at level 2", "PD408"),
        ("expansion of 6 at level 3", "PD101"),
        ("expansion of 0 at recommended level", "PD412"),
        (
            "recommended level is decided by committee\n    recommended level is decided by committee, at most mtd",
            "PD408",
        ),
    ],
)
def test_slips(lines: str, code: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        loads(TEXT + f"\nparts\n    escalation\n    {lines}\n")
    assert code in [one.code for one in refused.value.diagnostics]


def test_parts_are_kept() -> None:
    model = loads(TEXT + DECIDED).model
    assert [(one.name, one.patients, one.level) for one in model.parts] == [
        ("escalation", None, None),
        ("expansion", 4, None),
    ]
    assert from_json(to_json(model)) == model


# --- rules over the patients of one part ------------------------------------------------------------------------------

STOPPING = (
    PARTS
    + """
stopping
    S1 "Two DLTs in the expansion"
        each patient where (part is expansion) had_dlt
        stops when chance of a rate above 0.3 is more than 0.5, prior 1 and 1, from 2 patients, up to 4 patients
        then stop trial
"""
)
"""P(rate > 0.3) of 1 in 2 is 0.784 (Beta(2, 2)), of none in 2 0.343 (Beta(1, 3)): one of the first two stops."""


@pytest.mark.parametrize(
    ("dlts", "parts", "expected"),
    [
        ((False, False), ("expansion", "expansion"), "not met"),
        ((True, False), ("expansion", "expansion"), "met"),
        ((True, False), ("expansion", None), "unknown"),  # the one with a DLT is in, the other may be the second
        ((True, True), ("escalation", "escalation"), "not met"),
    ],
)
def test_a_rule_over_one_part(dlts: tuple[bool, ...], parts: tuple[str | None, ...], expected: str) -> None:
    pairs = enumerate(zip(dlts, parts, strict=True))
    added = tuple(patient(f"E{number}", 20 + number, "1", dlt=dlt, part=part) for number, (dlt, part) in pairs)
    state = state_of((*ENDED, *added), STOPPING)
    assert state.advice is not None
    (rule,) = state.advice.stopping
    assert rule.status.value == expected
