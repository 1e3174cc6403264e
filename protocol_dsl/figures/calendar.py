"""A line of calendar days: where a day lies, and marks that people count by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from attrs import frozen

from protocol_dsl.figures.svg import FAINT, PALE, Lettering, label, line

_APART = 78.0  # between two days that are written
_STEPS = (1, 2, 7, 14)  # days
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


@frozen
class Calendar:
    """From the first day to the last, on a line from `left` to `right`."""

    first: date
    last: date
    left: float
    right: float

    def at(self, day: date) -> float:
        """Where the middle of a day lies, and where the line ends for what is beyond."""
        return self._place((min(max(day, self.first), self.last) - self.first).days + 0.5)

    def start(self, day: date) -> float:
        """Where a day begins."""
        return self._place((min(max(day, self.first), self.last) - self.first).days)

    def end(self, day: date) -> float:
        """Where a day ends."""
        return self._place((min(max(day, self.first), self.last) - self.first).days + 1)

    def _place(self, days: float) -> float:
        return self.left + (self.right - self.left) * days / ((self.last - self.first).days + 1)

    def marks(self) -> list[date]:
        """Days to write below the line: as many as have room."""
        room = max(int((self.right - self.left) / _APART), 1)
        days = (self.last - self.first).days + 1
        for step in _STEPS:
            if days / step <= room:
                count = (days - 1) // step
                return [self.first + timedelta(days=step * number) for number in range(count + 1)]
        months = next((step for step in _MONTHS if days / (30.4 * step) <= room), _MONTHS[-1])
        return [day for day in self._months() if (day.month - 1 + 12 * day.year) % months == 0]

    def _months(self) -> Iterator[date]:
        day = self.first.replace(day=1)
        while day <= self.last:
            if day >= self.first:
                yield day
            if (day.year, day.month) >= (9999, 12):
                return
            day = (day + timedelta(days=32)).replace(day=1)

    def axis(self, top: float, bottom: float) -> Iterator[str]:
        """The marks, with a thin line up through the picture and the day below."""
        marks = self.marks()
        for day in marks:
            x = self.start(day)
            yield line([(x, top), (x, bottom)], ink=PALE)
            if x >= self.left + _APART / 3 or len(marks) == 1:
                yield label((x, bottom + 15), day.isoformat(), Lettering(11, "middle", ink=FAINT))
