"""Nothing that is unknown clears a criterion in silence, and whatever keeps one open is named."""

from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl.evaluate.decide import Passage, Standing, Status, Verdict, decide_gates
from protocol_dsl.evaluate.gaps import Gap
from protocol_dsl.evaluate.settle import settling_sets
from protocol_dsl.model.record import Attested, Judgement, Range, Reason, Record
from tests.trials_by_hand import (
    ENROLMENT,
    clause,
    decided,
    event,
    excluding,
    including,
    missing,
    number,
    patient,
    trial,
    word,
)

POLICY = 'if missing treat as not met because "recorded only when there is one"'


# --- policies -----------------------------------------------------------------------------------------------------


def test_a_policy_speaks_of_no_entry_at_all() -> None:
    assert Status.NOT_MET is clause(excluding("dsa more than 2000", POLICY), patient()).status


@pytest.mark.parametrize("reason", [Reason.PENDING, Reason.NOT_DONE, Reason.REFUSED, Reason.UNREADABLE])
def test_a_policy_does_not_speak_of_other_reasons(reason: Reason) -> None:
    record = patient(dsa=missing(reason, "2026-05-30"))
    assert Standing.OPEN is clause(excluding("dsa more than 2000", POLICY), record).standing


def test_a_policy_does_not_speak_where_one_of_two_blanks_is_awaited() -> None:
    record = patient(gvhd=(missing(Reason.NOT_COLLECTED), missing(Reason.PENDING)))
    assert Standing.OPEN is clause(excluding("gvhd is active", POLICY), record).standing


def test_a_policy_does_not_speak_of_a_value_that_came_without_its_limit() -> None:
    record = patient(alt=number("900 U/L", "2026-05-30"))
    found = clause(excluding("alt more than 3 x ULN", POLICY), record)
    assert (Standing.OPEN, (Gap("alt ULN", Reason.WITHOUT_LIMIT),)) == (found.standing, found.gaps)


def test_a_policy_does_not_speak_of_a_moment_that_has_no_day() -> None:
    record = patient(last_surgery=word(date(2026, 5, 30)))
    found = clause(excluding("last_surgery is less than 28 days before first_dose", POLICY), record)
    assert (Standing.OPEN, (Gap("first_dose", Reason.UNDATED),)) == (found.standing, found.gaps)


def test_a_policy_does_not_speak_of_moments_out_of_order() -> None:
    record = patient(last_surgery=word(date(2026, 5, 20)), first_dose=word(date(2026, 5, 25)))
    found = clause(excluding("last_surgery is less than 28 days before first_dose", POLICY), record)
    assert (Standing.OPEN, (Gap("first_dose", Reason.OUT_OF_ORDER),)) == (found.standing, found.gaps)


def test_a_policy_does_not_speak_where_part_of_the_unknown_has_another_cause() -> None:
    rule = "any adverse_events where (lasts more than 72 hours) or dsa more than 2000"
    days = event(term="fever", start=date(2026, 5, 1), end=date(2026, 5, 4))
    record = patient(lists={"adverse_events": (days,)}, attested={"adverse_events": ENROLMENT})
    assert Standing.OPEN is clause(excluding(rule, POLICY), record).standing


def test_a_named_reason_lets_a_policy_speak() -> None:
    line = 'if missing or not done treat as not met because "the test is left out in children"'
    record = patient(dsa=missing(Reason.NOT_DONE, "2026-05-30"))
    assert Status.NOT_MET is clause(excluding("dsa more than 2000", line), record).status


# --- lists that are called complete -------------------------------------------------------------------------------

NONE_GRADE_3 = "any adverse_events where (grade at least 3)"


def test_a_list_complete_by_a_line_of_the_file_is_reported_like_a_policy() -> None:
    found = decided(excluding(NONE_GRADE_3), patient(last_visit=word(ENROLMENT)))
    assert (Standing.CLEARS, ("E1",)) == (found.clauses[0].standing, found.policies)


def test_without_policies_a_line_of_the_file_completes_no_list() -> None:
    found = decided(excluding(NONE_GRADE_3), patient(last_visit=word(ENROLMENT)), policies=False)
    assert Standing.OPEN is found.clauses[0].standing


