"""The three styles of a diagnostic."""

import json

import pytest

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity, in_order, render
from protocol_dsl.base.source import NOWHERE, Source, Span

LINE = "        crcl at least 1.5 mg/dL\n"


def of(source: Source, written: str, caption: str = "") -> Label:
    start = source.text.index(written)
    return Label(Span(source, start, start + len(written)), caption)


def warning(primary: Label, *others: Label, advice: str | None = None) -> Diagnostic:
    return Diagnostic("PD001", Severity.WARNING, "look here", primary, others, advice)


def human(*diagnostics: Diagnostic) -> list[str]:
    return render(diagnostics, "human").splitlines()


@pytest.fixture
def clash() -> Diagnostic:
    source = Source("trials/abc-101/v2.protocol", "\n" * 30 + LINE)
    return Diagnostic(
        "PD214",
        Severity.ERROR,
        "creatinine clearance is compared with a concentration",
        of(source, "1.5 mg/dL", "`mg/dL` measures concentration"),
        (of(source, "crcl", "measured in mL/min"),),
        "give the limit in mL/min, or compare `creatinine`",
    )


def test_human_puts_captions_beside_and_below_the_line(clash: Diagnostic) -> None:
    assert [
        "error[PD214]: creatinine clearance is compared with a concentration",
        "   ┌─ trials/abc-101/v2.protocol:31:23",
        "   │",
        "31 │         crcl at least 1.5 mg/dL",
        "   │         ----          ^^^^^^^^^ `mg/dL` measures concentration",
        "   │         │",
        "   │         measured in mL/min",
        "   │",
        "   = help: give the limit in mL/min, or compare `creatinine`",
        "   = more: protocol explain PD214",
    ] == human(clash)


def test_plain_is_one_line_for_each(clash: Diagnostic) -> None:
    assert (
        "trials/abc-101/v2.protocol:31:23: error[PD214]: creatinine clearance is compared with a concentration"
        " (help: give the limit in mL/min, or compare `creatinine`)\n" * 2
    ) == render([clash, clash], "plain")


def test_json_has_exactly_the_keys_of_the_contract(clash: Diagnostic) -> None:
    expected = {
        "code": "PD214",
        "severity": "error",
        "message": "creatinine clearance is compared with a concentration",
        "file": "trials/abc-101/v2.protocol",
        "line": 31,
        "column": 23,
        "end_line": 31,
        "end_column": 32,
        "help": "give the limit in mL/min, or compare `creatinine`",
    }
    assert {"diagnostics": [expected]} == json.loads(render([clash], "json"))


@pytest.mark.parametrize(("style", "expected"), [("human", ""), ("plain", ""), ("json", '{\n  "diagnostics": []\n}\n')])
def test_nothing_found_renders_as_nothing(style: str, expected: str) -> None:
    assert expected == render([], style)  # type: ignore[arg-type]  # the parametrisation forgets the literals


def test_the_page_of_a_code_is_named_once(clash: Diagnostic) -> None:
    assert 1 == render([clash, clash], "human").count("= more:")


def test_boxes_are_parted_by_a_blank_line(clash: Diagnostic) -> None:
    lines = human(clash, clash)
    assert "error[PD214]: " == lines[lines.index("") + 1][:14]


def test_several_captions_hang_from_the_rightmost_to_the_leftmost() -> None:
    source = Source("a", "ab cd ef gh")
    found = warning(of(source, "gh"), of(source, "ab", "one"), of(source, "cd", "two"), of(source, "ef", "three"))
    assert [
        "1 │ ab cd ef gh",
        "  │ -- -- -- ^^",
        "  │ │  │  │",
        "  │ │  │  three",
        "  │ │  two",
        "  │ one",
    ] == human(found)[3:9]


def test_where_labels_overlap_the_caption_hangs_and_the_carets_win() -> None:
    source = Source("a", "abcdef")
    found = warning(of(source, "cd", "culprit"), of(source, "abcdef", "whole"))
    assert ["  │ --^^--", "  │ │ │", "  │ │ culprit", "  │ whole"] == human(found)[4:8]


