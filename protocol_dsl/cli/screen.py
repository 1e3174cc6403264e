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

    if arguments.attrition:
        raise misuse("attrition is counted of one version", "screen with one file", "--attrition")
    versions = _versions(files)
    newest = records(arguments, versions[-1], console, redact=arguments.redact)
    known = (*newest.data.diagnostics, *redacted(newest.data.diagnostics))
    read = {
        one.header.version: records(arguments, one, console, redact=arguments.redact, known=known)
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
    result = _result_of_several(versions, found, names, as_of, arguments.engine)
    if arguments.out:
        _write(Path(arguments.out), result)
    if console.style == "json":
        console.data(result)
    else:
        console.result(_text(result, console))
    return _status([one.verdict.value for one in found])


def _result_of_several(
    versions: "Sequence[Protocol]", found: "Sequence[Judged]", names: Sequence[str], as_of: date, engine: str
) -> dict[str, Any]:
    """The result with the keys of one version, that of the newest, and those of the versions beside them."""
    from protocol_dsl.evaluate.decide import Verdict
    from protocol_dsl.model.serial import digest

    of, verdicts = versions[-1], [one.verdict for one in found]
    return {
        "protocol": {"id": of.header.id, "version": of.header.version, "digest": digest(of)},
        "versions": [{"version": one.header.version, "digest": digest(one)} for one in versions],
        "engine": engine,
        "as_of": as_of.isoformat(),
        "summary": {verdict.value: verdicts.count(verdict) for verdict in Verdict},
        "patients": [_row(one, name) for one, name in zip(found, names, strict=True)],
    }


def _versions(files: Sequence[str]) -> "list[Protocol]":
    """The versions, the oldest first. Stops where they are not versions of one protocol, each with a number."""
    found = [sound(name) for name in files]
    ids = sorted({one.header.id for one in found})
    if len(ids) > 1:
        raise misuse(f"{' and '.join(ids)} are different protocols", "name versions of one", "FILE")
    numbers = [one.header.version for one in found]
    if "" in numbers or len(set(numbers)) < len(numbers):
        raise misuse("each file needs a version of its own", "write `version 2.0 effective 2026-03-01`", "FILE")
    if any("consent" not in one.moments for one in found):
        raise misuse("a version declares no moment `consent`", "that day decides which is in force", "FILE")
    return _in_order(found)


def _in_order(found: "list[Protocol]") -> "list[Protocol]":
    """By what amends what, and else by the number."""
    ordered: list[Protocol] = []
    waiting = sorted(found, key=lambda one: [int(part) for part in re.findall(r"\d+", one.header.version)])
    while waiting:
        open_ = {one.header.version for one in waiting}
        first = next((one for one in waiting if one.header.amends not in open_), waiting[0])
        ordered.append(first)
        waiting.remove(first)
    return ordered


def _approved(found: Records, versions: "Sequence[Protocol]") -> "Sequence[Approved]":
    """What versions.csv says. Stops where a row of it cannot be used, and where a version never comes into force."""
    from protocol_dsl.base.diagnostic import Cell

    wrong = [
        d for d in found.data.diagnostics if isinstance(d.primary.where, Cell) and "versions" in d.primary.where.file
    ]
    if wrong:
        raise Stop(tuple(evolve(d, severity=Severity.ERROR) for d in wrong))
    numbers = {one.header.version for one in versions}
    strange = sorted({one.version for one in found.data.approved} - numbers)
    if strange:
        raise misuse(f"versions.csv speaks of version {strange[0]}, which is not among the files", None, "--data")
    said = {one.version for one in found.data.approved}
    for one in versions:
        if one.header.effective is None and one.header.version not in said:
            message = f"it is not said from when version {one.header.version} is in force"
            raise misuse(message, "write `effective DATE` in its head, or a row in versions.csv", "FILE")
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
        result["attrition"] = _attrition(protocol, screened)
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


def _attrition(protocol: "Protocol", screened: "Sequence[Screening]") -> list[dict[str, Any]]:
    """In the order of the protocol: who comes to a criterion, whom it bars, and whom it alone excludes."""
    bars = [[c.clause.id for c in one.decision.clauses if c.standing.value == "bars"] for one in screened]
    opens = [[c.clause.id for c in one.decision.clauses if c.standing.value == "open"] for one in screened]
    left = list(range(len(screened)))
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
        if "attrition" in result:
            parts.append(tabbed(*_counted(result["attrition"])))
        parts.append(f"{counts}, as of {result['as_of']}\n")
        return "\n".join(parts)
    shorter = [(*row[:3], _few(row[3]), *row[4:]) for row in rows]
    parts.append(_coloured(table(head, shorter), console))
    if "attrition" in result:
        parts.append(table(*_counted(result["attrition"])))
    parts.append(f"{counts}\n{_signature(result)}\n")
    return "\n".join(parts)


def _few(missing: str) -> str:
    """The first of what is missing; `explain` has it all."""
    found = missing.split(", ")
    return missing if len(found) <= _MOST_MISSING else f"{', '.join(found[:2])} and {len(found) - 2} more"


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
