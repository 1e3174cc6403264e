"""How powers, roots and the lines below a formula are written, and how they are laid out."""

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.syntax.format import format_text
from protocol_dsl.syntax.parse import parse

HEAD = 'protocol "P"\n    language 1\n\ndefine\n    '
FORMULAS = {
    "x^2": "x ^ 2",
    "x ^−0.241": "x ^ -0.241",
    "0.9938^age*142": "0.9938 ^ age * 142",
    "10^9": "10 ^ 9",
    "2 * x^y": "2 * x ^ y",
    "square  root of x": "square root of x",
    "square root of(x*y)": "square root of (x * y)",
    "cube root of x/ 2": "cube root of x / 2",
    "log10 of x+ln of(y)": "log10 of x + ln of (y)",
    "(ln of x) ^2": "(ln of x) ^ 2",
    "the larger of x and square root of y": "the larger of x and square root of y",
    "a by b with x, y + a by b with y, x": "a by b with x, y + a by b with y, x",
}


def formatted(text: str) -> str:
    laid_out = format_text(Source("f", text))
    assert laid_out is not None, parse(Source("f", text)).problems
    return laid_out


@pytest.mark.parametrize("written", FORMULAS)
def test_a_formula_has_one_spelling(written: str) -> None:
    assert formatted(f"{HEAD}f is {written}\n") == f"{HEAD}f is {FORMULAS[written]}\n"


@pytest.mark.parametrize(
    "body", ["is x", "is\n        x when y\n        z otherwise", "is by table\n        | x | y |\n        | 1 | 2 |"]
)
def test_the_lines_below_a_formula_keep_their_order(body: str) -> None:
    below = (
        '        valid when  age>=18 years\n        rounded  to 0.1\n        valid for "adults"\n        source "s"\n'
    )
    laid_out = below.replace("when  age>=18", "when age at least 18").replace("rounded  to", "rounded to")
    assert formatted(f"{HEAD}f {body}\n{below}") == f"{HEAD}f {body}\n{laid_out}"


@pytest.mark.parametrize(
    "written",
    [
        "x ^ y ^ z",
        "square root of x ^ 2",
        "square root of square root of x",
        "x ^ square root of y",
        "square of x",
        "x ^ -y",
    ],
)
def test_what_could_be_read_in_two_ways_needs_brackets(written: str) -> None:
    problems = parse(Source("f", f"{HEAD}f is {written}\n")).problems
    assert len(problems) == 1
    assert problems[0].code in ("PD020", "PD036")


@pytest.mark.parametrize("word", ["square", "cube", "ln", "log10"])
def test_the_words_of_roots_and_logarithms_are_no_names(word: str) -> None:
    text = f'protocol "P"\n    language 1\n\ndata\n    {word} : number\n'
    assert len(parse(Source("f", text)).problems) == 1


@pytest.mark.parametrize("word", ["valid", "rounded"])
def test_the_words_that_begin_a_line_below_a_formula_are_no_names_either(word: str) -> None:
    text = f'protocol "P"\n    language 1\n\ndata\n    {word} : number\n'
    assert [problem.code for problem in parse(Source("f", text)).problems] == ["PD025"]
