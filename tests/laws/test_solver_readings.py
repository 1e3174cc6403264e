"""Several readings of an item: the solver, and the interpreter on every few readings of a small world, agree."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import strategies as st

from protocol_dsl.amend.formula import clearing
from protocol_dsl.amend.reach import Space
from protocol_dsl.amend.solver import solve
from protocol_dsl.amend.typical import typical
from protocol_dsl.amend.world import World, world
from protocol_dsl.base.source import Source
from protocol_dsl.base.studytime import Days
from protocol_dsl.base.truth import Truth
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Reading, Reason, Record
from protocol_dsl.pipeline import load_text
from tests.law import law
from tests.laws.test_solver import RANK, confirmed
from tests.laws.test_solver_lists import said, whole

pytest.importorskip("z3", reason="the extra `solver` is not installed")

HEAD = """
protocol "READINGS-1"
    language 1
    version 1.0

moments
    enrolment

data
    anc : number; plausible 0 to 9; latest, valid for 14 days

inclusion at enrolment
    I1 "Readings"
        {}
"""
WINDOWS = ("within 7 days before enrolment", "within 14 days before enrolment")
READ = st.one_of(
    st.just("anc at least 2"),
    st.builds(
        "{} anc {} at least {}".format,
        st.sampled_from(("latest", "first", "highest", "lowest", "any", "every", "mean of", "mean of last 2")),
        st.sampled_from(WINDOWS),
        st.sampled_from((2, 3)),
    ),
    st.just("date of anc is within 7 days before enrolment"),
    st.just("2 consecutive anc at least 2"),
    st.just("2 consecutive anc, at least 7 days apart, at least 2"),
)
POLICIES = (
    "",
    '\n        if missing treat as met because "x"',
    '\n        if missing or refused treat as not met because "x"',
)
WITHOUT = st.builds(whole, st.lists(READ, min_size=1, max_size=2), st.sampled_from(("and", "or")))
RULES = st.one_of(WITHOUT, st.builds("{}{}".format, st.builds("({})".format, READ), st.sampled_from(POLICIES)))
AGES = (3, 10, 40)
VALUES: tuple[int | Reason, ...] = (1, 2, 3, Reason.PENDING, Reason.REFUSED)


@cache
def read(rule: str) -> Protocol:
    found = load_text(Source("readings", HEAD.format(rule)), without=RUN)
    assert found.protocol is not None, found.diagnostics
    return found.protocol


def records(here: World, most: int) -> Iterator[Record]:
    """Every few readings, with and without values, on days that tell."""
    each = []
    for age, value in product(AGES, VALUES):
        day = Days(here.anchor - timedelta(days=age), here.anchor - timedelta(days=age))
        if isinstance(value, Reason):
            each.append(Reading(missing=value, date=day))
        else:
            each.append(Reading(Fraction(value), day))
    for count in range(most + 1):
        for some in combinations(each, count):
            yield here.record({("item", "anc"): some})


@law(RULES, RULES, times=6, at_length=300)
def test_no_few_readings_speak_against_the_solver(old: str, new: str) -> None:
    here = typical(world((read(old), read(new))))
    sides = clearing(read(old).criteria[0], 0), clearing(read(new).criteria[0], 1)
    solved = solve(*sides, here)
    if any(one.why for one in solved.values()):
        assert all(one.why.startswith("the solver cannot read a policy") for one in solved.values()), solved
        return
    for (gained, _), one in solved.items():
        if one.entries is not None:
            assert confirmed(*sides, here, one) == (True, gained)
    never = {gained for gained in (True, False) if all(solved[gained, whole].none for whole in (True, False))}
    for record in records(here, 3) if never else ():
        was, now = said(sides, here, record)
        assert was is now or (RANK[now] > RANK[was]) not in never, (old, new, record.readings["anc"])


@law(RULES, times=4, at_length=200)
def test_what_readings_cannot_come_to_none_of_a_few_does(rule: str) -> None:
    here = typical(world((read(rule), read(rule))))
    asked = clearing(read(rule).criteria[0], 0)
    space = Space.over((asked,), here)
    possible = {truth: space.can((asked, frozenset({truth}))) for truth in Truth}
    for truth in Truth:
        found = space.record((asked, frozenset({truth})))
        assert found is None or said((asked, asked), here, found)[0] is truth
    assert all(possible[said((asked, asked), here, record)[0]] for record in records(here, 2))
