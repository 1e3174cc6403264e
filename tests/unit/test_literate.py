"""The runner of Markdown pages, tried on pages of a few lines and a command of three."""

import sys
from pathlib import Path

import pytest

from tests.literate import Page


def command(arguments: list[str]) -> int:
    """Print the arguments, complain of a file that says so, and end with the number of the arguments beyond two."""
    print("said", *arguments)
    if "-" in arguments:
        print(sys.stdin.read(), end="")
    if arguments[0] == "check" and "wrong" in Path(arguments[1]).read_text(encoding="utf-8"):
        print("it is wrong", file=sys.stderr)
        return 1
    return max(0, len(arguments) - 2)


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path, command)


def fenced(info: str, *lines: str) -> str:
    return "\n".join(["Prose.", "", f"```{info}", *lines, "```", "More prose.", ""])


@pytest.mark.parametrize(
    "text",
    [
        fenced("console", "$ protocol fmt a", "said fmt a"),
        fenced("console", "$ protocol fmt a b", "said fmt a b", "[exit status 1]"),
        fenced("console", "$ protocol fmt \\", "    a", "said fmt a", "$ protocol again", "said again"),
        fenced("console terminal", "$ protocol fmt a", "said fmt a --format human", "[exit status 2]"),
        fenced("protocol file=a.protocol", "one", "    # here")
        + fenced("protocol file=a.protocol in=a.protocol check", "    two")
        + fenced("protocol file=b.protocol in=a.protocol", "three")
        + fenced("console", "$ cat a.protocol b.protocol", "one", "    two", "one", "    two", "", "three"),
        fenced("csv file=in.csv", "one", "two")
        + fenced("console", "$ protocol fmt - < in.csv", "said fmt -", "one", "two"),
        fenced("csv", "# in.csv", "one") + fenced("console", "$ cat in.csv", "one"),
        fenced("python", "a = 1") + fenced("python", ">>> a + 1", "2"),
        fenced("protocol", "right"),
        fenced("protocol bad", "wrong"),
        fenced("protocol fragment", "wrong"),
        fenced("protocol", "# a.protocol", "wrong"),
        fenced("protocol check", "# folder/a.protocol", "right"),
        fenced("sh", "rm -rf /"),
    ],
)
def test_a_page_that_holds_stays_as_it_is(page: Page, text: str) -> None:
    assert page.run(text) == text
    assert page.complaints == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (fenced("console", "$ protocol fmt a", "said fmt b"), "3: $ protocol fmt a\n- said fmt b\n"),
        (fenced("console", "$ protocol fmt a"), "3: $ protocol fmt a\n+ said fmt a"),
        (fenced("console", "$ protocol a b c", "said a b c"), "+ [exit status 1]"),
        (fenced("console", "$ protocol fmt", "said fmt", "[exit status 1]"), "- [exit status 1]"),
        (fenced("console", "said fmt"), "a console block begins with"),
        (fenced("python", ">>> 1 + 1", "3"), "Expected:\n    3\nGot:\n    2"),
        (fenced("protocol", "wrong"), "3: check ends with status 1\nsaid check line_3.protocol\nit is wrong"),
        (fenced("protocol check", "# a.protocol", "wrong"), "it is wrong"),
        (fenced("protocol bad", "right"), "check ends with status 0"),
    ],
)
def test_what_does_not_hold_is_told(page: Page, text: str, complaint: str) -> None:
    page.run(text)
    assert complaint in "\n".join(page.complaints)


def test_what_was_printed_can_be_taken_over(page: Page) -> None:
    before = fenced("console", "$ protocol a b c", "old", "older", "$ protocol fmt")
    after = fenced("console", "$ protocol a b c", "said a b c", "[exit status 1]", "$ protocol fmt", "said fmt")
    assert page.run(before) == after


def test_a_page_that_raises_is_not_passed_over(page: Page) -> None:
    with pytest.raises(ZeroDivisionError):
        page.run(fenced("python", "1 / 0"))


def test_a_page_runs_no_other_program(page: Page) -> None:
    with pytest.raises(AssertionError, match="cannot run `rm`"):
        page.run(fenced("console", "$ rm a"))
