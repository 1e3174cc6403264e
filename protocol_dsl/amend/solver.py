"""The second way to answer a question: by z3, over all records at once; what it finds is replayed like all else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from attrs import frozen

from protocol_dsl.amend.cells import Cell
from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, Role, atoms
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.condition import Series
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Judgement, Reading, Reason
from protocol_dsl.model.vocabulary import Item
from protocol_dsl.model.walk import walk

TIMEOUT = 3000
"""Milliseconds for one question."""

WHOLE, GAINED = (True, False), (True, False)
DIRECTIONS = tuple((gained, whole) for gained in GAINED for whole in WHOLE)


def available() -> bool:
    """Whether the solver is installed: the extra `solver`."""
    return find_spec("z3") is not None


@frozen
class Solved:
    """What the solver says of one direction: a record, or that there is none; else `why` there is no answer."""

    entries: Mapping[Place, Cell] | None = None
    none: bool = False
    why: str = ""


def solve(
    old: Formula, new: Formula, world: World, directions: Sequence[tuple[bool, bool]] = DIRECTIONS
) -> Mapping[tuple[bool, bool], Solved]:
    """An answer for each direction, by whether something is gained and whether nothing is missing."""
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    try:
        return _Question.of(old, new, world).answers(directions)
    except Unencodable as refused:
        return dict.fromkeys(directions, Solved(why=f"the solver cannot read {refused}"))


def as_smt(old: Formula, new: Formula, world: World) -> Mapping[str, str]:
    """The question in each direction in SMT-LIB 2, for another solver; `unsat` says that there is no difference.

    Raises Unencodable where it cannot be written down exactly.
    """
    names = {True: "gained", False: "lost"}
    question = _Question.of(old, new, world)
    return {
        f"{names[gained]}{'' if whole else '_missing'}": question.solver(gained=gained, whole=whole).to_smt2()
        for gained in GAINED
        for whole in WHOLE
    }


@frozen
class _Question:
    """Two formulas as the solver has them, and the unknowns in them."""

    old: Any
    new: Any
    unknowns: Any
    world: World
    every: tuple[Atom, ...]

    @staticmethod
    def of(old: Formula, new: Formula, world: World) -> _Question:
        from protocol_dsl.evaluate.symbolic.unknowns import Unencodable, Unknowns

        every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
        ways: dict[str, set[Series]] = {}
        for atom in every:
            for node in walk(atom.form):
                if isinstance(node, Series):
                    ways.setdefault(node.item, set()).add(node)
        for name, series in ways.items():
            if len(series) > 1:
                raise Unencodable(f"readings of {name} that are chosen in different ways")
        items = {name: world.item(name) for version in world.versions for name in version.items}
        unknowns = Unknowns(items)
        known: dict[Atom, Any] = {}
        sides = [encoded(one, unknowns, world, known) for one in (old, new)]
        return _Question(sides[0], sides[1], unknowns, world, every)

    def answers(self, directions: Sequence[tuple[bool, bool]]) -> dict[tuple[bool, bool], Solved]:
        """One solver, which keeps what holds of every record from one direction to the next."""
        import z3

        solver = z3.Solver()
        solver.set("timeout", TIMEOUT)
        solver.add(self.unknowns.holds)
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
        solver.add(self.unknowns.holds)
        solver.add(self._asked(gained=gained, whole=whole))
        return solver

    def _asked(self, *, gained: bool, whole: bool) -> list[Any]:
        import z3

        better, worse = (self.new, self.old) if gained else (self.old, self.new)
        missing = z3.Or([z3.Not(known) for known in self._knowns()])
        kinder = z3.Or(z3.And(worse.unmet, z3.Not(better.unmet)), z3.And(worse.unknown, better.met))
        return [z3.Not(missing) if whole else missing, kinder]

    def _answer(self, solver: Any) -> Solved:  # noqa: ANN401 - z3's
        import z3

        said = solver.check()
        if said == z3.unsat:
            return Solved(none=True)
        if said != z3.sat:
            return Solved(why="the solver did not answer in time")
        return Solved(dict(self._entries(solver.model())))

    def _knowns(self) -> Iterator[Any]:
        import z3

        for one in self.unknowns.found.values():
            yield one.known
            yield from (
                known for known, limit in ((one.uln_known, one.uln), (one.lln_known, one.lln)) if limit is not None
            )
        for place in self._places():
            if place.kind == "judgement":
                yield z3.Bool(f"judged {place.name}?")
            elif place.kind == "list":
                yield z3.Bool(f"{place.name} complete")

    def _places(self) -> list[Place]:
        return sorted({place for atom in self.every for place in places(atom)})

    def _entries(self, model: Any) -> Iterator[tuple[Place, Cell]]:  # noqa: ANN401 - z3's model
        """The record of a model, place by place."""
        import z3

        def holds(name: str) -> bool:
            return bool(z3.is_true(model.eval(z3.Bool(name), model_completion=True)))

        for place in self._places():
            match place.kind:
                case "item" | "field":
                    yield place, self._entered(place, model)
                case "judgement":
                    judged = (Judgement(holds(f"judged {place.name}")),) if holds(f"judged {place.name}?") else ()
                    yield place, Cell(judged, whole=bool(judged))
                case "list":
                    complete = holds(f"{place.name} complete")
                    until = self.world.as_of if complete else None
                    yield place, Cell((int(holds(f"{place.name} there")), until), whole=complete)
                case "place":
                    yield place, self._placed(place, model)
                case _:
                    continue

    def _entered(self, place: Place, model: Any) -> Cell:  # noqa: ANN401
        import z3

        from protocol_dsl.evaluate.symbolic.unknowns import number_in, value_in

        item, one = _item(place, self.world), self.unknowns.found.get(place.name)
        of_event = place.kind == "field"
        if one is None or item is None:
            return Cell(None if of_event else self.world.entry("item", place.name) or ())

        def holds(term: Any) -> bool:  # noqa: ANN401
            return bool(z3.is_true(model.eval(term, model_completion=True)))

        if not holds(one.known):
            refused = (Reading(missing=Reason.PENDING, at_moment=True),) if holds(one.collected) else ()
            return Cell(None if of_event else refused, whole=False)
        limits = [
            number_in(model, limit) if limit is not None and holds(known) else None
            for limit, known in ((one.uln, one.uln_known), (one.lln, one.lln_known))
        ]
        value = value_in(model, one, item, self.unknowns)
        if of_event and holds(one.attested):
            from protocol_dsl.model.record import Attested

            value = Attested.ONGOING
        reading = Reading(value, uln=limits[0], lln=limits[1], at_moment=True)
        whole = all(limit is not None for limit, has in zip(limits, (item.uln, item.lln), strict=True) if has)
        return Cell(reading if of_event else (reading,), whole=whole)

    def _placed(self, place: Place, model: Any) -> Cell:  # noqa: ANN401
        import z3

        from protocol_dsl.evaluate.symbolic.unknowns import number_in

        one = self.unknowns.found.get(f"place {place.name}")
        if one is None or not z3.is_true(model.eval(one.known, model_completion=True)):
            return Cell(None, whole=False)
        if place.name == "entry":
            return Cell(str(number_in(model, one.value)))
        return Cell(self.unknowns.word(model.eval(one.value, model_completion=True).as_long()))


def _item(place: Place, world: World) -> Item | None:
    if place.kind == "item":
        return world.item(place.name)
    name, _, field = place.name.partition(".")
    return world.fields(name).get(field)


def encoded(formula: Formula, unknowns: Any, world: World, known: dict[Atom, Any]) -> Any:  # noqa: ANN401 - what the solver is told
    """Both sides of a formula, as the solver has them. Raises Unencodable where an atom cannot be said exactly."""
    import z3

    from protocol_dsl.evaluate.symbolic.terms import Said, both, either
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    match formula:
        case Fixed(truth=truth):
            return Said(z3.BoolVal(truth is Truth.TRUE), z3.BoolVal(truth is Truth.FALSE))
        case Negated(inside=inside):
            one = encoded(inside, unknowns, world, known)
            return Said(one.unmet, one.met)
        case Joined(count=count, parts=parts):
            each = [encoded(part, unknowns, world, known) for part in parts]
            if count == len(parts):
                return both(each)
            if count == 1:
                return either(each)
            met = z3.PbGe([(one.met, 1) for one in each], count)
            return Said(met, z3.PbGe([(one.unmet, 1) for one in each], len(parts) - count + 1))
        case Atom():
            if formula not in known:
                known[formula] = _atom(formula, unknowns, world)
            return known[formula]
        case _:
            raise Unencodable("a formula of another form")


def _atom(atom: Atom, unknowns: Any, world: World) -> Any:  # noqa: ANN401
    import z3

    from protocol_dsl.evaluate.symbolic.encode import Encoder
    from protocol_dsl.evaluate.symbolic.terms import Said
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    at = world.as_of if atom.moment is None else world.day(atom.moment)
    fields = world.fields(atom.of_list) if atom.of_list else {}
    if atom.role is Role.CONDITION:
        encoder = Encoder(unknowns, world.days, at, atom.judged, atom.of_list, fields)
        return encoder.condition(atom.form)
    there, complete = z3.Bool(f"{atom.of_list} there"), z3.Bool(f"{atom.of_list} complete")
    if atom.role is Role.OPEN:
        if len({_line(version, atom.of_list) for version in world.versions}) > 1:
            raise Unencodable(f"when {atom.of_list} is complete, which the versions say otherwise")
        return Said(z3.BoolVal(False), complete)  # noqa: FBT003
    return _begun(atom, unknowns, world, there)


def _line(version: Protocol, name: str) -> object:
    """The line by which a list is complete; of two versions with the same one, both take it for complete or neither."""
    item = version.items.get(name)
    return None if item is None or item.complete is None else (item.complete.to, item.complete.within_days)


def _begun(atom: Atom, unknowns: Any, world: World, there: Any) -> Any:  # noqa: ANN401
    """That the event is there, and had begun by the last day that is looked at; without its day, by the as-of date."""
    import z3

    from protocol_dsl.evaluate.symbolic.terms import Said
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    fields = world.fields(atom.of_list)
    begins = [name for name in ("start", "date") if name in fields]
    if not begins:
        return Said(there, z3.Not(there))
    if len(begins) > 1:
        raise Unencodable(f"{atom.of_list}, whose events have a start and a date")
    one = unknowns.entry(f"{atom.of_list}.{begins[0]}", fields[begins[0]])
    last = world.last_looked_at(atom)
    unknowns.holds.append(z3.Not(one.attested))
    if "end" in fields:
        end = unknowns.entry(f"{atom.of_list}.end", fields["end"])
        unknowns.holds.append(z3.Or(z3.Not(end.known), end.attested, z3.Not(one.known), one.value <= end.value))
    seen = one.value <= last.toordinal()
    sure = z3.BoolVal(last >= world.as_of)
    met = z3.And(there, z3.If(one.known, seen, sure))
    return Said(met, z3.Or(z3.Not(there), z3.And(one.known, z3.Not(seen))))
