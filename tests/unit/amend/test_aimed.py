"""Readings on both sides of every edge, several where several count, and records aimed at where rules turn."""

from fractions import Fraction

import pytest

from protocol_dsl.amend.aimed import simplest_between
from protocol_dsl.amend.change import Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text

TEXT = """
protocol "AIM-1"
    language 1
    version 1.0

moments
    enrolment

data
    anc    : number in 10*9/L; plausible 0 to 50; {declared}
    weight : number in kg; plausible 2 to 200
    height : number in cm; plausible 40 to 220
    x      : time

define
    bsa in m2 with height in cm, weight in kg is square root of (height * weight / 3600)

inclusion at enrolment
    I1 "Rule"
        {rule}
"""


def read(rule: str, declared: str = "latest") -> Protocol:
    found = load_text(Source("aim", TEXT.format(rule=rule, declared=declared)), without=RUN).protocol
    assert found is not None
    return found


def test_a_mean_of_the_last_two_is_held_against_its_limit() -> None:
    """0.55 as the mean is above the one limit and below the other."""
    found = diff(read("mean of last 2 anc at most 0.5 10*9/L"), read("mean of last 2 anc at most 0.6 10*9/L"))
    (change,) = found.clauses
    assert change.kind is Kind.LOOSENED
    (shown,) = [one for one in change.witnesses if one.whole]
    assert len(shown.record.readings["anc"]) == 2


def test_the_highest_of_more_days_is_another_reading() -> None:
    """0.5 two days before and 2 ten days before: only of the last 14 days is the highest enough."""
    found = diff(
        read("anc at least 1 10*9/L", "highest, valid for 7 days"),
        read("anc at least 1 10*9/L", "highest, valid for 14 days"),
    )
    assert found.clauses[0].kind is Kind.LOOSENED


def test_the_latest_of_more_days_is_another_only_where_there_was_none() -> None:
    found = diff(
        read("latest anc within 14 days before enrolment at least 1 10*9/L"),
        read("latest anc within 28 days before enrolment at least 1 10*9/L"),
    )
    assert found.clauses[0].kind is Kind.MISSING


def test_a_window_that_ends_a_day_later_looks_at_readings_of_that_day() -> None:
    found = diff(
        read("latest anc from 3 days before enrolment to enrolment at least 1 10*9/L"),
        read("latest anc from 3 days before enrolment to 1 day after enrolment at least 1 10*9/L"),
    )
    assert found.clauses[0].kind is Kind.BOTH


def test_a_time_before_midnight_is_before_the_day_and_less_than_a_day_before_it() -> None:
    found = diff(read("x is at least 1 days before enrolment"), read("x is before enrolment"))
    assert any(one.gained for one in found.clauses[0].witnesses)


@pytest.mark.parametrize(
    ("low", "high", "between"),
    [("0", "1", "1/2"), ("1/3", "1/2", "2/5"), ("3.1", "3.2", "19/6"), ("7", "9", "8"), ("-1/2", "1/2", "0")],
)
def test_the_simplest_number_between_two(low: str, high: str, between: str) -> None:
    """Of all fractions between, the one with the least denominator: mediants of the Stern-Brocot tree."""
    found = simplest_between(Fraction(low), Fraction(high))
    assert found == Fraction(between)
    assert not any(
        Fraction(low) < Fraction(top, bottom) < Fraction(high)
        for bottom in range(1, found.denominator)
        for top in range(-10 * bottom, 10 * bottom)
    )