def test_a_list_that_the_site_attested_needs_no_policy() -> None:
    found = decided(excluding(NONE_GRADE_3), patient(attested={"adverse_events": ENROLMENT}))
    assert (Standing.CLEARS, ()) == (found.clauses[0].standing, found.policies)


def test_a_count_of_a_list_complete_by_the_file_is_reported_like_a_policy() -> None:
    found = decided(excluding("count of adverse_events at least 1"), patient(last_visit=word(ENROLMENT)))
    assert (Standing.CLEARS, ("E1",)) == (found.clauses[0].standing, found.policies)


NEAR_FIRST_DOSE = excluding("any medications where (taken within 14 days before first_dose)")


def treated(first_dose: date, attested: date, *drugs: date) -> Record:
    """A patient with a first dose, medications attested to a day, and drugs taken on single days."""
    events = tuple(event(drug="x", start=day, end=day) for day in drugs)
    return patient(first_dose=word(first_dose), lists={"medications": events}, attested={"medications": attested})


def test_a_window_that_reaches_past_the_moment_asks_for_a_list_complete_to_its_end() -> None:
    record = treated(date(2026, 6, 5), ENROLMENT)
    assert Standing.OPEN is clause(NEAR_FIRST_DOSE, record, date(2026, 6, 10)).standing


def test_a_list_complete_to_the_end_of_the_window_will_do() -> None:
    record = treated(date(2026, 6, 5), date(2026, 6, 5))
    assert Standing.CLEARS is clause(NEAR_FIRST_DOSE, record, date(2026, 6, 10)).standing


def test_what_is_not_seen_yet_is_not_asked_for() -> None:
    record = treated(date(2026, 6, 5), date(2026, 6, 2))
    assert Standing.CLEARS is clause(NEAR_FIRST_DOSE, record, date(2026, 6, 2)).standing


def test_an_event_in_a_window_past_the_moment_counts() -> None:
    record = treated(date(2026, 6, 5), date(2026, 6, 5), date(2026, 6, 3))
    assert Standing.BARS is clause(NEAR_FIRST_DOSE, record, date(2026, 6, 10)).standing


def test_what_begins_after_the_moment_is_not_looked_at() -> None:
    record = treated(date(2026, 6, 5), ENROLMENT, date(2026, 6, 3))
    found = clause(excluding("any medications where (drug is x)"), record, date(2026, 6, 10))
    assert Standing.CLEARS is found.standing


# --- readings -----------------------------------------------------------------------------------------------------


def test_two_readings_that_disagree_about_a_multiple_of_their_limits_are_named() -> None:
    alt = (number("50 U/L", "2026-05-30", uln="40"), number("200 U/L", "2026-05-30", uln="40"))
    found = clause(excluding("alt more than 3 x ULN"), patient(alt=alt))
    assert (Standing.OPEN, (Gap("alt", Reason.CONFLICTING),)) == (found.standing, found.gaps)


def test_fewer_readings_than_asked_for_are_no_answer() -> None:
    found = clause(excluding("2 consecutive qtcf more than 470 ms"), patient(qtcf=number("500 ms", "2026-05-30")))
    assert (Standing.OPEN, (Gap("qtcf", Reason.TOO_FEW),)) == (found.standing, found.gaps)


def test_a_policy_does_not_speak_of_too_few_readings() -> None:
    record = patient(qtcf=number("500 ms", "2026-05-30"))
    assert Standing.OPEN is clause(excluding("2 consecutive qtcf more than 470 ms", POLICY), record).standing
    assert Standing.OPEN is clause(excluding("mean of last 3 qtcf more than 470 ms", POLICY), record).standing


@pytest.mark.parametrize("swapped", [False, True])
def test_the_order_of_entry_does_not_order_the_readings_of_one_day(swapped: bool) -> None:  # noqa: FBT001
    """Of 480, then 490 and 460 in unknown order: two running are above 470 only if 490 came first."""
    same_day = (number("490 ms", "2026-05-30"), number("460 ms", "2026-05-30"))
    qtcf = (number("480 ms", "2026-05-29"), *(reversed(same_day) if swapped else same_day))
    assert Standing.OPEN is clause(excluding("2 consecutive qtcf more than 470 ms"), patient(qtcf=qtcf)).standing


