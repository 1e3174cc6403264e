"""Every code that a check gives has a page, and the page's own example gives it."""

import re
from pathlib import Path

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.pipeline import load_text

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "diagnostics"
CODES = sorted(
    {
        code
        for path in (ROOT / "protocol_dsl" / "checks").glob("*.py")
        for code in re.findall(r'"(PD\d\d\d)"', path.read_text(encoding="utf-8"))
    }
)
PROVED = sorted(
    {
        code
        for path in (ROOT / "protocol_dsl" / "checks").glob("*.py")
        if "\ndef prove(" in (text := path.read_text(encoding="utf-8"))
        for code in re.findall(r'"(PD3[79]\d)"', text)
    }
)
BESIDE = {"PD379": {"PD370"}}
"""What says why nobody is eligible, where that is what is found."""
PROVED = sorted(
    {
        code
        for path in (ROOT / "protocol_dsl" / "checks").glob("*.py")
        if "\ndef prove(" in (text := path.read_text(encoding="utf-8"))
        for code in re.findall(r'"(PD3[79]\d)"', text)
    }
)
BESIDE = {"PD379": {"PD370"}}
"""What says why nobody is eligible, where that is what is found."""
HEADINGS = ["What it finds", "Why it matters", "Example", "Instead"]
BLOCK = re.compile(r"^```protocol(?P<bad> bad)?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def page(code: str) -> str:
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


def codes(text: str, *, proved: bool) -> set[str]:
    return {found.code for found in load_text(Source("page.protocol", text), proved=proved).diagnostics}


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_page_with_its_headings(code: str) -> None:
    assert page(code).startswith(f"# {code}: ")
    assert HEADINGS == re.findall(r"^## (.*)$", page(code), re.MULTILINE)


@pytest.mark.parametrize("code", CODES)
def test_the_first_example_gives_its_code_alone_and_the_second_nothing(code: str) -> None:
    found = [codes(block["text"], proved=code in PROVED) for block in BLOCK.finditer(page(code))]
    assert [{code} | BESIDE.get(code, set()), set()] == found


@pytest.mark.parametrize("code", CODES)
def test_an_example_is_bad_where_it_is_refused(code: str) -> None:
    first = next(BLOCK.finditer(page(code)))
    assert (first["bad"] is not None) == bool(load_text(Source("page.protocol", first["text"])).errors)
