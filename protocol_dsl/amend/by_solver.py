"""What the partition left open of a question, asked of the solver; what it finds is read by the interpreter too."""

from __future__ import annotations

from protocol_dsl.amend.answer import Answer, Shown
from protocol_dsl.amend.formula import Atom, Formula, atoms, truth_of
from protocol_dsl.amend.solver import CANNOT_READ, solve
from protocol_dsl.amend.still import CALENDAR, FIXED, on_the_calendar
from protocol_dsl.amend.ways import DIRECTIONS, Direction
from protocol_dsl.amend.world import World
from protocol_dsl.evaluate.symbolic.enough import enough
from protocol_dsl.model.condition import Count
from protocol_dsl.model.walk import walk

SEVERAL = "more than one event"  # how what is loose begins where one event of a list does not show all


def counted(every: tuple[Atom, ...]) -> tuple[str, ...]:
    """The lists that are counted so that it takes more than one event, or kind of event, to tell all."""
    names = {node.list for atom in every for node in walk(atom.form) if isinstance(node, Count)}
    if not names:
        return ()
    needed = enough((atom.condition, atom.moment) for atom in every)
    return tuple(sorted(name for name in names if name in needed.endless or needed.events.get(name, 0) > 1))


def asked_of_solver(
    one_event: tuple[Formula, Formula], listed: tuple[Formula, Formula] | None, world: World, partition: Answer
) -> Answer:
    """What the partition did not cover, asked of the solver; what it finds is read like all else.

    With `listed` the question has more to do with the events of a list than one of them shows. Where the solver cannot
    read it so, it is asked of one event, and what more of them may show stays open.
    """
    if listed is not None:
        answer = _asked(*listed, world, partition)
        if not any(why.startswith(CANNOT_READ) for why in answer.loose):
            return answer
    return _asked(*one_event, world, partition, several=True)


def _asked(old: Formula, new: Formula, world: World, partition: Answer, *, several: bool = False) -> Answer:
    """The answer of both together. With `several` the solver is not asked of several events of those lists."""
    found, left = dict(partition.found), dict[str, None]()
    every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
    wanted = [(one.gained, one.whole) for one in DIRECTIONS if one not in found]
    beyond = dict.fromkeys(
        one for one in partition.loose if one.startswith((SEVERAL if several else FIXED, FIXED, CALENDAR))
    )
    beyond |= dict.fromkeys(on_the_calendar(every))
    for (gained, whole), solved in solve(old, new, world, wanted).items():
        direction = Direction(gained, whole)
        if solved.none:
            beyond |= dict.fromkeys(solved.loose)
            continue
        if solved.entries is None:
            left[solved.why] = None
            continue
        record = world.record({(place.kind, place.name): cell.entry for place, cell in solved.entries.items()})
        said = dict(zip(every, world.truths(every, record), strict=True))
        a, b = truth_of(old, said), truth_of(new, said)
        if a is None or b is None or a is b or Direction.of(a, b, whole=whole) != direction:
            left[solved.doubt or "the solver's record is not confirmed"] = None
            continue
        found[direction] = Shown(record, solved.entries, a, b)
    if left:
        return Answer(
            found, proved=False, records=partition.records, loose=tuple({**dict.fromkeys(partition.loose), **left})
        )
    return Answer(found, not beyond, partition.records, tuple(beyond))
