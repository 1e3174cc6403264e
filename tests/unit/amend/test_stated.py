"""Nothing that a protocol states can change without being told."""

from typing import Any

from attrs import evolve, fields

from protocol_dsl.amend.diff import diff
from protocol_dsl.base.shipped import find_protocol
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import DltRules, Gate, Modification, Protocol
from protocol_dsl.model.timing import Part, Recommended, Timing
from protocol_dsl.pipeline import load_bytes

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
