"""One broken clause costs one clause: what else is wrong is still told, in its place, and what is right is kept."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source, Span
from protocol_dsl.syntax.outline import outline
from protocol_dsl.syntax.parse import parse
from protocol_dsl.syntax.reading import decode, read

ROOT = Path(__file__).parents[3]
SAMPLE = (ROOT / "protocols" / "trials" / "nk_ped_01" / "v2.protocol").read_text(encoding="utf-8")
LINES = SAMPLE.splitlines()


def place(problem: Diagnostic) -> tuple[str, int, int, str]:
    """Code, line, column and the words pointed at."""
    where = problem.primary.where
    assert isinstance(where, Span)
    return problem.code, where.line, where.column, where.text


def places(text: str) -> list[tuple[str, int, int, str]]:
    source, problems = decode("file", text.encode())
    return [place(problem) for problem in problems or parse(source).problems]


SEVERAL = """\
protocol "P"
    language 1

moments
    enrolment

data
    anc : numeric
    age : number in years

inclusion at enrolment
    I1 "One"
        age => 18 years
    I2 "Two"
        all of
            - anc at least 1
            - anc at most 1,5
    I3 "Three"
        age at most 80 years
    I4 "Four
        age at most 80 years
    I5 "Five"
        age at least 5years

exclusion at enrolment
    E1 "Six"
        age at lest 70 years
"""
FOUND = [
    ("PD032", 8, 11, "numeric"),
    ("PD027", 13, 13, "=>"),
    ("PD028", 17, 27, "1,5"),
    ("PD023", 20, 8, '"Four'),
    ("PD030", 23, 22, "5years"),
    ("PD020", 27, 16, "lest"),
]


def test_every_mistake_is_told_in_its_place() -> None:
    assert places(SEVERAL) == FOUND


def test_what_is_sound_is_kept() -> None:
    file = parse(Source("file", SEVERAL)).file
    assert [len(section.entries) for section in file.sections] == [1, 1, 1, 1, 0]
    assert [section.whole for section in file.sections] == [True, True, False, False, False]
    assert not file.whole


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_move_nothing(end: str) -> None:
    assert places(SEVERAL.replace("\n", end)) == FOUND


def test_a_byte_order_mark_moves_nothing() -> None:
    assert places("\ufeff" + SEVERAL) == FOUND


def test_comments_move_nothing_but_lines() -> None:
    text = "# “quoted” ≥ comment\n" + SEVERAL.replace("\n", '  # a comment, "half quoted\n')
    moved = [(line, column) for _, line, column, _ in places(text)]
    assert moved == [(line + 1, column) for _, line, column, _ in FOUND]


def test_signs_of_word_processors_move_nothing() -> None:
    text = SEVERAL.replace('"One"', "“One”").replace("at most 80", "≤ 80").replace("all of", "all\u00a0of")
    assert places(text) == FOUND


def test_tabs_move_columns_as_characters_and_are_told_once() -> None:
    text = SEVERAL.replace("    ", "\t")
    tabs, *others = places(text)
    assert tabs == ("PD013", 2, 1, "\t")
    margins = [3 * ((len(line) - len(line.lstrip(" "))) // 4) for line in SEVERAL.splitlines()]
    assert others == [(code, line, column - margins[line - 1], words) for code, line, column, words in FOUND]


def test_other_margins_are_told_once_and_hide_nothing() -> None:
    text = "\n".join(line.replace("    ", "  ") for line in SEVERAL.splitlines())
    first, *others = places(text)
    assert first == ("PD013", 2, 1, "  ")
    assert [(code, line) for code, line, _, _ in others] == [(code, line) for code, line, _, _ in FOUND]


@pytest.mark.parametrize(
    "head", ["inclusions at enrolment", "inclusion criteria", "Inclusion at enrolment:", "inclusion at"]
)
def test_below_a_broken_head_entries_are_still_read(head: str) -> None:
    text = f'protocol "P"\n\n{head}\n    I1\n        age => 18 years\n'
    found = places(text)
    assert [line for _, line, _, _ in found] == [3, 5]


def test_an_open_quote_costs_one_entry() -> None:
    text = 'protocol "P"\n    title "A\n    sponsor "B"\n\ninclusion\n'
    text += '    I1 "Age  # no comment\n        a\n    I2\n        b\n'
    assert places(text) == [("PD023", 2, 11, '"A'), ("PD023", 6, 8, '"Age  # no comment')]
    file = parse(Source("file", text)).file
    assert [len(section.entries) for section in file.sections] == [1, 1]


def test_a_rule_beside_its_criterion_is_one_mistake() -> None:
    text = 'protocol "P"\n\ninclusion\n    I1 "A"\n    all of\n        - a\n        - b\n    I2\n        c\n'
    assert places(text) == [("PD014", 5, 5, "all of")]


# --- by chance --------------------------------------------------------------------------------------------------------

# Lines of conditions; what follows `then` is free words.
WORDY = [
    number
    for number, line in enumerate(LINES)
    if line.startswith("        ") and "|" not in line and "then" not in line
]


@given(st.sets(st.sampled_from(WORDY), min_size=1, max_size=4), st.sampled_from(["§", "§ x", "~ §"]))
@settings(max_examples=60, deadline=None)
def test_a_broken_line_costs_its_own_entry_and_no_other(broken: set[int], rubbish: str) -> None:
    lines = [line + f" {rubbish}" if number in broken else line for number, line in enumerate(LINES)]
    source = Source("file", "\n".join(lines))
    spoilt = {
        stretch.first_line
        for block in outline(read(source)).blocks
        for stretch in block.entries
        for number in broken
        if stretch.first_line <= number + 1 <= stretch.last_line
    }
    parsed = parse(source)
    assert len(parsed.problems) == len(spoilt)
    sound = sum(len(section.entries) for section in parse(Source("file", SAMPLE)).file.sections)
    assert sum(len(section.entries) for section in parsed.file.sections) == sound - len(spoilt)
    for problem in parsed.problems:
        assert place(problem)[1] - 1 in broken
