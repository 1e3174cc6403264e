"""Offsets, lines and columns of a text."""

import pytest

from protocol_dsl.base.source import NOWHERE, Source, Span

TEXT = "one\r\ntwo é漢\n\nlast"


@pytest.fixture
def source() -> Source:
    return Source("a.protocol", TEXT)


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, (1, 1)), (2, (1, 3)), (5, (2, 1)), (9, (2, 5)), (10, (2, 6)), (12, (3, 1)), (13, (4, 1)), (17, (4, 5))],
)
def test_position_counts_lines_and_code_points_from_one(source: Source, offset: int, place: tuple[int, int]) -> None:
    assert place == source.position(offset)


def test_position_outside_the_text_is_clamped(source: Source) -> None:
    assert ((1, 1), (4, 5)) == (source.position(-3), source.position(1000))


def test_lines_come_without_their_ends(source: Source) -> None:
    assert ("one", "two é漢", "", "last") == tuple(source.line(number) for number in range(1, 5))


def test_a_line_that_is_not_there_is_empty(source: Source) -> None:
    assert ("", "") == (source.line(0), source.line(5))


def test_a_text_that_ends_in_a_line_end_has_an_empty_last_line() -> None:
    assert (2, "") == (Source("a", "x\n").line_count, Source("a", "x\n").line(2))


def test_span_knows_its_text_and_both_ends(source: Source) -> None:
    span = Span(source, 5, 8)
    assert ("two", 2, 1, 2, 4) == (span.text, span.line, span.column, span.end_line, span.end_column)


def test_joined_spans_reach_from_the_first_to_the_last(source: Source) -> None:
    assert Span(source, 0, 8) == Span(source, 5, 8).join(Span(source, 0, 3))


def test_nowhere_and_other_sources_add_nothing_to_a_span(source: Source) -> None:
    span = Span(source, 5, 8)
    elsewhere = Span(Source("b.protocol", TEXT), 0, 1)
    assert (span, span, span) == (span.join(NOWHERE), NOWHERE.join(span), span.join(elsewhere))


def test_spans_compare_and_hash_without_reading_the_text() -> None:
    again = Span(Source("a.protocol", "another text"), 1, 2)
    assert {Span(Source("a.protocol", TEXT), 1, 2)} == {again}
