"""What one record cannot show, since the versions keep it in another way, and lists complete to an item's day."""

import pytest

from protocol_dsl import loads
from protocol_dsl.amend.change import Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.checks import proofs
from protocol_dsl.model.protocol import Protocol

FRAME = """protocol "F"
    language 1
    version 1.0

moments
    consent
    enrolment after consent, at least 2 days

data
    creatinine : number in {unit}; of creatinine
    lines : {lines}
    scan : date
    medications : list of medication{complete}
    last_visit : date

{part} at enrolment
    I1 "x"
        {rule}
"""


def protocol(
    rule: str, unit: str = "mg/dL", lines: str = "count", complete: str = "", part: str = "inclusion"
) -> Protocol:
    return loads(FRAME.format(rule=rule, unit=unit, lines=lines, complete=complete, part=part)).model


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # 1 mg/dL of creatinine is 88.4 umol/L: 0.95 mg/dL clears in both, 1.05 mg/dL in neither.
        (protocol("creatinine at most 1 mg/dL"), protocol("creatinine at most 1 mg/dL", unit="umol/L")),
        (protocol("lines at least 1"), protocol("lines at least 1", lines="number")),
    ],
)
def test_nothing_is_said_of_what_is_kept_in_another_way(old: Protocol, new: Protocol) -> None:
    found = diff(old, new)
    (change,) = found.clauses
    assert (Kind.UNDECIDED, Kind.UNDECIDED) == (change.kind, found.whole.kind)
    assert "which is kept as" in change.loose[0]
    assert not found.defects


def test_the_same_unit_in_another_size_is_no_other_way() -> None:
    found = diff(protocol("creatinine at most 1 mg/dL"), protocol("creatinine at most 1 mg/dL", unit="g/L"))
    assert () == found.clauses


def test_a_list_that_is_complete_to_a_day_is_tried_with_days_beside_the_moment_asked_about() -> None:
    """In a gate two days after consent: attested by nobody, but complete to a visit of three weeks later."""
    old = protocol("no medications", part='gate "g"')
    new = protocol("no medications", part='gate "g"', complete='; complete to last_visit because "visits"')
    (change,) = diff(old, new).clauses
    assert {True} == {one.gained for one in change.witnesses}


def test_members_that_are_days_stand_on_the_calendar() -> None:
    """Enrolment on 10 May and a scan of 1 May: fewer than 14 days, and one of the days."""
    rule = "time from scan to enrolment at least 14 days or scan is not one of 2026-05-01, 2026-05-04"
    assert "PD372" not in {one.code for prove in proofs().values() for one in prove(protocol(rule))}
