"""`protocol verify`: whether what must always hold does, over everything that can happen."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.cli.console import Console
from protocol_dsl.cli.inputs import RUN, add_file, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.escalation.verify import Finding

_WORD: Final = {True: "holds", False: "refuted", None: "undecided"}
_COLOUR: Final = {True: "32", False: "31", None: "33"}


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.conduct.trial import verify

    found = verify(sound(arguments.file, without=RUN))
    width = max((len(one.id) for one in found), default=0)
    if console.style == "json":
        console.data({"properties": [_property(one) for one in found]})
    else:
        console.result("".join(_line(one, width, console) for one in found) or "there is nothing to verify\n")
    return _status(found)


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
    "prove every `always` statement and built-in property over all that can happen, or refute it",
    _configure,
    _run,
    ("protocol verify nct06631391", "protocol verify --format json trial.protocol"),
    ("0  all hold", "1  one is refuted, with the shortest history that does", "3  one is undecided"),
)
