"""The trial as of a day: who is where, which places are open, what the rules propose, what the committee decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from attrs import field, frozen

from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, may_be_treated
from protocol_dsl.conduct.history import Treated, treated
from protocol_dsl.conduct.modify import Modified, modified
from protocol_dsl.conduct.parts import Expansion, expansions
from protocol_dsl.conduct.seen import seen_on
from protocol_dsl.conduct.slots import Slot, open_slots
from protocol_dsl.conduct.trial import TrialAdvice, advise_from
from protocol_dsl.evaluate.decide import Verdict, decide
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.evaluate.possible import as_range
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Record
from protocol_dsl.readers.data import CommitteeDecision


class Stage(StrEnum):
    """How far a patient has come."""

    NOT_SCREENED = "not screened"
    SCREENED = "screened"
    ENROLLED = "enrolled"
    DOSED = "dosed"


@frozen
class PatientState:
    """One patient: how far they have come, what their eligibility is, and once dosed their DLT status.

    `enrolled` and `dosed` are days, None before them or where no day is certain. `eligible` is None without criteria.
    """

    patient: str
    stage: Stage
    eligible: Verdict | None = None
    enrolled: date | None = None
    dosed: date | None = None
    dlt: DltStatus | None = None
    modified: tuple[Modified, ...] = ()


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
    designed = protocol.escalation is not None and protocol.ladder is not None
    advice = advise_from(protocol, everyone, as_of, at) if designed else None
    found = treated(protocol, everyone, as_of, at) if advice is None else advice.treated
    by_id = {one.patient: one for one in found.everyone}
    patients = tuple(_patient(protocol, record, as_of, at, by_id.get(record.patient)) for record in everyone)
    slots = () if advice is None else open_slots(protocol, found, advice.advice, as_of)
    on_file = tuple(one for one in decisions if one.day is None or one.day <= as_of)
    added = () if advice is None else expansions(protocol, found, advice.advice, on_file, as_of)
    return TrialState(as_of, patients, found, advice, slots, added, on_file)


def timeline(
    protocol: Protocol,
    records: Iterable[Record],
    days: Iterable[date],
    at: Mapping[str, date] = EMPTY,
    decisions: Iterable[CommitteeDecision] = (),
) -> tuple[TrialState, ...]:
    """The trial on each of the days, and on every later one until the last on which something settles of itself."""
    everyone, told = tuple(records), tuple(decisions)
    asked = sorted(set(days))
    waiting, states = asked, []
    last = asked[-1] if asked else date.min
    seen: set[date] = set()
    while waiting:
        day, *waiting = waiting
        if day in seen:
            continue
        seen.add(day)
        state = trial_state(protocol, everyone, day, at, told)
        states.append(state)
        settling = {one.dlt.pending_until for one in state.patients if one.dlt and one.dlt.pending_until}
        waiting = sorted({*waiting, *(one for one in settling if day < one <= last)})
    return tuple(states)


def _patient(
    protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date], status: DltStatus | None
) -> PatientState:
    seen = seen_on(record, as_of)
    enrolled, dosed = _enrolled(protocol, seen, as_of, at), _dosed(status)
    known = _day_known(seen) or enrolled is not None or status is not None
    if not known:
        return PatientState(record.patient, Stage.NOT_SCREENED)
    verdict = decide(protocol, seen, as_of, at).verdict if protocol.criteria else None
    stage = Stage.SCREENED
    if status is not None or may_be_treated(protocol, seen, as_of, at):
        stage = Stage.DOSED if status is not None else Stage.SCREENED
    elif enrolled is not None:
        stage = Stage.ENROLLED
    if stage is Stage.SCREENED and enrolled is not None:
        stage = Stage.ENROLLED
    changes = modified(protocol, record, as_of, at) if status is not None and protocol.modifications else ()
    return PatientState(record.patient, stage, verdict, enrolled, dosed, status, changes)


def _day_known(record: Record) -> bool:
    """Whether anything of the patient was known by the day that the record is seen from."""
    return any(True for found in record.readings.values() for _ in found) or any(record.lists.values())


def _dosed(status: DltStatus | None) -> date | None:
    return None if status is None or status.window is None else status.window[0]


def _enrolled(protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date]) -> date | None:
    """The day of enrolment, where the protocol has such a moment and it has come."""
    if "enrolment" not in protocol.moments:
        return None
    day = as_range(moments_of(protocol, record, at)[0].get("enrolment")).low
    return day if isinstance(day, date) and day <= as_of else None
