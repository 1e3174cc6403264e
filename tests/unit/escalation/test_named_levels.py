"""Levels that stand apart, and rows that lead to a level by its name: histories worked by hand."""

from functools import cache

import pytest

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.escalation.automaton import observable
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.verify import verify
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text
from protocol_dsl.syntax.parse import parse
from tests.escalation_plans import ask, brief, read

BETWEEN = """\
protocol "BETWEEN"

doses of agent in mg
    | level | agent |
    | 1     | 10    |
    | 1a    | 15    |
    | 2     | 20    |
    | 3     | 30    |
    start at level 1
    never skip a level
    level 1a stands apart

escalation by table
    cohort of 3, up to 6 per level
    decide, exactly one row applies
        | treated | with_dlt | level     | then                            |
        | 3       | 0        | any       | escalate                        |
        | 3       | 1        | any       | treat 3 more                    |
        | 6       | 0 to 1   | any       | escalate                        |
        | 3       | 2 to 3   | 2         | close level and go to level 1a  |
        | 6       | 2 to 6   | 2         | close level and go to level 1a  |
        | any     | any      | otherwise | de-escalate and close level     |
    mtd is highest level with 6 treated and at most 1 dlt
"""
ACCELERATED = BETWEEN.replace("    cohort of 3, up", "    one patient at a time until first dlt\n    cohort of 3, up")


@cache
def protocol(text: str = BETWEEN) -> Protocol:
    loaded = load_text(Source("between.protocol", text), without=RUN)
    assert loaded.protocol is not None, loaded.errors
    return loaded.protocol


def after(history: str, found: Protocol) -> str:
    assert found.escalation is not None
    assert found.ladder is not None
    return brief(ask(history, found.escalation, found.ladder))


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1NNN", "treat 3 at 2"),  # `escalate` passes over what stands apart
        ("1NNN 2NTT", "treat 3 at 1a"),  # a row leads there
        ("1NNN 2TT", "treat 3 at 1a"),  # two of two decide at once
        ("1NNN 2NTP", "wait"),
        ("1NNN 2NTT 1aNNN", "treat 3 at 1a"),  # its own top, which does not meet the mtd line yet
        ("1NNN 2NTT 1aNNN 1aNNT", "stop with 1a"),
        ("1NNN 2NTT 1aNTT", "treat 3 at 1"),  # below its lowest, the main ladder
        ("1NNN 2NTT 1aNTT 1NNN", "stop with 1"),
        ("1NNN 2NTT 1aNTT 1NTT", "stop with None"),
        ("1NNN 2NNN 3NTT", "treat 3 at 2"),  # from 3 down the main ladder
        ("1NNN 2NNN 3NTT 2NTT", "treat 3 at 1a"),
    ],
)
def test_an_intermediate_level(history: str, expected: str) -> None:
    assert expected == after(history, protocol())


def test_single_patients_pass_over_what_stands_apart() -> None:
    assert after("1N", protocol(ACCELERATED)) == "treat 1 at 2"
    assert after("1N 2T", protocol(ACCELERATED)) == "treat 2 at 2"
    assert after("1N 2T 2NT", protocol(ACCELERATED)) == "treat 3 at 1a"


@pytest.mark.parametrize(
    ("name", "history", "expected"),
    [
        # SPIRE: the failed first cohort goes on with G-CSF, and there climbs, falls and ends
        ("rolling_six_isrctn16332228", "1TT 1gNNN 2gTT", "treat 1 at 1g"),
        ("rolling_six_isrctn16332228", "1TT 1gNNN 2gTT 1gNNN", "stop with 1g"),
        ("rolling_six_isrctn16332228", "1NNN 2NNN 3TT", "treat 1 at 2"),
        ("rolling_six_isrctn16332228", "1NNN 2NNN 3TT 2NNN", "stop with 2"),
        # gedatolisib: from the first level to 150 mg, and from there nowhere
        ("three_plus_three_gedatolisib", "180NNT 180NNN 215NNN 260NTT", "stop with 215"),
        ("three_plus_three_gedatolisib", "180TTN 150NNT", "treat 3 at 150"),
    ],
)
def test_what_trials_did(name: str, history: str, expected: str) -> None:
    assert expected == after(history, read(name))


def test_every_property_holds_of_an_intermediate_level() -> None:
    found = protocol()
    assert found.escalation is not None
    assert found.ladder is not None
    findings = verify(found.escalation, found.ladder)
    assert {one.id for one in findings if one.holds is not True and one.severity is not Severity.NOTE} == set()


def test_the_smallest_state_moves_as_the_whole_tally_does() -> None:
    found = protocol()
    assert found.escalation is not None
    assert found.ladder is not None
    least, whole = (machine(found.escalation, found.ladder, remember=remember) for remember in (False, True))
    pairs = [(least.start, whole.start)]
    seen = set(pairs)
    for few, every in pairs:
        assert least.move(few) == whole.move(every)
        for observed in observable(least, few, least.move(few)):
            pair = (least.step(few, observed), whole.step(every, observed))
            if pair not in seen:
                seen.add(pair)
                pairs.append(pair)
    assert len({few for few, _ in pairs}) < len({every for _, every in pairs})


CLOSED = """\
protocol "CLOSED"

doses of agent in mg
    | level | agent |
    | 1     | 10    |
    | 2     | 20    |
    start at level 1

escalation by table
    cohort of 3, up to 6 per level
    decide, exactly one row applies
        | treated | with_dlt | level | then                        |
        | 3       | any      | 1     | escalate                    |
        | 3       | any      | 2     | de-escalate and close level |
        | 6       | any      | 1     | go to level 2               |
    mtd is highest level with 6 treated and at most 1 dlt
"""


def test_to_a_level_that_is_closed_people_decide_and_verification_says_so() -> None:
    found, _ = elaborate(parse(Source("closed.protocol", CLOSED)).file)
    assert found is not None
    assert found.escalation is not None
    assert found.ladder is not None
    assert after("1NNN 2NNN 1NNN", found) == "wait"
    refuted = {one.id: str(one.counterexample) for one in verify(found.escalation, found.ladder) if one.holds is False}
    assert refuted["never_reopens"] == "1NNN 2NNN 1NNN"
