"""`protocol verify`: whether what must always hold does, over everything that can happen."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.cli.console import Console, misuse
from protocol_dsl.cli.inputs import RUN, add_file, sound
from protocol_dsl.cli.questions import add_smt, needs_solver, write_questions
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.escalation.verify import Finding
    from protocol_dsl.escalation.worst_case import Worst
    from protocol_dsl.model.protocol import Protocol

_WORD: Final = {True: "holds", False: "refuted", None: "undecided"}
_DIGITS: Final = 10**6
_COLOUR: Final = {True: "32", False: "31", None: "33"}


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "--worst-case",
        metavar="RATE",
        help="also: the largest chance of recommending a level with a higher DLT rate, and the most DLTs, over all"
        " rates that do not fall with the dose",
    )
    add_smt(parser)


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.conduct.trial import verify
    from protocol_dsl.escalation.automaton import watched

    limit = _limit(arguments.worst_case)
    needs_solver(arguments.smt)
    protocol = sound(arguments.file, without=RUN)
    _asked(arguments.smt, protocol)
    with console.counting("states") as told, watched(told):
        found = _settled(protocol, verify(protocol))
        worst = () if limit is None else _worst(protocol, limit)
    width = max((len(one.id) for one in found), default=0)
    if console.style == "json":
        more = {} if limit is None else {"worst_cases": [_case(one) for one in worst]}
        console.data({"properties": [_property(one) for one in found], **more})
    else:
        console.result("".join(_line(one, width, console) for one in found) or "there is nothing to verify\n")
        console.result("".join(_worst_line(one) for one in worst))
    return _status(found)


def _asked(folder: str | None, protocol: "Protocol") -> None:
    """A file for the question of each statement about patients."""
    if folder is None:
        return
    from protocol_dsl.amend.promise import asked_of_all
    from protocol_dsl.amend.smt import numbered, overheard

    with overheard() as heard:
        for one in protocol.statements:
            asked_of_all(protocol, one)
    write_questions(folder, numbered(heard))


def _settled(protocol: "Protocol", found: "Sequence[Finding]") -> "tuple[Finding, ...]":
    """The findings with what is known over all records of statements about patients that are open otherwise."""
    from attrs import evolve

    from protocol_dsl.amend.promise import promised

    ours = {one.id: one for one in protocol.statements}
    settled = []
    for one in found:
        about = ours.get(one.id) if one.holds is None else None
        said = None if about is None else promised(protocol, about)
        settled.append(one if said is None else evolve(one, holds=said.holds, why=said.because))
    return tuple(settled)


# --- the worst case ---------------------------------------------------------------------------------------------------


def _limit(given: str | None) -> Fraction | None:
    from protocol_dsl.escalation.simulate import NotOneRate, rates

    if given is None:
        return None
    try:
        limit = rates([given], ("",))[0]
    except NotOneRate as wrong:
        raise misuse(str(wrong), "as in --worst-case 0.33", "--worst-case") from wrong
    if not 0 < limit < 1:
        raise misuse("the rate lies between 0 and 1", "as in --worst-case 0.33", "--worst-case")
    return limit


def _worst(protocol: "Protocol", limit: Fraction) -> "tuple[Worst, ...]":
    from protocol_dsl.escalation.worst_case import Search

    if protocol.escalation is None or protocol.ladder is None:
        raise misuse("the file has no doses with an escalation, so that there is no worst case", None, "--worst-case")
    search = Search.of(protocol.escalation, protocol.ladder)
    if isinstance(search, str):
        raise misuse(search, None, "--worst-case")
    return search.recommends_above(limit), search.dlts()


def _case(one: "Worst") -> dict[str, Any]:
    return {
        "of": one.of,
        "lower": float(one.lower),
        "upper": one.upper,
        "gap": one.gap,
        "truth": [float(rate) for rate in one.curve],
    }


def _worst_line(one: "Worst") -> str:
    """The ends are rounded outwards, so that what is printed is as sure as what was found."""
    low, high = floor(one.lower * _DIGITS) / _DIGITS, ceil(one.upper * _DIGITS) / _DIGITS
    rates = ", ".join(f"{float(rate):.6g}" for rate in one.curve)
    surely = f"lies from {low:.6f} to {high:.6f} (a gap of {one.gap:.1e})"
    return f"worst case: the largest {one.of} {surely}, the lower with the rates {rates}\n"


def _status(found: "Sequence[Finding]") -> int:
    """What is only worth knowing, and no fault of the design, refutes nothing."""
    if any(one.holds is False and one.severity is Severity.ERROR for one in found):
        return 1
    return 3 if any(one.holds is None for one in found) else 0


def _property(one: "Finding") -> dict[str, Any]:
    return {
        "id": one.id,
        "statement": one.statement,
        "holds": one.holds,
        "states": one.states,
        "counterexample": None if one.counterexample is None else str(one.counterexample),
        "why": one.why,
        "severity": one.severity.value,
    }


def _line(one: "Finding", width: int, console: Console) -> str:
    minor = one.holds is False and one.severity is not Severity.ERROR
    word = one.severity.value if minor else _WORD[one.holds]
    shown = "" if one.counterexample is None else f"    {one.counterexample or 'at the start'}: {one.why}\n"
    if not shown and one.why:
        shown = f"    {one.why}\n"
    if console.style == "plain":
        return "\t".join((word, one.id, one.statement, str(one.counterexample or ""), one.why)) + "\n"
    states = f", {one.states} states" if one.states else ""
    painted = console.paint(f"{word:<9}", "33" if minor else _COLOUR[one.holds])
    return f"{painted}  {one.id:<{width}}  {one.statement}{states}\n{shown}"


verb = Verb(
    "verify",
    "prove what must always hold of a protocol, or refute it",
    _configure,
    _run,
    (
        "protocol verify nct06631391",
        "protocol verify --format json trial.protocol",
        "protocol verify nk_ped_01 --worst-case 0.33",
    ),
    ("0  all hold", "1  one is refuted, with the shortest history that does", "3  one is undecided"),
    job="design",
)
