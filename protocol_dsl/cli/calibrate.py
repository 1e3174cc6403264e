"""`protocol calibrate`: which settings of a design do best over some scenarios."""

import csv
import json
import tomllib
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.sheet import Sheet
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import RUN, add_file, sound
from protocol_dsl.cli.outputs import FORMATS, add_out, csv_text, ending, markdown_text, print_sheet, write_out
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.escalation.calibrate import Candidate, Named
    from protocol_dsl.model.escalation import EscalationPlan, Ladder

_ENDINGS: Final = (".csv", ".json", ".md")
_AS_WRITTEN: Final = "as written"
_NONE: Final = "none"


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "--scenarios",
        metavar="S",
        required=True,
        help="named true DLT rates: TOML (`name = [0.05, 0.25]`) or CSV (a column `scenario`, and one for each level)",
    )
    parser.add_argument(
        "--try",
        dest="lines",
        metavar="LINE",
        action="append",
        help="settings to try, as the language has them; may be given again (default: a grid about what is usual)",
    )
    parser.add_argument("--limit", metavar="RATE", help="a level with a higher rate is too toxic (default: the target)")
    parser.add_argument(
        "--at-most",
        metavar="CHANCE",
        help="put behind all others what recommends a level that is too toxic more often, in any of the scenarios",
    )
    add_out(parser, _ENDINGS, "a table")


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.escalation import calibrate

    if arguments.out:
        ending(arguments.out, _ENDINGS)
    protocol = sound(arguments.file, without=RUN)
    plan, ladder = protocol.escalation, protocol.ladder
    if plan is None or ladder is None:
        raise misuse("the file has no doses with an escalation, so that nothing is calibrated", None, arguments.file)
    target = plan.number("target")
    if target is None:
        raise misuse("the design has no target rate, and so nothing to calibrate", None, arguments.file)
    limit = _rate(arguments.limit, "--limit") or target
    most = _rate(arguments.at_most, "--at-most")
    scenarios = _scenarios(arguments.scenarios, plan, ladder, target)
    lines = _lines(arguments, plan, ladder)
    candidates = [
        calibrate.tried(plan, ladder, line, scenarios, limit)
        for line in console.progress(("", *lines), "settings", few=2)
    ]
    for one in candidates:
        if one.refused:
            console.note(f"`{one.line or _AS_WRITTEN}` is left out: {one.refused}")
    found = calibrate.ranked(candidates, most)
    sheet = _sheet(found, limit, most)
    data = {"limit": float(limit), "candidates": [_data(one, most) for one in found]}
    write_out(
        arguments.out,
        {
            ".csv": lambda: csv_text(sheet),
            ".json": lambda: json.dumps(data, indent=2) + "\n",
            ".md": lambda: markdown_text(sheet),
        },
    )
    if console.style == "json":
        console.data(data)
    else:
        print_sheet(sheet, console, arguments.format)
    return 0


# --- what was asked ---------------------------------------------------------------------------------------------------


def _rate(given: str | None, option: str) -> Fraction | None:
    from protocol_dsl.escalation.simulate import NotOneRate, rates

    try:
        return None if given is None else rates([given], ("",))[0]
    except NotOneRate as wrong:
        raise misuse(str(wrong), f"as in {option} 0.30", option) from wrong


def _lines(arguments: Namespace, plan: "EscalationPlan", ladder: "Ladder") -> tuple[str, ...]:
    from protocol_dsl.escalation import calibrate

    for line in arguments.lines or ():
        if not calibrate.read(plan, line):
            raise misuse(f"`{line}` is no setting of the design", "write it as it stands in the file", "--try")
    lines = tuple(arguments.lines or calibrate.lines(plan, ladder))
    if not lines:
        raise misuse(f"it is not known what to try for `escalation by {plan.family}`", "say it with --try", "--try")
    return lines


# --- scenarios --------------------------------------------------------------------------------------------------------


def _scenarios(name: str, plan: "EscalationPlan", ladder: "Ladder", target: Fraction) -> "tuple[Named, ...]":
    """The scenarios in a file. Stops where it cannot be read, or rates do not fit."""
    path = Path(name)
    try:
        text = path.read_text("utf-8")
        found = _from_csv(text, name, plan, ladder) if path.suffix.casefold() == ".csv" else _from_toml(text, name)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise misuse(f"`{name}` cannot be read: {why}", None, "--scenarios") from error
    if not found:
        raise misuse(f"`{name}` holds no scenario", "write one a line: steep = [0.05, 0.25, 0.50]", "--scenarios")
    return tuple(_named(one, where, given, (plan, ladder), target) for one, (where, given) in found.items())


def _from_toml(text: str, name: str) -> dict[str, tuple[Cell, Any]]:
    """Rates stay as they are written: a decimal is read as a text."""
    read = tomllib.loads(text, parse_float=str)
    listed = read.get("scenarios", read)
    where = Cell(name)
    return {str(one): (where, given) for one, given in listed.items()} if isinstance(listed, Mapping) else {}


