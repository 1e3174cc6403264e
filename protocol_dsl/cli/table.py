"""`protocol table`: the decision table that a design amounts to."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.sheet import Sheet, runs
from protocol_dsl.cli.advise import level
from protocol_dsl.cli.console import Console, misuse
from protocol_dsl.cli.inputs import add_file, sound
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
    from protocol_dsl.escalation.decision_table import Boundary, DecisionTable, Entry
    from protocol_dsl.model.protocol import Protocol

_ENDINGS: Final = (".csv", ".md", ".svg", ".html", ".png")
_ACROSS: Final = 12  # boundaries stand side by side, as they are printed, up to so many
_NONE: Final = "-"


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "--form",
        choices=("rows", "boundaries"),
        help="a row for each count, or the limits at which the move changes (default: what suits the design)",
    )
    parser.add_argument("--every", action="store_true", help="limits for every number treated, not only whole cohorts")
    add_out(parser, _ENDINGS, "a table or a picture")


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.escalation.decision_table import NoTable, decision_table

    if arguments.out:
        ending(arguments.out, _ENDINGS)
    protocol = sound(arguments.file)
    if protocol.escalation is None or protocol.ladder is None:
        raise misuse("the file has no doses with an escalation, so that there is no table", None, arguments.file)
    found = decision_table(protocol.escalation, protocol.ladder)
    if isinstance(found, NoTable):
        cure = f"`protocol paths {arguments.file}` shows what follows each outcome of the next cohorts"
        raise misuse(found.why, cure, arguments.file)
    sheet = _sheet(found, protocol, arguments)
    flat = _flat(found) if _form(found, arguments) == "rows" else sheet
    write_out(
        arguments.out,
        {
            ".csv": lambda: csv_text(flat),
            ".md": lambda: markdown_text(sheet),
            ".svg": lambda: _svg(found, protocol),
            ".html": lambda: _html(found, protocol, sheet),
            ".png": lambda: png(_svg(found, protocol)),
        },
    )
    if console.style == "json":
        console.data(_data(found))
    else:
        print_sheet(flat if arguments.format == "csv" else sheet, console, arguments.format)
    return 0


def _form(found: "DecisionTable", arguments: Namespace) -> str:
    if arguments.form == "boundaries" and not found.boundaries:
        raise misuse("the moves of this design do not change at limits", "see `--form rows`", "--form")
    return arguments.form or ("boundaries" if found.boundaries else "rows")


# --- for programs -----------------------------------------------------------------------------------------------------


def _data(found: "DecisionTable") -> dict[str, Any]:
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
                "counts": dict(zip(found.extra, one.extra, strict=False)),
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


def _flat(found: "DecisionTable") -> Sheet:
    head = ("treated", "with_dlt", "pending", *found.extra, "level", "move", "row", "ends")
    rows = [
        (*_counts(found, one), one.level, one.move, str(one.row or ""), "; ".join(one.ends)) for one in found.entries
    ]
    return Sheet("", head, tuple(rows))


def _counts(found: "DecisionTable", one: "Entry") -> tuple[str, ...]:
    extra = one.extra or (0,) * len(found.extra)
    return tuple(map(str, (one.treated, one.with_dlt, one.pending, *extra)))


# --- for people -------------------------------------------------------------------------------------------------------


def _sheet(found: "DecisionTable", protocol: "Protocol", arguments: Namespace) -> Sheet:
    title = f"{named(protocol)}: decisions by the counts at one level"
    if _form(found, arguments) == "rows":
        return _rows(found, title)
    return _limits(found, title, every=arguments.every)


def _rows(found: "DecisionTable", title: str) -> Sheet:
    """A row for each run of counts with one move; columns that say nothing are left out."""
    marks = _marks(found.entries)
    pending = any(one.pending for one in found.entries)
    lines = [_line(group, marks, by_pending=pending) for group in _alike(found.entries, by_pending=pending)]
    head = ("treated", "with DLT", "pending", *found.extra, "level", "move")
    shown = [at for at, name in enumerate(head) if not (name == "pending" and not pending)]
    if all(one.level == "any" for one in found.entries):
        shown.remove(len(head) - 2)
    notes = [f"({mark}) {'; '.join(ends)}" for ends, mark in marks.items()]
    rows = tuple(tuple(line[at] for at in shown) for line in lines)
    return Sheet(title, tuple(head[at] for at in shown), rows, (*notes, *found.notes))


def _marks(entries: "Sequence[Entry]") -> dict[tuple[str, ...], str]:
    """A letter for each thing that is said below the table."""
    said = dict.fromkeys(one.ends for one in entries if one.ends)
    return {ends: chr(ord("a") + at) if at < 26 else str(at) for at, ends in enumerate(said)}  # noqa: PLR2004 - letters


def _alike(entries: "Sequence[Entry]", *, by_pending: bool) -> "Iterator[list[Entry]]":
    """Entries that differ in one count alone: in the pending, where these are counted, or else in those with DLT."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for one in entries:
        counts = (one.treated, one.with_dlt if by_pending else one.pending, one.extra)
        groups.setdefault((*counts, one.level, one.move, one.ends), []).append(one)
    yield from groups.values()


