"""A trial as files: the plain folder, SDTM with its mapping, and the truth beside them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from fractions import Fraction

from protocol_dsl.base.version import __version__
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.sdtm import as_rows, dataset_json, sdtm
from protocol_dsl.synthesize.spoil import Spoiled, spoil
from protocol_dsl.synthesize.tables import Tables, plain
from protocol_dsl.synthesize.transport import written
from protocol_dsl.synthesize.trial import Invented, Plan, Trial

FORMS = ("plain", "sdtm")
SETS = ("xpt", "json")


def files(  # noqa: PLR0913 - what of the trial is written, and how
    protocol: Protocol,
    trial: Trial,
    plan: Plan,
    *,
    forms: Sequence[str] = ("plain",),
    missing: Fraction = Fraction(0),
    dirty: Fraction = Fraction(0),
    sets: str = "xpt",
) -> dict[str, bytes]:
    """The files by name: each form in a folder of its own, which can be read as it is, and `truth.json` beside them."""
    tables = plain(protocol, [one.record for one in trial.patients], trial.decisions)
    spoiled = spoil(protocol, tables, missing, dirty, Dice.of(plan.seed, "spoil"))
    found: dict[str, bytes] = {}
    for form in forms:
        made = _plain(tables) if form == "plain" else _sdtm(protocol, tables, trial, sets)
        found |= {f"{form}/{name}": content for name, content in made.items()}
    truth = {**truth_of(protocol, trial, plan, spoiled), "files": sorted(found)}
    found["truth.json"] = (json.dumps(truth, indent=2, ensure_ascii=False) + "\n").encode()
    return found


def _plain(tables: Tables) -> dict[str, bytes]:
    found = {}
    for name, rows in tables.rows.items():
        if rows or name == "patients":
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(tables.columns[name])
            writer.writerows([row.get(column, "") for column in tables.columns[name]] for row in rows)
            found[f"{name}.csv"] = text.getvalue().encode()
    return found


def _sdtm(protocol: Protocol, tables: Tables, trial: Trial, sets: str) -> dict[str, bytes]:
    study = sdtm(protocol, tables)
    found = {"mapping.toml": study.mapping.encode()}
    for domain in study.sets:
        name = domain.lower()
        if sets == "json":
            found[f"{name}.json"] = dataset_json(study, domain, trial.as_of.isoformat()).encode()
        else:
            found[f"{name}.xpt"] = written(domain, study.columns[domain], as_rows(study, domain), longer=True)
    return found


def truth_of(protocol: Protocol, trial: Trial, plan: Plan, spoiled: Sequence[Spoiled] = ()) -> dict[str, object]:
    """What the records were made to be, as data."""
    header = protocol.header
    return {
        "protocol": {"id": header.id, "version": header.version},
        "made": {"by": f"protocol synthesize {__version__}", "seed": plan.seed, "start": plan.start.isoformat()},
        "as_of": trial.as_of.isoformat(),
        "history": trial.history,
        "patients": [_patient(one) for one in trial.patients],
        "uncovered": list(trial.uncovered),
        "spoiled": [{"table": one.table, "row": one.row, "patient": one.patient, "what": one.what} for one in spoiled],
    }


def _patient(one: Invented) -> dict[str, object]:
    window = None if one.first is None or one.last is None else [one.first.isoformat(), one.last.isoformat()]
    return {
        "patient": one.record.patient,
        "verdict": None if one.eligible is None else "eligible" if one.eligible else "ineligible",
        "because": list(one.barred),
        "level": one.level,
        "cohort": one.cohort,
        "dlt": one.dlt,
        "clauses": list(one.clauses),
        "evaluable": None if one.dlt is None else one.dlt != "not evaluable",
        "window": window,
    }
