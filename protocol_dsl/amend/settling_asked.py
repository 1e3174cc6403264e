"""What is still open of a patient as questions of the solver: which verdicts may come, and what can still matter.

Everything that the record holds stands as it is; what it lacks may be filled in with whatever it can be. An item can
matter where two ways to fill everything in differ in it alone and come to different verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.encoded import Scene
from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, atoms, both, clearing
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.reach import EFFORT, not_read_alike
from protocol_dsl.amend.smt import Question
from protocol_dsl.amend.world import World
from protocol_dsl.evaluate.decide import Verdict
from protocol_dsl.evaluate.possible import Option, exact
from protocol_dsl.model.condition import Fetch, Part
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested
from protocol_dsl.model.walk import walk


@frozen
class Left:
    """The questions, and why some could not be put; `possible` and `matters` hold the answers."""

    questions: tuple[Question, ...] = ()
    refused: str = ""

    @property
    def unsettled(self) -> bool:
        """Whether some question took too long."""
        return any(one.possible is None for one in self.questions)

    def possible(self, verdict: Verdict) -> bool | None:
        """Whether the patient may come to a verdict."""
        return self._answer("verdict", f"the verdict becomes {verdict.value}")

    def matters(self, item: str) -> bool | None:
        """Whether an item can still matter."""
        return self._answer(item, _MATTERS.format(item))

    def _answer(self, about: str, asked_: str) -> bool | None:
        return next((one.possible for one in self.questions if (one.about, one.asked) == (about, asked_)), None)


_MATTERS = "another value of {} alone turns the verdict"


def asked_of_solver(protocol: Protocol, here: World, missing: Sequence[Place]) -> Left:
    """The questions of a record and of what it lacks. Needs the solver."""
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    kept = tuple(_as_it_stands(clearing(clause, 1), here, frozenset(missing)) for clause in protocol.criteria)
    odd = [place.name for place in missing if place.kind not in ("item", "judgement")]
    if odd:
        return Left((), f"what is missing of {', '.join(odd)}")
    try:
        return Left(tuple(_Open.of(protocol, both(kept), here, missing).questions()))
    except Unencodable as refused:
        return Left((), str(refused))


def _as_it_stands(formula: Formula, here: World, missing: frozenset[Place]) -> Formula:
    """The formula with what the record decides already read by the interpreter."""
    match formula:
        case Atom():
            settled = places(formula).isdisjoint(missing)
            return Fixed(here.truths((formula,), here.typical)[0]) if settled else formula
        case Negated(inside=inside):
            return Negated(_as_it_stands(inside, here, missing))
        case Joined(count=count, parts=parts):
            return Joined(count, tuple(_as_it_stands(part, here, missing) for part in parts))
        case Fixed():
            return formula


@frozen
class _Open:
    """The criteria with what the record lacks left open; `holds` is what each way to fill it in must satisfy."""

    protocol: Protocol
    clears: Any
    holds: tuple[Any, ...]
    unknowns: Any
    missing: tuple[Place, ...]

    @staticmethod
    def of(protocol: Protocol, formula: Formula, here: World, missing: Sequence[Place]) -> _Open:
        from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

        every = tuple(dict.fromkeys(atoms(formula)))
        for _, why in not_read_alike(every):
            raise Unencodable(why)
        scene = Scene.of(every, here, protocol.items)
        unknowns, clears = scene.unknowns, scene.encoded(formula)
        birthdays = asked(every).birthdays
        holds = [*_recorded(every, unknowns, here, frozenset(missing)), *_filled_in(unknowns, missing, birthdays, here)]
        mine = tuple(place for place in missing if any(place in places(atom) for atom in every))
        for place in mine:
            if place.kind != "judgement" and place.name not in unknowns.found:
                raise Unencodable(f"what hangs on {place.name}")
        return _Open(protocol, clears, (*unknowns.holds, *holds), unknowns, mine)

    def questions(self) -> Iterator[Question]:
        """Which verdicts may come, and what can matter; the answers are the solver's."""
        import z3

        incomplete = bool(self.protocol.incomplete)
        clear, bars = self.clears.met, self.clears.unmet
        wanted = {
            Verdict.ELIGIBLE: z3.And(clear, not incomplete),
            Verdict.INELIGIBLE: bars,
            Verdict.UNDETERMINED: z3.And(z3.Not(bars), z3.Or(z3.Not(clear), incomplete)),
        }
        for verdict, term in wanted.items():
            yield _put("verdict", f"the verdict becomes {verdict.value}", (*self.holds, term))
        every = _unknowns_in((*self.holds, clear, bars))
        for place in self.missing:
            there, other = z3.And(self.holds), self._otherwise(place, every)
            turned = [z3.substitute(one, *other) for one in (there, clear, bars)]
            differs = z3.Or(clear != turned[1], bars != turned[2])
            yield _put(place.name, _MATTERS.format(place.name), (there, turned[0], differs))

    def _otherwise(self, place: Place, every: Sequence[Any]) -> list[tuple[Any, Any]]:
        """The unknowns of a place, and what is worked out from any, each with another of the same sort."""
        import z3

        entries = self.unknowns.found.items()
        kept = {str(term) for name, one in entries if name != place.name for term in _named(_terms(one))}
        own = {f"judged {place.name}", f"judged {place.name}?"} if place.kind == "judgement" else set()
        names = {str(term): term for term in every if str(term) not in kept}
        mine = [term for name, term in names.items() if name in own or not name.startswith("judged ")]
        return [(term, z3.Const(f"other {term.decl().name()}", term.sort())) for term in mine]


