"""What hangs on the calendar: worked by hand with the days on which months and years part."""

from collections.abc import Iterable

import pytest

from protocol_dsl import Protocol, loads
from protocol_dsl.amend.change import ClauseChange, Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.still import CALENDAR, FIXED
from protocol_dsl.checks import proofs

FRAME = """protocol "F"
    language 1
    version 1.0

moments
    enrolment
    first_dose after enrolment

data
    birth_date : date
    scan : date
    anc : number in 10*9/L; latest

define
    age is completed years from birth_date to enrolment

inclusion {moment}
    I1 "x"
        {rule}
"""
FROM_MAY = "scan is on or after 2026-05-04 and scan is on or before enrolment"
MONTHS = "scan is within 3 months before enrolment, rounding"


def protocol(rule: str, moment: str = "at enrolment") -> Protocol:
    return loads(FRAME.format(rule=rule, moment=moment))


def compared(old: Protocol, new: Protocol) -> ClauseChange:
    found = diff(old.model, new.model)
    assert not found.defects
    (change,) = found.clauses
    return change


def ways(change: ClauseChange) -> set[bool]:
    """Whether something is gained, and whether it is lost, on records in which nothing is missing."""
    return {one.gained for one in change.witnesses if one.whole}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        # Enrolment on 1 July, a scan of 20 May: not within 28 days, and not before 4 May.
        ("scan is within 28 days before enrolment", FROM_MAY, (True, False)),
        # Three months before 1 May is 1 February, 89 days; 92 days before is 29 January.
        (f"{MONTHS} down", "scan is within 92 days before enrolment", (True,)),
        # Three months before 31 May is 28 February, or 1 March.
        (f"{MONTHS} down", f"{MONTHS} up", (False,)),
        # Enrolled later in the year, whoever was born on 15 June 2008 is of age.
        ("age at least 18 years", "birth_date is on or before 2008-06-01", (True, False)),
        ("enrolment is on or after 2026-01-01", "enrolment is on or after 2026-02-01", (False,)),
        ("scan is on or after 2026-05-04", "scan is on or after 2026-05-05", (False,)),
        ("scan is before 2026-05-04", "scan is on or before 2026-05-04", (True,)),
    ],
)
def test_a_difference_on_some_days_of_the_calendar_is_shown(old: str, new: str, shown: Iterable[bool]) -> None:
    change = compared(protocol(old), protocol(new))
    assert set(shown) <= ways(change)
    assert Kind.SAME is not change.kind


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scan is within 28 days before enrolment", "scan is within 29 days before enrolment"),
        ("age at least 18 years", "age at least 19 years"),
        (f"{MONTHS} down", "scan is within 4 months before enrolment, rounding down"),
    ],
)
def test_what_is_counted_alike_from_one_moment_is_looked_through_on_one_day(old: str, new: str) -> None:
    change = compared(protocol(old), protocol(new))
    assert change.proved
    assert len(ways(change)) == 1


def test_a_rule_that_is_asked_at_another_moment_is_another() -> None:
    rule = "anc at least 1 10*9/L"
    change = compared(protocol(rule), protocol(rule, "at first_dose"))
    assert Kind.BOTH is change.kind
    assert any(one.startswith(FIXED) for one in change.loose)


@pytest.mark.parametrize(
    "rule",
    [
        "scan is within 28 days before enrolment and scan is before 2026-05-04",
        "age at least 18 years and birth_date is after 2008-06-01",
        f"{MONTHS} down and not scan is within 91 days before enrolment",
        "enrolment is on or after 2027-01-01",
        "enrolment is on or after 2020-01-01",
    ],
)
def test_what_is_met_on_some_days_of_the_calendar_is_not_called_impossible(rule: str) -> None:
    found = [one.code for prove in proofs().values() for one in prove(protocol(rule).model)]
    assert not {"PD371", "PD372", "PD373"}.intersection(found)


def test_what_holds_on_some_days_only_is_said() -> None:
    change = compared(protocol("age at least 18 years"), protocol("birth_date is on or before 2008-06-01"))
    assert any(one.startswith(CALENDAR) for one in change.loose)


LISTED = FRAME.replace("    scan : date\n", "    medications : list of medication\n")


def test_a_record_is_also_seen_on_the_day_that_is_asked_about() -> None:
    """A drug without a start had begun by the day of screening; two months later nobody knows when."""
    old, new = (
        loads(LISTED.format(moment="at enrolment", rule=f"no medications where (drug is a{more})"))
        for more in ("", " and not start is after enrolment")
    )
    change = compared(old, new)
    assert Kind.MISSING is change.kind
    (shown,) = change.witnesses
    assert ("not met", "unknown", True) == (shown.old, shown.new, shown.gained)
    assert shown.as_of == shown.record.readings["enrolment"][0].value


BOUND = FRAME.replace("    enrolment\n", "    consent\n    enrolment after consent, {bound}\n")


@pytest.mark.parametrize(
    ("old", "new", "gained"),
    [
        ("at most 28 days", "at most 14 days", False),
        ("at most 14 days", "at most 28 days", True),
        ("at least 1 days", "at least 2 days", False),
    ],
)
def test_other_bounds_of_moments_change_who_is_eligible(old: str, new: str, *, gained: bool) -> None:
    """Twenty days after consent, of at most 14: both days are taken as unknown, and so is what is read at them."""
    rule = "anc at least 1 10*9/L"
    texts = (loads(BOUND.format(bound=bound, rule=rule, moment="at enrolment")).model for bound in (old, new))
    found = diff(*texts)
    (change,) = found.clauses
    assert not found.defects
    said = {(one.old, one.new) for one in change.witnesses}
    assert {("unknown", "met") if gained else ("met", "unknown")} <= said
    assert found.whole.witnesses


def test_a_moment_within_bounds_is_moved_with_the_others() -> None:
    """Enrolled on 1 May, three days after consent: on or after that day, and not after it."""
    bound = "at least 2 days"
    old, new = (
        loads(BOUND.format(bound=bound, rule=f"enrolment is {sign} 2026-05-01", moment="at enrolment"))
        for sign in ("on or after", "after")
    )
    assert False in ways(compared(old, new))
