"""Lists of several events: the solver, and the interpreter on every list of a small world, do not say otherwise."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import strategies as st

from protocol_dsl.amend.formula import Formula, atoms, clearing, truth_of
from protocol_dsl.amend.solver import solve
from protocol_dsl.amend.typical import typical
from protocol_dsl.amend.world import World, world
from protocol_dsl.base.source import Source
from protocol_dsl.base.truth import Truth
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Reading, Record
from protocol_dsl.pipeline import load_text
from tests.law import law
from tests.laws.test_solver import RANK, confirmed

pytest.importorskip("z3", reason="the extra `solver` is not installed")

HEAD = """
protocol "LISTS-1"
    language 1
    version 1.0

moments
    enrolment

record pill
    drug  : one of a, b, c
    twice : yes/no
    start : date

data
    pills : list of pill

inclusion at enrolment
    I1 "Pills"
        {}
"""
EVENTS = [
    "drug is a",
    "twice",
    "drug is b and twice",
    "not (drug is a)",
    "drug is one of a, b or not twice",
    "start is within 14 days before enrolment",
]
SIGNS = ("at least", "at most", "more than", "less than")


def whole(parts: list[str], join: str) -> str:
    return f" {join} ".join(f"({part})" for part in parts)


SEARCHES = st.one_of(
    st.builds("any pills where ({})".format, st.sampled_from(EVENTS)),
    st.builds("no pills where ({})".format, st.sampled_from(EVENTS)),
    st.builds(
        "count of pills where ({}) {} {}".format,
        st.sampled_from(EVENTS),
        st.sampled_from(SIGNS),
        st.integers(min_value=0, max_value=2),
    ),
)
RULES = st.builds(whole, st.lists(SEARCHES, min_size=1, max_size=2), st.sampled_from(("and", "or")))


@cache
def read(rule: str) -> Protocol:
    found = load_text(Source("lists", HEAD.format(rule)), without=RUN)
    assert found.protocol is not None, found.diagnostics
    return found.protocol


@cache
def events() -> tuple[Event, ...]:
    """Every event of a small world: with each field missing, or one of the values that tell."""
    day = typical(world((read("any pills where (twice)"),) * 2)).anchor
    later = day.replace(year=day.year + 1)
    values = {"drug": ("a", "b", None), "twice": (True, None), "start": (day, later, None)}
    found = []
    for picked in product(*values.values()):
        filled = zip(values, picked, strict=True)
        found.append(Event({name: Reading(value, at_moment=True) for name, value in filled if value is not None}))
    return tuple(found)


def records(here: World, most: int) -> Iterator[Record]:
    """Every list of so many events, known to be complete and not."""
    for count in range(most + 1):
        for some in combinations_with_replacement(events(), count):
            for until in (here.as_of, None):
                yield here.record({("list", "pills"): (some, until)})


def said(sides: tuple[Formula, Formula], here: World, record: Record) -> tuple[Truth, Truth]:
    """What both come to on a record, as the interpreter says."""
    every = tuple(dict.fromkeys(atom for one in sides for atom in atoms(one)))
    truths = dict(zip(every, here.truths(every, record), strict=True))
    old, new = (truth_of(one, truths) for one in sides)
    assert old is not None
    assert new is not None
    return old, new


@law(RULES, RULES, times=6, at_length=300)
def test_no_list_of_a_small_world_speaks_against_the_solver(old: str, new: str) -> None:
    here = typical(world((read(old), read(new))))
    sides = clearing(read(old).criteria[0], 0), clearing(read(new).criteria[0], 1)
    solved = solve(*sides, here)
    assert not any(one.why or one.loose for one in solved.values()), solved
    for (gained, _), one in solved.items():
        if one.entries is not None:
            assert confirmed(*sides, here, one) == (True, gained)
    never = {gained for gained in (True, False) if all(solved[gained, whole].none for whole in (True, False))}
    if never:
        for record in records(here, 2):
            was, now = said(sides, here, record)
            assert was is now or (RANK[now] > RANK[was]) not in never, (old, new, record.lists)
