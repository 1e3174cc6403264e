"""Whatever the text, a diagnostic can be shown, and its carets stand under the culprit."""

import json
from unicodedata import category, east_asian_width

from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity, in_order, render
from protocol_dsl.base.source import Source, Span

CULPRIT = "§§§"
NASTY = st.text(alphabet=st.sampled_from("ab \t\r\n漢é\u0301\u202e\u2066\u200b\x1b\x00\ufeff\ud800🙂"), max_size=150)
TEXTS = st.text(max_size=150) | NASTY
LINES = st.builds(lambda text, times: text.replace("\n", "").replace("§", "") * times, TEXTS, st.sampled_from([1, 5]))


def columns(shown: str) -> int:
    """The columns a terminal gives to a text without control characters."""
    return sum(0 if category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in {"W", "F"} else 1 for c in shown)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    text = draw(TEXTS)
    ends = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    return Span(Source(draw(st.sampled_from(["a", "b"])), text), *ends)


LABELS = st.builds(Label, spans() | st.builds(Cell, TEXTS, st.none() | st.integers(1), st.none() | TEXTS), TEXTS)
FOUND = st.builds(
    Diagnostic,
    st.sampled_from(["PD001", "PD002"]),
    st.sampled_from(Severity),
    TEXTS,
    LABELS,
    st.lists(LABELS, max_size=3).map(tuple),
    st.none() | TEXTS,
)


@given(LINES, LINES)
def test_carets_stand_under_the_culprit(before: str, after: str) -> None:
    source = Source("a", before + CULPRIT + after)
    found = Diagnostic("PD001", Severity.ERROR, "m", Label(Span(source, len(before), len(before) + len(CULPRIT))))
    line, carets = render([found], "human").split("\n")[3:5]
    assert (columns(line[: line.index(CULPRIT)]), "^^^") == (len(carets) - 3, carets[-3:])


@given(LINES, LINES)
def test_no_line_of_source_is_wider_than_a_hundred_columns_and_its_margin(before: str, after: str) -> None:
    source = Source("a", before + CULPRIT + after)
    found = Diagnostic("PD001", Severity.ERROR, "m", Label(Span(source, len(before), len(before) + len(CULPRIT))))
    assert columns(render([found], "human").split("\n")[3]) <= len("1 │ ") + 100 + len("……")


@given(st.lists(FOUND, max_size=3))
def test_nothing_that_turns_or_hides_text_is_ever_shown(found: list[Diagnostic]) -> None:
    for shown in (render(found, "human"), render(found, "plain")):
        assert {category(c) for c in shown.replace("\n", "")}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@given(st.lists(FOUND, max_size=3))
def test_plain_has_a_line_for_each_and_json_keeps_every_word(found: list[Diagnostic]) -> None:
    entries = json.loads(render(found, "json"))["diagnostics"]
    assert len(found) == render(found, "plain").count("\n")
    assert [(one.message, one.help) for one in found] == [(entry["message"], entry["help"]) for entry in entries]


@given(st.lists(FOUND, max_size=4))
def test_the_order_does_not_depend_on_the_order_of_finding(found: list[Diagnostic]) -> None:
    places = [render([one], "json") for one in found]
    again = [render([one], "json") for one in in_order(found[::-1])]
    assert sorted(places) == sorted(again)
    distinct = len({(one.primary.where, one.code, one.message) for one in found}) == len(found)
    assert not distinct or again == [render([one], "json") for one in in_order(found)]


@given(TEXTS, st.integers(-5, 200))
def test_a_position_counts_the_line_ends_before_it(text: str, offset: int) -> None:
    source = Source("a", text)
    before = text[: min(max(offset, 0), len(text))]
    line, column = source.position(offset)
    assert (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1) == (line, column)
    assert source.line(line).startswith(text.split("\n")[line - 1].removesuffix("\r")[: column - 1])
