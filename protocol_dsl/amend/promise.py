"""`eligible implies C` over all records: proved, with how, or refuted by a record that the interpreter was handed."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from protocol_dsl.amend.alone import alone, fewest, together_as
from protocol_dsl.amend.formula import Formula, ReadAs, both, clearing, of_condition
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.question import Search
from protocol_dsl.amend.reach import NOT_TRUE, TRUE, Space
from protocol_dsl.amend.solver import available
from protocol_dsl.amend.typical import looked_at, typical
from protocol_dsl.amend.witnessed import varied
from protocol_dsl.amend.world import World, world
from protocol_dsl.evaluate.implication import Claimed, claimed, read_at, refutes
from protocol_dsl.model.protocol import Clause, PatientStatement, Protocol
from protocol_dsl.model.record import Record


def promised(protocol: Protocol, statement: PatientStatement) -> Claimed:
    """What becomes of a statement: by its form or an example, by the solver, and then by the partition."""
    found = claimed(protocol, statement, protocol.examples)
    if found.holds is not None:
        return found
    asked = _Asked.of(protocol, statement)
    return (asked.by_solver() if available() else None) or asked.by_cells()


def asked_of_all(protocol: Protocol, statement: PatientStatement) -> None:
    """Ask the solver of a statement, so that whoever listens hears it; also where its form has the answer already."""
    _Asked.of(protocol, statement).by_solver()


def is_empty_promise(protocol: Protocol) -> tuple[Clause, ...]:
    """The criteria that let nobody be eligible, so that whatever is promised of the eligible holds; none as a rule."""
    here = alone(protocol)
    never = [one for one in protocol.criteria if here.lone(one).cannot_clear]
    found = (tuple(never[:1]), *(group.conflict() for group in here.together()))
    return next(filter(None, found), ())


@frozen
class _Asked:
    """A statement, and the criteria that look at what it looks at, directly or through others."""

    protocol: Protocol
    statement: PatientStatement
    then: Formula
    clauses: tuple[Clause, ...]
    formulas: tuple[Formula, ...]
    world: World

    @staticmethod
    def of(protocol: Protocol, statement: PatientStatement) -> _Asked:
        then = of_condition(statement.claim.then, ReadAs(0, read_at(protocol), statement.id))
        every = [(clause, clearing(clause, 0)) for clause in protocol.criteria]
        near = _near(then, [formula for _, formula in every])
        some = [pair for pair in every if pair[1] in near]
        clauses, formulas = tuple(one for one, _ in some), tuple(one for _, one in some)
        return _Asked(protocol, statement, then, clauses, formulas, world((protocol, protocol)))

    def by_solver(self) -> Claimed | None:
        """Proved where no record can speak against it, whatever the solver cannot read comes to."""
        names = {formula: f"`{one.id} clears`" for one, formula in zip(self.clauses, self.formulas, strict=True)}
        names[self.then] = f"what {self.statement.id} promises"
        space = Space.over((*self.formulas, self.then), self.world, self.statement.id, names)
        against = (self.then, NOT_TRUE)

        def possible(some: Sequence[int]) -> bool | None:
            return space.can(against, *((self.formulas[n], TRUE) for n in some))

        every = range(len(self.formulas))
        if possible(every) is not False:
            return None
        by = [self.clauses[n] for n in fewest(every, possible)]
        from_ = f"from {together_as(by)}, " if by else ""
        return Claimed(self.statement, True, f"proved {from_}over all records by the solver")  # noqa: FBT003

    def by_cells(self) -> Claimed:
        """Refuted by a record that the interpreter confirms; proved where the partition covers every record."""
        here = typical(self.world)
        search = Search(here, solved=False)
        eligible = both(self.formulas)
        answer = search.ask(both((*self.formulas, self.then)), eligible)
        for shown in answer.found.values():
            if refutes(self.protocol, self.statement, shown.record, shown.as_of or here.as_of):
                return Claimed(self.statement, False, self._told(shown.record))  # noqa: FBT003
        if answer.proved and not answer.found:
            return Claimed(self.statement, True, "proved over every stretch of the records")  # noqa: FBT003
        why = "; ".join(answer.loose) or "nobody eligible was found"
        looked = f" ({'; '.join(answer.looked)})" if answer.looked else ""
        return Claimed(
            self.statement, None, f"{answer.records} records do not speak against it{looked}, but not covered: {why}"
        )

    def _told(self, record: Record) -> str:
        where = sorted((place.kind, place.name) for place in looked_at(self.then))
        return f"a patient with {varied(where, record, self.protocol)} is eligible and does not satisfy it"


def _near(then: Formula, every: Sequence[Formula]) -> list[Formula]:
    """Of several, those that look at the same entries, directly or through others."""
    mine: frozenset[Place] = looked_at(then)
    rest, near = list(every), list[Formula]()
    while found := [one for one in rest if looked_at(one) & mine]:
        near += found
        mine = mine.union(*map(looked_at, found))
        rest = [one for one in rest if one not in found]
    return near