def _from_csv(text: str, name: str, plan: "EscalationPlan", ladder: "Ladder") -> dict[str, tuple[Cell, Any]]:
    """A column for each level; for each count of the protocol's own as well, as `grade_2 1`."""
    rows = csv.DictReader(text.splitlines(), strict=True)
    own = {count: [f"{count} {level}" for level in ladder.names] for count in plan.extra}
    wanted = ("scenario", *ladder.names, *chain(*own.values()))
    wanting = [column for column in wanted if column not in (rows.fieldnames or ())]
    if wanting:
        listed = ", ".join(f"`{column}`" for column in wanting)
        where = Label(Cell(name, 1))
        raise Stop([Diagnostic("PD090", Severity.ERROR, f"the table of scenarios has no column {listed}", where)])
    found: dict[str, tuple[Cell, Any]] = {}
    for number, row in enumerate(rows, start=2):
        if row["scenario"] in found:
            raise _wrong(f"scenario `{row['scenario']}` stands twice", Cell(name, number, "scenario"))
        right = {"right": row["right"]} if row.get("right") else {}
        counts = {count: [row[column] for column in columns] for count, columns in own.items()}
        truth = [row[level] for level in ladder.names]
        found[row["scenario"]] = Cell(name, number), {"truth": truth, **counts, **right}
    return found


def _named(
    name: str,
    where: Cell,
    given: Any,  # noqa: ANN401 - as read
    design: "tuple[EscalationPlan, Ladder]",
    target: Fraction,
) -> "Named":
    from protocol_dsl.escalation.calibrate import scenario
    from protocol_dsl.escalation.simulate import NotOneRate, Simulator, rates

    ladder = design[1]
    said = given if isinstance(given, Mapping) else {"truth": given}
    truth = said.get("truth")
    own = {count: each for count, each in said.items() if count not in ("truth", "right")}
    if not isinstance(truth, list) or not all(isinstance(each, list) for each in own.values()):
        raise _wrong(f"scenario `{name}` has no list of rates", where)
    try:
        found = scenario(name, rates(truth, ladder.names), target, Simulator(*design).own(own))
    except NotOneRate as wrong:
        raise _wrong(f"scenario `{name}`: {wrong}", where) from wrong
    right = said.get("right")
    if right is None:
        return found
    levels = [str(level) for level in (right if isinstance(right, list) else [right])]
    strange = [level for level in levels if level not in (*ladder.names, _NONE)]
    if strange:
        known = ", ".join(f"`{level}`" for level in (*ladder.names, _NONE))
        raise _wrong(f"scenario `{name}`: `{strange[0]}` cannot be right to recommend; there are {known}", where)
    return evolve(found, right=tuple(None if level == _NONE else ladder.names.index(level) for level in levels))


def _wrong(message: str, where: Cell) -> Stop:
    return Stop([Diagnostic("PD090", Severity.ERROR, message, Label(where))])


# --- what came of it --------------------------------------------------------------------------------------------------


def _sheet(found: "list[Candidate]", limit: Fraction, most: Fraction | None) -> Sheet:
    from protocol_dsl.escalation.calibrate import allowed

    names = [one.scenario.name for one in found[0].outcomes] if found else []
    head = ("rank", "settings", "right", *(f"right: {name}" for name in names), "too toxic", "at most", "patients")
    rows = tuple(
        (
            f"{number}" if allowed(one, most) else f"{number}*",
            one.line or _AS_WRITTEN,
            f"{one.right:.4f}",
            *(f"{outcome.right:.4f}" for outcome in one.outcomes),
            f"{one.above:.4f}",
            f"{one.most_above:.4f}",
            f"{one.patients_above:.4f}",
        )
        for number, one in enumerate(found, start=1)
    )
    too_toxic = f"too toxic: the chance that a level with a rate above {float(limit):g} is recommended, on average"
    notes = [
        "right: the chance that the right level is recommended, over the scenarios on average, and in each",
        f"{too_toxic}; at most: where it is largest; patients: the share of them treated at such levels",
    ]
    if most is not None and not all(allowed(one, most) for one in found):
        notes.append(f"* recommends a level that is too toxic with a chance above {float(most):g} in some scenario")
    return Sheet("settings, the best first; each worked out exactly", head, rows, tuple(notes))


def _data(one: "Candidate", most: Fraction | None) -> dict[str, Any]:
    from protocol_dsl.escalation.calibrate import allowed

    return {
        "settings": one.line or None,
        "allowed": allowed(one, most),
        "right": one.right,
        "too_toxic": one.above,
        "most_too_toxic": one.most_above,
        "patients_too_toxic": one.patients_above,
        "scenarios": {
            outcome.scenario.name: {
                "truth": [float(rate) for rate in outcome.scenario.truth],
                "right": outcome.right,
                "too_toxic": outcome.above,
                "patients_too_toxic": outcome.patients_above,
                "patients": outcome.found.mean_patients,
            }
            for outcome in one.outcomes
        },
    }


verb = Verb(
    "calibrate",
    "find the settings of a design that do best over some scenarios",
    _configure,
    _run,
    (
        "protocol calibrate boin --scenarios scenarios.toml",
        'protocol calibrate crm --scenarios s.csv --try "skeleton with halfwidth 0.05 and prior mtd at level 3"',
        "protocol calibrate mtpi2 --scenarios scenarios.toml --at-most 0.25 --out settings.md",
    ),
    ("0  always",),
    FORMATS,
    job="design",
)
