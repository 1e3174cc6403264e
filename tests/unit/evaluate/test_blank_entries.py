"""A policy speaks of an item that has no entry; a blank entry beside others is not that."""

from datetime import date

import pytest

from protocol_dsl.evaluate.account import account
from protocol_dsl.evaluate.decide import Standing
from protocol_dsl.evaluate.gaps import Gap
from protocol_dsl.model.record import Range, Reading, Reason
from tests.trials_by_hand import clause, decided, excluding, missing, number, on, patient

POLICY = 'if missing treat as not met because "recorded only when there is one"'
OR_NOT_DONE = 'if missing or not done treat as not met because "recorded only when there is one"'
HIGH = number("9000", "2026-05-20")
BLANK = missing(Reason.NOT_COLLECTED, "2026-05-30")
UNDATED = Reading(missing=Reason.NOT_COLLECTED, at_moment=True)


@pytest.mark.parametrize("blank", [BLANK, UNDATED, missing(Reason.NOT_COLLECTED, "2026-05-20")])
@pytest.mark.parametrize(
    "rule",
    [
        "dsa more than 2000",
        "mean of last 2 dsa more than 5000",
        "lowest dsa more than 2000",
        "double_dsa more than 2000",
        "any dsa within 14 days before enrolment more than 20000",
        "every dsa within 14 days before enrolment more than 2000",
    ],
)
def test_a_blank_entry_beside_a_value_is_not_an_item_without_entry(rule: str, blank: Reading) -> None:
    found = clause(excluding(rule, POLICY), patient(dsa=(HIGH, blank)))
    assert (Standing.OPEN, (Gap("dsa", Reason.CONFLICTING),)) == (found.standing, found.gaps)


def test_a_blank_entry_beside_one_that_is_too_old_is_not_an_item_without_entry() -> None:
    old = number("9000", "2025-01-01")
    assert Standing.OPEN is clause(excluding("dsa more than 2000", POLICY), patient(dsa=(old, BLANK))).standing


def test_a_blank_entry_beside_a_later_one_is_an_item_without_entry() -> None:
    later = number("9000", "2026-06-03")
    record = patient(dsa=(BLANK, later))
    assert Standing.CLEARS is clause(excluding("dsa more than 2000", POLICY), record, date(2026, 6, 10)).standing


def test_nothing_but_blank_entries_is_an_item_without_entry() -> None:
    record = patient(dsa=(BLANK, missing(Reason.NOT_COLLECTED, "2026-05-29")))
    assert Standing.CLEARS is clause(excluding("dsa more than 2000", POLICY), record).standing


def test_known_does_not_overlook_an_entry_before_a_blank_one() -> None:
    assert Standing.OPEN is clause(excluding("known dsa more than 2000"), patient(dsa=(HIGH, BLANK))).standing


def test_a_test_not_done_on_the_day_of_a_result_contradicts_it() -> None:
    record = patient(dsa=(HIGH, missing(Reason.NOT_DONE, "2026-05-20")))
    found = clause(excluding("dsa more than 2000", OR_NOT_DONE), record)
    assert (Standing.OPEN, (Gap("dsa", Reason.CONFLICTING),)) == (found.standing, found.gaps)


@pytest.mark.parametrize("rule", ["mean of last 2 dsa more than 5000", "highest dsa more than 5000"])
def test_several_readings_taken_together_have_no_one_reason_where_theirs_differ(rule: str) -> None:
    record = patient(dsa=(missing(Reason.NOT_DONE, "2026-05-20"), missing(Reason.PENDING, "2026-05-21")))
    assert Standing.OPEN is clause(excluding(rule, OR_NOT_DONE), record).standing


def test_a_policy_does_not_speak_of_a_reading_whose_day_is_not_certain() -> None:
    unsure = Reading(HIGH.value, on("2026-05"), written="9000")
    record = patient(dsa=(missing(Reason.NOT_DONE, "2026-05-30"), unsure))
    rule = "any dsa within 14 days before enrolment more than 2000"
    assert Standing.OPEN is clause(excluding(rule, OR_NOT_DONE), record).standing


def test_a_policy_does_not_speak_of_readings_that_are_too_few() -> None:
    record = patient(dsa=missing(Reason.NOT_DONE, "2026-05-30"))
    rule = "2 consecutive dsa more than 2000"
    found = clause(excluding(rule, OR_NOT_DONE), record)
    assert Standing.OPEN is found.standing
    assert Gap("dsa", Reason.TOO_FEW) in found.gaps


def test_the_contradiction_is_told() -> None:
    protocol, record = excluding("dsa more than 2000", POLICY), patient(dsa=(HIGH, BLANK))
    told = account(protocol, record, decided(protocol, record))
    assert "dsa of 2026-05-30 is entered without a value, beside entries that say otherwise" in told


def test_a_range_with_a_blank_entry_is_open_too() -> None:
    low = Reading(Range(None, HIGH.value), on("2026-05-20"), written="<9000")
    assert Standing.OPEN is clause(excluding("highest dsa more than 2000", POLICY), patient(dsa=(low, BLANK))).standing
