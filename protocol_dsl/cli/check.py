"""`protocol check`: everything that is to be said of a protocol."""

from argparse import ArgumentParser, Namespace

from protocol_dsl.base.diagnostic import Diagnostic, Severity
from protocol_dsl.cli.console import Console, Stop
from protocol_dsl.cli.inputs import UNREADABLE, add_file, load
from protocol_dsl.cli.questions import add_smt, needs_solver, write_questions
from protocol_dsl.cli.verb import Verb


def _configure(parser: ArgumentParser) -> None:
    add_file(parser, many=True)
    parser.add_argument("--no-assumptions", action="store_true", help="take every assumption for an error")
    parser.add_argument(
        "--thorough", action="store_true", help="also say which parts no question about all records looks into"
    )
    add_smt(parser)


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.amend.smt import numbered, overheard

    needs_solver(arguments.smt)
    if arguments.smt is None:
        return _checked(arguments, console)
    with overheard() as heard:
        status = _checked(arguments, console)
    write_questions(arguments.smt, numbered(heard))
    return status


def _checked(arguments: Namespace, console: Console) -> int:
    found: list[Diagnostic] = []
    status = 0
    for name in arguments.files:
        try:
            diagnostics = _found(name, arguments)
        except Stop as stop:
            diagnostics, status = stop.diagnostics, max(status, stop.status)
        status = max(status, _status(diagnostics))
        found += diagnostics
        console.note(f"{name}: {_summary(diagnostics)}")
    silent = console.quiet and console.style != "json"
    console.result(console.rendered([d for d in found if not silent or d.severity is not Severity.NOTE]))
    return status


def _found(name: str, arguments: Namespace) -> tuple[Diagnostic, ...]:
    from protocol_dsl.base.diagnostic import in_order

    loaded = load(name, assumptions=not arguments.no_assumptions, proved=True)
    if not arguments.thorough or loaded.protocol is None:
        return loaded.diagnostics
    from protocol_dsl.checks.not_looked_through import left_open

    return tuple(in_order([*loaded.diagnostics, *left_open(loaded.protocol)]))


def _status(diagnostics: tuple[Diagnostic, ...]) -> int:
    if any(d.code in UNREADABLE for d in diagnostics):
        return 2
    return 1 if any(d.severity is Severity.ERROR for d in diagnostics) else 0


def _summary(diagnostics: tuple[Diagnostic, ...]) -> str:
    counts = {severity: sum(d.severity is severity for d in diagnostics) for severity in Severity}
    told = [f"{number} {severity}{'s' if number > 1 else ''}" for severity, number in counts.items() if number]
    return ", ".join(told) or "sound: no errors, no warnings"


verb = Verb(
    "check",
    "say what is wrong with a protocol, and what in it can never be",
    _configure,
    _run,
    (
        "protocol check trial.protocol",
        "protocol check --no-assumptions nct06631391",
        "protocol check --format json - < trial.protocol",
    ),
    ("0  no errors", "1  an error"),
    job="write",
)
