"""Usual mistakes that no page of tests/cases/bad shows; and every row of the table of mistakes is told by some text."""

import re
from functools import cache
from pathlib import Path

import pytest

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source
from protocol_dsl.syntax.parse import parse
from protocol_dsl.syntax.slips import SLIPS
from protocol_dsl.syntax.slips.slip import Slip

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```protocol bad[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def found(section: str, entry: str) -> list[Diagnostic]:
    return list(parse(Source("file", f'protocol "P"\n\n{section}\n    {entry}\n')).problems)


CONDITIONS = {
    "a is at most 3. and b": ("PD028", "write `3`"),
    "a at most 2 times baseline": ("PD030", "write `2 x baseline`"),
    "a less than or equal to 3": ("PD027", "write `at most`"),
    "a up to 3": ("PD027", "write `at most`"),
    "a max 3": ("PD027", "write `at most`"),
    "a minimum 3": ("PD027", "write `at least`"),
    "a is any of b, c": ("PD027", "write `is one of`"),
    "a is below 3": ("PD027", "write `less than`"),
    "lasts longer than 72 hours": ("PD027", "write `more than`"),
    "lasts shorter than 72 hours": ("PD027", "write `less than`"),
    "a most 3": ("PD027", "write `at most`"),
    "a doesn't equal 3": ("PD027", "write `is not`"),
    "a is in b, c": ("PD027", "write `is one of`"),
    "a 18 years or younger": ("PD027", "write `at most 18 years`"),
    "a is 3 days following b": ("PD031", "write `after`"),
    "a not earlier than b": ("PD031", "write `is on or after`"),
    "lab.anc at least 3": ("PD024", "write `lab_anc`"),
    "a is during b": ("PD031", "name its ends: `from ... to ...`"),
    "2 consecutive a more than 3 at least 1 week apart": (
        "PD036",
        "write it between commas after the item: `2 consecutive qtc, at least 1 week apart, more than ...`",
    ),
    "mean of 3 a at most 4": ("PD036", "write `mean of last 3`, for instance"),
    "time from a to b rounding down at most 5 years": ("PD036", "write `, rounding down`"),
    "count of e at least 2 where (a)": ("PD036", "write it right after the name of the list"),
    "a at least 18 years old": ("PD036", "delete it"),
    "count e at least 2": ("PD020", "write `of` here"),
    "lasts 72 hours": ("PD020", "what fits here is a comparison such as `at least`"),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_is_told_what_would_do(condition: str) -> None:
    (problem,) = found("inclusion", f"I1\n        {condition}")
    assert (problem.code, problem.help) == CONDITIONS[condition]


ENTRIES = {
    ("inclusion", "I1\n        all of\n            1) pregnant"): ("PD014", "begin the bullet with `-`"),
    ("escalation by 3+3", "cohort of 3"): (
        "PD020",
        'write `escalation by table` and its rows, or one that ships: `escalation by design "three plus three korn6"`',
    ),
    ("dlt", "attribution possible"): (
        "PD020",
        "write `attributed possible, probable, definite`, with those that the protocol counts",
    ),
    ("inclusion", "Inc 3\n        a"): ("PD026", "write `Inc3`"),
    ("inclusion", "I7 renamed from I-5\n        a"): ("PD026", "write letters and then digits, such as `I5`"),
    ("define", "set is b"): ("PD025", "choose a longer name, such as `set_value`"),
    ("define", "first is b"): ("PD025", "choose a longer name, such as `first_value`"),
    ("moments", "first after b"): ("PD025", "choose a longer name, such as `first_value`"),
    ("data", "source : text"): ("PD025", "choose a longer name, such as `source_value`"),
    ("data", "sex : male, female"): ("PD032", "write `one of male, female`, or `any of` where several may"),
    ("data", "ecog : 0, 1, 2"): ("PD032", "write `count; plausible ... to ...`, or `number`"),
    ("data", "seen : timestamp"): ("PD032", "write `time`, or `date` where the day is enough"),
    ("data", "stage : choice of i, ii"): ("PD032", "write `one of` and the names it may have"),
    ("data", "signs : multiple choice"): ("PD032", "write `any of` and the names it may have"),
    ("data", "a : date; optional"): ("PD032", "leave it out: what is not `required` may be missing"),
    ("data", "a : number; range 2 to 3"): ("PD032", "write `plausible ... to ...`"),
    ('example "e"', "given a = 3 at 2026-05-01"): ("PD038", "write `3 on` and the date"),
}


@pytest.mark.parametrize(("section", "entry"), ENTRIES)
def test_an_entry_is_told_what_would_do(section: str, entry: str) -> None:
    (problem,) = found(section, entry)
    assert (problem.code, problem.help) == ENTRIES[section, entry]


@cache
def told() -> frozenset[tuple[str, str, str]]:
    """Code, message and help of everything that is said of the malformed texts of all tests."""
    pages = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "cases" / "bad").glob("*.md"))]
    problems = [
        problem
        for page in pages
        for block in BLOCK.finditer(page)
        for problem in parse(Source("file", block["text"])).problems
    ]
    problems += [problem for condition in CONDITIONS for problem in found("inclusion", f"I1\n        {condition}")]
    problems += [problem for section, entry in ENTRIES for problem in found(section, entry)]
    return frozenset((problem.code, problem.message, problem.help or "") for problem in problems)


def filled(template: str) -> re.Pattern[str]:
    """What a template may become."""
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\{\w+\}", template)))


@pytest.mark.parametrize("slip", SLIPS, ids=range(len(SLIPS)))
def test_every_row_is_told_of_some_text(slip: Slip) -> None:
    message, cure = filled(slip.message), filled(slip.cure)
    assert any(
        code == slip.code and message.fullmatch(said) and cure.fullmatch(advice) for code, said, advice in told()
    )


def test_nothing_that_is_said_breaks_the_manners() -> None:
    for _, message, advice in told():
        for text in (message, advice):
            bare = re.sub(r"`[^`]*`", "", text)
            assert not re.search(r"\b(?:you|your|please|invalid)\b", bare, re.IGNORECASE)
            assert not bare.endswith(".")
        assert message[0] in "`0123456789" or message[0].islower()
        assert advice
