"""The second way to answer a question: by z3, over all records at once; what it finds is replayed like all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from attrs import frozen

from protocol_dsl.amend.cells import Cell
from protocol_dsl.amend.encoded import Scene
from protocol_dsl.amend.formula import Atom, Formula, atoms
from protocol_dsl.amend.from_model import entries, known
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.world import World

TIMEOUT = 3000
"""Milliseconds for one question."""

CANNOT_READ = "the solver cannot read"
WHOLE, GAINED = (True, False), (True, False)
DIRECTIONS = tuple((gained, whole) for gained in GAINED for whole in WHOLE)


def available() -> bool:
    """Whether the solver is installed: the extra `solver`."""
    return find_spec("z3") is not None


@frozen
class Solved:
    """What the solver says of one direction: a record, or that there is none; else `why` there is no answer.

    `loose` says of what a record may have more than was looked at; then that there is none is not proved. `doubt` says
    why the interpreter need not come to the same on the record, where that is so.
    """

    entries: Mapping[Place, Cell] | None = None
    none: bool = False
    why: str = ""
    loose: tuple[str, ...] = ()
    doubt: str = ""


def solve(
    old: Formula, new: Formula, world: World, directions: Sequence[tuple[bool, bool]] = DIRECTIONS
) -> Mapping[tuple[bool, bool], Solved]:
    """An answer for each direction, by whether something is gained and whether nothing is missing."""
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    try:
        return _Question.of(old, new, world).answers(directions)
    except Unencodable as refused:
        return dict.fromkeys(directions, Solved(why=f"{CANNOT_READ} {refused}"))


def as_smt(old: Formula, new: Formula, world: World) -> Mapping[str, str]:
    """The question in each direction in SMT-LIB 2, for another solver; `unsat` says that there is no difference.

    Where a record may have more than is looked at, the text notes it. Raises Unencodable where the question cannot be
    written down exactly.
    """
    names = {True: "gained", False: "lost"}
    question = _Question.of(old, new, world)
    notes = "".join(f'(set-info :notes "not looked at: {one}")\n' for one in question.scene.loose)
    return {
        f"{names[gained]}{'' if whole else '_missing'}": notes + question.solver(gained=gained, whole=whole).to_smt2()
        for gained in GAINED
        for whole in WHOLE
    }


@frozen
class _Question:
    """Two formulas as the solver has them, and the records over which it is asked."""

    old: Any
    new: Any
    scene: Scene
    every: tuple[Atom, ...]

    @staticmethod
    def of(old: Formula, new: Formula, world: World) -> _Question:
        every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
        scene = Scene.of(every, world)
        return _Question(scene.encoded(old), scene.encoded(new), scene, every)

    def answers(self, directions: Sequence[tuple[bool, bool]]) -> dict[tuple[bool, bool], Solved]:
        """One solver, which keeps what holds of every record from one direction to the next."""
        import z3

        solver = z3.Solver()
        solver.set("timeout", TIMEOUT)
        solver.add(self.scene.unknowns.holds)
        found = {}
        for gained, whole in directions:
            solver.push()
            solver.add(self._asked(gained=gained, whole=whole))
            found[gained, whole] = self._answer(solver)
            solver.pop()
        return found

    def solver(self, *, gained: bool, whole: bool) -> Any:  # noqa: ANN401 - z3's
        """The solver with the question in it: satisfiable if some record is gained (or lost) by the newer version."""
        import z3

        solver = z3.Solver()
        solver.set("timeout", TIMEOUT)
        solver.add(self.scene.unknowns.holds)
        solver.add(self._asked(gained=gained, whole=whole))
        return solver

    def _asked(self, *, gained: bool, whole: bool) -> list[Any]:
        import z3

        better, worse = (self.new, self.old) if gained else (self.old, self.new)
        nothing_missing = z3.And(list(known(self.scene, self.every)))
        kinder = z3.Or(z3.And(worse.unmet, z3.Not(better.unmet)), z3.And(worse.unknown, better.met))
        return [nothing_missing if whole else z3.Not(nothing_missing), kinder]

    def _answer(self, solver: Any) -> Solved:  # noqa: ANN401 - z3's
        import z3

        exact = [is_exact for _, is_exact in self.scene.unknowns.powers.values()]
        said = (
            solver.check(*exact) if exact else z3.unknown
        )  # of records, one on which powers are fractions is plainest
        if said != z3.sat:
            said = solver.check()
        if said == z3.unsat:
            return Solved(none=True, loose=self.scene.loose)
        if said != z3.sat:
            return Solved(why="the solver did not answer in time")
        doubt = "whether a power is a fraction, which no formula tells" if exact else ""
        return Solved(dict(entries(self.scene, self.every, solver.model())), doubt=doubt)