def test_labels_on_several_lines_show_each_line_and_dot_the_gap() -> None:
    source = Source("a", "first\nsecond\nthird\nfourth")
    found = warning(of(source, "fourth", "here"), of(source, "first", "from here"), of(source, "second"))
    assert [
        "  ┌─ a:4:1",
        "  │",
        "1 │ first",
        "  │ ----- from here",
        "2 │ second",
        "  │ ------",
        "  ·",
        "4 │ fourth",
        "  │ ^^^^^^ here",
    ] == human(found)[1:10]


def test_a_span_of_several_lines_is_marked_on_its_first_and_its_last() -> None:
    source = Source("a", "an all of\n    - b\n    - c\nd")
    found = warning(of(source, "all of\n    - b\n    - c\n", "unfinished"))
    assert ["1 │ an all of", "  │    ^^^^^^", "  ·", "3 │     - c", "  │     ^^^ unfinished"] == human(found)[3:8]


def test_captions_of_labels_at_one_place_stand_below_each_other() -> None:
    source = Source("a", "abc def")
    found = warning(of(source, "abc", "this"), of(source, "ab", "and that"), of(source, "def"))
    assert ["  │ ^^^ ---", "  │ │", "  │ this", "  │ and that"] == human(found)[4:8]


def test_an_empty_span_at_the_start_of_a_line_is_marked_there() -> None:
    found = warning(Label(Span(Source("a", "one\ntwo"), 4, 4), "here"))
    assert ["2 │ two", "  │ ^ here"] == human(found)[3:5]


def test_nothing_dangles_below_the_last_label() -> None:
    found = warning(of(Source("a", "x"), "x"))
    assert ["1 │ x", "  │ ^"] == human(found, found)[-2:]


def test_another_source_gets_a_place_of_its_own() -> None:
    found = warning(of(Source("a", "x"), "x"), of(Source("b", "y"), "y", "first written here"))
    assert ["  │", "  ┌─ b:1:1", "  │", "1 │ y", "  │ - first written here", "  │"] == human(found)[5:11]


def test_tabs_wide_and_combining_characters_keep_the_caret_in_place() -> None:
    source = Source("a", "\t漢字 e\u0301 bad")
    assert ["1 │     漢字 e\u0301 bad", "  │            ^^^"] == human(warning(of(source, "bad")))[3:5]


def test_bidirectional_and_control_characters_are_shown_by_code_point() -> None:
    source = Source("evil\u202e", "a\u202eb\x1b[31m bad")
    found = Diagnostic("PD001", Severity.ERROR, "saw `\u2066\n`", of(source, "bad", "\x07"), help="\u200f")
    assert [
        "error[PD001]: saw `<U+2066><U+000A>`",
        "  ┌─ evil<U+202E>:1:10",
        "  │",
        "1 │ a<U+202E>b<U+001B>[31m bad",
        "  │                        ^^^ <U+0007>",
        "  │",
        "  = help: <U+200F>",
    ] == human(found)[:-1]


def test_a_heap_of_combining_marks_is_taken_apart() -> None:
    source = Source("a", "\u0301e" + "\u0301" * 4 + " bad")
    shown = "<U+0301>e\u0301\u0301<U+0301><U+0301> bad"
    assert [f"1 │ {shown}", "  │ " + " " * 26 + "^^^"] == human(warning(of(source, "bad")))[3:5]


def test_a_combining_mark_stays_on_a_letter_and_on_nothing_else() -> None:
    source = Source("a", "漢e\u0301\u0302\t\u0301 bad")
    assert "1 │ 漢e\u0301\u0302    <U+0301> bad" == human(warning(of(source, "bad")))[3]


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = Source("a", "x" * 5000 + "BAD" + "y" * 5000)
    line, carets = human(warning(of(source, "BAD")))[3:5]
    assert ("…", "…", line.index("BAD")) == (line[4], line[-1], carets.index("^^^"))
    assert f"{'x' * 33}BAD{'y' * 64}" == line[5:-1]


