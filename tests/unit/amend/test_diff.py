"""The class of each change, on pairs whose difference is known beforehand."""

import pytest

from protocol_dsl.amend.change import Diff, Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.intent import Held, held
from protocol_dsl.evaluate.decide import decide
from protocol_dsl.face import loads

BASE = """
protocol "CASE-1"
    language 1
    version 1.0

moments
    consent
    enrolment after consent, at most 28 days

data
    birth_date : date
    sex : one of female, male
    anc : number in 10*9/L; plausible 0 to 100; latest, valid for 14 days
    platelets : number in 10*9/L; plausible 0 to 2000; latest, valid for 14 days
    alt : number in U/L; with ULN; plausible 0 to 10000
    hiv : one of negative, positive
    last_surgery : date
    medications : list of medication

define
    age is completed years from birth_date to enrolment

inclusion at enrolment
    I1 "Adult"
        age at least 18 years
    I2 "Blood"
        anc at least 1.5 10*9/L and platelets at least 100 10*9/L
    I3 "Liver"
        alt at most 2.5 x ULN
    I4 "Surgery"
        last_surgery is at least 28 days before enrolment
    I5 "Life expectancy"
        judged by investigator

exclusion at enrolment
    E1 "HIV"
        hiv is positive
    E2 "Anticoagulants"
        any medications where (drug is warfarin and start is within 14 days before enrolment)
"""
AMENDS = "    version 2.0\n    amends 1.0"


def changed(was: str, now: str, more: str = "") -> Diff:
    assert was in BASE
    newer = BASE.replace("    version 1.0", AMENDS).replace(was, now) + more
    return diff(loads(BASE).model, loads(newer).model)


def kinds(found: Diff) -> dict[str, Kind]:
    assert not found.defects
    return {one.id: one.kind for one in found.clauses}


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        ("age at least 18 years", "age at least 17 years", Kind.LOOSENED),
        ("age at least 18 years", "age more than 18 years", Kind.TIGHTENED),
        ("age at least 18 years", "age is between 16 years and 80 years", Kind.BOTH),
        ("age at least 18 years", "not (age less than 18 years)", Kind.SAME),
        ("age at least 18 years", "age at least 18 years and age at least 12 years", Kind.SAME),
        ('I1 "Adult"', 'I1 "Grown-up"', Kind.WORDING),
    ],
)
def test_a_limit_on_age(was: str, now: str, kind: Kind) -> None:
    assert kinds(changed(was, now)) == {"I1": kind}


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        ("anc at least 1.5 10*9/L and", "anc at least 1500 /uL and", None),
        ("anc at least 1.5 10*9/L and", "anc at least 1.49 10*9/L and", Kind.LOOSENED),
        ("anc at least 1.5 10*9/L and", "anc more than 1.5 10*9/L and", Kind.TIGHTENED),
        ("10*9/L and platelets", "10*9/L or platelets", Kind.LOOSENED),
        (" and platelets at least 100 10*9/L", "", Kind.LOOSENED),
    ],
)
def test_two_limits(was: str, now: str, kind: Kind | None) -> None:
    assert kinds(changed(was, now)) == ({"I2": kind} if kind else {"I2": Kind.SAME} if " and " not in now else {})


@pytest.mark.parametrize(
    ("was", "now", "clause", "kind"),
    [
        ("2.5 x ULN", "3 x ULN", "I3", Kind.LOOSENED),
        ("at least 28 days before", "at least 27 days before", "I4", Kind.LOOSENED),
        ("at least 28 days before", "more than 28 days before", "I4", Kind.TIGHTENED),
        ("hiv is positive", "known hiv is positive", "E1", Kind.MISSING),
        ("hiv is positive", "hiv is not negative", "E1", Kind.SAME),
        ("within 14 days before", "within 15 days before", "E2", Kind.TIGHTENED),
        ("within 14 days before", "within 13 days before", "E2", Kind.LOOSENED),
        ("drug is warfarin", "drug is one of warfarin, heparin", "E2", Kind.TIGHTENED),
    ],
)
def test_other_forms(was: str, now: str, clause: str, kind: Kind) -> None:
    assert kinds(changed(was, now)) == {clause: kind}


MOMENTS = """
protocol "CASE-2"
    language 1
    version 1.0

moments
    enrolment
    first_dose after enrolment

data
    last_surgery : date

inclusion at enrolment
    I1 "Surgery"
        last_surgery is at least 28 days before enrolment
"""


@pytest.mark.parametrize("days", range(24, 34))
def test_days_from_another_moment_are_never_called_the_same(days: int) -> None:
    """Whatever lies between the two moments on the records that are looked at, it may be something else on others."""
    newer = MOMENTS.replace("at least 28 days before enrolment", f"at least {days} days before first_dose")
    (change,) = diff(loads(MOMENTS).model, loads(newer).model).clauses
    assert change.witnesses or change.kind is Kind.UNDECIDED


