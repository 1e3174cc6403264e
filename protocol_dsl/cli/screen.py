"""`protocol screen`: the verdict on each patient."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.shipped import find_protocol
from protocol_dsl.cli.console import Console, Stop, misuse, no_formula, tabbed, table
from protocol_dsl.cli.inputs import FILE_HELP, Records, add_records, records, redacted, sound
from protocol_dsl.cli.outputs import apart
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.evaluate.decide import Decision
    from protocol_dsl.evaluate.in_force import Judged
    from protocol_dsl.evaluate.screening import Screening
    from protocol_dsl.model.protocol import Protocol
    from protocol_dsl.readers.data import Approved

_ENGINES: Final = ("reference",)
_OUT: Final = (".csv", ".json", ".parquet")
_MOST_MISSING: Final = 3
_COLOURS: Final = {"eligible": "32", "ineligible": "31", "undetermined": "33"}


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help=f"{FILE_HELP}; of several versions, or a folder of them, each patient is judged by the one in force",
    )
    add_records(parser)
    parser.add_argument("--engine", choices=_ENGINES, default=_ENGINES[0], help="what evaluates (default: %(default)s)")
    parser.add_argument("--out", metavar="FILE", help="also write a table, by its ending: .csv, .parquet or .json")
    parser.add_argument("--attrition", action="store_true", help="count what each criterion excludes")
    parser.add_argument("--redact", action="store_true", help="number the patients, and show no value from the data")


def _run(arguments: Namespace, console: Console) -> int:
    if arguments.out and Path(arguments.out).suffix.casefold() not in _OUT:
        raise misuse(f"`{arguments.out}` ends in none of {', '.join(_OUT)}", None, "--out")
    apart(arguments.out, arguments.data)
    files = _files(arguments.files)
    if len(files) > 1:
        return _run_several(files, arguments, console)
    protocol = sound(files[0])
    found = records(arguments, protocol, console, redact=arguments.redact)
    screened = _screened(protocol, found, console)
    problems = tuple(dict.fromkeys(problem for one in screened for problem in one.decision.problems))
    console.diagnose(redacted(problems) if arguments.redact else problems)
    names = [str(number) if arguments.redact else one.patient for number, one in enumerate(screened, start=1)]
    result = _result(protocol, screened, names, found.as_of, arguments)
    if arguments.out:
        _write(Path(arguments.out), result)
    if console.style == "json":
        console.data(result)
    else:
        console.result(_text(result, console))
    return _status([one.verdict.value for one in screened])


def _files(named: Sequence[str]) -> list[str]:
    """The files that are named, with those of a folder in its place."""
    found: list[str] = []
    for name in named:
        inside = sorted(map(str, Path(name).glob("*.protocol"))) if name != "-" and Path(name).is_dir() else []
        found += inside if inside and find_protocol(name) is None else [name]
    return found


# --- several versions ---------------------------------------------------------------------------------------------


def _run_several(files: Sequence[str], arguments: Namespace, console: Console) -> int:
    """Each patient by the version in force at consent."""
    from protocol_dsl.evaluate.in_force import in_force, judged

    versions = _versions(files)
    newest = records(arguments, versions[-1], console, redact=arguments.redact, by_consent=True)
    known = (*newest.data.diagnostics, *redacted(newest.data.diagnostics))
    read = {
        one.header.version: records(arguments, one, console, redact=arguments.redact, known=known, by_consent=True)
        for one in versions[:-1]
    }
    read[versions[-1].header.version] = newest
    approved = _approved(newest, versions)
    as_of = max(one.as_of for one in read.values())
    theirs = {name: {record.patient: record for record in one.data.records} for name, one in read.items()}
    found = []
    for record in newest.data.records:
        mine = {one.header.version: (one, theirs[one.header.version][record.patient]) for one in versions}
        found.append(judged(mine, in_force(versions, approved, record, newest.at), as_of, newest.at))
    problems = tuple(dict.fromkeys(problem for one in found for problem in one.decision.problems))
    console.diagnose(redacted(problems) if arguments.redact else problems)
    names = [str(number) if arguments.redact else one.decision.patient for number, one in enumerate(found, start=1)]
    result = _result_of_several(versions, found, names, as_of, arguments)
    if arguments.out:
        _write(Path(arguments.out), result)
    if console.style == "json":
        console.data(result)
    else:
        console.result(_text(result, console))
    return _status([one.verdict.value for one in found])


def _result_of_several(
    versions: "Sequence[Protocol]",
    found: "Sequence[Judged]",
    names: Sequence[str],
    as_of: date,
    arguments: Namespace,
) -> dict[str, Any]:
    """The result with the keys of one version, that of the newest, and those of the versions beside them."""
    from protocol_dsl.evaluate.decide import Verdict
    from protocol_dsl.model.serial import digest

    of, verdicts = versions[-1], [one.verdict for one in found]
    result = {
        "protocol": {"id": of.header.id, "version": of.header.version, "digest": digest(of)},
        "versions": [{"version": one.header.version, "digest": digest(one)} for one in versions],
        "engine": arguments.engine,
        "as_of": as_of.isoformat(),
        "summary": {verdict.value: verdicts.count(verdict) for verdict in Verdict},
        "patients": [_row(one, name) for one, name in zip(found, names, strict=True)],
    }
    if arguments.attrition:
        result["attrition_by_version"] = _funnels(versions, found)
    return result


def _funnels(versions: "Sequence[Protocol]", found: "Sequence[Judged]") -> list[dict[str, Any]]:
    """What each criterion of each version excludes, of the patients for whom that one was in force.

    Those for whom that is not known, or none was, are counted last, and by no criterion.
    """
    funnels: list[dict[str, Any]] = []
    for one in versions:
        mine = [judged.decision for judged in found if _by_one(judged) and judged.versions[0] == one.header.version]
        criteria = _attrition(one, mine)
        funnels.append({"version": one.header.version, "patients": len(mine), "criteria": criteria})
    others = sum(not _by_one(judged) for judged in found)
    return [*funnels, {"version": None, "patients": others, "criteria": []}]


def _by_one(found: "Judged") -> bool:
    return len(found.versions) == 1 and not found.none


def _versions(files: Sequence[str]) -> "Sequence[Protocol]":
    """The versions, the oldest first. Stops where they are not versions of one protocol, each with a number."""
    from protocol_dsl.evaluate.in_force import in_order, unfit

    found = [sound(name) for name in files]
    if wrong := unfit(found):
        raise misuse(*wrong, "FILE")
    return in_order(found)


def _approved(found: Records, versions: "Sequence[Protocol]") -> "Sequence[Approved]":
    """What versions.csv says. Stops where a row of it cannot be used, and where a version never comes into force."""
    from protocol_dsl.evaluate.in_force import unfit_approvals
    from protocol_dsl.versions import of_approvals

    if wrong := [d for d in found.data.diagnostics if of_approvals(d)]:
        raise Stop(tuple(evolve(d, severity=Severity.ERROR) for d in wrong))
    if unsaid := unfit_approvals(versions, found.data.approved):
        raise misuse(*unsaid, "--data")
    return found.data.approved


def _row(found: "Judged", name: str) -> dict[str, Any]:
    """A row of the result. What the versions differ in is undetermined, for what is not known of the patient."""
    decision = found.decision
    missing = [{"item": gap.item, "reason": gap.reason.value} for gap in decision.missing]
    unsettled = [{"item": item, "reason": "not collected"} for item in found.unknown]
    return {
        "patient": name,
        "verdict": found.verdict.value,
        "criteria": {one.clause.id: one.status.value for one in decision.clauses} if found.agreed else {},
        "because": list(decision.because) if found.agreed else ["version"],
        "missing": missing if found.agreed else unsettled,
        "policies": list(decision.policies) if found.agreed else [],
        "version": found.versions[-1] if found.agreed and len(found.versions) == 1 else None,
        "versions": list(found.versions),
    }


# --- one version ----------------------------------------------------------------------------------------------------


def _screened(protocol: "Protocol", found: Records, console: Console) -> "Sequence[Screening]":
    from protocol_dsl.face import Protocol as Face

    face = Face(protocol)
    everyone = console.progress(found.data.records, "screening")
    return [face.screen(record, as_of=found.as_of, **found.at) for record in everyone]


def _status(verdicts: Sequence[str]) -> int:
    return 1 if "ineligible" in verdicts else 3 if "undetermined" in verdicts else 0


# --- the result ---------------------------------------------------------------------------------------------------


def _result(
    protocol: "Protocol", screened: "Sequence[Screening]", names: Sequence[str], as_of: date, arguments: Namespace
) -> dict[str, Any]:
    from protocol_dsl.evaluate.decide import Verdict
    from protocol_dsl.model.serial import digest

    verdicts = [one.verdict for one in screened]
    result: dict[str, Any] = {
        "protocol": {"id": protocol.header.id, "version": protocol.header.version, "digest": digest(protocol)},
        "engine": arguments.engine,
        "as_of": as_of.isoformat(),
        "summary": {verdict.value: verdicts.count(verdict) for verdict in Verdict},
        "patients": [_patient(one, name) for one, name in zip(screened, names, strict=True)],
    }
    if arguments.attrition:
        result["attrition"] = _attrition(protocol, [one.decision for one in screened])
    return result


def _patient(one: "Screening", name: str) -> dict[str, Any]:
    return {
        "patient": name,
        "verdict": one.verdict.value,
        "criteria": dict(one.criteria),
        "because": list(one.because),
        "missing": [{"item": gap.item, "reason": gap.reason.value} for gap in one.missing],
        "policies": list(one.decision.policies),
    }


def _attrition(protocol: "Protocol", decisions: "Sequence[Decision]") -> list[dict[str, Any]]:
    """In the order of the protocol: who comes to a criterion, whom it bars, and whom it alone excludes."""
    bars = [[c.clause.id for c in one.clauses if c.standing.value == "bars"] for one in decisions]
    opens = [[c.clause.id for c in one.clauses if c.standing.value == "open"] for one in decisions]
    left = list(range(len(decisions)))
    rows = []
    for clause in protocol.criteria:
        barred = [number for number in left if clause.id in bars[number]]
        undecided = sum(clause.id in opens[number] for number in left)
        staying = [number for number in left if number not in set(barred)]
        rows.append(
            {
                "criterion": clause.id,
                "seen": len(left),
                "bars": len(barred),
                "open": undecided,
                "left": len(staying),
                "alone": sum(barring == [clause.id] for barring in bars),
            }
        )
        left = staying
    return rows


def _text(result: Mapping[str, Any], console: Console) -> str:
    several = "versions" in result
    head = ("patient", "verdict", "because", "missing", "policies", *(("version",) if several else ()))
    rows = [
        (
            one["patient"],
            one["verdict"],
            ", ".join(one["because"]),
            ", ".join(f"{gap['item']} ({gap['reason']})" for gap in one["missing"]),
            ", ".join(one["policies"]),
            *((" or ".join(one["versions"]) or "none in force",) if several else ()),
        )
        for one in result["patients"]
    ]
    counts = ", ".join(f"{number} {verdict}" for verdict, number in result["summary"].items())
    parts = []
    if console.style == "plain":
        parts = [tabbed(head, rows)]
        parts += [f"{head}{tabbed(*rows)}".rstrip("\n") + "\n" for head, rows in _funnels_told(result)]
        parts.append(f"{counts}, as of {result['as_of']}\n")
        return "\n".join(parts)
    shorter = [(*row[:3], _few(row[3]), *row[4:]) for row in rows]
    parts.append(_coloured(table(head, shorter), console))
    parts += [f"{head}{table(*rows)}".rstrip("\n") + "\n" for head, rows in _funnels_told(result)]
    parts.append(f"{counts}\n{_signature(result)}\n")
    return "\n".join(parts)


def _few(missing: str) -> str:
    """The first of what is missing; `explain` has it all."""
    found = missing.split(", ")
    return missing if len(found) <= _MOST_MISSING else f"{', '.join(found[:2])} and {len(found) - 2} more"


def _funnels_told(
    result: Mapping[str, Any],
) -> list[tuple[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]]:
    """The tables of attrition, if they are asked for, each with its heading; for each version one."""
    if "attrition" in result:
        return [("", _counted(result["attrition"]))]
    told = []
    for one in result.get("attrition_by_version", ()):
        many = f"{one['patients']} patient{'s' * (one['patients'] != 1)}"
        if one["version"] is not None:
            told.append((f"version {one['version']}, in force for {many}\n", _counted(one["criteria"])))
        elif one["patients"]:
            told.append((f"of {many} it is not known which version was in force; they are counted nowhere\n", ((), [])))
    return told


def _counted(attrition: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    head = ("criterion", "seen", "bars", "open", "left", "alone")
    return head, [tuple(str(row[name]) for name in head) for row in attrition]


def _coloured(text: str, console: Console) -> str:
    words = re.compile(rf"(?<=  )({'|'.join(_COLOURS)})\b")
    lines = text.splitlines(keepends=True)
    return "".join(
        words.sub(lambda found: console.paint(found[0], _COLOURS[found[0]]), line, count=1) for line in lines
    )


def _signature(result: Mapping[str, Any]) -> str:
    from protocol_dsl.base.version import __version__

    of = result["protocol"]
    version = f" version {of['version']}" if of["version"] else ""
    return f"{of['id']}{version}, rules {of['digest'][:8]}, engine {__version__}, as of {result['as_of']}"


# --- the file --------------------------------------------------------------------------------------------------------


def _write(path: Path, result: Mapping[str, Any]) -> None:
    suffix = path.suffix.casefold()
    try:
        if suffix == ".json":
            import json

            path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            return
        rows = [_flat(one) for one in result["patients"]]
        if suffix == ".parquet":
            import pandas as pd

            pd.DataFrame(rows).to_parquet(path, index=False)
            return
        import csv

        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["patient", "verdict"])
            writer.writeheader()
            writer.writerows({name: no_formula(text) for name, text in row.items()} for row in rows)
    except OSError as error:
        raise misuse(f"`{path}` cannot be written: {(error.strerror or str(error)).lower()}", None, "--out") from error


def _flat(one: Mapping[str, Any]) -> dict[str, str]:
    missing = "; ".join(f"{gap['item']} ({gap['reason']})" for gap in one["missing"])
    told = {"because": "; ".join(one["because"]), "missing": missing, "policies": "; ".join(one["policies"])}
    version = {"version": " or ".join(one["versions"])} if "versions" in one else {}
    return {"patient": one["patient"], "verdict": one["verdict"], **told, **version, **one["criteria"]}


verb = Verb(
    "screen",
    "give the verdict on each patient",
    _configure,
    _run,
    (
        "protocol screen nct06631391 --data nct06631391",
        "protocol screen trial.protocol --data patients.csv --as-of 2026-06-30 --attrition",
        "protocol screen trial.protocol --data records/ --at enrolment=2026-06-01 --format json",
        "protocol screen v1.protocol v2.protocol --data records/",
    ),
    ("0  all are eligible", "1  somebody is ineligible", "3  nobody is, but somebody is undetermined"),
    job="patients",
)
