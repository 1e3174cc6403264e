"""Up and down where levels stand apart: which rung follows which, and to which the rows of a table may lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from attrs import frozen

from protocol_dsl.model.escalation import EscalationPlan, Ladder, Word


@frozen(slots=False)
class Stairs:
    """The rungs of a ladder, of which some may stand apart."""

    ladder: Ladder

    @cached_property
    def ladders(self) -> tuple[tuple[int, ...], ...]:
        """For each rung those of the ladder it stands on, lowest first; none where no level stands apart."""
        names = self.ladder.names
        group = {name: number for number, names in enumerate(self.ladder.apart) for name in names}
        of = [group.get(name) for name in names]
        if not group:
            return ()
        return tuple(tuple(rung for rung, other in enumerate(of) if other == mine) for mine in of)

    def own(self, rung: int) -> tuple[int, ...]:
        """The rungs of the ladder on which a rung stands; none where no level stands apart."""
        return self.ladders[rung] if self.ladders else ()

    def above(self, rung: int) -> int | None:
        """The next rung of the same ladder."""
        rungs: Sequence[int] = self.own(rung) or range(len(self.ladder.levels))
        return next((at for at in rungs if at > rung), None)

    def below(self, rung: int) -> int | None:
        """The rung below on the same ladder; below the lowest that stands apart, the next of the main ladder."""
        if not self.ladders:
            return rung - 1 if rung else None
        apart = {name for group in self.ladder.apart for name in group}
        below = [at for at in self.own(rung) if at < rung]
        main = [at for at, name in enumerate(self.ladder.names) if at < rung and name not in apart]
        return max(below or main, default=None)

    def ways(self, plan: EscalationPlan) -> tuple[frozenset[int], ...]:
        """The rungs to which the moves lead from each rung, where a row leads to a level by its name; else none."""
        if not any(action.word is Word.GO_TO for row in plan.rows for action in row.then):
            return ()
        return tuple(frozenset(self._ways_from(rung, plan)) for rung in range(len(self.ladder.levels)))

    def _ways_from(self, rung: int, plan: EscalationPlan) -> Iterator[int]:
        """Every rung that some row may lead to; down past levels that are closed, too."""
        names = self.ladder.names
        here = (row for row in plan.rows if row.level not in names or row.level == names[rung])
        yield from (names.index(action.level) for row in here for action in row.then if action.level is not None)
        above, below = self.above(rung), self.below(rung)
        yield from () if above is None else (above,)
        while below is not None:
            yield below
            below = self.below(below)
