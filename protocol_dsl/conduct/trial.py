"""The trial as of a day: the stopping rules over all patients, and then the next move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, dlt_status, may_be_treated
from protocol_dsl.conduct.history import LETTERS, Treated, part_known, treated
from protocol_dsl.conduct.seen import seen_on
from protocol_dsl.escalation import advise as table
from protocol_dsl.escalation import verify as properties
from protocol_dsl.escalation.advise import Advice
from protocol_dsl.escalation.history import History, Unreadable
from protocol_dsl.evaluate.decide import ClauseDecision, Status, decide_clause, environment
from protocol_dsl.evaluate.implication import claimed
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.evaluate.monitor import met_so_far
from protocol_dsl.model.condition import HadDlt
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Record
from protocol_dsl.model.walk import walk


@frozen
class TrialAdvice:
    """The next move from the data, with the history it rests on and what each stopping rule came to.

    `waiting_for` in the advice holds the ids of patients, or whatever else is awaited.
    """

    advice: Advice
    treated: Treated
    stopping: tuple[ClauseDecision, ...] = ()

    @property
    def awaited(self) -> tuple[DltStatus, ...]:
        """The pending patients on whom the move depends."""
        return tuple(self.treated.statuses[number - 1] for number in self.advice.awaited)

    @property
    def history(self) -> History:
        """The history so far."""
        return self.treated.history


def advise(
    protocol: Protocol,
    history: History | str,
    counts: Mapping[str, tuple[int, ...]] = EMPTY,
    followed: tuple[Fraction, ...] | None = None,
) -> Advice | Unreadable:
    """The next move after a history. `counts` are those that the plan keeps besides DLTs, a number for each cohort.

    A count that is not given for every cohort is unknown. `followed` is the part of the window that has passed for each
    pending patient, in the order of the history. Raises LookupError where the protocol has no escalation.
    """
    plan, ladder = _design(protocol)
    read = History.read(history, ladder.names) if isinstance(history, str) else history
    if isinstance(read, Unreadable):
        return read
    told = [counts.get(name, ()) for name in plan.extra]
    whole = bool(told) and all(len(numbers) == len(read.cohorts) for numbers in told)
    return table.advise(plan, ladder, read, tuple(zip(*told, strict=True)) if whole else (), followed)


def verify(protocol: Protocol) -> tuple[properties.Finding, ...]:
    """Every built-in property and statement about the escalation, then the statements about patients."""
    plan, ladder = protocol.escalation, protocol.ladder
    told = () if plan is None or ladder is None else properties.verify(plan, ladder)
    about_patients = (claimed(protocol, one, protocol.examples) for one in protocol.statements)
    said = (
        properties.Finding(one.statement.id, one.statement.wording, one.holds, 0, why=one.because)
        for one in about_patients
    )
    return (*told, *said)


def advise_from(
    protocol: Protocol, records: Iterable[Record], as_of: date, at: Mapping[str, date] = EMPTY
) -> TrialAdvice:
    """The next move from the records seen from `as_of`. A stopping rule that is met comes before the table.

    Nothing is decided while somebody was treated of whom it is not known when, or at which level. Raises LookupError
    where the protocol has no escalation.
    """
    patients = tuple(records)
    found = treated(protocol, patients, as_of, at)
    moved = advise(protocol, found.history, followed=_followed(found, as_of))
    if isinstance(moved, Unreadable):
        raise LookupError(moved.message)  # noqa: TRY004 - cohorts stand at levels of the ladder, so this cannot be
    stopping = stopping_rules(protocol, patients, as_of, at)
    notes = [*_unplaced(protocol, found), *_unknown(stopping)]
    said = [f"patient {one.patient}: {one.deviation}" for one in found.statuses if one.deviation]
    said += [
        f"patient {one.patient}: {', '.join(one.late)} after the window, not counted"
        for one in found.statuses
        if one.late
    ]
    moved = evolve(moved, notes=(*moved.notes, *said))
    if notes:
        moved = evolve(moved, notes=(*moved.notes, *notes), because="; ".join([moved.because, *notes]))
    met = [one for one in stopping if one.status is Status.MET]
    near = [one for one in stopping if one.status is Status.UNKNOWN and met_so_far(one.body)]
    if near and not met:
        return TrialAdvice(_held_by(near, moved), found, stopping)
    return TrialAdvice(_stopped(met, moved) if met else _held_up(_by_id(moved, found), found), found, stopping)


def _followed(found: Treated, as_of: date) -> tuple[Fraction, ...] | None:
    """The part of the window that has passed for each pending patient; None where an outcome is still to be judged."""
    waiting = [one for one in found.statuses if LETTERS[one.status] == "P"]
    if any(one.status is not DltVerdict.PENDING or one.window is None for one in waiting):
        return None
    windows = [one.window for one in waiting if one.window is not None]
    return tuple(
        min(Fraction(max((as_of - first).days, 0), (last - first).days + 1), Fraction(1)) for first, last in windows
    )


def _by_id(moved: Advice, found: Treated) -> Advice:
    """The advice with the patients who are waited for by their ids; the letters of a history stand in their order."""
    ids = tuple(found.statuses[number - 1].patient for number in moved.awaited)
    return evolve(moved, waiting_for=ids) if ids else moved


def _held_up(moved: Advice, found: Treated) -> Advice:
    """A wait, where a patient who counts in the tallies has no place in the history."""
    ids = tuple(one.patient for one in found.unplaced if one.status is not DltVerdict.NOT_EVALUABLE)
    if not ids:
        return moved
    waiting = (*moved.waiting_for, *ids) if moved.move == "wait" else ids
    held = evolve(moved, move="wait", action="wait", row=None, level=None, patients=0, mtd=None)
    return evolve(held, waiting_for=waiting, awaited=(), outcomes=())


def stopping_rules(
    protocol: Protocol, records: Iterable[Record], as_of: date, at: Mapping[str, date] = EMPTY
) -> tuple[ClauseDecision, ...]:
    """What each stopping rule comes to over everyone who was treated, or may have been, seen from `as_of`."""
    seen = tuple(seen_on(record, as_of) for record in records)
    everyone = tuple(record for record in seen if may_be_treated(protocol, record, as_of, at))
    nobody = Record("")
    found = []
    dlts = _dlts(protocol, everyone, as_of, at)
    for clause in protocol.stopping:
        env = environment(protocol, nobody, as_of, moments_of(protocol, nobody, at)[0], clause)
        found.append(decide_clause(clause, evolve(env, everyone=everyone, dlts=dlts)))
    return tuple(found)


_HAD = {DltVerdict.YES: Truth.TRUE, DltVerdict.NO: Truth.FALSE}


def _dlts(protocol: Protocol, records: tuple[Record, ...], as_of: date, at: Mapping[str, date]) -> dict[str, Truth]:
    """Whether each patient had a DLT, where a rule asks; who is not evaluable is left out."""
    if not any(isinstance(node, HadDlt) for clause in protocol.stopping for node in walk(clause.condition)):
        return {}
    statuses = [one for record in records if (one := dlt_status(protocol, record, as_of, at)) is not None]
    counted = [one for one in statuses if one.status is not DltVerdict.NOT_EVALUABLE]
    return {one.patient: _HAD.get(one.status, Truth.UNKNOWN) for one in counted}


def _design(protocol: Protocol) -> tuple[EscalationPlan, Ladder]:
    if protocol.escalation is None or protocol.ladder is None:
        raise LookupError(f"{protocol.header.id} has no escalation")
    return protocol.escalation, protocol.ladder


def _unplaced(protocol: Protocol, found: Treated) -> list[str]:
    return [f"patient {one.patient} is in no cohort: {_why_unplaced(protocol, one)}" for one in found.unplaced]


def _why_unplaced(protocol: Protocol, one: DltStatus) -> str:
    if one.window is None:
        return one.why
    if not part_known(protocol, one):
        names = " or ".join(part.name for part in protocol.parts)
        told = "no part is recorded" if one.part is None else f"the trial has no part {one.part}"
        return f"{told}; the part is {names}"
    if not one.level:
        return "no level is recorded" if one.level is None else "several levels are recorded"
    return f"the ladder has no level {one.level}"


def _unknown(stopping: tuple[ClauseDecision, ...]) -> list[str]:
    return [f"stopping rule {one.clause.id} cannot be told yet" for one in stopping if one.status is Status.UNKNOWN]


def _held_by(near: list[ClauseDecision], moved: Advice) -> Advice:
    """A wait, where a rule is met by the patients of whom it is known, and the others may yet turn it."""
    ids = ", ".join(one.clause.id for one in near)
    why = f"stopping rule {ids} is met by the patients known so far; {moved.because}"
    held = evolve(moved, move="wait", action="wait", row=None, level=None, patients=0, mtd=None, because=why)
    return evolve(
        held, waiting_for=(*moved.waiting_for, *(f"stopping rule {one.clause.id}" for one in near)), awaited=()
    )


def _stopped(met: list[ClauseDecision], moved: Advice) -> Advice:
    """The moves of the stopping rules that are met, in place of the table's."""
    actions = tuple(dict.fromkeys(action for one in met for action in one.clause.then))
    why = "; ".join(f"{one.clause.id} {one.clause.wording}".rstrip() for one in met)
    stops = not actions or any(action.startswith("stop") for action in actions)
    return Advice(
        move="stop" if stops else "wait",
        action=" and ".join(actions) or "stop",
        row=None,
        level=None,
        patients=0,
        closed=moved.closed,
        mtd=None,
        because=f"a stopping rule is met: {why}",
        waiting_for=() if stops else actions,
        notes=moved.notes,
    )
