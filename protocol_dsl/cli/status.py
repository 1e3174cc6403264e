"""`protocol status`: the trial as of a date."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.cli.advise import level
from protocol_dsl.cli.console import Console, misuse, tabbed, table
from protocol_dsl.cli.inputs import Records, add_file, add_records, records, sound
from protocol_dsl.cli.outputs import add_out, ending, png, write_out
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.conduct.dlt import DltStatus
    from protocol_dsl.conduct.modify import Modified
    from protocol_dsl.conduct.status import PatientState, TrialState
    from protocol_dsl.figures.shown_trial import ShownStatus, ShownTimeline
    from protocol_dsl.model.protocol import Protocol
    from protocol_dsl.readers.data import CommitteeDecision

_ENDINGS: Final = (".svg", ".png", ".html")
_HEAD: Final = ("patient", "stage", "eligible", "enrolled", "dosed", "level", "dlt", "pending until", "remarks")
_TIMELINE: Final = ("date", "enrolled", "dosed", "pending", "evaluable", "with dlt", "history", "next move", "decided")


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    add_records(parser)
    parser.add_argument("--timeline", action="store_true", help="the trial on every day on which something changed")
    add_out(parser, _ENDINGS, "a picture: a lane for each patient, or with --timeline the trial over time")


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.conduct.status import trial_state

    if arguments.out:
        ending(arguments.out, _ENDINGS)
    protocol = sound(arguments.file)
    found = records(arguments, protocol, console)
    if arguments.timeline:
        return _replayed(protocol, found, console, arguments.out)
    state = trial_state(protocol, found.data.records, found.as_of, found.at, found.data.decisions)
    if console.style == "json":
        console.data(_as_data(protocol, state))
    else:
        console.result(_text(protocol, state, console))
    _picture(arguments.out, partial(_status, protocol, state, found))
    return 0


def _status(protocol: "Protocol", state: "TrialState", found: Records) -> "ShownStatus":
    from protocol_dsl.figures.shown_trial import ShownStatus

    return ShownStatus(protocol.header.id, protocol, state, found.data.records)


def _picture(out: str | None, shown: "Callable[[], ShownStatus | ShownTimeline]") -> None:
    """Write the picture asked for, if any. Stops where it could not be read."""

    def svg() -> str:
        try:
            return shown().svg()
        except ValueError as error:
            raise misuse(str(error), "write .html, which has the table", "--out") from error

    write_out(out, {".svg": svg, ".html": lambda: shown().html(), ".png": lambda: png(svg())})


# --- one day ------------------------------------------------------------------------------------------------------


def _text(protocol: "Protocol", state: "TrialState", console: Console) -> str:
    rows = [_row(one) for one in state.patients]
    told = tabbed(_HEAD, rows) if console.style == "plain" else table(_HEAD, rows)
    lines = [f"{protocol.header.id} as of {state.as_of.isoformat()}", "", told, *_summary(state)]
    if state.advice is not None:
        lines += [*_moves(state), *_expansions(state)]
    lines += _stopping(state)
    lines += [_decided(one) for one in state.decisions]
    return "\n".join(lines) + "\n"


def _row(one: "PatientState") -> tuple[str, ...]:
    dlt = one.dlt
    until = "" if dlt is None or dlt.pending_until is None else dlt.pending_until.isoformat()
    return (
        one.patient,
        one.stage.value,
        "" if one.eligible is None else one.eligible.value,
        "" if one.enrolled is None else one.enrolled.isoformat(),
        "" if one.dosed is None else one.dosed.isoformat(),
        "" if dlt is None else dlt.level or "?",
        "" if dlt is None else dlt.status.value,
        until,
        "; ".join(_remarks(one)),
    )


def _remarks(one: "PatientState") -> list[str]:
    if one.dlt is None:
        return []
    told = [", ".join(one.dlt.because)] if one.dlt.because else []
    if _is_open_ended(one.dlt):
        told = [one.dlt.why]  # it names the clauses too
    if one.dlt.deviation:
        told.append(one.dlt.deviation)
    if one.dlt.late:
        told.append(f"{', '.join(one.dlt.late)} after the window, not counted")
    return [*told, *(_change(change) for change in one.modified)]


def _is_open_ended(status: "DltStatus") -> bool:
    """Whether no day can be named on which a status settles, so that something has to be done."""
    from protocol_dsl.conduct.dlt import DltVerdict

    waits = status.status is DltVerdict.PENDING and status.pending_until is None
    return waits or status.status is DltVerdict.ADJUDICATE


def _change(change: "Modified") -> str:
    to = f" to {change.level}" if change.level else ""
    return f"{change.id}: {change.action}{to}" + (f" ({change.why})" if change.why else "")


def _summary(state: "TrialState") -> list[str]:
    asked = any(one.eligible is not None for one in state.patients)
    counts = _counts(state) if asked else _treated(state)
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items())
    return [told]


def _counts(state: "TrialState") -> dict[str, int]:
    from protocol_dsl.evaluate.decide import Verdict

    return {"eligible": sum(one.eligible is Verdict.ELIGIBLE for one in state.patients), **_treated(state)}


def _treated(state: "TrialState") -> dict[str, int]:
    from protocol_dsl.conduct.dlt import DltVerdict
    from protocol_dsl.conduct.status import Stage

    def are(*verdicts: DltVerdict) -> int:
        return len(state.with_dlt_status(*verdicts))

    return {
        "enrolled": state.count(Stage.ENROLLED, Stage.DOSED),
        "dosed": state.count(Stage.DOSED),
        "pending": are(DltVerdict.PENDING),
        "needs_adjudication": are(DltVerdict.ADJUDICATE),
        "evaluable": are(DltVerdict.YES, DltVerdict.NO),
        "with_dlt": are(DltVerdict.YES),
        "not_evaluable": are(DltVerdict.NOT_EVALUABLE),
    }


def _moves(state: "TrialState") -> list[str]:
    if state.advice is None:
        return []
    advice = state.advice.advice
    after = f"after {state.advice.history}" if state.advice.history.cohorts else "with nobody treated yet"
    lines = ["", f"the rules propose, {after}: {_move(state)}", f"  because {advice.because}"]
    if advice.closed:
        lines.append(f"  closed: level{'s' * (len(advice.closed) > 1)} {', '.join(advice.closed)}")
    awaited = [f"{one.patient} at level {one.level} ({_until(one)})" for one in state.advice.awaited]
    lines += [f"  waiting for {one}" for one in awaited or advice.waiting_for]
    for slot in state.slots:
        opens = "after the one before" if slot.opens is None else f"from {slot.opens.isoformat()}"
        lines.append(f"  open: a place at level {slot.level} {opens}" + (f" ({slot.why})" if slot.why else ""))
    return lines


def _expansions(state: "TrialState") -> list[str]:
    from protocol_dsl.conduct.dlt import DltVerdict

    lines = []
    for one in state.expansions:
        at = "" if one.level is None else f" at level {one.level}"
        lines += [
            "",
            f"{one.part.name}{at}: {len(one.patients)} of {one.part.patients}, {one.count(DltVerdict.YES)} with DLT",
        ]
        if one.open and one.opens is not None:
            lines.append(f"  open: {one.open} place{'s' * (one.open > 1)} from {one.opens.isoformat()}")
        else:
            lines.append(f"  no place is open: {one.why or 'all are taken'}")
    return lines


def _until(one: Any) -> str:  # noqa: ANN401 - a status
    return f"pending until {one.pending_until.isoformat()}" if one.pending_until else str(one.status.value)


def _move(state: "TrialState") -> str:
    if state.advice is None:
        return ""
    advice = state.advice.advice
    if advice.move == "treat":
        treated = f"treat {advice.patients} at level {advice.level}"
        return treated if advice.action.startswith("treat ") else f"{advice.action}: {treated}"
    if advice.move == "wait":
        return "wait"
    return "stop: no level is recommended" if advice.mtd is None else f"stop: the recommended level is {advice.mtd}"


def _stopping(state: "TrialState") -> list[str]:
    if state.advice is None or not state.advice.stopping:
        return []
    from protocol_dsl.conduct.nearness import how_near

    lines = [""]
    for one in state.advice.stopping:
        near = how_near(one)
        called = f'{one.clause.id} "{one.clause.wording}"' if one.clause.wording else one.clause.id
        lines.append(f"stopping rule {called} is {one.status.value}{f': {near}' if near else ''}")
    return lines


def _decided(one: "CommitteeDecision") -> str:
    day = "no day" if one.day is None else one.day.isoformat()
    instead = "" if one.decided == one.proposed else f", instead of {one.proposed}"
    reason = f": {one.reason}" if one.reason else ""
    return f"decided {day} by {one.by or 'nobody named'}: {one.decided}{instead}{reason}"


# --- as data ------------------------------------------------------------------------------------------------------


def _as_data(protocol: "Protocol", state: "TrialState") -> dict[str, Any]:
    advice = None if state.advice is None else state.advice.advice
    return {
        "protocol": {"id": protocol.header.id, "version": protocol.header.version},
        "as_of": state.as_of.isoformat(),
        "patients": [_patient(one) for one in state.patients],
        "summary": _counts(state),
        "history": None if state.advice is None else str(state.advice.history),
        "advice": None
        if advice is None
        else {
            "move": advice.move,
            "action": advice.action,
            "level": level(advice.level),
            "patients": advice.patients,
            "closed": [level(name) for name in advice.closed],
            "mtd": level(advice.mtd),
            "because": advice.because,
            "waiting_for": list(advice.waiting_for),
            "notes": list(advice.notes),
        },
        "slots": [
            {"level": level(one.level), "opens": one.opens and one.opens.isoformat(), "why": one.why}
            for one in state.slots
        ],
        "expansions": [
            {
                "part": one.part.name,
                "level": level(one.level),
                "planned": one.part.patients,
                "patients": [patient.patient for patient in one.patients],
                "open": one.open,
                "opens": one.opens and one.opens.isoformat(),
                "why": one.why,
            }
            for one in state.expansions
        ],
        "stopping": [_rule(one) for one in (state.advice.stopping if state.advice else ())],
        "decisions": [
            {
                "date": None if one.day is None else one.day.isoformat(),
                "proposed": one.proposed,
                "decided": one.decided,
                "by": one.by,
                "reason": one.reason,
            }
            for one in state.decisions
        ],
    }


def _rule(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a decided clause
    from protocol_dsl.conduct.nearness import how_near

    return {"id": one.clause.id, "status": one.status.value, "near": how_near(one)}


def _patient(one: "PatientState") -> dict[str, Any]:
    dlt = one.dlt
    until = None if dlt is None else dlt.pending_until
    return {
        "patient": one.patient,
        "stage": one.stage.value,
        "eligible": None if one.eligible is None else one.eligible.value,
        "enrolled": None if one.enrolled is None else one.enrolled.isoformat(),
        "dosed": None if one.dosed is None else one.dosed.isoformat(),
        "level": None if dlt is None else level(dlt.level),
        "assigned_level": None if dlt is None else level(dlt.assigned),
        "dlt": None if dlt is None else dlt.status.value,
        "pending_until": None if until is None else until.isoformat(),
        "because": [] if dlt is None else list(dlt.because),
        "late": [] if dlt is None else list(dlt.late),
        "deviation": None if dlt is None else dlt.deviation,
        "modifications": [
            {"id": change.id, "action": change.action, "level": level(change.level), "why": change.why}
            for change in one.modified
        ],
    }


# --- every day ----------------------------------------------------------------------------------------------------


def _replayed(protocol: "Protocol", found: Records, console: Console, out: str | None) -> int:
    """A line for each day on which the state differs from the day before."""
    from protocol_dsl.conduct.status import timeline, told_days
    from protocol_dsl.figures.shown_trial import ShownTimeline

    days = told_days(found.data.records, found.data.decisions, found.as_of)
    states = timeline(protocol, found.data.records, days, found.at, found.data.decisions)
    _picture(out, lambda: ShownTimeline(protocol.header.id, protocol, states))
    lines = [(state.as_of.isoformat(), *_line(state)) for state in states]
    changed = [line for at, line in enumerate(lines) if _tells(line, lines[at - 1] if at else None)]
    if console.style == "json":
        console.data(
            {"as_of": found.as_of.isoformat(), "days": [dict(zip(_TIMELINE, one, strict=True)) for one in changed]}
        )
        return 0
    console.result(tabbed(_TIMELINE, changed) if console.style == "plain" else table(_TIMELINE, changed))
    return 0


def _tells(line: tuple[str, ...], before: tuple[str, ...] | None) -> bool:
    """Whether a day differs from the one before, or a decision was taken on it; before anybody came nothing is told."""
    came = line[1:3] != ("0", "0")
    return bool(line[-1]) or (came and (before is None or line[1:-1] != before[1:-1]))


def _line(state: "TrialState") -> tuple[str, ...]:
    counts = _treated(state)
    today = [one for one in state.decisions if one.day == state.as_of]
    pending = counts["pending"] + counts["needs_adjudication"]
    numbers = (counts["enrolled"], counts["dosed"], pending, counts["evaluable"], counts["with_dlt"])
    history = "" if state.advice is None else str(state.advice.history)
    decided = "; ".join(
        one.decided + ("" if one.decided == one.proposed else f" (not {one.proposed})") for one in today
    )
    return (*(str(number) for number in numbers), history, _move(state), decided)


verb = Verb(
    "status",
    "tell where the trial stands as of a date",
    _configure,
    _run,
    (
        "protocol status nct06631391 --data nct06631391 --as-of 2025-08-01",
        "protocol status trial.protocol --data records/ --timeline",
        "protocol status trial.protocol --data records/ --out swimmer.svg",
    ),
    ("0  done",),
    job="trial",
)
