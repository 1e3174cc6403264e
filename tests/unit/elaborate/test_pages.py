"""Every code that elaboration gives has a page, and the page's own example gives it."""

import re
from pathlib import Path

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.syntax.parse import parse

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "diagnostics"
OTHERS = {"holes.py"}
CODES = sorted(
    {
        code
        for path in (ROOT / "protocol_dsl" / "elaborate").glob("*.py")
        if path.name not in OTHERS
        for code in re.findall(r'"(PD[1-5]\d\d)"', path.read_text(encoding="utf-8"))
    }
)
HEADINGS = ["What it finds", "Why it matters", "Example", "Instead"]
BLOCK = re.compile(r"^```protocol(?P<bad> bad)?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def codes(text: str) -> set[str]:
    parsed = parse(Source("page.protocol", text))
    _, found = elaborate(parsed.file)
    return {one.code for one in (*parsed.problems, *found)}


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_page_with_its_headings(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: ")
    assert HEADINGS == re.findall(r"^## (.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_gives_its_code_alone_and_the_good_one_nothing(code: str) -> None:
    blocks = list(BLOCK.finditer((PAGES / f"{code}.md").read_text(encoding="utf-8")))
    assert [{code} if block["bad"] else set() for block in blocks] == [codes(block["text"]) for block in blocks]
    assert {True, False} == {block["bad"] is not None for block in blocks}