def test_a_reading_entered_twice_counts_once() -> None:
    twice = (number("500 ms", "2026-05-30"), number("500 ms", "2026-05-30"))
    assert Standing.OPEN is clause(excluding("2 consecutive qtcf more than 470 ms"), patient(qtcf=twice)).standing
    mean = (*twice, number("410 ms", "2026-05-29"))
    assert Status.NOT_MET is clause(excluding("mean of qtcf more than 460 ms"), patient(qtcf=mean)).status


def test_a_reading_whose_day_is_uncertain_is_named() -> None:
    record = patient(qtcf=number("480 ms", "2026-05"))
    found = clause(excluding("every qtcf more than 470 ms"), record)
    assert (Standing.OPEN, (Gap("qtcf", Reason.IMPRECISE),)) == (found.standing, found.gaps)


def test_the_highest_of_days_may_be_never() -> None:
    days = (word(date(2026, 5, 1), "2026-05-02"), word(Attested.NEVER, "2026-05-03"))
    found = clause(excluding("(highest last_surgery) is after consent"), patient(last_surgery=days))
    assert Standing.OPEN is found.standing


# --- how long -----------------------------------------------------------------------------------------------------

LASTING = "any adverse_events where (lasts more than 30 days)"


def lasted(start: object, end: object) -> Record:
    return patient(
        lists={"adverse_events": (event(term="fever", start=start, end=end),)},  # type: ignore[arg-type]
        attested={"adverse_events": ENROLMENT},
    )


def test_a_partial_end_is_as_wide_as_its_days() -> None:
    """From some time on 1 January to some time in January: up to 31 days less a moment."""
    january = Range(date(2026, 1, 1), date(2026, 1, 31))
    assert Standing.OPEN is clause(excluding(LASTING), lasted(date(2026, 1, 1), january)).standing


def test_a_partial_start_is_as_wide_as_its_days() -> None:
    """From some time in January to some time on 2 March: between 29 and 61 days."""
    january = Range(date(2026, 1, 1), date(2026, 1, 31))
    found = clause(including("any adverse_events where (lasts at least 30 days)"), lasted(january, date(2026, 3, 2)))
    assert Standing.OPEN is found.standing


def test_an_end_before_the_start_says_nothing() -> None:
    assert Standing.OPEN is clause(excluding(LASTING), lasted(date(2026, 5, 1), date(2026, 1, 1))).standing


# --- judgement ----------------------------------------------------------------------------------------------------


def test_an_undated_judgement_may_be_the_latest() -> None:
    judged = (Judgement(met=True), Judgement(met=False, day=date(2026, 5, 1)))
    found = clause(excluding('judged "other disease"'), patient(judgements={"other disease": judged}))
    assert (Standing.OPEN, (Gap("other disease", Reason.CONFLICTING),)) == (found.standing, found.gaps)


# --- what would settle it -----------------------------------------------------------------------------------------


def test_what_no_missing_item_settles_has_no_settling_set() -> None:
    """Whether three days are more than 72 hours hangs on the times of day, which are the event's own fields."""
    days = event(term="fever", start=date(2026, 5, 1), end=date(2026, 5, 4))
    record = patient(lists={"adverse_events": (days,)}, attested={"adverse_events": ENROLMENT})
    found = decided(excluding("any adverse_events where (lasts more than 72 hours)"), record)
    assert (("adverse_events end", "adverse_events start"),) == settling_sets(found)


def test_each_settling_set_is_enough_and_needed() -> None:
    protocol = trial(
        'exclusion at enrolment\n    E1 "a"\n        dsa more than 2000\n'
        '    E2 "b"\n        lansky less than 50 and qtcf more than 470 ms\n'
    )
    assert (("dsa", "lansky"), ("dsa", "qtcf")) == settling_sets(decided(protocol, patient()))


# --- counts over everybody ----------------------------------------------------------------------------------------


