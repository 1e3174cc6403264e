"""`protocol screen`: the verdict on each patient."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.cli.console import Console, misuse, no_formula, tabbed, table
from protocol_dsl.cli.inputs import Records, add_file, add_records, records, redacted, sound
from protocol_dsl.cli.outputs import apart
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.evaluate.screening import Screening
    from protocol_dsl.model.protocol import Protocol

_ENGINES: Final = ("reference",)
_OUT: Final = (".csv", ".json", ".parquet")
_MOST_MISSING: Final = 3
_COLOURS: Final = {"eligible": "32", "ineligible": "31", "undetermined": "33"}


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    add_records(parser)
    parser.add_argument("--engine", choices=_ENGINES, default=_ENGINES[0], help="what evaluates (default: %(default)s)")
    parser.add_argument("--out", metavar="FILE", help="also write a table, by its ending: .csv, .parquet or .json")
    parser.add_argument("--attrition", action="store_true", help="count what each criterion excludes")
    parser.add_argument("--redact", action="store_true", help="number the patients, and show no value from the data")


def _run(arguments: Namespace, console: Console) -> int:
    if arguments.out and Path(arguments.out).suffix.casefold() not in _OUT:
        raise misuse(f"`{arguments.out}` ends in none of {', '.join(_OUT)}", None, "--out")
    apart(arguments.out, arguments.data)
    protocol = sound(arguments.file)
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
    head = ("patient", "verdict", "because", "missing", "policies")
    rows = [
        (
            one["patient"],
            one["verdict"],
            ", ".join(one["because"]),
            ", ".join(f"{gap['item']} ({gap['reason']})" for gap in one["missing"]),
            ", ".join(one["policies"]),
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
    shorter = [(*row[:3], _few(row[3]), row[4]) for row in rows]
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
    return {"patient": one["patient"], "verdict": one["verdict"], **told, **one["criteria"]}


verb = Verb(
    "screen",
    "give the verdict on each patient",
    _configure,
    _run,
    (
        "protocol screen nct06631391 --data records/",
        "protocol screen trial.protocol --data patients.csv --as-of 2026-06-30 --attrition",
        "protocol screen trial.protocol --data records/ --at enrolment=2026-06-01 --format json",
    ),
    ("0  all are eligible", "1  somebody is ineligible", "3  nobody is, but somebody is undetermined"),
)
