"""The days of moments: recorded, given or of the first dose, in their order and within their bounds."""

from datetime import date, datetime

import pytest
from attrs import evolve

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import NOWHERE
from protocol_dsl.evaluate.moments import dose_days, doses_by, moments_of
from protocol_dsl.evaluate.possible import ANYTHING, Option
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason, Record, Value
from protocol_dsl.model.vocabulary import Date, Item, ListOf, Moment
from tests.trials_by_hand import event

PROTOCOL = Protocol(
    Header("HAND-2"),
    moments={"first_dose": Moment("first_dose", first_dose_of="cells")},
    items={"doses": Item("doses", ListOf("dose"))},
)
SURE = event(product="cells", date=date(2026, 6, 10))


def first_dose(*doses: Event) -> Option:
    return moments_of(PROTOCOL, Record("P1", lists={"doses": doses}), {})[0]["first_dose"]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (event(product="cells", date=date(2026, 6, 24)), date(2026, 6, 10)),
        (event(product="cells", date=date(2026, 6, 3)), date(2026, 6, 3)),
        (event(product="steroid", date=date(2026, 6, 3)), date(2026, 6, 10)),
        (event(product="steroid"), date(2026, 6, 10)),
        (event(product="cells"), ANYTHING),
        (event(date=date(2026, 6, 3)), ANYTHING),
        (event(product="cells", date=Range(date(2026, 6, 1), date(2026, 6, 30))), ANYTHING),
        (event(product="cells", date=Range(date(2026, 7, 1), date(2026, 7, 31))), date(2026, 6, 10)),
    ],
)
def test_a_dose_beside_one_of_10_june(other: Event, found: Option) -> None:
    assert found == first_dose(SURE, other)


@pytest.mark.parametrize("missing", [Reason.UNREADABLE, Reason.CONFLICTING])
@pytest.mark.parametrize("other", [(), (Reading(date(2026, 6, 1)),)])
def test_an_entry_that_cannot_be_used_leaves_a_moment_unknown(missing: Reason, other: tuple[Reading, ...]) -> None:
    entries = (Reading(missing=missing), *other)
    record = Record("P1", {"first_dose": entries}, {"doses": (SURE,)})
    assert ANYTHING == moments_of(PROTOCOL, record, {})[0]["first_dose"]


# --- order and bounds ---------------------------------------------------------------------------------------------

JUN1, JUN2 = date(2026, 6, 1), date(2026, 6, 2)


def ordered(*, at_most_days: int | None = None, at_least_days: int | None = None) -> Protocol:
    after = Moment("enrolment", after="consent", at_most_days=at_most_days, at_least_days=at_least_days)
    return Protocol(Header("HAND-6"), moments={"consent": Moment("consent"), "enrolment": after})


def both(protocol: Protocol, consent: Value, enrolment: Value) -> tuple[list[Option], list[str]]:
    record = Record("P1", {"consent": (Reading(consent),), "enrolment": (Reading(enrolment),)})
    found, problems = moments_of(protocol, record, {})
    return [found["consent"], found["enrolment"]], [problem.message for problem in problems]


def fault(what: str) -> list[str]:
    return [f"patient P1: enrolment {what}, so both are taken as unknown"]


BEFORE = "is before consent"


@pytest.mark.parametrize(
    ("consent", "enrolment", "expected"),
    [
        (JUN1, JUN1, []),
        (JUN1, JUN2, []),
        (JUN2, JUN1, fault(BEFORE)),
        (Range(JUN1, JUN2), JUN1, []),
        (Range(JUN2, date(2026, 6, 30)), JUN1, fault(BEFORE)),
        (JUN2, Range(JUN1, JUN2), []),
    ],
)
def test_a_moment_is_not_before_the_one_it_comes_after(consent: Value, enrolment: Value, expected: list[str]) -> None:
    days, problems = both(ordered(), consent, enrolment)
    assert ([ANYTHING, ANYTHING] if expected else [consent, enrolment], expected) == (days, problems)


@pytest.mark.parametrize(
    ("day", "at_most", "at_least"),
    [
        (date(2026, 6, 28), [], fault("is 27 days after consent, at least 28 are asked for")),
        (date(2026, 6, 29), [], []),
        (date(2026, 6, 30), fault("is 29 days after consent, at most 28 are allowed"), []),
        (Range(date(2026, 7, 1), date(2026, 7, 31)), [], []),
    ],
)
def test_28_days_between_two_moments(day: Value, at_most: list[str], at_least: list[str]) -> None:
    found = [both(ordered(**{bound: 28}), JUN1, day)[1] for bound in ("at_most_days", "at_least_days")]
    assert [at_most, at_least] == found