def test_as_of_a_day_nobody_was_followed_beyond_it() -> None:
    protocol = trial(
        'inclusion at enrolment\n    I1 "as written"\n        dsa at most 2000\n',
        "dlt\n    window from first_dose through day 28\n    attributed possible\n"
        '    T1 "any"\n        grade at least 4\n    evaluable when followed through day 28\n',
    )
    assert protocol.dlt is not None
    assert protocol.dlt.evaluable is not None
    from protocol_dsl.base.truth import Truth
    from protocol_dsl.evaluate.environment import Environment
    from protocol_dsl.evaluate.interpret import interpret

    record = patient(first_dose=word(date(2026, 6, 2)), attested={"adverse_events": date(2026, 8, 1)})
    moments = {"enrolment": ENROLMENT, "first_dose": date(2026, 6, 2)}
    early, late = (Environment(protocol, record, day, moments) for day in (date(2026, 6, 20), date(2026, 6, 29)))
    assert (Truth.UNKNOWN, Truth.TRUE) == tuple(interpret(protocol.dlt.evaluable, env).truth for env in (early, late))


def test_numbers_here_are_what_they_look_like() -> None:
    assert Fraction(500, 1000) == number("500 ms").value


def test_a_field_is_named_with_its_list() -> None:
    record = patient(lists={"medications": (event(start=ENROLMENT),)}, attested={"medications": ENROLMENT})
    found = clause(excluding("any medications where (drug is sotalol)"), record)
    assert (Gap("medications drug", Reason.NOT_COLLECTED),) == found.gaps


def test_a_reading_that_is_awaited_is_missed_once_and_not_once_more_for_its_limit() -> None:
    record = patient(alt=missing(Reason.PENDING, "2026-05-30"))
    assert (Gap("alt", Reason.PENDING),) == clause(excluding("alt more than 3 x ULN"), record).gaps


@pytest.mark.parametrize("rule", ["last_surgery is before enrolment", "last_surgery is on or before enrolment"])
def test_what_never_was_is_before_no_day(rule: str) -> None:
    assert Status.NOT_MET is clause(including(rule), patient(last_surgery=word(Attested.NEVER))).status


def test_what_never_was_is_after_no_day() -> None:
    record = patient(last_surgery=word(Attested.NEVER))
    assert Status.NOT_MET is clause(including("last_surgery is after enrolment"), record).status


# --- without the day of enrolment ---------------------------------------------------------------------------------

NO_DAY = (Gap("enrolment", Reason.UNDATED),)


@pytest.mark.parametrize(
    "rule",
    ["lansky at least 60", "every lansky at least 60", "no medications", "count of medications at most 2"],
)
def test_what_is_missing_is_the_day_and_not_what_was_recorded(rule: str) -> None:
    known = {"attested": {"medications": ENROLMENT}, "enrolment": None, "lansky": number("80", "2026-05-30")}
    assert NO_DAY == clause(including(rule), patient(**known)).gaps  # type: ignore[arg-type]


def test_what_has_no_entry_is_missing_whatever_the_day() -> None:
    found = clause(including("lansky at least 60"), patient(enrolment=None))
    assert (Gap("lansky", Reason.NOT_COLLECTED),) == found.gaps


# --- what is not known in full ------------------------------------------------------------------------------------

DSA = 'inclusion at enrolment\n    I1 "a"\n        dsa at most 2000\n'
INCOMPLETE = '    incomplete "the rest is not public"\n'
DLT = 'dlt\n    window from first_dose through day 28\n    attributed possible\n    T1 "a"\n        grade at least 4\n'


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(DSA + INCOMPLETE, Verdict.UNDETERMINED), (DSA + DLT + INCOMPLETE, Verdict.ELIGIBLE)],
    ids=["inclusion", "dlt"],
)
def test_an_incomplete_section_holds_up_what_it_is_about(text: str, verdict: Verdict) -> None:
    assert verdict is decided(trial(text), patient(dsa=number("300", "2026-05-30"))).verdict


@pytest.mark.parametrize(("note", "passage"), [("", Passage.PROCEED), (INCOMPLETE, Passage.UNDETERMINED)])
def test_an_incomplete_gate_is_never_passed(note: str, passage: Passage) -> None:
    protocol = trial(DSA + 'gate "Before the dose" at enrolment\n    G1 "a"\n        dsa at most 2000\n' + note)
    found = decide_gates(protocol, patient(dsa=number("300", "2026-05-30")), ENROLMENT)
    assert [passage] == [one.passage for one in found]
