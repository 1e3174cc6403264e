"""Who among the patients on record would be judged differently, and by which clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import frozen

from protocol_dsl.amend.change import Diff
from protocol_dsl.evaluate.decide import Decision, Standing, decide
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Record


@frozen
class Judged:
    """One patient: the verdicts of the two versions, and the clauses that come out otherwise, `old -> new`."""

    patient: str
    old: str
    new: str
    clauses: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the verdict is another."""
        return self.old != self.new


def impact(  # noqa: PLR0913, PLR0917 - the two versions, and what they read
    old: Protocol,
    new: Protocol,
    found: Diff,
    records: Iterable[tuple[Record, Record]],
    as_of: date,
    at: Mapping[str, date] = EMPTY,
) -> tuple[Judged, ...]:
    """Each patient whose verdict, or some clause of it, comes out otherwise. A pair is one record as each reads it."""
    judged = []
    for before, after in records:
        a, b = decide(old, before, as_of, at), decide(new, after, as_of, at)
        clauses = tuple(_differing(a, b, found))
        if clauses or a.verdict is not b.verdict:
            judged.append(Judged(before.patient, a.verdict.value, b.verdict.value, clauses))
    return tuple(judged)


def _differing(old: Decision, new: Decision, found: Diff) -> Iterable[str]:
    """The clauses that stand otherwise; one that a version does not have clears there."""
    before = {one.clause.id: one for one in old.clauses}
    after = {one.clause.id: one for one in new.clauses}
    for name, one in after.items():
        was = before.pop(found.pairs.get(name, ""), None)
        standing = Standing.CLEARS if was is None else was.standing
        if standing is not one.standing:
            yield f"{name} {standing.value} -> {one.standing.value}"
    for name, one in before.items():
        if one.standing is not Standing.CLEARS:
            yield f"{name} {one.standing.value} -> removed"
