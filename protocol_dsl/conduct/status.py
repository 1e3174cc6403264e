"""The trial as of a day: who is where, which places are open, what the rules propose, what the committee decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property, partial

from attrs import evolve, field, frozen

from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, may_be_treated
from protocol_dsl.conduct.history import Treated, treated
from protocol_dsl.conduct.modify import Modified, modified
from protocol_dsl.conduct.parts import Expansion, expansions
from protocol_dsl.conduct.seen import anything_seen, seen_on
from protocol_dsl.conduct.slots import Slot, open_slots
from protocol_dsl.conduct.trial import TrialAdvice, advise_from
from protocol_dsl.evaluate.decide import Verdict, decide
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.evaluate.possible import as_range
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Record, days_named
from protocol_dsl.model.vocabulary import ListOf
from protocol_dsl.readers.data import CommitteeDecision


class Stage(StrEnum):
    """How far a patient has come."""

    NOT_SCREENED = "not screened"
    SCREENED = "screened"
    ENROLLED = "enrolled"
    DOSED = "dosed"


@frozen(slots=False)
class PatientState:
    """One patient: how far they have come, what their eligibility is, and once dosed their DLT status.

    `enrolled` and `dosed` are days, None before them or where no day is certain. The verdict is worked out when it is
    asked for: a trial replayed day by day needs it of few days.
    """

    patient: str
    stage: Stage
    enrolled: date | None = None
    dosed: date | None = None
    dlt: DltStatus | None = None
    modified: tuple[Modified, ...] = ()
    _verdict: Callable[[], Verdict] | None = field(default=None, eq=False, repr=False)

    @cached_property
    def eligible(self) -> Verdict | None:
        """The verdict by what was known on the day; None without criteria, or before anything was known."""
        return None if self._verdict is None else self._verdict()


@frozen
class TrialState:
    """The whole trial, seen from a day. `advice` is None where the protocol has no escalation."""

    as_of: date
    patients: tuple[PatientState, ...]
    treated: Treated
    advice: TrialAdvice | None = None
    slots: tuple[Slot, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    decisions: tuple[CommitteeDecision, ...] = field(default=())

    def count(self, *stages: Stage) -> int:
        """How many patients are at one of the stages."""
        return sum(one.stage in stages for one in self.patients)

    def with_dlt_status(self, *verdicts: DltVerdict) -> tuple[str, ...]:
        """The dosed patients with one of these."""
        return tuple(one.patient for one in self.patients if one.dlt is not None and one.dlt.status in verdicts)

    @property
    def overruled(self) -> tuple[CommitteeDecision, ...]:
        """The decisions that were not as proposed."""
        return tuple(one for one in self.decisions if one.decided.strip() != one.proposed.strip())


def trial_state(
    protocol: Protocol,
    records: Iterable[Record],
    as_of: date,
    at: Mapping[str, date] = EMPTY,
    decisions: Iterable[CommitteeDecision] = (),
) -> TrialState:
    """The trial seen from a day: nothing later is known, neither of patients nor of decisions."""
    everyone = tuple(records)
    return _seen_from(protocol, _pairs(protocol, everyone), as_of, at, tuple(decisions))


Pair = tuple[Record, Record]
"""A record, and what of it the days of moments hang on."""


def _seen_from(
    protocol: Protocol,
    pairs: tuple[Pair, ...],
    as_of: date,
    at: Mapping[str, date],
    decisions: tuple[CommitteeDecision, ...],
) -> TrialState:
    everyone = tuple(record for record, _ in pairs)
    designed = protocol.escalation is not None and protocol.ladder is not None
    advice = advise_from(protocol, everyone, as_of, at) if designed else None
    found = treated(protocol, everyone, as_of, at) if advice is None else advice.treated
    by_id = {one.patient: one for one in found.everyone}
    patients = tuple(_patient(protocol, pair, as_of, at, by_id.get(pair[0].patient)) for pair in pairs)
    slots = () if advice is None else open_slots(protocol, found, advice.advice, as_of)
    on_file = tuple(one for one in decisions if one.day is None or one.day <= as_of)
    added = () if advice is None else expansions(protocol, found, advice.advice, on_file, as_of)
    return TrialState(as_of, patients, found, advice, slots, added, on_file)


def told_days(records: Iterable[Record], decisions: Iterable[CommitteeDecision], as_of: date) -> tuple[date, ...]:
    """Every day that records and decisions name, up to a day, and that day."""
    named = {day for record in records for day in days_named(record)}
    named |= {one.day for one in decisions if one.day is not None}
    return tuple(sorted({*(day for day in named if day <= as_of), as_of}))


def timeline(
    protocol: Protocol,
    records: Iterable[Record],
    days: Iterable[date],
    at: Mapping[str, date] = EMPTY,
    decisions: Iterable[CommitteeDecision] = (),
) -> tuple[TrialState, ...]:
    """The trial on each of the days, and on every later one until the last on which something settles of itself."""
    pairs, told = _pairs(protocol, tuple(records)), tuple(decisions)
    asked = sorted(set(days))
    waiting, states = asked, []
    last = asked[-1] if asked else date.min
    seen: set[date] = set()
    while waiting:
        day, *waiting = waiting
        if day in seen:
            continue
        seen.add(day)
        state = _seen_from(protocol, pairs, day, at, told)
        states.append(state)
        settling = {one.dlt.pending_until for one in state.patients if one.dlt and one.dlt.pending_until}
        waiting = sorted({*waiting, *(one for one in settling if day < one <= last)})
    return tuple(states)


def _patient(
    protocol: Protocol, pair: Pair, as_of: date, at: Mapping[str, date], status: DltStatus | None
) -> PatientState:
    record, timed = pair[0], seen_on(pair[1], as_of)
    enrolled, dosed = _enrolled(protocol, timed, as_of, at), _dosed(status)
    if enrolled is None and status is None and not anything_seen(record, as_of):
        return PatientState(record.patient, Stage.NOT_SCREENED)
    verdict = partial(_verdict_of, protocol, record, as_of, at) if protocol.criteria else None
    stage = Stage.SCREENED
    if status is not None or may_be_treated(protocol, timed, as_of, at):
        stage = Stage.DOSED if status is not None else Stage.SCREENED
    elif enrolled is not None:
        stage = Stage.ENROLLED
    if stage is Stage.SCREENED and enrolled is not None:
        stage = Stage.ENROLLED
    changes = modified(protocol, record, as_of, at) if status is not None and protocol.modifications else ()
    return PatientState(record.patient, stage, enrolled, dosed, status, changes, verdict)


def _verdict_of(protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date]) -> Verdict:
    return decide(protocol, seen_on(record, as_of), as_of, at).verdict


def _pairs(protocol: Protocol, records: tuple[Record, ...]) -> tuple[Pair, ...]:
    """Each record with what of it the days of moments hang on, and whether somebody was treated."""
    doses = {"doses", *(name for name, item in protocol.items.items() if item.kind == ListOf("dose"))}
    return tuple((record, _of_moments(protocol, record, doses)) for record in records)


def _of_moments(protocol: Protocol, record: Record, doses: set[str]) -> Record:
    readings = {name: found for name, found in record.readings.items() if name in protocol.moments}
    return evolve(
        record, readings=readings, lists={name: found for name, found in record.lists.items() if name in doses}
    )


def _dosed(status: DltStatus | None) -> date | None:
    return None if status is None or status.window is None else status.window[0]


def _enrolled(protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date]) -> date | None:
    """The day of enrolment, where the protocol has such a moment and it has come."""
    if "enrolment" not in protocol.moments:
        return None
    day = as_range(moments_of(protocol, record, at)[0].get("enrolment")).low
    return day if isinstance(day, date) and day <= as_of else None