def test_how_long_a_value_is_valid_is_a_matter_of_what_is_missing() -> None:
    found = changed("anc : number in 10*9/L; plausible 0 to 100; latest, valid for 14 days",
                    "anc : number in 10*9/L; plausible 0 to 100; latest, valid for 21 days")  # fmt: skip
    assert kinds(found) == {"I2": Kind.MISSING}
    assert [(one.section, one.name) for one in found.said] == [("data", "anc")]


def test_a_clause_that_is_added_or_removed() -> None:
    more = '    E3 "Low platelets"\n        platelets less than 50 10*9/L\n'
    found = changed('    I5 "Life expectancy"\n        judged by investigator\n', "", more)
    assert kinds(found) == {"I5": Kind.REMOVED, "E3": Kind.ADDED}
    assert {one.id: one.in_context for one in found.clauses} == {"I5": True, "E3": False}


def test_what_other_criteria_ask_already_has_no_effect() -> None:
    older = BASE + '    E3 "Low platelets"\n        platelets less than 50 10*9/L\n'
    newer = BASE.replace("    version 1.0", AMENDS) + '    E3 "Low platelets"\n        platelets less than 60 10*9/L\n'
    found = diff(loads(older).model, loads(newer).model)
    assert kinds(found) == {"E3": Kind.NO_EFFECT}
    assert found.whole.kind is Kind.NO_EFFECT


def test_a_criterion_under_another_id() -> None:
    found = changed('I5 "Life expectancy"', 'I6 renamed from I5 "Life expectancy"')
    assert kinds(found) == {"I6": Kind.RENAMED}
    assert found.whole.kind is None


def test_a_pairing_by_likeness_is_said_aloud() -> None:
    found = changed('I4 "Surgery"', 'I7 "Surgery"')
    assert [(one.id, one.kind, one.guessed) for one in found.clauses] == [("I7", Kind.RENAMED, "I4 has the same rule")]


def test_the_record_of_a_witness_is_judged_as_it_says() -> None:
    found = changed("2.5 x ULN", "3 x ULN")
    (witness,) = [one for one in found.clauses[0].witnesses if one.whole]
    older, newer = (loads(text).model for text in (BASE, BASE.replace("2.5 x ULN", "3 x ULN")))
    before, after = (decide(one, witness.record, found.as_of) for one in (older, newer))
    assert ("I3" in before.because, "I3" in after.because) == (True, False)


# --- stated intent ----------------------------------------------------------------------------------------------------


def stated(lines: str, was: str = "2.5 x ULN", now: str = "3 x ULN") -> Held:
    newer = BASE.replace("    version 1.0", AMENDS).replace(was, now) + "\namendment\n" + lines
    protocol = loads(newer).model
    found = held(protocol.amendment, diff(loads(BASE).model, protocol))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("lines", "matched"),
    [
        ("    loosens I3\n    changes nothing else\n", True),
        ("    tightens I3\n", False),
        ("    loosens I2\n", False),
        ("    changes nothing else\n", False),
        ("    loosens I3\n    changes doses\n", False),
    ],
)
def test_intent_is_held_against_what_was_found(lines: str, matched: bool) -> None:  # noqa: FBT001
    assert stated(lines).matched is matched


def test_wording_is_covered_by_nothing_else() -> None:
    assert stated("    changes nothing else\n", '"Liver"', '"Liver enzymes"').matched
    assert stated("    rewords I3\n    changes nothing else\n", '"Liver"', '"Liver enzymes"').matched


def test_a_moment_that_changes_is_something_else() -> None:
    assert not stated("    changes nothing else\n", "at most 28 days", "at most 35 days").matched
    assert stated("    changes moments\n    changes nothing else\n", "at most 28 days", "at most 35 days").matched


LINE = 'list of medication; complete to last_surgery because "entered at once"'


def test_a_line_by_which_a_list_is_complete_changes_what_is_unknown() -> None:
    """A surgery late enough to complete the list bars by itself: the line matters only where that does not stand."""
    found = changed("list of medication", LINE)
    assert kinds(found) == {"E2": Kind.NO_EFFECT}
    assert [(one.gained, one.old, one.new) for one in found.clauses[0].witnesses] == [(True, "unknown", "not met")]
    without = BASE.replace("last_surgery is at least 28 days before enrolment", "sex is female")
    found = diff(loads(without).model, loads(without.replace("list of medication", LINE)).model)
    assert kinds(found) == {"E2": Kind.MISSING}


def test_how_old_the_word_for_a_list_may_be_is_never_called_the_same() -> None:
    found = changed("list of medication", "list of medication; complete within 14 days")
    assert kinds(found)["E2"] in {Kind.UNDECIDED, Kind.MISSING}
