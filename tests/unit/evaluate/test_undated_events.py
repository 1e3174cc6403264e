"""An event that was entered without its day had begun by the as-of date, and perhaps only after the day asked about."""

from datetime import date

import pytest

from protocol_dsl.evaluate.decide import Standing
from protocol_dsl.evaluate.gaps import Gap
from protocol_dsl.model.record import Event, Reading, Reason
from tests.trials_by_hand import ENROLMENT, clause, event, excluding, including, patient

RULE = "any medications where (drug is x)"
LATER = date(2026, 6, 30)
UNDATED = (
    event(drug="x"),
    Event({"drug": Reading("x"), "start": Reading(missing=Reason.UNREADABLE)}),
    Event({"drug": Reading("x"), "start": Reading(missing=Reason.NOT_COLLECTED)}),
)


@pytest.mark.parametrize("entry", UNDATED)
def test_what_was_entered_by_the_day_asked_about_had_begun(entry: Event) -> None:
    record = patient(lists={"medications": (entry,)}, attested={"medications": ENROLMENT})
    assert Standing.BARS is clause(excluding(RULE), record).standing


@pytest.mark.parametrize("entry", UNDATED)
@pytest.mark.parametrize("protocol", [excluding(RULE), including(RULE), excluding("count of medications at least 1")])
def test_what_was_entered_later_may_have_begun_later(protocol: object, entry: Event) -> None:
    record = patient(lists={"medications": (entry,)}, attested={"medications": LATER})
    found = clause(protocol, record, LATER)  # type: ignore[arg-type]
    assert (Standing.OPEN, (Gap("medications start", Reason.UNDATED),)) == (found.standing, found.gaps)


@pytest.mark.parametrize(("start", "standing"), [(ENROLMENT, Standing.BARS), (date(2026, 6, 2), Standing.CLEARS)])
def test_its_day_settles_it_either_way(start: date, standing: Standing) -> None:
    record = patient(lists={"medications": (event(drug="x", start=start),)}, attested={"medications": LATER})
    assert standing is clause(excluding(RULE), record, LATER).standing


def test_no_policy_speaks_of_it() -> None:
    record = patient(lists={"medications": (event(drug="x"),)}, attested={"medications": LATER})
    policy = 'if missing treat as not met because "seldom"'
    assert Standing.OPEN is clause(excluding(RULE, policy), record, LATER).standing
