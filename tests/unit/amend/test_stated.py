"""Nothing that a protocol states can change without being told."""

from typing import Any

import pytest
from attrs import evolve, fields

from protocol_dsl.amend.diff import diff
from protocol_dsl.base.shipped import find_protocol
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.face import loads
from protocol_dsl.model.protocol import DltRules, Gate, Modification, Protocol
from protocol_dsl.model.timing import Part, Recommended, Timing
from protocol_dsl.pipeline import load_bytes, load_text
from tests.escalation_plans import THREE_PLUS_THREE

PATH = find_protocol("kin_204")
assert PATH is not None
FOUND = load_bytes("kin_204", PATH.read_bytes(), without=RUN).protocol
assert FOUND is not None
KIN: Protocol = FOUND
RULES = KIN.criteria[0]
MODIFIED = Modification(RULES, "one level down", None, 2)


def sections(old: Protocol, new: Protocol) -> set[str]:
    return {one.section for one in diff(old, new).said}


def test_timing_is_compared_in_each_of_its_lines() -> None:
    timed = evolve(KIN, timing=Timing())
    line: dict[str, Any]
    for one in fields(Timing):
        if one.name != "span":
            line = {one.name: 3}
            assert sections(timed, evolve(KIN, timing=evolve(Timing(), **line))) == {"timing"}
    assert sections(KIN, evolve(KIN, timing=Timing(2, 1))) == {"timing"}


def test_parts_and_the_level_that_is_recommended_are_compared() -> None:
    parts = (Part("escalation"), Part("expansion", 12))
    old = evolve(KIN, parts=parts, recommended=Recommended("committee"))
    assert sections(old, evolve(old, parts=parts[:1])) == {"parts"}
    assert sections(old, evolve(old, parts=(parts[0], Part("expansion", 13)))) == {"parts"}
    assert sections(old, evolve(old, parts=(parts[0], Part("expansion", 12, "1")))) == {"parts"}
    assert sections(old, evolve(old, recommended=Recommended("committee", at_most_mtd=True))) == {"parts"}


def test_modifications_are_compared_in_what_is_done() -> None:
    old = evolve(KIN, modifications=(MODIFIED,))
    others = (
        evolve(MODIFIED, step="off treatment"),
        evolve(MODIFIED, most=3),
        evolve(MODIFIED, until=RULES.condition),
    )
    for other in others:
        assert sections(old, evolve(old, modifications=(other,))) == {"modifications"}


def test_a_gate_is_compared_by_its_label_and_moment() -> None:
    gate: Gate = KIN.gates[0]
    assert sections(KIN, evolve(KIN, gates=(evolve(gate, label="Another"),))) == {"gates"}


def test_the_window_and_what_ends_follow_up_are_compared() -> None:
    rules = KIN.dlt
    assert isinstance(rules, DltRules)
    for other in (
        evolve(rules, last_day=rules.last_day + 1),
        evolve(rules, attributed=rules.attributed[1:]),
        evolve(rules, also_ends=("last_visit",)),
        evolve(rules, evaluable=None),
    ):
        assert sections(KIN, evolve(KIN, dlt=other)) == {"dlt"}


LENGTHS = """
protocol "LENGTHS"
    version 1.0

data
    drug_class : one of nitrosourea, antibody
    dose : number in mg

define
    washout is by table
        | drug_class  | washout |
        | nitrosourea | {first} |
        | antibody    | 28 days |
    limit is {limit} mg
    rest is the longer of {rest} and washout
"""


def test_definitions_are_told_in_the_units_in_which_they_are_written() -> None:
    old = loads(LENGTHS.format(first="6 weeks", limit="5", rest="3 weeks")).model
    new = loads(LENGTHS.format(first="35 days", limit="6", rest="21 days")).model
    said = {one.name: (one.old, one.new) for one in diff(old, new).said}
    assert said["washout"] == (
        "6 weeks when drug_class is nitrosourea, 28 days when drug_class is antibody",
        "35 days when drug_class is nitrosourea, 28 days when drug_class is antibody",
    )
    assert said["limit"] == ("5 mg", "6 mg")
    assert set(said) == {"washout", "limit", "rest"}, "what is made of another is told with it"


def test_another_unit_of_the_same_length_is_no_change() -> None:
    old = loads(LENGTHS.format(first="6 weeks", limit="5", rest="3 weeks")).model
    new = loads(LENGTHS.format(first="42 days", limit="5", rest="504 hours")).model
    assert diff(old, new).said == ()


CLAIMED = THREE_PLUS_THREE + "\nalways\n    A1\n        {claim}\n"


@pytest.mark.parametrize(
    "claim",
    [
        "never escalate when with_dlt at least 2",
        "never escalate when with_dlt * 3 at least treated",
        "never escalate when (with_dlt at least 2 or closed) and level is top",
        "dose rises by at most 1 level",
        "stops within 24 evaluable patients",
        "recommended implies treated at least 6",
    ],
)
def test_a_statement_that_is_dropped_is_told_as_it_was_written(claim: str) -> None:
    levels = "    | level | d |\n    | 1     | 1 |\n    | 2     | 2 |\n"
    head = f'protocol "A"\n\ndoses of d in mg\n{levels}    start at level 1\n\n'
    found = [
        load_text(Source("a", head + text), without=RUN).protocol
        for text in (CLAIMED.format(claim=claim), THREE_PLUS_THREE)
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert [claim] == [one.old for one in diff(found[0], found[1]).said if one.section == "always"]
