"""The human style of a diagnostic: the line it is about, with carets under the culprit and dashes under the rest."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from attrs import frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.display import fit, safe
from protocol_dsl.base.source import Source, Span

_STRONG = "1"
_BLUE = "34"
_SEVERITY = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}


@frozen
class _Mark:
    """Carets (main) or dashes under the characters `start` to `end` of a line, from 0, with a caption."""

    line: int
    start: int
    end: int
    main: bool
    caption: str


@frozen
class _Pen:
    """How one diagnostic is drawn: the columns kept for line numbers, and the colours (none for plain text)."""

    gutter: int
    severity: Severity
    colour: bool

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def margin(self, bar: str, number: str = "") -> str:
        return self.paint(f"{number:>{self.gutter}} {bar}", _BLUE)


def boxes(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """The diagnostics as boxes, a blank line between them; each code's page is named once."""
    named: set[str] = set()
    drawn = []
    for diagnostic in diagnostics:
        drawn.append(
            "".join(f"{line}\n" for line in _box(diagnostic, colour=colour, name=diagnostic.code not in named))
        )
        named.add(diagnostic.code)
    return "\n".join(drawn)


def _box(diagnostic: Diagnostic, *, colour: bool, name: bool) -> Iterator[str]:
    places = _places(diagnostic)
    numbers = [mark.line for _, marks in places for mark in marks]
    pen = _Pen(len(str(max(numbers, default=1))), diagnostic.severity, colour)
    head = pen.paint(f"{diagnostic.severity}[{diagnostic.code}]", _SEVERITY[diagnostic.severity])
    yield head + pen.paint(f": {safe(diagnostic.message)}", _STRONG)
    for number, (place, marks) in enumerate(places):
        yield f"{pen.margin('┌─')} {safe(_title(place))}"
        body = tuple(_lines(place, marks, pen))
        if body:
            yield pen.margin("│")
            yield from body
        if diagnostic.help or name or number < len(places) - 1:
            yield pen.margin("│")
    if diagnostic.help:
        yield f"{pen.margin('=')} help: {safe(diagnostic.help)}"
    if name:
        yield f"{pen.margin('=')} more: protocol explain {diagnostic.code}"


def _places(diagnostic: Diagnostic) -> list[tuple[Label, list[_Mark]]]:
    """The places in the order they are drawn: one for each source, one for each cell; the culprit's first."""
    labels = [(diagnostic.primary, True), *((label, False) for label in diagnostic.others)]
    places: dict[Source | int, tuple[Label, list[_Mark]]] = {}
    for number, (label, main) in enumerate(labels):
        if isinstance(label.where, Cell):
            places[number] = (label, [])
        elif label.where.source.name:
            places.setdefault(label.where.source, (label, []))[1].extend(_marks(label.where, label.caption, main=main))
    return list(places.values())


def _title(place: Label) -> str:
    where = place.where
    if isinstance(where, Span):
        return f"{where.source.name}:{where.line}:{where.column}"
    row = "" if where.row is None else f", row {where.row}"
    return where.file + row + ("" if where.column is None else f", column {where.column}")


def _marks(span: Span, caption: str, *, main: bool) -> Iterator[_Mark]:
    """One mark; for a span of several lines one on its first line and, with the caption, one on its last."""
    end = max(span.start, span.end)
    if end > span.start and span.source.text[end - 1] == "\n":
        end -= 1
    line, column = span.source.position(span.start)
    last, end_column = span.source.position(end)
    if last == line:
        yield _Mark(line, column - 1, end_column - 1, main, caption)
        return
    text = span.source.line(last)
    yield _Mark(line, column - 1, len(span.source.line(line)), main, "")
    yield _Mark(last, min(len(text) - len(text.lstrip()), end_column - 1), end_column - 1, main, caption)


def _lines(place: Label, marks: list[_Mark], pen: _Pen) -> Iterator[str]:
    if isinstance(place.where, Cell):
        if place.caption:
            yield f"{pen.margin('│')} {safe(place.caption)}"
        return
    before = None
    for line, here in groupby(
        sorted(marks, key=lambda mark: (mark.line, mark.start, mark.end)), lambda mark: mark.line
    ):
        if before is not None and line > before + 1:
            yield pen.margin("·")
        yield from _line(place.where.source.line(line), list(here), pen)
        before = line


def _line(text: str, marks: list[_Mark], pen: _Pen) -> Iterator[str]:
    """A line of the source, its marks, and their captions."""
    focus = next((mark for mark in marks if mark.main), marks[0])
    shown = fit(text, focus.start)
    yield f"{pen.margin('│', str(focus.line))} {shown.text}".rstrip()
    columns = [_columns(shown.column(mark.start), shown.column(mark.end)) for mark in marks]
    last = max(range(len(marks)), key=lambda i: columns[i])
    beside = all(i == last or columns[i][1] <= columns[last][0] for i in range(len(marks)))
    trailing = safe(marks[last].caption) if beside else ""
    rule = _rule(marks, columns, pen)
    yield f"{pen.margin('│')} {rule} {pen.paint(trailing, _ink(marks[last], pen))}".rstrip()
    hanging = [i for i, mark in enumerate(marks) if mark.caption and not (beside and i == last)]
    yield from _hanging([(columns[i][0], marks[i]) for i in hanging], pen)


def _columns(start: int, end: int) -> tuple[int, int]:
    """Where a mark is drawn: at least one column, so that an empty span and a cut one can be seen."""
    return start, max(end, start + 1)


def _ink(mark: _Mark, pen: _Pen) -> str:
    return _SEVERITY[pen.severity] if mark.main else _BLUE


def _rule(marks: list[_Mark], columns: list[tuple[int, int]], pen: _Pen) -> str:
    drawn: dict[int, bool] = {}
    for mark, (start, end) in zip(marks, columns, strict=True):
        for column in range(start, end):
            drawn[column] = drawn.get(column, False) or mark.main
    row = "".join({None: " ", True: "^", False: "-"}[drawn.get(column)] for column in range(max(drawn) + 1))
    if not pen.colour:
        return row
    inks = {"^": _SEVERITY[pen.severity], "-": _BLUE}
    runs = (("".join(run), inks.get(sign)) for sign, run in groupby(row))
    return "".join(pen.paint(run, ink) if ink else run for run, ink in runs)


def _hanging(captions: list[tuple[int, _Mark]], pen: _Pen) -> Iterator[str]:
    """Captions below the rule, the rightmost first, each on a line of its own at the column of its mark."""
    waiting = sorted(captions, key=lambda caption: caption[0])
    if waiting:
        yield f"{pen.margin('│')} {_stems(waiting)}"
    while waiting:
        column, mark = waiting.pop()
        stems = _stems([caption for caption in waiting if caption[0] < column])
        yield f"{pen.margin('│')} {stems:<{column}}{pen.paint(safe(mark.caption), _ink(mark, pen))}"


def _stems(captions: list[tuple[int, _Mark]]) -> str:
    columns = {column for column, _ in captions}
    return "".join("│" if column in columns else " " for column in range(max(columns, default=-1) + 1))
