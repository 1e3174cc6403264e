"""The solver's account of what it takes more than one entry, or more than fractions, to say; each answer by hand."""

import pytest

from protocol_dsl.amend.formula import clearing
from protocol_dsl.amend.question import Search
from protocol_dsl.amend.solver import solve
from protocol_dsl.amend.typical import typical
from protocol_dsl.amend.world import World, world
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text
from tests.laws.test_solver import confirmed

pytest.importorskip("z3", reason="the extra `solver` is not installed")

HEAD = """
protocol "SYMBOLIC-1"
    language 1
    version 1.0

moments
    enrolment

data
    height : number in cm; plausible 50 to 250
    weight : number in kg; plausible 2 to 300
    creatinine : number in mg/dL; of creatinine; plausible 0.1 to 20
    scan : date
    birth_date : date
    hiv : one of negative, positive
    anc : number; plausible 0 to 9; latest, valid for 14 days
    pills : list of medication

define
    surface in m2 with height in cm, weight in kg is (height * weight / 3600) ^ 0.5
    filtered in mL/min with creatinine in mg/dL is 100 * (creatinine / 0.9) ^ -1.2
    age is completed years from birth_date to enrolment

inclusion at enrolment
    I1 "Rule"
        {}
"""
LOST, GAINED = (False, True), (True, True)
LOST_MISSING, GAINED_MISSING = (False, False), (True, False)


def read(rule: str) -> Protocol:
    found = load_text(Source("symbolic", HEAD.format(rule)), without=RUN)
    assert found.protocol is not None, found.diagnostics
    return found.protocol


def asked(old: str, new: str) -> tuple[World, set[tuple[bool, bool]]]:
    """The directions in which the two differ, where the solver answers all and the interpreter agrees."""
    here = typical(world((read(old), read(new))))
    sides = clearing(read(old).criteria[0], 0), clearing(read(new).criteria[0], 1)
    solved = solve(*sides, here)
    assert not [one.why or one.loose for one in solved.values() if one.why or one.loose]
    for (gained, _), one in solved.items():
        assert one.entries is None or confirmed(*sides, here, one) == (True, gained)
    return here, {direction for direction, one in solved.items() if not one.none}


UNLESS = 'hiv is negative\n        if missing treat as met because "x"'
NOT_DONE = 'hiv is negative\n        if missing or not done treat as met because "x"'


@pytest.mark.parametrize(
    ("old", "new", "differ"),
    [
        ("surface at least 1.5 m2", "surface at least 1.6 m2", {LOST}),
        ("surface at least 1.5 m2", "surface more than 1.5 m2", {LOST}),
        ("filtered at least 60 mL/min", "filtered at least 50 mL/min", {GAINED}),
        ("age at least 140 years", "age at least 150 years", {LOST}),
        (
            "scan is at most 3 months before enrolment, rounding down",
            "scan is at most 4 months before enrolment, rounding down",
            {GAINED},
        ),
        (UNLESS, "hiv is negative", {LOST_MISSING}),
        (UNLESS, NOT_DONE, {GAINED_MISSING}),
        # one pill is a, and another is b: the first is met by them, and the second is not
        (
            "any pills where (drug is a) and any pills where (drug is b)",
            "any pills where (drug is a and drug is b)",
            {LOST, LOST_MISSING},
        ),
        ("count of pills where (drug is a) at least 2", "count of pills where (drug is a) more than 1", set()),
        ("count of pills where (drug is a) at least 2", "any pills where (drug is a)", {GAINED, GAINED_MISSING}),
        ("no pills where (drug is a)", "count of pills where (drug is a) less than 1", set()),
        ("latest anc within 7 days before enrolment at least 2", "anc at least 2", {GAINED_MISSING, LOST_MISSING}),
        (
            "any anc within 7 days before enrolment at least 2",
            "every anc within 7 days before enrolment at least 2",
            {LOST, LOST_MISSING},
        ),
    ],
)
def test_what_differs_is_found_and_nothing_else(old: str, new: str, differ: set[tuple[bool, bool]]) -> None:
    _, found = asked(old, new)
    assert {direction for direction in found if direction[1]} == {direction for direction in differ if direction[1]}
    assert {gained for gained, _ in found} == {gained for gained, _ in differ}


def test_lists_of_several_events_are_proved_and_not_only_sampled() -> None:
    """Two things asked of one list, in another order: what one event shows is not all, and the solver says the rest."""
    rule = "{} or {}"
    sought = ("any pills where (drug is a)", "count of pills where (drug is b) at least 2")
    old, new = read(rule.format(*sought)), read(f"not (not {sought[1]} and not {sought[0]})")
    here = typical(world((old, new)))
    sides = clearing(old.criteria[0], 0), clearing(new.criteria[0], 1)
    assert Search(here).ask(*sides).proved
