"""Findings about an event of SDTM, joined to the event: `FA.MAXTRT` beside AETERM. SDTMIG 3.4, section 6.4."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define, evolve, field

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.readers.domains import Domain
from protocol_dsl.readers.rows import at

_LINKS: Final = ("LNKID", "GRPID", "SPID")
"""Columns by which a finding names its event, the surest first; FAOBJ names it in words."""


@define
class _Joined:
    """The columns so far for an event table, and the findings that found no event, or contradict another."""

    added: dict[str, list[str]] = field(factory=dict)
    lost: list[int] = field(factory=list)


def joined(tables: Iterable[Domain], event: str = "AE") -> tuple[list[Domain], dict[str, set[int]], list[Diagnostic]]:
    """The tables, those of the event with a column `FA.TEST` for each finding; findings, by file, that found none.

    A finding that is made of one event several times is left out of the column where the results differ, and said.
    """
    every = list(tables)
    findings = [one for one in every if one.name == "FA" and one.has("FATESTCD")]
    events = [one for one in every if one.name == event]
    if not findings or not events:
        return every, {}, []
    done = {id(one): _Joined() for one in events}
    faulty: dict[str, set[int]] = {}
    problems: list[Diagnostic] = []
    for finding in findings:
        lost = sorted({row for one in events for row in _join(finding, one, event, done[id(one)])})
        if lost:
            faulty[finding.table.file] = {finding.rows[row].number for row in lost}
            problems.append(_said(finding, lost))
    return (
        [evolve(one, added={**one.added, **done[id(one)].added}) if id(one) in done else one for one in every],
        faulty,
        problems,
    )


def _join(finding: Domain, events: Domain, event: str, into: _Joined) -> Iterator[int]:
    """Put each finding into its column; give those that belong to no one event."""
    index = _index(events, event)
    taken: dict[tuple[str, int], int] = {}
    for row in range(len(finding.rows)):
        places = _events_of(finding, row, index)
        if places is None:
            continue
        name, text = f"FA.{finding.cell('FATESTCD', row).upper()}", finding.cell("FAORRES", row)
        if len(places) != 1 or not finding.rows[row].sound:
            yield row
            continue
        (place,) = places
        cells = into.added.setdefault(name, [""] * len(events.rows))
        if (name, place) in taken and cells[place] != text:
            cells[place] = ""
            yield from (row, taken[name, place])
        elif (name, place) not in taken:
            cells[place] = text
            taken[name, place] = row


_Index = dict[tuple[str, str, str], set[int]]


def _index(events: Domain, event: str) -> _Index:
    """The events of a patient by what may name them."""
    found: _Index = {}
    columns = [(link, f"{event}{link}") for link in _LINKS]
    columns += [("OBJ", f"{event}{name}") for name in ("TERM", "DECOD", "LLT", "MODIFY")]
    for row in range(len(events.rows)):
        patient = events.cell("USUBJID", row)
        for kind, column in columns:
            if text := events.cell(column, row).casefold():
                found.setdefault((patient, kind, text), set()).add(row)
    return found


def _events_of(finding: Domain, row: int, index: _Index) -> set[int] | None:
    """The events that a finding may be about; None where it is about something that is no event of the patient's."""
    patient = finding.cell("USUBJID", row)
    for link in _LINKS:
        text = finding.cell(f"FA{link}", row).casefold()
        if text and (patient, link, text) in index:
            return index[patient, link, text]
    return index.get((patient, "OBJ", finding.cell("FAOBJ", row).casefold()))


def _said(finding: Domain, lost: list[int]) -> Diagnostic:
    names = Counter(finding.cell("FATESTCD", row) for row in lost)
    count = f" ({len(lost)} rows)" if len(lost) > 1 else ""
    message = (
        f"the finding `{next(iter(names))}` belongs to several events, or differs from another of its event{count}"
    )
    where = Cell(finding.table.file, finding.rows[lost[0]].number, "FAOBJ")
    return at("PD754", message, where, "FALNKID and AELNKID tell which event is meant")
