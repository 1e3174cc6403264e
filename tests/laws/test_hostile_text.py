"""Whatever the text is, parsing and formatting end soon, with a tree and diagnostics, and never with a traceback."""

import random
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.diagnostic import Diagnostic, in_order, render
from protocol_dsl.base.source import Source, Span
from protocol_dsl.syntax.format import format_text
from protocol_dsl.syntax.parse import MOST, Parsed, parse, parse_condition
from protocol_dsl.syntax.reading import DEEPEST, LONGEST, LONGEST_LINE, decode

ROOT = Path(__file__).parents[2]
SAMPLE = (ROOT / "protocols" / "trials" / "nk_ped_01" / "v2.protocol").read_bytes()
HEAD = b'protocol "P"\n\n'
SECONDS = 60  # generous: what is tested is that the work does not explode
MEMORY = 400_000_000


@contextmanager
def bounded() -> Iterator[None]:
    """Time for what is within."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < SECONDS


def survive(data: bytes) -> tuple[Parsed, tuple[Diagnostic, ...]]:
    """Everything that may be done to a text, and what is said of it, all of which can be shown."""
    with bounded():
        source, unreadable = decode("file", data)
        parsed = parse(source)
        format_text(source)
        problems = unreadable or parsed.problems
        for style in ("human", "plain", "json"):
            render(in_order(problems), style)
    for problem in problems:
        where = problem.primary.where
        assert isinstance(where, Span)
        assert 0 <= where.start <= where.end <= len(where.source.text)
    return parsed, problems


def codes(data: bytes) -> set[str]:
    return {problem.code for problem in survive(data)[1]}


def clause(condition: bytes) -> bytes:
    return HEAD + b"inclusion\n    I1\n        " + condition + b"\n    I2\n        b\n"


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_a_file_over_the_cap_is_refused_unread() -> None:
    assert codes(b"a" * (LONGEST + 1)) == {"PD001"}


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)),
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xff\xfep\x00r\x00",
        "protocol “P”\n".encode("cp1252"),
        b"a\x00b",
        b"PK\x03\x04\x14\x00",
        b"\x80",
    ],
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    assert codes(data) == {"PD002"}


def test_a_mistake_in_bytes_has_its_place() -> None:
    _, (problem,) = survive(b'protocol "P"\r\n    title "caf\xe9"\r\n')
    where = problem.primary.where
    assert isinstance(where, Span)
    assert (where.line, where.column) == (2, 15)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\x1b", "\x07", "\u2028", "\ufeff"])
def test_hidden_characters_are_named(sign: str) -> None:
    assert "PD004" in codes(f'protocol "P{sign}"\n'.encode())
    assert "PD004" in codes(f'protocol "P"  # comment{sign}\n'.encode())


@pytest.mark.parametrize(
    "condition",
    [
        b"(" * 5000 + b"a" + b")" * 5000,
        b"(" * 5000,
        b"not " * 4900 + b"a",
        b"known " * 3000 + b"a",
        b" + ".join([b"a"] * 5000) + b" at least 1",
        b" - ".join([b"1"] * 5000) + b" at least 1",
        b"a is " + b"(b is " * 2000 + b"c" + b")" * 2000,
        b"any e where (" * 1000 + b"a" + b")" * 1000,
        b"the longer of a and " * 900 + b"b at least 1",
        b"the longer of (" * 900 + b"a",
    ],
)
def test_nesting_beyond_the_limit_costs_one_clause(condition: bytes) -> None:
    parsed, problems = survive(clause(condition))
    assert len(problems) == 1
    assert len(parsed.file.sections[-1].entries) == 1


@pytest.mark.parametrize("depth", [DEEPEST - 8, DEEPEST + 8])
def test_the_limit_of_nesting_is_where_it_is_said_to_be(depth: int) -> None:
    bullets = b"".join(b" " * (4 * level) + b"- any of\n" for level in range(3, depth))
    data = HEAD + b"inclusion\n    I1\n        any of\n" + bullets + b" " * (4 * depth) + b"- a\n"
    assert codes(data) == (set() if depth < DEEPEST else {"PD012"})


@pytest.mark.parametrize(
    "data",
    [
        b"a" * 900_000,
        b"|" * 900_000,
        b'"' * 900_001,
        b"#" * 900_000,
        b" " * 900_000,
        b"\n" * 900_000,
        b"\t" * 900_000 + b"a",
        b"(" * 900_000,
        b"1," * 450_000,
        HEAD + b"doses of a\n    |" + b" a |" * 220_000,
    ],
)
def test_one_endless_line_does_no_harm(data: bytes) -> None:
    survive(data)


def test_a_line_too_long_costs_one_clause() -> None:
    parsed, problems = survive(clause(b"a or " * (LONGEST_LINE // 4) + b"a"))
    assert [problem.code for problem in problems] == ["PD012"]
    assert len(parsed.file.sections[-1].entries) == 1


@pytest.mark.parametrize("section", [b"dlt\n", b"x\n", b"dlt x\n"])
def test_a_hundred_thousand_sections(section: bytes) -> None:
    with bounded():
        parsed = parse(decode("file", HEAD + section * 100_000)[0])
    assert len(parsed.problems) <= MOST + 1
    assert len(parsed.file.sections) <= 100_001


@pytest.mark.parametrize(
    "line",
    [
        b"    I1\n        a\n",
        b"    | a | b |\n",
        b"    # comment\n",
        b'    I1 "\n',
        b"    -\n",
        b"\tI1\n",
        b"  I1\n   I2\n",
        b"    a \xe2\x89\xa5 1\n",
        b"    \xe2\x80\xae\n",
    ],
)
@pytest.mark.parametrize("head", [b"inclusion\n", b"doses of a\n", b'example "e"\n', b"schedule\n", b"define\n"])
def test_a_section_without_end(head: bytes, line: bytes) -> None:
    _, problems = survive(HEAD + head + line * 3000)
    assert len(problems) <= MOST + 1


def test_memory_grows_with_the_text_and_no_faster() -> None:
    row = b"        anc at least 1.5 10*9/L and platelets at least 100 10*9/L\n"
    peaks = []
    for clauses in (400, 800):
        data = HEAD + b"inclusion\n" + (b'    I1 "x"\n' + row) * clauses
        tracemalloc.start()
        parse(decode("file", data)[0])
        peaks.append(tracemalloc.get_traced_memory()[1] / len(data))
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
    assert LONGEST * peaks[1] < MEMORY


# --- by chance --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(8))
def test_a_text_cut_off_anywhere(part: int) -> None:
    """Every eighth byte, in eight tests."""
    with bounded():
        for end in range(part, len(SAMPLE), 8 * 13):
            source, problems = decode("file", SAMPLE[:end])
            assert problems or parse(source)


def test_line_ends_of_every_kind_make_no_difference() -> None:
    unix = parse(decode("file", SAMPLE)[0])
    for end in (b"\r\n", b"\r"):
        other = parse(decode("file", SAMPLE.replace(b"\n", end))[0])
        assert (other.file, other.problems) == (unix.file, ())
    marked = parse(decode("file", b"\xef\xbb\xbf" + SAMPLE)[0])
    assert (marked.file, marked.problems) == (unix.file, ())


TOKENS = [
    *sorted({word for line in SAMPLE.decode().splitlines() for word in line.split()}),
    "\n", "\n    ", "\n        ", "\n            ", "\t", "(", ")", '"', "|", "#", "-", ",", ";", ":", ">=", "≥", "=",
    "\u202e", "é", "\r", "1,5", "x ULN", "12/05/2026", "5mg", "if missing", "all of", "I1", "i1", "protocol",
]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=60), st.sampled_from([" ", "", "\n    ", "\n"]))
@settings(max_examples=100, deadline=None)
def test_a_soup_of_words(words: list[str], between: str) -> None:
    survive((HEAD.decode() + "inclusion\n    " + between.join(words)).encode())


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_a_soup_of_letters(text: str) -> None:
    survive(text.encode("utf-8", "replace"))
    parse(Source("file", text))
    parse_condition(Source("file", text))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_a_soup_of_bytes(data: bytes) -> None:
    survive(data)


@given(st.randoms(use_true_random=False), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_a_text_with_letters_changed(chance: random.Random, changes: int) -> None:
    text = SAMPLE.decode()
    for _ in range(changes):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(["", " ", "(", '"', "\n", "|", "x", "9", "#", "\t"]) + text[at + 1 :]
    survive(text.encode())
