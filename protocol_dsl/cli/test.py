"""`protocol test`: run the examples of a file."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.cli.console import Console
from protocol_dsl.cli.inputs import RUN, add_file, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.examples.cover import Coverage, Site
    from protocol_dsl.examples.mutate import Mutant, Mutation
    from protocol_dsl.examples.run import Outcome, Result
    from protocol_dsl.model.protocol import Protocol

_WORD: Final = {True: "ok", False: "fails"}
_COLOUR: Final = {True: "32", False: "31"}


def _configure(parser: ArgumentParser) -> None:
    add_file(parser, many=True)
    parser.add_argument("--cover", action="store_true", help="tell which sides of which conditions no example shows")
    parser.add_argument("--mutate", action="store_true", help="change the rules here and there, and count who notices")


def _run(arguments: Namespace, console: Console) -> int:
    told = [_file(name, sound(name, without=RUN), arguments, console) for name in arguments.files]
    if console.style == "json":
        console.data({"files": told})
    return int(any(not example["passed"] for one in told for example in one["examples"]))


def _file(name: str, protocol: "Protocol", arguments: Namespace, console: Console) -> dict[str, Any]:
    from protocol_dsl.examples.run import run

    results = run(protocol)
    told: dict[str, Any] = {"file": name, "examples": [_example(one) for one in results]}
    _show("".join(_line(one, console) for one in results) + _summary(name, results), console)
    if arguments.cover:
        from protocol_dsl.examples.cover import cover

        coverage = cover(protocol)
        told["coverage"] = _coverage(coverage)
        _show(_covered(coverage), console)
    if arguments.mutate:
        from protocol_dsl.examples.mutate import mutate

        mutation = mutate(protocol)
        told["mutation"] = _mutation(mutation)
        _show(_mutated(mutation), console)
    return told


def _show(text: str, console: Console) -> None:
    if console.style != "json":
        console.result(text)


# --- examples -----------------------------------------------------------------------------------------------------


def _said(outcome: "Outcome") -> str:
    phrase, ids = outcome
    return f"{phrase} because {', '.join(ids)}" if ids else phrase


def _example(one: "Result") -> dict[str, Any]:
    return {
        "label": one.label,
        "line": one.span.line,
        "expected": _said(one.expected),
        "found": _said(one.found),
        "passed": one.passed,
    }


def _line(one: "Result", console: Console) -> str:
    if console.style == "plain":
        return "\t".join((_WORD[one.passed], one.label, _said(one.expected), _said(one.found))) + "\n"
    word = console.paint(f"{_WORD[one.passed]:<5}", _COLOUR[one.passed])
    place = f"{one.span.source.name}:{one.span.line}"
    if one.passed:
        return f"{word}  {one.label}: {_said(one.expected)}\n"
    return f"{word}  {one.label}: {_said(one.expected)} was expected, {_said(one.found)} came out\n       {place}\n"


def _summary(name: str, results: "tuple[Result, ...]") -> str:
    failing = sum(not one.passed for one in results)
    expectations = "1 expectation" if len(results) == 1 else f"{len(results)} expectations"
    return f"{name}: {expectations}, {failing or 'none'} failing\n"


# --- coverage -----------------------------------------------------------------------------------------------------


def _coverage(coverage: "Coverage") -> dict[str, Any]:
    return {
        "sides": 2 * len(coverage.sites),
        "shown": coverage.shown,
        "wanting": [_site(site) for site in coverage.wanting],
        "rows": coverage.rows,
        "rows_wanting": list(coverage.rows_wanting),
    }


def _site(site: "Site") -> dict[str, Any]:
    wanting = [side.value for side in site.wanting]
    return {"clause": site.clause, "kind": site.kind, "what": site.what, "line": site.span.line, "wanting": wanting}


def _covered(coverage: "Coverage") -> str:
    sides = 2 * len(coverage.sites)
    lines = [f"{coverage.shown} of {sides} sides are shown by an example"]
    for site in coverage.wanting:
        wanting = " or ".join(side.value for side in site.wanting)
        lines.append(f"  {site.clause} {site.kind}, line {site.span.line}: no example has it {wanting}: {site.what}")
    if coverage.rows:
        reached = coverage.rows - len(coverage.rows_wanting)
        lines.append(f"{reached} of {coverage.rows} rows of the table are reached by an example")
    lines += [f"  row {row} is never reached" for row in coverage.rows_wanting]
    return "\n".join(lines) + "\n"


# --- mutants ------------------------------------------------------------------------------------------------------


def _mutation(mutation: "Mutation") -> dict[str, Any]:
    return {
        "mutants": len(mutation.mutants),
        "killed": mutation.killed,
        "score": mutation.score,
        "survivors": [_mutant(one) for one in mutation.survivors],
    }


def _mutant(one: "Mutant") -> dict[str, Any]:
    return {
        "clauses": list(one.clauses),
        "change": one.change,
        "was": one.was,
        "now": one.now,
        "line": one.span.line,
    }


def _mutated(mutation: "Mutation") -> str:
    share = "" if mutation.score is None else f" ({mutation.score:.0%})"
    lines = [f"{mutation.killed} of {len(mutation.mutants)} changes are noticed by an example{share}"]
    lines += [
        f"  {', '.join(one.clauses)}, line {one.span.line}: {one.change}: {_turned(one)}" for one in mutation.survivors
    ]
    return "\n".join(lines) + "\n"


def _turned(one: "Mutant") -> str:
    return f"{one.was} -> {one.now}" if one.now and one.now != one.was else one.was


verb = Verb(
    "test",
    "run the examples that a file holds",
    _configure,
    _run,
    ("protocol test nct06631391", "protocol test --cover --mutate trial.protocol"),
    ("0  all as expected", "1  an example fails"),
    job="write",
)
