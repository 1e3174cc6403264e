"""Judgements that filling in an entry once turned, each kept from doing so again."""

from datetime import date
from fractions import Fraction

from attrs import evolve

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import Status, decide, decide_clause
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.model.condition import (
    Branch,
    Cases,
    Compare,
    Constant,
    Distance,
    Fetch,
    Judged,
    Known,
    Lasting,
    MomentOf,
    Part,
    Series,
    Side,
    Sign,
)
from protocol_dsl.model.protocol import Clause, Effect
from protocol_dsl.model.record import Judgement, Range, Reading
from tests.trials_by_hand import ENROLMENT, asked, event, including, patient

HOUR = 3600
DAYS_3 = Constant(Fraction(72 * HOUR))


def test_a_partial_start_is_as_wide_as_its_days() -> None:
    """From 10 or 11 June to 14 June: two days and a moment at the least, five days less a moment at the most."""
    rash = event(start=Range(date(2026, 6, 10), date(2026, 6, 11)), end=date(2026, 6, 14))
    env = asked(at=None, moment=None, as_of=date(2026, 8, 1), event=rash)
    assert Truth.UNKNOWN is interpret(Compare(Sign.AT_LEAST, Lasting(), DAYS_3), env).truth
    assert Truth.TRUE is interpret(Compare(Sign.LESS_THAN, Lasting(), Constant(Fraction(120 * HOUR))), env).truth


def test_an_end_that_may_come_after_the_data_leaves_open_how_long_it_lasts() -> None:
    rash = event(start=date(2026, 6, 10), end=Range(date(2026, 6, 12), date(2026, 6, 20)))
    env = asked(at=None, moment=None, as_of=date(2026, 6, 15), event=rash)
    assert Truth.UNKNOWN is interpret(Compare(Sign.AT_MOST, Lasting(), Constant(Fraction(30 * 24 * HOUR))), env).truth


def test_what_is_as_fresh_as_can_be_has_no_day_while_its_moment_has_none() -> None:
    record = patient(alt=Reading(Fraction(1), at_moment=True), enrolment=None)
    env = asked(record, at=None, moments={"first_dose": date(2026, 6, 10)})
    day, anchor = Fetch(Series("alt"), Part.DATE), MomentOf("first_dose")
    assert Truth.UNKNOWN is interpret(Distance(Sign.AT_LEAST, day, DAYS_3, Side.BEFORE, anchor), env).truth


def test_a_word_about_an_event_that_is_not_told_of_is_named_as_a_policy() -> None:
    protocol = including("no medications where (known drug is warfarin)")
    lists = {"medications": (event(start=date(2026, 5, 1)),)}
    decision = decide(protocol, patient(lists=lists, attested={"medications": ENROLMENT}), ENROLMENT)
    assert ([Status.MET], ("I1",)) == ([one.status for one in decision.clauses], decision.policies)


def test_a_word_in_a_branch_is_named_as_a_policy() -> None:
    branch = Branch(Known(Compare(Sign.IS, Fetch(Series("gilbert")), Constant(value=True))), Constant(Fraction(2)))
    cases = Cases((branch, Branch(None, Constant(Fraction(1)))))
    clause = Clause("I1", Effect.INCLUSION, "", Compare(Sign.AT_MOST, cases, Constant(Fraction(1))))
    decision = decide(evolve(including("gilbert"), criteria=(clause,)), patient(), ENROLMENT)
    assert ([Status.MET], ("I1",)) == ([one.status for one in decision.clauses], decision.policies)


def test_a_toxicity_counts_only_where_it_is_known_to_apply() -> None:
    clause = Clause("T1", Effect.DLT, "", Judged("toxic", "investigator"), guard=Judged("treated", "investigator"))
    toxic = asked(patient(judgements={"toxic": (Judgement(met=True),)}))
    unharmed = asked(patient(judgements={"toxic": (Judgement(met=False),)}))
    assert (Status.UNKNOWN, Status.NOT_MET) == tuple(decide_clause(clause, env).status for env in (toxic, unharmed))