def test_a_line_of_100_columns_is_shown_whole() -> None:
    for text in ("x" * 97 + "BAD", "BAD" + "x" * 97, "x" * 50 + "BAD" + "x" * 47):
        assert f"1 │ {text}" == human(warning(of(Source("a", text), "BAD")))[3]


def test_a_line_is_cut_only_where_something_is_left_out() -> None:
    first = human(warning(of(Source("a", "BAD" + "x" * 200), "BAD")))[3]
    last = human(warning(of(Source("a", "x" * 200 + "BAD"), "BAD")))[3]
    assert (f"1 │ BAD{'x' * 97}…", f"1 │ …{'x' * 97}BAD") == (first, last)


def test_the_end_of_the_text_gets_a_caret() -> None:
    source = Source("a", "abc")
    assert ["1 │ abc", "  │    ^ here"] == human(warning(Label(Span(source, 3, 3), "here")))[3:5]


def test_a_cell_is_named_without_source_text() -> None:
    found = warning(Label(Cell("observations.csv", 7, "value"), "not a number"), advice="write a decimal")
    assert [
        "warning[PD001]: look here",
        "  ┌─ observations.csv, row 7, column value",
        "  │",
        "  │ not a number",
        "  │",
        "  = help: write a decimal",
        "  = more: protocol explain PD001",
    ] == human(found)


@pytest.mark.parametrize(
    ("cell", "title", "prefix"),
    [
        (Cell("p.csv", 7, "value"), "p.csv, row 7, column value", "p.csv:7:value: "),
        (Cell("p.csv", 7), "p.csv, row 7", "p.csv:7: "),
        (Cell("p.csv", None, "sex"), "p.csv, column sex", "p.csv:sex: "),
        (Cell("p.csv"), "p.csv", "p.csv: "),
    ],
)
def test_a_cell_may_be_a_row_a_column_or_a_file(cell: Cell, title: str, prefix: str) -> None:
    found = warning(Label(cell))
    assert (f"  ┌─ {title}", f"{prefix}warning[PD001]: look here\n") == (human(found)[1], render([found], "plain"))


def test_a_cell_in_json_gives_row_and_column_name() -> None:
    entry = json.loads(render([warning(Label(Cell("p.csv", 7, "value")))], "json"))["diagnostics"][0]
    assert ("p.csv", 7, "value") == (entry["file"], entry["line"], entry["column"])


def test_a_finding_about_nowhere_has_no_place() -> None:
    found = warning(Label(NOWHERE), advice="do this")
    entry = json.loads(render([found], "json"))["diagnostics"][0]
    assert (None, None, None) == (entry["file"], entry["line"], entry["end_column"])
    assert "warning[PD001]: look here (help: do this)\n" == render([found], "plain")
    assert ["warning[PD001]: look here", "  = help: do this"] == human(found)[:2]


def test_colour_changes_nothing_but_colour(clash: Diagnostic) -> None:
    coloured = render([clash], "human", colour=True)
    bare = coloured
    for code in ("0", "1", "34", "1;31"):
        bare = bare.replace(f"\x1b[{code}m", "")
    assert (render([clash], "human"), True) == (bare, coloured != bare)


def test_order_is_by_file_line_column_and_code() -> None:
    one, two = Source("a", "x\ny z"), Source("b", "x")
    places = [Label(Span(one, 0, 1)), Label(Span(one, 2, 3)), Label(Span(one, 4, 5)), Label(Span(two, 0, 1))]
    expected = [Diagnostic(code, Severity.NOTE, "m", place) for place in places for code in ("PD1", "PD2")]
    assert tuple(expected) == in_order(reversed(expected))


def test_cells_are_ordered_among_spans() -> None:
    found = [warning(Label(Cell("b.csv", row, column))) for row, column in ((2, "x"), (10, "a"), (10, "b"))]
    found = [warning(Label(Cell("a.csv"))), *found, warning(Label(Span(Source("c", "x"), 0, 1)))]
    assert tuple(found) == in_order(reversed(found))