def test_a_moment_out_of_order_warns_with_its_code() -> None:
    record = Record("P1", {"consent": (Reading(JUN2),), "enrolment": (Reading(JUN1),)})
    (message,) = fault(BEFORE)
    expected = Diagnostic("PD740", Severity.WARNING, message, Label(NOWHERE), help="correct the dates in the record")
    assert (expected,) == moments_of(ordered(), record, {})[1]


def test_a_moment_that_is_in_order_keeps_its_day_beside_those_that_are_not() -> None:
    moments = {**ordered().moments, "first_dose": Moment("first_dose")}
    entries = {"consent": JUN2, "enrolment": JUN1, "first_dose": JUN2}
    record = Record("P1", {name: (Reading(day),) for name, day in entries.items()})
    found, _ = moments_of(Protocol(Header("HAND-6"), moments=moments), record, {})
    assert {"consent": ANYTHING, "enrolment": ANYTHING, "first_dose": JUN2} == found


# --- a day on record ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), ANYTHING),
        ((Reading(JUN1),), JUN1),
        ((Reading(JUN1), Reading(JUN1)), JUN1),
        ((Reading(JUN1), Reading(JUN2)), ANYTHING),
        ((Reading(datetime(2026, 6, 1, 9)),), JUN1),  # noqa: DTZ001 - days have no zone
        ((Reading(Range(JUN1, JUN2)),), Range(JUN1, JUN2)),
        ((Reading(Attested.NEVER),), ANYTHING),
    ],
)
def test_the_day_of_a_moment_on_record(entries: tuple[Reading, ...], expected: Option) -> None:
    assert expected == moments_of(ordered(), Record("P1", {"consent": entries}), {})[0]["consent"]


def test_a_day_that_is_given_comes_before_one_on_record() -> None:
    record = Record("P1", {"consent": (Reading(JUN1),)})
    assert moments_of(ordered(), record, {"consent": JUN2})[0]["consent"] == JUN2


def test_a_day_on_record_comes_before_the_first_dose() -> None:
    record = Record("P1", {"first_dose": (Reading(JUN1),)}, {"doses": (SURE,)})
    assert moments_of(PROTOCOL, record, {})[0]["first_dose"] == JUN1


def test_days_that_contradict_each_other_are_not_settled_by_the_first_dose() -> None:
    record = Record("P1", {"first_dose": (Reading(JUN1), Reading(JUN2))}, {"doses": (SURE,)})
    assert moments_of(PROTOCOL, record, {})[0]["first_dose"] is ANYTHING


# --- doses --------------------------------------------------------------------------------------------------------

JUN10, JUN24 = date(2026, 6, 10), date(2026, 6, 24)
LATER = event(product="cells", date=JUN24)
UNSURE = Range(date(2026, 6, 1), date(2026, 6, 30))


def given(*doses: Event) -> Record:
    return Record("P1", lists={"doses": doses})


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        ((), ()),
        ((LATER, SURE, SURE), (JUN10, JUN24)),
        ((SURE, event(product="steroid", date=JUN24)), (JUN10,)),
        ((SURE, event(date=JUN24)), (JUN10,)),
        ((SURE, event(product="cells")), (JUN10,)),
        ((SURE, event(product="cells", date=UNSURE)), (JUN10,)),
        ((event(product="cells", date=datetime(2026, 6, 24, 9)), SURE), (JUN10, JUN24)),  # noqa: DTZ001
    ],
)
def test_the_days_of_doses(doses: tuple[Event, ...], expected: tuple[date, ...]) -> None:
    assert expected == dose_days(PROTOCOL, given(*doses), "cells")


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        ((), None),
        ((event(product="steroid", date=JUN10),), None),
        ((LATER, SURE, SURE), (JUN10,)),
        ((LATER,), ()),
        ((event(product="cells", date=UNSURE), SURE), (JUN10, UNSURE)),
        ((event(product="cells", date=Range(date(2026, 6, 24), date(2026, 6, 30))), SURE), (JUN10,)),
        ((event(product="cells"), SURE), (JUN10, ANYTHING)),
    ],
)
def test_the_doses_by_23_june(doses: tuple[Event, ...], expected: tuple[Option, ...] | None) -> None:
    assert expected == doses_by(PROTOCOL, given(*doses), "cells", date(2026, 6, 23))


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 6, 9), ()), (JUN10, (JUN10,))])
def test_a_dose_is_seen_from_its_day_on(day: date, expected: tuple[Option, ...]) -> None:
    assert expected == doses_by(PROTOCOL, given(SURE), "cells", day)


def test_only_lists_of_doses_hold_doses() -> None:
    items = {**PROTOCOL.items, "drugs": Item("drugs", ListOf("medication")), "weight": Item("weight", Date())}
    record = Record("P1", lists={"drugs": (LATER,), "weight": (LATER,), "doses": (SURE,)})
    assert dose_days(evolve(PROTOCOL, items=items), record, "cells") == (JUN10,)
