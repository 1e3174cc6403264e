"""The questions of a difference written for another solver, each with its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from protocol_dsl.amend.formula import Formula
from protocol_dsl.amend.question import Answer
from protocol_dsl.amend.solver import TIMEOUT, as_smt
from protocol_dsl.amend.ways import Direction
from protocol_dsl.amend.world import World

GAINED_LOST = {"gained": "the newer version is more lenient", "lost": "the older version is more lenient"}
"""How the two directions of a question are called, and what is asked in each; the one of the newer comes first."""


@frozen
class Posed:
    """A question: on which records two formulas differ. `about` is its name, `answer` what was found where it is known.

    `ways` has for each direction its name and what it asks, in words: that of the newer version first.
    """

    about: str
    old: Formula
    new: Formula
    answer: Answer | None = None
    ways: Mapping[str, str] = GAINED_LOST


@frozen
class Asked:
    """The questions of a difference in SMT-LIB 2, by `ID_direction`, and what cannot be written, with why."""

    texts: Mapping[str, str]
    refused: Mapping[str, str]


def written(several: Iterable[Posed], world: World) -> Asked:
    """The text of each question in each direction, with the answer as its `:status`. Needs the solver."""
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    texts: dict[str, str] = {}
    refused: dict[str, str] = {}
    for one in several:
        try:
            for name, text, odd in _texts(one, world):
                texts[name] = text
                if odd:
                    refused[name] = odd
        except Unencodable as why:
            refused[one.about] = str(why)
    return Asked(texts, refused)


def _texts(one: Posed, world: World) -> Iterator[tuple[str, str, str]]:
    """The name of each question, its text, and what speaks against it, if anything."""
    asked = as_smt(one.old, one.new, world)
    for gained, (way, words) in zip((True, False), one.ways.items(), strict=True):
        for whole in (True, False):
            text = asked[f"{'gained' if gained else 'lost'}{'' if whole else '_missing'}"]
            said = _answer(text)
            missing = "nothing is missing" if whole else "something is missing"
            head = f"; {one.about}: is there a record on which {words}, and {missing}?\n"
            odd = _odd(one.answer, Direction(gained, whole), said)
            name = f"{one.about}_{way}{'' if whole else '_missing'}"
            yield name, head + (f"; {odd}\n" if odd else "") + _with_status(text, said), odd


def _answer(text: str) -> str:
    """What the solver says of the text itself."""
    import z3

    solver = z3.Solver()
    solver.set("timeout", TIMEOUT)
    solver.from_string(text)
    return str(solver.check())


def _with_status(text: str, status: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith((";", "(set-info :status"))]
    return "\n".join([f"(set-info :status {status})", *lines]) + "\n"


def _odd(answer: Answer | None, direction: Direction, said: str) -> str:
    """Where the text does not say what was found by reading records: it is written all the same, and it is told.

    Where a record with nothing missing shows a direction, one with something missing need not have been looked for.
    """
    if answer is None:
        return ""
    if direction in answer.found and said == "unsat":
        return "a record was found for which the text has no place"
    so = direction in answer.found or Direction(direction.gained, whole=True) in answer.found
    if answer.proved and not so and said == "sat":
        return "no record differs so, and the text has one"
    return ""