def _line(group: "list[Entry]", marks: dict[tuple[str, ...], str], *, by_pending: bool) -> tuple[str, ...]:
    one = group[0]
    with_dlt = str(one.with_dlt) if by_pending else runs([each.with_dlt for each in group])
    pending = runs([each.pending for each in group]) if by_pending else str(one.pending)
    mark = f" ({marks[one.ends]})" if one.ends else ""
    return (str(one.treated), with_dlt, pending, *map(str, one.extra), one.level, f"{one.move}{mark}")


def _limits(found: "DecisionTable", title: str, *, every: bool) -> Sheet:
    """Limits as they are printed: across where there is room for it, else down."""
    from protocol_dsl.escalation.decision_table import at_the_ends

    last = found.boundaries[-1].treated
    shown = [one for one in found.boundaries if every or one.treated == last or not one.treated % found.cohort]
    lines = list(_limit_lines(found, shown))
    head, rows = lines[0], lines[1:]
    if len(shown) > _ACROSS:
        turned = list(zip(*lines, strict=True))
        head, rows = turned[0], turned[1:]
    return Sheet(title, head, tuple(rows), (*at_the_ends(found), *found.notes))


def _limit_lines(found: "DecisionTable", shown: "Sequence[Boundary]") -> Iterator[tuple[str, ...]]:
    yield ("patients treated at the level", *(str(one.treated) for one in shown))
    yield ("escalate if DLTs are at most", *(_limit(one.escalate) for one in shown))
    yield ("de-escalate if DLTs are at least", *(_limit(one.de_escalate) for one in shown))
    if any(one.close is not None for one in found.boundaries):
        yield ("close the level if DLTs are at least", *(_limit(one.close) for one in shown))
    if any(one.stop != one.close for one in found.boundaries):
        yield ("at the lowest level, stop if DLTs are at least", *(_limit(one.stop) for one in shown))


def _limit(limit: int | None) -> str:
    return _NONE if limit is None else str(limit)


# --- pictures ---------------------------------------------------------------------------------------------------------


def _svg(found: "DecisionTable", protocol: "Protocol") -> str:
    from protocol_dsl.figures.decision_grid import decision_grid
    from protocol_dsl.figures.svg import TooLarge

    drawn = decision_grid(found, named(protocol))
    if isinstance(drawn, TooLarge):
        raise misuse(drawn.why, "write .csv, .md or .html", "--out")
    return drawn


def _html(found: "DecisionTable", protocol: "Protocol", sheet: Sheet) -> str:
    from protocol_dsl.figures.decision_grid import decision_grid
    from protocol_dsl.figures.page import page
    from protocol_dsl.figures.svg import TooLarge

    drawn = decision_grid(found, named(protocol))
    pictures = () if isinstance(drawn, TooLarge) else (drawn,)
    return page(f"{named(protocol)}: decision table", pictures, (sheet,))


verb = Verb(
    "table",
    "show the decision table that a design amounts to",
    _configure,
    _run,
    (
        "protocol table three_plus_three_korn6",
        "protocol table boin --out boundaries.md",
        "protocol table boin --out decisions.svg",
    ),
    ("0  the table is shown",),
    formats=FORMATS,
)
