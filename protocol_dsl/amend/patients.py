"""Patients as two rules that count patients see them: who counts in both, in one alone, or is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from attrs import evolve, field, frozen

from protocol_dsl.amend.formula import FALSE, TRUE, Atom, Fixed, Formula, Joined, Negated, ReadAs, both, of_condition
from protocol_dsl.amend.question import Answer, Search, Shown
from protocol_dsl.amend.replay import Replayed, plainer
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import decide_clause, environment
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.evaluate.monitor import Came, counted
from protocol_dsl.model.condition import HadDlt, Monitored
from protocol_dsl.model.protocol import Clause
from protocol_dsl.model.record import Record
from protocol_dsl.model.walk import walk

HAS, LACKS, OUT = (1, 1), (0, 1), (0, 0)
"""What one patient adds: to those who count, and to those of whom it is known."""
_NOBODY = Record("")
Cames = frozenset[Came]


@frozen
class Sort:
    """Patients who are alike: a record, whether they had a DLT (None: not evaluable), and what each version may add."""

    record: Record
    varied: tuple[tuple[str, str], ...]
    dlt: Truth | None
    adds: tuple[Cames, Cames]
    whole: bool

    @property
    def step(self) -> tuple[Came, Came] | None:
        """What one such patient adds in each version; None where that is not known."""
        old, new = self.adds
        return (next(iter(old)), next(iter(new))) if len(old) == len(new) == 1 else None


@frozen
class Sorts:
    """The sorts of patients that were found, the answers they rest on, and what there may be besides, in words."""

    found: tuple[Sort, ...]
    answers: tuple[Answer, ...]
    loose: tuple[str, ...]

    @property
    def apart(self) -> tuple[Sort, ...]:
        """Those of whom one version makes something else than the other."""
        return tuple(one for one in self.found if one.adds[0] != one.adds[1])


@frozen
class Rules:
    """The rule of each version, where there is one, with the search for records on which they differ."""

    clauses: tuple[Clause | None, Clause | None]
    id: str
    search: Search
    _answers: list[Answer] = field(factory=list, init=False, eq=False)

    @property
    def world(self) -> World:
        """Where they are compared."""
        return self.search.world

    @property
    def tables(self) -> tuple[Monitored | None, Monitored | None]:
        """The rules of the two versions that are tables over patients."""
        old, new = (one.condition if one is not None else None for one in self.clauses)
        return old if isinstance(old, Monitored) else None, new if isinstance(new, Monitored) else None

    @property
    def about_dlts(self) -> bool:
        """Whether either asks who had a DLT, of those who count or of those who are looked at."""
        return any(isinstance(node, HadDlt) for one in self.tables for node in walk(one))

    def sorts(self) -> Sorts:
        """The patients that the rules can tell apart."""
        dlts = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, None) if self.about_dlts else (Truth.UNKNOWN,)
        found: dict[object, Sort] = {}
        loose: dict[str, None] = {}
        for dlt in dlts:
            for sort in (*self._both_ways(dlt), *self._apart(dlt, loose)):
                known = found.get(sort.adds)
                if known is None or (sort.whole, -len(sort.varied)) > (known.whole, -len(known.varied)):
                    found[sort.adds] = sort
        found |= {("other", at): one for at, one in enumerate(self._of_others())}
        return Sorts(tuple(found.values()), tuple(self._answers), tuple(loose))

    def _both_ways(self, dlt: Truth | None) -> Iterator[Sort]:
        """Somebody who counts in every version that asks, and somebody who does not."""
        sides = [one for one in self._sides(dlt) if one is not None]
        for which in range(2):
            yield from self._made(self._ask(FALSE, both(tuple(side[which] for side in sides))), dlt)

    def _of_others(self) -> Iterator[Sort]:
        """Somebody who by himself meets a rule that is no table, as one who has the events that it counts."""
        for version, clause in enumerate(self.clauses):
            if clause is not None and self.tables[version] is None:
                answer = self._ask(FALSE, of_condition(clause.condition, ReadAs(version, clause.moment, self.id)))
                for dlt in (Truth.TRUE, Truth.FALSE) if self.about_dlts else (Truth.UNKNOWN,):
                    yield from self._made(answer, dlt)

    def _apart(self, dlt: Truth | None, loose: dict[str, None]) -> Iterator[Sort]:
        """Whoever counts in one version and not in the other."""
        old, new = self._sides(dlt)
        if old is None or new is None:
            return
        answers = [self._ask(old[which], new[which]) for which in range(2)]
        if not any(answer.found for answer in answers):
            loose |= dict.fromkeys(one for answer in answers if not answer.proved for one in answer.loose)
            return
        for answer in answers:
            yield from self._made(answer, dlt)
        for here, there in product(range(3), repeat=2):
            if here != there:
                answer = self._ask(FALSE, both((old[here], new[there])))
                loose |= dict.fromkeys(() if answer.found or answer.proved else answer.loose)
                yield from self._made(answer, dlt)

    def questions(self) -> Iterator[tuple[str, Formula, Formula]]:
        """Who counts, and who is looked at and does not, as questions with a name; where there is no table, nobody."""
        dlts = {"_with_dlt": Truth.TRUE, "_without_dlt": Truth.FALSE} if self.about_dlts else {"": Truth.UNKNOWN}
        for told, dlt in dlts.items():
            old, new = self._sides(dlt)
            for at, what in enumerate(("counts", "does_not_count")):
                yield f"{self.id}_{what}{told}", old[at] if old else FALSE, new[at] if new else FALSE

    def _ask(self, old: Formula, new: Formula) -> Answer:
        answer = self.search.ask(old, new)
        self._answers.append(answer)
        return answer

    def _made(self, answer: Answer, dlt: Truth | None) -> Iterator[Sort]:
        for direction, shown in answer.found.items():
            unsaid = self.about_dlts and dlt is Truth.UNKNOWN
            yield self._sort(shown, dlt, whole=direction.whole and not unsaid)

    def _sort(self, shown: Shown, dlt: Truth | None, *, whole: bool) -> Sort:
        def read(one: Shown) -> Replayed:
            old, new = self.adds(one.record, dlt)
            return Replayed(str(sorted(old)), str(sorted(new)), Truth.TRUE, Truth.TRUE)

        plain = plainer(shown, self.world, read)
        varied = tuple((place.kind, place.name) for place in sorted(plain.entries))
        return Sort(plain.record, varied, dlt, self.adds(plain.record, dlt), whole)

    def _sides(self, dlt: Truth | None) -> tuple[tuple[Formula, Formula, Formula] | None, ...]:
        """Of each version, that somebody counts, does not count, and is left out."""
        return tuple(
            None if rule is None else self._side(rule, version, dlt) for version, rule in enumerate(self.tables)
        )

    def _side(self, rule: Monitored, version: int, dlt: Truth | None) -> tuple[Formula, Formula, Formula]:
        if dlt is None and _counts_dlts(rule):
            return FALSE, FALSE, TRUE
        by = ReadAs(version, None, self.id)
        had = Fixed(Truth.UNKNOWN if dlt is None else dlt)
        each = _given(of_condition(rule.each, by), had)
        among = TRUE if rule.where is None else _given(of_condition(rule.where, by), had)
        return both((among, each)), both((among, Negated(each))), Negated(among)

    # --- what the interpreter says ------------------------------------------------------------------------------------

    def adds(self, record: Record, dlt: Truth | None) -> tuple[Cames, Cames]:
        """What one patient may add in each version, as the interpreter counts; nothing where there is no such rule."""
        found = []
        for version, rule in enumerate(self.tables):
            clause = self.clauses[version]
            if rule is None or clause is None:
                found.append(frozenset({OUT}))
                continue
            seen = counted(rule, self._over(version, clause, [(record, dlt)]), interpret)
            sure = HAS if seen.having else LACKS if seen.lacking else OUT
            found.append(seen.maybe[0] if seen.maybe else frozenset({sure}))
        return found[0], found[1]

    def read(self, version: int, patients: Iterable[tuple[Record, Truth | None]]) -> tuple[str, str]:
        """The status and the standing of a version's clause over a trial; of none, that it clears."""
        clause = self.clauses[version]
        if clause is None:
            return "no such clause", "clears"
        found = decide_clause(clause, self._over(version, clause, patients))
        return found.status.value, found.standing.value

    def _over(self, version: int, clause: Clause, patients: Iterable[tuple[Record, Truth | None]]) -> Environment:
        """What a rule is read against in a trial of these patients."""
        protocol, as_of = self.world.versions[version], self.world.as_of
        numbered = [(evolve(record, patient=f"P{at}"), dlt) for at, (record, dlt) in enumerate(patients, 1)]
        env = environment(protocol, _NOBODY, as_of, moments_of(protocol, _NOBODY, {})[0], clause)
        dlts = {record.patient: dlt for record, dlt in numbered if dlt is not None}
        return evolve(env, everyone=tuple(record for record, _ in numbered), dlts=dlts if self.about_dlts else {})


def _counts_dlts(rule: Monitored) -> bool:
    """Whether who is not evaluable is left out."""
    return any(isinstance(node, HadDlt) for node in walk(rule.each))


def _given(formula: Formula, had: Fixed) -> Formula:
    """The formula where it is said whether the patient had a DLT."""
    match formula:
        case Atom(form=HadDlt()):
            return had
        case Negated(inside=inside):
            return Negated(_given(inside, had))
        case Joined(count=count, parts=parts):
            return Joined(count, tuple(_given(part, had) for part in parts))
        case _:
            return formula
