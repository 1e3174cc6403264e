"""What is said of a missing entry agrees with filling in everything that it could be."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from attrs import evolve

from protocol_dsl.amend.settling import settle
from protocol_dsl.evaluate.decide import Verdict, decide
from protocol_dsl.face import loads
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Reading, Record, Value

TEXT = """
protocol "SETTLE-1"
    language 1
    version 1.0

moments
    enrolment

data
    score : count; plausible 0 to 5
    sex : one of female, male
    pregnancy_test : one of negative, positive
    steroids : yes/no

inclusion at enrolment
    I1 "Score at least 2"
        score at least 2

exclusion at enrolment
    E1 "Pregnant"
        applies when sex is female
        pregnancy_test is positive
    E2 "Steroids, unless the score is high"
        steroids
        unless score at least 4
        if missing treat as not met because "given only when recorded"
"""
DAY = date(2026, 6, 1)
VALUES: Mapping[str, tuple[object, ...]] = {
    "score": tuple(range(6)),
    "sex": ("female", "male"),
    "pregnancy_test": ("negative", "positive"),
    "steroids": (True, False),
}
PROTOCOL = loads(TEXT).model


def record(known: Mapping[str, object]) -> Record:
    facts = {name: (Reading(value_of(value), at_moment=True),) for name, value in known.items() if value is not None}
    return Record("A", {**facts, "enrolment": (Reading(DAY, at_moment=True),)})


def value_of(value: object) -> Value:
    assert isinstance(value, bool | int | str)
    return value if isinstance(value, bool | str) else Fraction(value)


TABLED = """
protocol "SETTLE-2"
    language 1
    version 1.0

moments
    enrolment

data
    score : count; plausible 0 to 5
    sex : one of female, male
    pregnancy_test : one of negative, positive
    steroids : yes/no

define
    needed is
        2 when sex is female
        4 when steroids
        3 otherwise

inclusion at enrolment
    I1 "As many points as are needed"
        score at least needed
    I2 "Two of three"
        at least 2 of
            - steroids
            - score at least 4
            - sex is male and pregnancy_test is not positive
"""
OTHER = loads(TABLED).model


def verdict(protocol: Protocol, known: Mapping[str, object]) -> Verdict:
    return decide(protocol, record(known), DAY).verdict


def completions(known: Mapping[str, object]) -> list[dict[str, object]]:
    missing = [name for name in VALUES if name not in known]
    return [{**known, **dict(zip(missing, some, strict=True))} for some in product(*(VALUES[one] for one in missing))]


def matters(known: Mapping[str, object], name: str, protocol: Protocol = PROTOCOL) -> bool:
    """Whether two completions that differ in this entry alone have two verdicts."""
    rests: dict[tuple[object, ...], set[Verdict]] = {}
    for whole in completions(known):
        rest = tuple(value for one, value in sorted(whole.items()) if one != name)
        rests.setdefault(rest, set()).add(verdict(protocol, whole))
    return any(len(some) > 1 for some in rests.values())


SOME = [
    dict(zip(VALUES, picked, strict=True))
    for picked in product((None, 1, 2, 4), (None, "female", "male"), (None, "negative", "positive"), (None, True))
]


@pytest.mark.parametrize("some", SOME, ids=str)
def test_it_agrees_with_every_completion(some: dict[str, object]) -> None:
    known = {name: value for name, value in some.items() if value is not None}
    found = settle(PROTOCOL, record(known), DAY)
    assert found.verdict is verdict(PROTOCOL, known)
    assert not found.loose
    assert {one.item: one.matters for one in found.missing} == {
        name: matters(known, name) for name in VALUES if name not in known
    }
    assert set(found.possible) == {verdict(PROTOCOL, whole) for whole in completions(known)}


@pytest.mark.parametrize("some", SOME[::3], ids=str)
def test_it_agrees_with_every_completion_through_tables_and_counts(some: dict[str, object]) -> None:
    known = {name: value for name, value in some.items() if value is not None}
    found = settle(OTHER, record(known), DAY)
    assert found.verdict is verdict(OTHER, known)
    reached = {verdict(OTHER, whole) for whole in completions(known)}
    told = {one.item: one.matters for one in found.missing}
    for name in VALUES:
        if name not in known:
            matter = matters(known, name, OTHER)
            assert told.get(name, False) is matter, (known, name)
    assert set(found.possible) == reached


def test_what_decides_alone_is_shown_with_its_verdict() -> None:
    found = settle(PROTOCOL, record({"score": 3, "sex": "female", "steroids": False}), DAY)
    assert [(one.item, [(by.value, by.verdict) for by in one.decides]) for one in found.missing] == [
        ("pregnancy_test", [("negative", Verdict.ELIGIBLE), ("positive", Verdict.INELIGIBLE)])
    ]


def test_nothing_matters_once_a_criterion_bars() -> None:
    found = settle(PROTOCOL, record({"score": 0}), DAY)
    assert {one.matters for one in found.missing} == {False}


def test_a_day_that_is_given_is_used() -> None:
    without = evolve(record({"score": 3}), readings={"score": (Reading(value_of(3), at_moment=True),)})
    assert settle(PROTOCOL, without, DAY, {"enrolment": DAY}).verdict is Verdict.UNDETERMINED


SUM = """
protocol "SUM"
    version 1.0

moments
    enrolment

data
    score : number; plausible 0 to 100
    prior_lines : count

exclusion at enrolment
    E1 "x"
        score + prior_lines at most 62
"""


def test_of_a_sample_it_is_never_said_that_nothing_else_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a score of 62, no earlier line makes a patient ineligible and two do not; the solver knows, or nobody."""
    found = loads(SUM).model
    pytest.importorskip("z3", reason="the extra `solver` is not installed")
    for known in (True, False):
        monkeypatch.setattr("protocol_dsl.amend.settling.available", lambda known=known: known)
        left = settle(found, Record("A", {}), DAY, {"enrolment": DAY})
        assert {one.matters for one in left.missing} == ({True} if known else {None})
        assert bool(left.loose) is not known
