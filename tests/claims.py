"""What a difference claims, held against what the interpreter says of single records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from protocol_dsl.amend.change import ClauseChange, Diff, Kind, Witness
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.evaluate.decide import Standing, Verdict, decide, decide_clause, environment
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.pipeline import load_text
from tests.near_records import MANY, ONE_EACH, WHOLE, Near, clauses

Versions = tuple[Protocol, Protocol]
RANK = {Standing.BARS: 0, Standing.OPEN: 1, Standing.CLEARS: 2}
VERDICTS = {Verdict.INELIGIBLE: 0, Verdict.UNDETERMINED: 1, Verdict.ELIGIBLE: 2}
MODES = (WHOLE, ONE_EACH, ONE_EACH, MANY)


def read(text: str) -> Protocol | None:
    """The protocol of a text; None where it has an error."""
    return load_text(Source("near.protocol", text), without=RUN).protocol


def in_order(versions: tuple[Protocol, ...], record: Record) -> bool:
    """Whether the moments of a record keep their order and bounds in every version."""
    return not any(moments_of(one, record, {})[1] for one in versions)


def records(versions: tuple[Protocol, ...], random: Random, count: int) -> Iterator[tuple[Record, date, bool]]:
    """Records that keep the order of the moments, the day each is seen from, and whether nothing is missing."""
    near = Near.of(*versions)
    for number in range(count):
        mode = MODES[number % len(MODES)]
        record, as_of = near.record(random, mode)
        if in_order(versions, record):
            yield record, as_of, mode == WHOLE


def standing(protocol: Protocol, clause: Clause | None, record: Record, as_of: date) -> int:
    """What a clause comes to; one that is not there clears."""
    if clause is None:
        return RANK[Standing.CLEARS]
    env = environment(protocol, record, as_of, moments_of(protocol, record, {})[0], clause)
    return RANK[decide_clause(clause, env).standing]


def refuted(found: Diff, versions: Versions, record: Record, as_of: date, *, whole: bool) -> Iterator[str]:
    """The claims of a difference against which a record speaks; `whole` is whether nothing is missing from it."""
    old, new = versions
    before = {clause.id: clause for clause in clauses(old)}
    for now in clauses(new):
        if now.id in found.unchanged:
            was = before.get(found.pairs.get(now.id, now.id))
            if standing(old, was, record, as_of) != standing(new, now, record, as_of):
                yield f"{now.id}: unchanged"
    for change in found.clauses:
        yield from _of_change(change, versions, record, as_of, whole=whole)
    a, b = (VERDICTS[decide(one, record, as_of).verdict] for one in versions)
    kind = None if found.whole.kind is Kind.NO_EFFECT else found.whole.kind
    if a != b and (b > a) not in _allowed(kind, found.whole.witnesses, proved=found.whole.proved, whole=whole):
        yield f"the whole: {found.whole.kind}, {a, b}"


def _of_change(change: ClauseChange, versions: Versions, record: Record, as_of: date, *, whole: bool) -> Iterator[str]:
    old, new = versions
    a, b = standing(old, change.old, record, as_of), standing(new, change.new, record, as_of)
    # `no effect in context` says of the clause by itself only that it differs.
    kind = Kind.BOTH if change.kind is Kind.NO_EFFECT else change.kind
    if a != b and (b > a) not in _allowed(kind, change.witnesses, proved=change.proved, whole=whole):
        yield f"{change.id}: {change.kind}, {a, b}"
    if change.in_context is False:
        own = None if change.new is None else change.new.id
        rest = [standing(new, one, record, as_of) for one in new.criteria if one.id != own]
        if min((a, *rest)) != min((b, *rest)):
            yield f"{change.id}: no effect in context"


def _allowed(kind: Kind | None, witnesses: tuple[Witness, ...], *, proved: bool, whole: bool) -> set[bool]:
    """The directions, by whether something is gained, in which there may be a difference for all that is claimed."""
    if kind in (None, Kind.SAME, Kind.RENAMED, Kind.WORDING):
        return set()
    if not proved or kind is Kind.UNDECIDED:
        return {True, False}
    return {one.gained for one in witnesses if one.whole or not whole}
