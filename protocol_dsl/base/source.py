"""Where something is written: a text with a name, and a stretch of it."""

from bisect import bisect_right
from functools import cached_property

from attrs import field, frozen


@frozen(slots=False)
class Source:
    """A named text. Two sources are equal when their names are, so that spans compare cheaply."""

    name: str
    text: str = field(eq=False, repr=False)

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        starts = [0]
        end = self.text.find("\n")
        while end >= 0:
            starts.append(end + 1)
            end = self.text.find("\n", end + 1)
        return tuple(starts)

    @property
    def line_count(self) -> int:
        """The number of lines; a text that ends in a line end has an empty last line."""
        return len(self._line_starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, columns in code points; offsets outside are clamped."""
        inside = min(max(offset, 0), len(self.text))
        line = bisect_right(self._line_starts, inside)
        return line, inside - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without its line end; empty where there is no such line."""
        if not 1 <= number <= self.line_count:
            return ""
        start = self._line_starts[number - 1]
        if number == self.line_count:
            return self.text[start:]
        return self.text[start : self._line_starts[number] - 1].removesuffix("\r")


@frozen
class Span:
    """A stretch of a source: offsets into its text, the end not included."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """What is written there."""
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        """The line of the place just after the last character, from 1."""
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        """The column of the place just after the last character, from 1."""
        return self.source.position(self.end)[1]

    def join(self, other: "Span") -> "Span":
        """The shortest span that holds both; `NOWHERE` and spans of another source add nothing."""
        if self == NOWHERE:
            return other
        if other == NOWHERE or other.source != self.source:
            return self
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))


NOWHERE = Span(Source("", ""), 0, 0)