def _terms(one: Any) -> Iterator[Any]:  # noqa: ANN401 - an unknown of the solver
    """What stands for an entry: its value, or that of each member, whether it is known, and its limits."""
    yield from one.value.values() if isinstance(one.value, dict) else (one.value,)
    terms = (one.known, one.attested, one.collected, one.uln, one.lln, one.uln_known, one.lln_known)
    yield from (term for term in terms if term is not None)


def _unknowns_in(terms: Iterable[Any]) -> list[Any]:
    """Every unknown that stands in terms, each once."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = list(terms)
    while waiting:
        term = waiting.pop()
        if term.get_id() not in seen:
            seen.add(term.get_id())
            found |= {one.get_id(): one for one in _named((term,))}
            waiting.extend(term.children())
    return list(found.values())


def _named(terms: Iterable[Any]) -> Iterator[Any]:
    """The unknowns in terms: a whole number that is used as a real one is written as such."""
    import z3

    for term in terms:
        if z3.is_app(term) and term.decl().kind() == z3.Z3_OP_TO_REAL:
            yield term.arg(0)
        elif z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            yield term


def _put(about: str, told: str, terms: tuple[Any, ...]) -> Question:
    import z3

    solver = z3.Solver()
    solver.set("rlimit", EFFORT)
    solver.add(*terms)
    said = solver.check()
    return Question(about, told, None if said == z3.unknown else bool(said == z3.sat), terms)


def _filled_in(
    unknowns: Any,  # noqa: ANN401 - the solver's
    missing: Sequence[Place],
    birthdays: Mapping[str, object],
    here: World,
) -> Iterator[Any]:
    """What is missing has a value, with the limits that go with it; a birthday is one, and not to come."""
    import z3

    for place in missing:
        one = unknowns.found.get(place.name)
        if place.kind == "judgement":
            yield z3.Bool(f"judged {place.name}?")
        elif one is not None:
            yield one.known
            yield from (
                known for known, limit in ((one.uln_known, one.uln), (one.lln_known, one.lln)) if limit is not None
            )
            if place.name in birthdays:
                yield z3.And(z3.Not(one.attested), one.value <= here.as_of.toordinal())


def _recorded(
    every: Sequence[Atom],
    unknowns: Any,  # noqa: ANN401 - the solver's
    here: World,
    missing: frozenset[Place],
) -> Iterator[Any]:
    """What the record has, as the interpreter reads it."""
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    seen: set[Place] = set()
    for atom in every:
        for node in walk(atom.form):
            if isinstance(node, Fetch) and (place := Place("item", node.series.item)) not in missing | seen:
                seen.add(place)
                yield from _read(node, atom, unknowns, here)
        for place in sorted(places(atom) - missing - seen):
            if place.kind not in ("item", "moment"):
                raise Unencodable(f"{place.name} beside what is missing")


def _read(node: Fetch, atom: Atom, unknowns: Any, here: World) -> Iterator[Any]:  # noqa: ANN401
    """The value of an item, and the limits that go with it."""
    from protocol_dsl.evaluate.symbolic.unknowns import Unencodable

    name = node.series.item
    one = unknowns.found.get(name)
    if one is None:
        return
    wanted = [(Part.VALUE, one.value, one.known)]
    wanted += [
        (part, limit, known)
        for part, limit, known in ((Part.ULN, one.uln, one.uln_known), (Part.LLN, one.lln, one.lln_known))
        if limit is not None
    ]
    yield one.collected
    for part, term, known in wanted:
        found = here.values(evolve(node, part=part), atom)
        if len(found) != 1 or not exact(found[0]) or isinstance(term, dict):
            raise Unencodable(f"{name}, which is not known exactly")
        yield known
        yield _is(term, found[0], one, unknowns)


def _is(term: Any, value: Option, one: Any, unknowns: Any) -> Any:  # noqa: ANN401 - the solver's
    import z3

    from protocol_dsl.evaluate.symbolic import unknowns as symbolic

    match value:
        case Attested():
            return one.attested
        case bool():
            return term == z3.BoolVal(value)
        case str():
            return term == unknowns.text(value)
        case date():
            return z3.And(z3.Not(one.attested), term == value.toordinal())
        case Fraction():
            return term == symbolic.exact(value)
        case _:
            raise symbolic.Unencodable("a value of another kind")
