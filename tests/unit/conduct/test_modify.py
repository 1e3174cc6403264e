"""What is done with one patient's dose, worked out by hand: levels 1 to 3, dosed from 1 June 2026 on."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.conduct.modify import Modified, modified
from protocol_dsl.conduct.status import trial_state
from protocol_dsl.face import loads
from protocol_dsl.model.record import Attested, Event, Reading, Record, Value
from protocol_dsl.model.serial import from_json, to_json
from protocol_dsl.pipeline import load_text

TEXT = """\
protocol "MODIFY-1"
    language 1
    uses ctcae 5.0

moments
    infusion is day 1

data
    adverse_events : list of adverse_event
    doses          : list of dose

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    | 3     | 200 |
    start at level 1

dlt
    window from infusion through day 28
    attributed possible, probable, definite
    T1 "Grade 4"
        grade at least 4

modifications
    M1 "Grade 3 related event: hold, then one level down"
        any adverse_events where (grade is 3 and attributed)
        then hold until no adverse_events where (grade at least 2 and end is ongoing)
        then one level down
        at most 2 reductions, else off treatment
    M2 "Grade 4 related event: off treatment"
        any adverse_events where (grade at least 4 and attributed)
        then off treatment
    M3 "Grade 2 that goes on: hold, then the same level"
        any adverse_events where (grade is 2 and end is ongoing)
        then hold until no adverse_events where (grade is 2 and end is ongoing)
"""
PROTOCOL = loads(TEXT).model
LATER = date(2026, 9, 1)


def june(day: int) -> date:
    return date.fromordinal(date(2026, 6, 1).toordinal() + day - 1)


def event(grade: int, start: int, end: int | None, attributed: str | None = "possible") -> Event:
    last: Value = Attested.ONGOING if end is None else june(end)
    fields: dict[str, Value] = {"term": "headache", "grade": Fraction(grade), "start": june(start), "end": last}
    known = fields if attributed is None else {**fields, "attributed": attributed}
    return Event({name: Reading(value) for name, value in known.items()})


def patient(events: Sequence[Event], doses: Sequence[tuple[int, str]] = ((1, "3"), (8, "3"))) -> Record:
    given = tuple(
        Event({"product": Reading("abc"), "date": Reading(june(day)), "level": Reading(level)}) for day, level in doses
    )
    lists = {"adverse_events": tuple(events), "doses": given}
    return Record("P", {"infusion": (Reading(june(1)),)}, lists, dict.fromkeys(lists, LATER), context={"level": "3"})


def asked(
    events: Sequence[Event], doses: Sequence[tuple[int, str]] = ((1, "3"), (8, "3")), as_of: int = 40
) -> list[Modified]:
    return list(modified(PROTOCOL, patient(events, doses), june(as_of)))


def test_nothing_is_asked_of_who_had_nothing() -> None:
    assert asked([]) == []
    assert asked([event(1, 3, None), event(3, 5, 8, "unlikely")]) == []


def test_a_dose_is_held_while_the_event_goes_on() -> None:
    assert asked([event(3, 10, None)]) == [Modified("M1", "hold")]


def test_as_of_a_day_it_had_not_ended() -> None:
    assert asked([event(3, 10, 20)], as_of=15) == [Modified("M1", "hold")]


def test_and_then_goes_one_level_down() -> None:
    assert asked([event(3, 10, 20)]) == [Modified("M1", "one level down", "2")]


def test_what_came_before_the_reduction_is_answered_by_it() -> None:
    assert asked([event(3, 10, 20)], [(1, "3"), (8, "3"), (22, "2")]) == []


def test_what_comes_after_it_asks_again() -> None:
    reduced = [(1, "3"), (22, "2")]
    assert asked([event(3, 10, 20), event(3, 25, 30)], reduced) == [Modified("M1", "one level down", "1")]


def test_below_the_lowest_level_is_no_dose() -> None:
    assert asked([event(3, 10, 20)], [(1, "1")]) == [Modified("M1", "off treatment", None, "no level lies below 1")]


def test_a_third_reduction_is_none() -> None:
    """Down, up again and down: two reductions, and the third is off treatment though a level lies below."""
    doses = [(1, "3"), (5, "2"), (9, "3"), (13, "2")]
    assert asked([event(3, 20, 25)], doses) == [Modified("M1", "off treatment", None, "after 2 reductions")]


def test_the_gravest_comes_first() -> None:
    found = asked([event(3, 10, 20), event(4, 12, 14), event(2, 30, None)])
    assert [(one.id, one.action) for one in found] == [("M2", "off treatment"), ("M1", "hold"), ("M3", "hold")]


def test_an_unknown_attribution_is_never_unrelated() -> None:
    assert asked([event(3, 10, 20, None)]) == [Modified("M1", "cannot be told", None, "its condition is not known")]


def test_it_is_told_with_the_state_of_the_trial() -> None:
    (only,) = trial_state(PROTOCOL, [patient([event(3, 10, 20)])], june(40)).patients
    assert only.modified == (Modified("M1", "one level down", "2"),)


def test_they_survive_being_written_as_data() -> None:
    assert from_json(to_json(PROTOCOL)) == PROTOCOL


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("        then off treatment\n", "", "PD312"),
        ("        then off treatment\n", "        then off treatment\n        then same level\n", "PD312"),
        (
            "        then off treatment\n",
            "        then off treatment\n        at most 2 reductions, else off treatment\n",
            "PD312",
        ),
        ("then off treatment", "then two levels down", "PD020"),
    ],
)
def test_what_is_not_said_once_is_refused(old: str, new: str, code: str) -> None:
    loaded = load_text(Source("modify.protocol", TEXT.replace(old, new)))
    assert loaded.protocol is None
    assert code in {one.code for one in loaded.errors}
