"""`protocol table`: the decision table that a design amounts to."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.sheet import Sheet
from protocol_dsl.cli.advise import level
from protocol_dsl.cli.console import Console, misuse
from protocol_dsl.cli.inputs import RUN, add_file, sound
from protocol_dsl.cli.outputs import (
    FORMATS,
    add_out,
    csv_text,
    ending,
    markdown_text,
    named,
    png,
    print_sheet,
    write_out,
)
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.escalation.decision_table import DecisionTable
    from protocol_dsl.model.condition import Monitored
    from protocol_dsl.model.protocol import Clause, Protocol

_ENDINGS: Final = (".csv", ".md", ".svg", ".html", ".png")
_SHEETS: Final = (".csv", ".md")


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "--form",
        choices=("rows", "boundaries"),
        help="a row for each count, or the limits at which the move changes (default: what suits the design)",
    )
    parser.add_argument("--every", action="store_true", help="limits for every number treated, not only whole cohorts")
    parser.add_argument("--rule", metavar="ID", help="the table of a stopping rule over all patients, in its place")
    add_out(parser, _ENDINGS, "a table or a picture")


def _run(arguments: Namespace, console: Console) -> int:
    if arguments.out:
        ending(arguments.out, _ENDINGS)
    protocol = sound(arguments.file, without=RUN)
    if arguments.rule:
        return _stopping(arguments, protocol, console)
    found, name = _found(arguments, protocol), named(protocol)
    sheet, flat = _sheets(found, name, arguments)
    write_out(
        arguments.out,
        {
            ".csv": lambda: csv_text(flat),
            ".md": lambda: markdown_text(sheet),
            ".svg": lambda: _svg(found, name),
            ".html": lambda: _html(found, name),
            ".png": lambda: png(_svg(found, name)),
        },
    )
    if console.style == "json":
        console.data({**_data(found), "stopping": [_as_data(one, rule) for one, rule in _monitored(protocol)]})
    else:
        print_sheet(flat if arguments.format == "csv" else sheet, console, arguments.format)
    return 0


# --- a stopping rule ----------------------------------------------------------------------------------------------


def _monitored(protocol: "Protocol") -> "list[tuple[Clause, Monitored]]":
    """The stopping rules that come to a table."""
    from protocol_dsl.model.condition import Monitored

    return [(one, one.condition) for one in protocol.stopping if isinstance(one.condition, Monitored)]


def _stopping(arguments: Namespace, protocol: "Protocol", console: Console) -> int:
    from protocol_dsl.figures.stopping_sheet import stopping_sheet

    known = {one.id: (one, rule) for one, rule in _monitored(protocol)}
    if arguments.rule not in known:
        listed = ", ".join(f"`{name}`" for name in known) or "none"
        message = f"`{arguments.rule}` is no stopping rule that comes to a table"
        raise misuse(message, f"of those this file has {listed}", "--rule")
    clause, rule = known[arguments.rule]
    sheet = stopping_sheet(clause, rule)
    if arguments.out and ending(arguments.out, _ENDINGS) not in _SHEETS:
        raise misuse("a stopping rule is written as a table", f"write {' or '.join(_SHEETS)}", "--out")
    write_out(arguments.out, {".csv": lambda: csv_text(sheet), ".md": lambda: markdown_text(sheet)})
    if console.style == "json":
        console.data(_as_data(clause, rule))
    else:
        print_sheet(sheet, console, arguments.format)
    return 0


def _as_data(clause: "Clause", rule: "Monitored") -> dict[str, Any]:
    limits = [{"patients": patients, "stop_at": count} for patients, count in rule.limits]
    return {"id": clause.id, "wording": clause.wording, "fewer": rule.fewer, "limits": limits}


# --- the design ---------------------------------------------------------------------------------------------------


def _found(arguments: Namespace, protocol: "Protocol") -> "DecisionTable":
    from protocol_dsl.escalation.decision_table import NoTable, decision_table

    if protocol.escalation is None or protocol.ladder is None:
        raise misuse("the file has no doses with an escalation, so that there is no table", None, arguments.file)
    found = decision_table(protocol.escalation, protocol.ladder)
    if isinstance(found, NoTable):
        cure = f"`protocol paths {arguments.file}` shows what follows each outcome of the next cohorts"
        raise misuse(found.why, cure, arguments.file)
    return found


def _sheets(found: "DecisionTable", name: str, arguments: Namespace) -> tuple[Sheet, Sheet]:
    """The table for people, and for a program that wants columns alone."""
    from protocol_dsl.figures.decision_sheet import flat, limits, rows

    title = f"{name}: {found.subject}"
    if _form(found, arguments) == "rows":
        return rows(found, title), flat(found)
    return limits(found, title, every=arguments.every), limits(found, "", every=arguments.every, down=True)


def _form(found: "DecisionTable", arguments: Namespace) -> str:
    if arguments.form == "boundaries" and not found.boundaries:
        raise misuse("the moves of this design do not change at limits", "see `--form rows`", "--form")
    return arguments.form or ("boundaries" if found.boundaries else "rows")


def _data(found: "DecisionTable") -> dict[str, Any]:
    from protocol_dsl.figures.decision_sheet import own

    return {
        "rows": [
            {
                "treated": one.treated,
                "with_dlt": one.with_dlt,
                "pending": one.pending,
                "move": one.move,
                "level": level(one.level),
                "row": one.row,
                "ends": list(one.ends),
                "counts": dict(zip(found.extra, own(found, one), strict=True)),
            }
            for one in found.entries
        ],
        "boundaries": [
            {
                "treated": one.treated,
                "escalate_at_most": one.escalate,
                "de_escalate_at_least": one.de_escalate,
                "close_at_least": one.close,
                "stop_at_lowest_at_least": one.stop,
            }
            for one in found.boundaries
        ],
        "notes": list(found.notes),
    }


def _svg(found: "DecisionTable", name: str) -> str:
    from protocol_dsl.figures.decision_grid import decision_grid
    from protocol_dsl.figures.svg import TooLarge

    drawn = decision_grid(found, name)
    if isinstance(drawn, TooLarge):
        raise misuse(drawn.why, "write .csv, .md or .html", "--out")
    return drawn


def _html(found: "DecisionTable", name: str) -> str:
    from protocol_dsl.figures.shown import ShownTable

    return ShownTable(name, found).html()


verb = Verb(
    "table",
    "show the decision table that a design amounts to",
    _configure,
    _run,
    (
        "protocol table three_plus_three_korn6",
        "protocol table boin --out boundaries.md",
        "protocol table boin --out decisions.svg",
        "protocol table trial.protocol --rule S1",
    ),
    ("0  the table is shown",),
    formats=FORMATS,
    job="design",
)
