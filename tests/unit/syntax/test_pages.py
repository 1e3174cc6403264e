"""Every code of a syntax error has a page, and the page's own example gives it."""

import re
from pathlib import Path

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.syntax.parse import parse

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "diagnostics"
CODES = sorted(
    {
        code
        for path in (ROOT / "protocol_dsl" / "syntax").glob("*.py")
        for code in re.findall(r'"(PD\d\d\d)"', path.read_text(encoding="utf-8"))
    }
)
NOT_SHOWN = {"PD001", "PD002", "PD003"}  # too long for a page, or no text
HEADINGS = ["What it finds", "Why it matters", "Example", "Instead"]
BLOCK = re.compile(r"^```protocol(?P<bad> bad)?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def codes(text: str) -> set[str]:
    return {problem.code for problem in parse(Source("page.protocol", text)).problems}


def test_the_codes_are_those_kept_for_syntax() -> None:
    assert all("PD001" <= code <= "PD089" for code in CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_page_with_its_headings(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("code", [code for code in CODES if code not in NOT_SHOWN])
def test_the_bad_example_gives_its_code_alone_and_the_good_one_nothing(code: str) -> None:
    blocks = list(BLOCK.finditer((PAGES / f"{code}.md").read_text(encoding="utf-8")))
    assert [codes(block["text"]) for block in blocks] == [{code} if block["bad"] else set() for block in blocks]
    assert {block["bad"] is not None for block in blocks} == {True, False}
