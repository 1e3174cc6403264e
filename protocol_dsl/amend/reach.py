"""What formulas over the records of one protocol can come to, over all records at once: by the solver.

Whatever it cannot read exactly may come out in any way here. So what is said to be impossible is impossible; and what
is said to be possible may not be, unless `loose` is empty and the interpreter agrees on the record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, assert_never

from attrs import field, frozen

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.encoded import MOST_EVENTS, MOST_READINGS, Scene
from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, atoms
from protocol_dsl.amend.from_model import entries, known
from protocol_dsl.amend.question import grouped
from protocol_dsl.amend.smt import Question, ask_aloud, listening
from protocol_dsl.amend.still import CALENDAR, on_the_calendar
from protocol_dsl.amend.this import inside
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.condition import AnyEvent, Count, MomentOf, Series
from protocol_dsl.model.record import Record

EFFORT = 400_000
"""What the solver may spend on one question, in its own steps: the same on every machine."""

TRUE, FALSE, UNKNOWN = (frozenset({truth}) for truth in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
NOT_TRUE = frozenset({Truth.FALSE, Truth.UNKNOWN})
Wanted: TypeAlias = tuple[Formula, frozenset[Truth]]
Names: TypeAlias = Mapping[Formula, str]
EMPTY: Names = {}


@frozen
class Space:
    """Every record of one protocol, as far as some formulas look at it.

    `free` are the atoms that may come out in any way here, each with the reason. `unsettled` counts the questions that
    took too long. `about` is whose records they are, and `names` what the formulas are, in words.
    """

    world: World
    free: Mapping[Atom, str]
    _said: Mapping[Atom, Any]
    _scene: Scene
    _solver: Any
    about: str = ""
    names: Mapping[Formula, str] = field(factory=dict, eq=False)
    _known: dict[object, Any] = field(factory=dict, eq=False)
    _terms: dict[int, Any] = field(factory=dict, eq=False)
    _answers: dict[tuple[int, ...], bool | None] = field(factory=dict, eq=False)
    _open: list[None] = field(factory=list, eq=False)
    _put: list[None] = field(factory=list, eq=False)
    _last: list[Any] = field(factory=list, eq=False)

    @property
    def _unknowns(self) -> Any:  # noqa: ANN401 - the solver's
        return self._scene.unknowns

    @property
    def unsettled(self) -> int:
        """How many questions were left without an answer."""
        return len(self._open)

    @property
    def put(self) -> int:
        """How many questions were put."""
        return len(self._put)

    @staticmethod
    def over(formulas: Iterable[Formula], world: World, about: str = "", names: Names = EMPTY) -> Space:
        """The records as far as the formulas look at them. Needs the solver."""
        import z3

        every = tuple(dict.fromkeys(atom for one in formulas for atom in atoms(one)))
        free = dict(not_read_alike(every))
        single = {name for some in grouped(every) for name in _too_many(some)[1]}
        scene = Scene.of((atom for atom in every if atom not in free), world, single)
        unknowns = scene.unknowns
        said = {}
        for number, atom in enumerate(every):
            found = None if atom in free else _encoded_atom(atom, scene)
            if isinstance(found, str):
                free[atom] = found
            said[atom] = found if found is not None and not isinstance(found, str) else _anything(number, unknowns)
        solver = z3.Solver()
        solver.set("rlimit", EFFORT)
        solver.add(unknowns.holds)
        return Space(world, free, said, scene, solver, about, names)

    def can(self, *wanted: Wanted, whole: bool = False) -> bool | None:
        """Whether some record has every formula come to one of its truths; None where that took too long.

        With `whole` it is a record with a value for everything that the formulas look at.
        """
        literals = self._literals(wanted, whole=whole)
        possible = self._answered(literals)
        if listening():
            told = [f"{self._name(formula)} is {_either(truths)}" for formula, truths in wanted]
            told += ["nothing is missing"] if whole else []
            self._aloud(told, possible, literals, [formula for formula, _ in wanted])
        return possible

    def differ(self, one: Formula, other: Formula) -> bool | None:
        """Whether some record has the two come to different things."""
        import z3

        def apart() -> Any:  # noqa: ANN401 - the solver's
            a, b = self._encoded(one), self._encoded(other)
            return z3.Or(a.met != b.met, a.unmet != b.unmet)

        literal = self._named((one, other), apart)
        possible = self._answered([literal])
        if listening():
            told = [f"{self._name(one)} and {self._name(other)} differ"]
            self._aloud(told, possible, [literal], [one, other])
        return possible

    def record(self, *wanted: Wanted, whole: bool = False) -> Record | None:
        """A record of which `can` is true; None where there is none, or the solver cannot be taken at its word."""
        if self.free or self._scene.standing or not self.can(*wanted, whole=whole):
            return None
        self._answer(self._literals(wanted, whole=whole))  # once more, for its model
        found = entries(self._scene, tuple(self._said), self._last[0].model())
        return self.world.record({(place.kind, place.name): cell.entry for place, cell in found})

    # --- asking -------------------------------------------------------------------------------------------------------

    def _answered(self, literals: Sequence[Any]) -> bool | None:
        """The answer to a question, which is put once."""
        key = tuple(one.get_id() for one in literals)
        if key not in self._answers:
            self._answers[key] = self._answer(literals)
        return self._answers[key]

    def _answer(self, literals: Sequence[Any]) -> bool | None:
        import z3

        said = self._solver.check(*literals)
        self._last[:] = [self._solver]
        self._put.append(None)
        if said == z3.unknown:
            said = self._alone(literals)
        if said == z3.unknown:
            self._open.append(None)
            return None
        return bool(said == z3.sat)

    def _alone(self, literals: Sequence[Any]) -> Any:  # noqa: ANN401 - the solver's
        """The answer where nothing else is supposed: the solver has better ways for a question by itself."""
        import z3

        solver = z3.Solver()
        solver.set("rlimit", EFFORT)
        solver.add(*self._unknowns.holds, *(self._terms[one.get_id()] for one in literals))
        self._last[:] = [solver]
        return solver.check()

    def _aloud(
        self,
        told: Sequence[str],
        possible: bool | None,  # noqa: FBT001 - an answer
        literals: Sequence[Any],
        formulas: Sequence[Formula],
    ) -> None:
        terms = (*self._unknowns.holds, *(self._terms[one.get_id()] for one in literals))
        free = dict.fromkeys(self.free[atom] for one in formulas for atom in atoms(one) if atom in self.free)
        ask_aloud(Question(self.about, " and ".join(told), possible, terms, tuple(free)))

    def _name(self, formula: Formula) -> str:
        return self.names.get(formula, "a part of it")

    def _literals(self, wanted: Iterable[Wanted], *, whole: bool) -> list[Any]:
        return [self._literal(formula, truths) for formula, truths in wanted] + self._whole(whole=whole)

    def _literal(self, formula: Formula, truths: frozenset[Truth]) -> Any:  # noqa: ANN401 - the solver's
        import z3

        def one_of() -> Any:  # noqa: ANN401
            said = self._encoded(formula)
            terms = {Truth.TRUE: said.met, Truth.FALSE: said.unmet, Truth.UNKNOWN: said.unknown}
            return z3.Or([term for truth, term in terms.items() if truth in truths])

        return self._named((formula, truths), one_of)

    def _named(self, key: object, made: Callable[[], Any]) -> Any:  # noqa: ANN401
        """A name for a term, so that it can be supposed and let go of again; the term is made when it is new."""
        import z3

        if key not in self._known:
            term = made()
            self._known[key] = name = z3.Bool(f"asked {len(self._known)}")
            self._terms[name.get_id()] = term
            self._solver.add(z3.Implies(name, term))
        return self._known[key]

    def _whole(self, *, whole: bool) -> list[Any]:
        import z3

        return [self._named("whole", lambda: z3.And(list(self._knowns())))] if whole else []

    def _knowns(self) -> Iterator[Any]:
        import z3

        yield from known(self._scene, tuple(self._said))
        yield from (z3.Not(one.attested) for name, one in self._unknowns.found.items() if name in self._unknowns.items)

    def _encoded(self, formula: Formula) -> Any:  # noqa: ANN401 - what the solver is told
        import z3

        from protocol_dsl.evaluate.symbolic.terms import Said, both, certain, either

        match formula:
            case Atom():
                return self._said[formula]
            case Fixed(truth=truth):
                no = z3.BoolVal(False)  # noqa: FBT003
                return Said(no, no) if truth is Truth.UNKNOWN else certain(truth is Truth.TRUE)
            case Negated(inside=inside):
                one = self._encoded(inside)
                return Said(one.unmet, one.met)
            case Joined(count=count, parts=parts):
                each = [self._encoded(part) for part in parts]
                if count == len(parts):
                    return both(each)
                if count == 1:
                    return either(each)
                met = z3.PbGe([(one.met, 1) for one in each], count)
                return Said(met, z3.PbGe([(one.unmet, 1) for one in each], len(parts) - count + 1))
            case _:
                assert_never(formula)


def _either(truths: frozenset[Truth]) -> str:
    return " or ".join(truth.value for truth in Truth if truth in truths)


def _encoded_atom(atom: Atom, scene: Scene) -> Any:  # noqa: ANN401
    """What the solver is told of an atom, or in words why it cannot be told exactly."""
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    try:
        return scene.atom(atom)
    except Unencodable as refused:
        return str(refused)


def _anything(number: int, unknowns: Any) -> Any:  # noqa: ANN401
    import z3

    from protocol_dsl.evaluate.symbolic.terms import Said

    said = Said(z3.Bool(f"met {number}"), z3.Bool(f"unmet {number}"))
    unknowns.holds.append(z3.Not(z3.And(said.met, said.unmet)))
    return said


# --- what is read alike -----------------------------------------------------------------------------------------------


def not_read_alike(every: tuple[Atom, ...]) -> Iterator[tuple[Atom, str]]:
    """The atoms that cannot share one account of a record with the others, and why.

    One account has one reading of an item, as one rule chooses it at one moment, and stands at one distance from one
    moment; two could be told to fall together where they need not.
    """
    for some in grouped(every):
        loose = [one for one in asked(some).loose if one.startswith(CALENDAR)] or list(on_the_calendar(some))
        moments = Counter(name for atom in some for name in _moments(atom))
        at = Counter(atom.moment for atom in some if _is_chosen(atom))
        ways: dict[str, Counter[Series]] = {}
        for atom in some:
            for one in {node for node in inside(atom.form) if isinstance(node, Series)}:
                ways.setdefault(one.item, Counter())[one] += 1
        lists, items = _too_many(some)
        for atom in some:
            odd = _odd(atom, moments, at, {name: few for name, few in ways.items() if name in items})
            why = loose[0] if loose else "events of a list" if lists & _lists(atom) else odd
            if why:
                yield atom, why


def _too_many(some: tuple[Atom, ...]) -> tuple[set[str], set[str]]:
    """The lists and the items of which it takes more to tell all than is looked at, or of which no number is enough."""
    from protocol_dsl.evaluate.symbolic.enough import enough

    needed = enough((atom.condition, (atom.moment, atom.judged, atom.complete_by)) for atom in some)
    lists = {name for name, count in needed.events.items() if name in needed.endless or count > MOST_EVENTS}
    items = {name for name, count in needed.readings.items() if name in needed.unbounded or count > MOST_READINGS}
    return lists, items


def _lists(atom: Atom) -> set[str]:
    return {node.list for node in inside(atom.form) if isinstance(node, AnyEvent | Count)}


def _odd(atom: Atom, moments: Counter[str], at: Counter[str | None], ways: Mapping[str, Counter[Series]]) -> str:
    """Why an atom is not read as the most of those are with which it shares entries; nothing where it is."""
    named = _moments(atom)
    if len(named) > 1 or (named and named != {_most(moments)}):
        return "more than one moment"
    if _is_chosen(atom) and atom.moment != _most(at):
        return "readings as of more than one moment"
    series = {node for node in inside(atom.form) if isinstance(node, Series)}
    several = {one for one in series if one.item in ways}
    if any(one != _most(ways[one.item]) for one in several) or len(several) > len({one.item for one in several}):
        return "readings that are chosen in different ways"
    return ""


def _most(counted: Counter[Any]) -> Any:  # noqa: ANN401
    return max(counted, key=lambda one: (counted[one], repr(one)))


def _moments(atom: Atom) -> set[str]:
    return {node.name for node in inside(atom.form) if isinstance(node, MomentOf)}


def _is_chosen(atom: Atom) -> bool:
    """Whether a reading, or an event, is looked up: one of after the day of asking is not looked at."""
    return any(isinstance(node, Series | AnyEvent | Count) for node in inside(atom.form))
