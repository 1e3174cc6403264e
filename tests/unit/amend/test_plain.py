"""What the partition covers in full: differences that are worked by hand, form by form."""

import pytest

from protocol_dsl import loads
from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.formula import atoms, clearing
from protocol_dsl.model.protocol import Protocol

FRAME = """protocol "F"
    language 1
    version 1.0

moments
    enrolment

data
    scan : date
    biopsy : date
    sites : any of a, b, c, d, e, f
    wide : any of a, b, c, d, e, f, g, h
    hobby : text
    anc : number in 10*9/L; latest

inclusion at enrolment
    I1 "x"
        {rule}
"""

AFTER, DOWN = "after enrolment, rounding down", "before enrolment, rounding down"


def protocol(rule: str) -> Protocol:
    return loads(FRAME.format(rule=rule)).model


@pytest.mark.parametrize(
    ("old", "new", "gained"),
    [
        ("scan is on or after 2024-01-01", "scan is on or after 2023-01-01", {True}),  # a scan of June 2023
        ("scan is on or after 2024-01-01", "scan is after 2024-01-01", {False}),
        ("scan is 2024-01-01", "scan is 2024-01-02", {True, False}),
        ("scan is one of 2024-01-01", "scan is one of 2024-01-02", {True, False}),
        ("scan is within 5 days before 2024-01-02", "scan is within 4 days before 2024-01-02", {False}),
        ("scan is at least 5 days before 2024-01-02", "scan is at least 4 days before 2024-01-02", {True}),
        ("sites includes all of a, b, c, d, e", "sites includes all of a, b, c, d, f", {True, False}),
        ("sites includes any of a, b, c, d, e", "sites includes any of a, b, c, d, f", {True, False}),
        ("sites includes e or sites includes any of a, b, c, d", "sites includes any of a, b, c, d", {False}),
        ("hobby is one of chess, something_else", "not (hobby is zebra)", {True}),  # diving
        ("hobby is not one of chess", "hobby is something_else", {False}),
        (f"scan is at most 6 months {DOWN}", f"scan is at most 7 months {DOWN}", {True}),
        (f"scan is at least 1 months {AFTER}", f"scan is at least 2 months {AFTER}", {False}),
        (f"scan is more than 18 years {DOWN}", f"scan is more than 19 years {DOWN}", {False}),
    ],
)
def test_what_differs_is_shown(old: str, new: str, gained: set[bool]) -> None:
    found = diff(protocol(old), protocol(new))
    (change,) = found.clauses
    assert not found.defects
    assert gained == {one.gained for one in change.witnesses if one.whole}


@pytest.mark.parametrize(
    ("rule", "covered"),
    [
        ("anc at least 1 10*9/L", True),
        ("scan is within 28 days before enrolment", True),
        ("sites includes any of a, b", True),
        ("scan is at least 5 days before biopsy", False),
        ("anc at least 1 10*9/L or scan is before biopsy", False),
        ("2 * anc at least 1 10*9/L", False),
        ("mean of anc from 3 days before to date of anc at least 1 10*9/L", False),
    ],
)
def test_what_is_not_known_to_be_covered_is_said(rule: str, *, covered: bool) -> None:
    every = tuple(atoms(clearing(protocol(rule).criteria[0], 0)))
    assert covered is not any(asked((one,)).loose for one in every)


def test_more_members_than_are_varied_leave_the_answer_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protocol_dsl.amend.question.available", lambda: False)
    old, new = (f"wide includes all of a, b, c, d, e, {last}" for last in ("f, g", "f, h"))
    (change,) = diff(protocol(old), protocol(new)).clauses
    assert not change.proved
