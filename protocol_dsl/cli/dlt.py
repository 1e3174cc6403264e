"""`protocol dlt`: who had a dose-limiting toxicity, with the clause and the records."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.cli.advise import level
from protocol_dsl.cli.console import Console, misuse, tabbed, table
from protocol_dsl.cli.inputs import Records, add_file, add_records, records, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.conduct.dlt import DltStatus
    from protocol_dsl.model.protocol import Protocol

_HEAD: Final = ("patient", "level", "window", "status", "pending until", "because", "why")


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    add_records(parser)


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.conduct.history import treated

    protocol = sound(arguments.file)
    if protocol.dlt is None:
        raise misuse("the file has no dlt section, so that nothing counts as one", None, arguments.file)
    found = records(arguments, protocol, console)
    everyone = treated(protocol, found.data.records, found.as_of, found.at)
    statuses = everyone.everyone
    told = {one.patient: _evidence(protocol, found, one) for one in statuses}
    history = str(everyone.history)
    as_of = found.as_of.isoformat()
    if console.style == "json":
        patients = [_patient(one, told[one.patient]) for one in statuses]
        console.data({"as_of": as_of, "patients": patients, "history": history})
        return 0
    rows = [_row(one) for one in statuses]
    console.result(tabbed(_HEAD, rows) if console.style == "plain" else table(_HEAD, rows))
    for one in statuses:
        console.result("".join(f"\n{one.patient}, {line}" for line in told[one.patient]))
    console.result(f"\n{history or 'nobody treated yet'}, as of {as_of}\n")
    return 0


def _evidence(protocol: "Protocol", found: Records, one: "DltStatus") -> list[str]:
    """Each clause that the status rests on, and the records that decide it or leave it open."""
    from protocol_dsl.conduct.seen import seen_on
    from protocol_dsl.evaluate.decide import environment
    from protocol_dsl.evaluate.moments import moments_of
    from protocol_dsl.evaluate.quoting import Sight
    from protocol_dsl.evaluate.telling import lines

    record = next(record for record in found.data.records if record.patient == one.patient)
    seen = seen_on(record, found.as_of)
    moments, _ = moments_of(protocol, seen, found.at)
    evidence = []
    for decided in one.clauses:
        if decided.clause.id in one.because:
            env = environment(protocol, seen, found.as_of, moments, decided.clause)
            told = [f"  {line}" for line in lines(decided.body, Sight(env, f"the as-of date {found.as_of}"))]
            evidence.append("\n".join([f"{decided.clause.id} {decided.clause.wording}", *told]))
    return evidence


def _patient(one: "DltStatus", told: list[str]) -> dict[str, Any]:
    return {
        "patient": one.patient,
        "level": level(one.level),
        "status": one.status.value,
        "pending_until": None if one.pending_until is None else one.pending_until.isoformat(),
        "because": list(one.because),
        "why": one.why,
        "window": None if one.window is None else [day.isoformat() for day in one.window],
        "missing": [{"item": gap.item, "reason": gap.reason.value} for gap in one.missing],
        "evidence": told,
        "assigned_level": level(one.assigned),
        "deviation": one.deviation,
        "late": list(one.late),
        "part": one.part,
    }


def _row(one: "DltStatus") -> tuple[str, ...]:
    window = "" if one.window is None else f"{one.window[0].isoformat()} to {one.window[1].isoformat()}"
    until = "" if one.pending_until is None else one.pending_until.isoformat()
    why = f"{one.why}; {one.deviation}" if one.deviation else one.why
    return (one.patient, one.level or "", window, one.status.value, until, ", ".join(one.because), why)


verb = Verb(
    "dlt",
    "tell who had a dose-limiting toxicity (DLT), and by which clause",
    _configure,
    _run,
    (
        "protocol dlt nct06631391 --data nct06631391",
        "protocol dlt trial.protocol --data records/ --as-of 2026-06-30 --format json",
    ),
    ("0  done",),
    job="patients",
)
