"""What holds of the canonical layout, whatever the text was laid out like before."""

import random
from pathlib import Path
from typing import Any

import pytest
from attrs import fields, has
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.quantity import canonical
from protocol_dsl.base.source import Source
from protocol_dsl.syntax.format import format_text
from protocol_dsl.syntax.parse import parse
from protocol_dsl.syntax.reading import read
from protocol_dsl.syntax.tree import Quantity, Word

ROOT = Path(__file__).parents[2]
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "protocols").rglob("*.protocol"))
}


def formatted(text: str) -> str:
    laid_out = format_text(Source("file", text))
    assert laid_out is not None
    return laid_out


def meaning(part: object) -> object:
    """A tree as nested tuples, with the two things that the layout may respell: space in plain words, and units."""
    if isinstance(part, Quantity) and part.unit is not None:
        return ("Quantity", part.number.text, canonical(part.unit.text) or part.unit.text)
    if isinstance(part, Word):
        return canonical(part.text) or " ".join(part.text.split())
    if isinstance(part, tuple):
        return tuple(meaning(inside) for inside in part)
    kind: Any = type(part)
    if has(kind):
        named = [field.name for field in fields(kind) if field.name not in {"span", "source"}]
        return (kind.__name__, *(meaning(getattr(part, name)) for name in named))
    return part


def said(text: str) -> object:
    return meaning(parse(Source("file", text)).file)


def comments(text: str) -> list[str]:
    return sorted(comment.text for comment in read(Source("file", text)).comments)


@pytest.mark.parametrize("name", FILES)
def test_what_ships_keeps_its_meaning_and_its_comments(name: str) -> None:
    laid_out = formatted(FILES[name])
    assert said(laid_out) == said(FILES[name])
    assert comments(laid_out) == comments(FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_formatting_twice_changes_nothing_more(name: str) -> None:
    once = formatted(FILES[name])
    assert formatted(once) == once


def mangled(text: str, chance: random.Random) -> str:
    """The text as another hand may have laid it out: other spaces, tabs, empty lines and comments."""
    lines = []
    for line in text.splitlines():
        if chance.random() < 0.1:
            lines.append(chance.choice(["", "   ", "\t", "# alone", "        # deep", "#", '    # "quoted"']))
        body = line.lstrip(" ")
        margin = (len(line) - len(body)) // 4
        margins = ["\t" * margin, "    " * margin]
        lines.append(chance.choice(margins) + _spaced(body, chance) + chance.choice(["", "", " ", "   # beside", "\t"]))
    return "\n".join(lines) + chance.choice(["", "\n", "\n\n\n"])


def _spaced(line: str, chance: random.Random) -> str:
    """More space between words, none of it inside quotes or comments."""
    said, mark, rest = line.partition("#")
    parts = said.split('"')
    for outside in range(0, len(parts), 2):
        parts[outside] = "".join(
            chance.choice([" ", " ", "   ", " \t"]) if letter == " " else letter for letter in parts[outside]
        )
    return '"'.join(parts) + mark + rest


@given(st.sampled_from(sorted(FILES)), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_layout_depends_on_the_words_alone(name: str, chance: random.Random) -> None:
    other = mangled(FILES[name], chance)
    laid_out = formatted(other)
    assert said(laid_out) == said(FILES[name])
    assert comments(laid_out) == comments(other)
    assert formatted(laid_out) == laid_out


@given(st.sampled_from(sorted(FILES)), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_without_comments_and_empty_lines_the_layout_is_one(name: str, chance: random.Random) -> None:
    def bare(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if line.strip())

    plain = bare("\n".join(line for line in formatted(FILES[name]).splitlines() if "#" not in line))
    respaced = "\n".join(
        _spaced(line.lstrip(), chance).join([line[: len(line) - len(line.lstrip())], ""]) for line in plain.splitlines()
    )
    assert formatted(respaced) == formatted(plain)
