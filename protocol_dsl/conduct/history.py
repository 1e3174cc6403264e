"""From the records of many patients to the history of an escalation: cohorts by order of first dose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from attrs import frozen

from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, dlt_status
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Record

LETTERS = {
    DltVerdict.NO: "N",
    DltVerdict.YES: "T",
    DltVerdict.PENDING: "P",
    DltVerdict.ADJUDICATE: "P",  # nobody decides on a patient whose DLT is still to be judged
    DltVerdict.NOT_EVALUABLE: "X",
}


@frozen
class Treated:
    """The patients treated so far, in the order of the history they make, which is that of their first dose.

    `unplaced` had a first dose but stand at no known level or in no known part, or have no certain day: they are in no
    cohort. `expansion` are those who were treated outside the escalation.
    """

    history: History
    statuses: tuple[DltStatus, ...]
    unplaced: tuple[DltStatus, ...] = ()
    expansion: tuple[DltStatus, ...] = ()

    @property
    def everyone(self) -> tuple[DltStatus, ...]:
        """All of them."""
        return (*self.statuses, *self.unplaced, *self.expansion)


def history_of(protocol: Protocol, records: Iterable[Record], as_of: date, at: Mapping[str, date] = EMPTY) -> History:
    """The history seen from `as_of`."""
    return treated(protocol, records, as_of, at).history


def treated(protocol: Protocol, records: Iterable[Record], as_of: date, at: Mapping[str, date] = EMPTY) -> Treated:
    """Everyone treated by `as_of`, with cohorts as recorded; where they are not, of the planned size.

    A cohort ends where the level changes. Patients who are not evaluable take no place in it.
    """
    pairs = [(record, dlt_status(protocol, record, as_of, at)) for record in records]
    known = [(record, status) for record, status in pairs if status is not None]
    known.sort(key=lambda pair: pair[1].window[0] if pair[1].window else date.max)
    added = {part.name for part in protocol.parts if part.is_expansion}
    expansion = tuple(status for _, status in known if status.part in added)
    known = [(record, status) for record, status in known if status.part not in added]
    placed = [(record, status) for record, status in known if _is_placed(protocol, status)]
    unplaced = tuple(status for _, status in known if not _is_placed(protocol, status))
    size = protocol.escalation.cohort if protocol.escalation else 0
    groups = list(_as_recorded(placed))
    cohorts = tuple(cohort for group in groups for cohort in _of_size(group, size))
    statuses = tuple(status for _, statuses in groups for status in statuses)
    return Treated(History(cohorts), statuses, unplaced, expansion)


def _is_placed(protocol: Protocol, status: DltStatus) -> bool:
    """At a level of the ladder since a certain day and, where there are expansions, in a part that is recorded."""
    names = protocol.ladder.names if protocol.ladder else ()
    return status.window is not None and status.level in names and part_known(protocol, status)


def part_known(protocol: Protocol, status: DltStatus) -> bool:
    """Whether the part of a trial is recorded, where it has several."""
    several = any(part.is_expansion for part in protocol.parts)
    return not several or status.part in [part.name for part in protocol.parts]


Pair = tuple[Record, DltStatus]


def _as_recorded(placed: list[Pair]) -> Iterator[tuple[bool, list[DltStatus]]]:
    """Patients who follow each other at one planned level and in one cohort, and whether the cohort is recorded.

    Who was given another level than planned counts there, in a cohort of their own that stands before the planned one:
    the trial goes on from the level that was meant.
    """

    def key(pair: Pair) -> tuple[str | None, str | None]:
        return pair[1].assigned or pair[1].level, pair[0].context.get("cohort")

    for (planned, cohort), group in groupby(placed, key):
        statuses = [status for _, status in group]
        as_planned = [one for one in statuses if one.level == planned]
        astray = [one for one in statuses if one.level != planned]
        for _, others in groupby(astray, lambda one: one.level):
            yield True, list(others)
        if as_planned:
            yield cohort is not None, as_planned


def _of_size(group: tuple[bool, list[DltStatus]], size: int) -> Iterator[Cohort]:
    recorded, statuses = group
    letters, level = "", statuses[0].level or ""
    for status in statuses:
        if not recorded and size and len(letters.replace("X", "")) >= size:
            yield Cohort(level, letters)
            letters = ""
        letters += LETTERS[status.status]
    yield Cohort(level, letters)
