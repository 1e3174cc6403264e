"""Which grids a decision table takes: one for each place and each mix of counts that makes a difference."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from protocol_dsl.base.sheet import runs
from protocol_dsl.escalation.decision_table import DecisionTable, Entry
from protocol_dsl.model.escalation import Place

# What an entry may say of itself, if it stands in the grid of a place.
_BY_TOP = {"not top": {"not top"}, "top": {"top"}}
_BY_LOWEST = {"lowest": {"lowest"}, "not lowest": {"not lowest"}}
_BY_BOTH = {"lowest": {"lowest", "not top"}, "between": {"not lowest", "not top"}, "top": {"not lowest", "top"}}


@frozen
class Panel:
    """The entries that stand in one grid, and the places, pending patients and other counts that it is for.

    `columns` are the numbers treated, the same in every grid; `title` says what the grid is for, where there are more.
    """

    entries: tuple[Entry, ...]
    places: tuple[str, ...]
    pending: tuple[int, ...]
    extra: tuple[tuple[int, ...], ...]
    columns: tuple[int, ...]
    title: str = ""

    @property
    def most(self) -> int:
        """The most DLTs in it."""
        return max(one.with_dlt for one in self.entries)

    @property
    def cells(self) -> tuple[tuple[int, int, str], ...]:
        """What it shows."""
        return tuple((one.treated, one.with_dlt, one.move) for one in self.entries)


def panels(table: DecisionTable) -> list[Panel]:
    """The grids of a table. Those that show the same are one."""
    found = list(_panels(table))
    for part in ("places", *range(len(table.extra))):
        found = _merged(found, part)
    return [evolve(panel, title=_title(panel, table)) for panel in found]


def _title(panel: Panel, table: DecisionTable) -> str:
    said = []
    if panel.places != (Place.ANY.value,):
        spoken = {"top", "not top", "lowest", "not lowest", "between"}
        named = [place for place in panel.places if place not in spoken]
        said.append(f"level {', '.join(named)}" if named else ", ".join(panel.places))
    if any(one.pending for one in table.entries):
        said.append(f"{runs(list(panel.pending))} pending")
    said += [f"{name} {runs(list(counts))}" for name, counts in zip(table.extra, panel.extra, strict=True)]
    return ", ".join(said)


def _panels(table: DecisionTable) -> Iterator[Panel]:
    places = _places({one.level for one in table.entries}, list(dict.fromkeys(one.level for one in table.entries)))
    columns = tuple(sorted({one.treated for one in table.entries}))
    groups: dict[tuple[int, tuple[int, ...]], list[Entry]] = {}
    for one in table.entries:
        extra = one.extra or (0,) * len(table.extra)
        groups.setdefault((one.pending, extra), []).append(one)
    for place, said in places.items():
        for (pending, extra), entries in sorted(groups.items(), key=lambda group: group[0]):
            here = tuple(one for one in entries if one.level in said or one.level == Place.ANY)
            if here:
                yield Panel(here, (place,), (pending,), tuple((count,) for count in extra), columns)


def _places(levels: set[str], in_order: list[str]) -> dict[str, set[str]]:
    """The places to be told apart, and what entries say of themselves that stand there."""
    told = levels - {Place.ANY.value}
    if not told:
        return {Place.ANY.value: {Place.ANY.value}}
    for places in (_BY_TOP, _BY_LOWEST, _BY_BOTH):
        if told <= set().union(*places.values()):
            return places
    return {level: {level} for level in in_order if level in told}


def _merged(found: list[Panel], part: str | int) -> list[Panel]:
    """Panels that show the same and differ in one part alone, as one."""
    groups: dict[tuple[object, ...], list[Panel]] = {}
    for panel in found:
        if isinstance(part, int):
            rest: tuple[object, ...] = (panel.places, panel.extra[:part], panel.extra[part + 1 :])
        else:
            rest = (panel.extra,)
        groups.setdefault((panel.cells, panel.pending, rest), []).append(panel)
    return [_one(group, part) for group in groups.values()]


def _one(group: list[Panel], part: str | int) -> Panel:
    first = group[0]
    if isinstance(part, int):
        counts = tuple(sorted(count for panel in group for count in panel.extra[part]))
        return evolve(first, extra=(*first.extra[:part], counts, *first.extra[part + 1 :]))
    return evolve(first, places=tuple(place for panel in group for place in panel.places))
