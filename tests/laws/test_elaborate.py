"""What holds of elaboration whatever the text."""

import re
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.quantity import decimal_text, unit
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.escalation.designs import FAMILIES
from protocol_dsl.model.condition import Compare, Constant
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.syntax.parse import parse
from protocol_dsl.syntax.sections import ExampleHead, File

ROOT = Path(__file__).parents[2] / "protocols"
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.protocol")}
WORDS = sorted({word for text in TEXTS.values() for word in re.findall(r"[^\s\"|]+", text)})
SMALL = TEXTS["trials/nk_ped_01/v2.protocol"]
SPOTS = [match.span() for match in re.finditer(r"[^\s\"|]+", SMALL)]
COUNTS = ("10*9/L", "10*3/uL", "/uL", "/nL", "10*12/L", "/mL")


def tree(text: str) -> File:
    return parse(Source("law.protocol", text)).file


def sound(text: str) -> Protocol:
    protocol, found = elaborate(tree(text))
    assert protocol is not None, found
    return protocol


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_what_ships_is_sound(name: str) -> None:
    assert elaborate(tree(TEXTS[name]), families=FAMILIES)[1] == ()


@given(st.lists(st.tuples(st.sampled_from(SPOTS), st.sampled_from(["", *WORDS])), min_size=1, max_size=4))
@settings(max_examples=50, deadline=None)
def test_there_is_a_protocol_or_something_wrong_and_always_the_same(changes: list[tuple[tuple[int, int], str]]) -> None:
    text = SMALL
    for (start, end), word in sorted(dict(changes).items(), reverse=True):
        text = text[:start] + word + text[end:]
    parsed = parse(Source("law.protocol", text))
    protocol, found = elaborate(parsed.file)
    assert (protocol is None) == bool(found or parsed.problems)
    assert (protocol, found) == elaborate(parsed.file)


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_sections_means_nothing_examples_aside(random: Random) -> None:
    file = tree(SMALL)
    examples = [section for section in file.sections if isinstance(section.head, ExampleHead)]
    others = [section for section in file.sections if not isinstance(section.head, ExampleHead)]
    random.shuffle(others)
    protocol, found = elaborate(evolve(file, sections=(*others, *examples)))
    first = sound(SMALL)
    assert protocol is not None, found
    assert first.dlt == protocol.dlt
    assert sorted(map(repr, first.criteria)) == sorted(map(repr, protocol.criteria))
    assert (first.items, first.moments, first.definitions) == (protocol.items, protocol.moments, protocol.definitions)


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(COUNTS), st.sampled_from(COUNTS))
@settings(max_examples=50, deadline=None)
def test_a_limit_is_one_number_in_whatever_unit_it_is_written(size: int, declared: str, written: str) -> None:
    known = unit(written)
    assert known is not None
    number = decimal_text(Fraction(size, 1000))
    criterion = f"inclusion\n    I1\n        anc at least {number} {written}\n"
    text = f'protocol "X"\n\ndata\n    anc : number in {declared}\n\n{criterion}'
    condition = sound(text).criteria[0].condition
    assert isinstance(condition, Compare)
    assert isinstance(condition.right, Constant)
    assert Fraction(number) * known.factor == condition.right.value
