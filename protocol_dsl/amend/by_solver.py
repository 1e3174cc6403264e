"""What the partition left open of a question, asked of the solver; what it finds is read by the interpreter too."""

from __future__ import annotations

from protocol_dsl.amend.answer import Answer, Shown
from protocol_dsl.amend.asked import FIXED
from protocol_dsl.amend.formula import Formula, atoms, truth_of
from protocol_dsl.amend.solver import solve
from protocol_dsl.amend.ways import DIRECTIONS, Direction
from protocol_dsl.amend.world import World


def asked_of_solver(  # noqa: PLR0913, PLR0917 - the question, and what is known of it
    old: Formula,
    new: Formula,
    world: World,
    found: dict[Direction, Shown],
    read: int,
    loose: tuple[str, ...],
) -> Answer:
    """What the partition did not cover, asked of the solver; what it finds is read like all else."""
    open_ended: dict[str, None] = {}
    every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
    wanted = [(one.gained, one.whole) for one in DIRECTIONS if one not in found]
    for (gained, whole), solved in solve(old, new, world, wanted).items():
        direction = Direction(gained, whole)
        if solved.none:
            continue
        if solved.entries is None:
            open_ended[solved.why] = None
            continue
        record = world.record({(place.kind, place.name): cell.entry for place, cell in solved.entries.items()})
        said = dict(zip(every, world.truths(every, record), strict=True))
        a, b = truth_of(old, said), truth_of(new, said)
        if a is None or b is None or a is b or Direction.of(a, b, whole=whole) != direction:
            open_ended["the solver's record is not confirmed"] = None
            continue
        found[direction] = Shown(record, solved.entries, a, b)
    if not open_ended:
        several = tuple(one for one in loose if one.startswith(("more than one event", FIXED)))
        return Answer(found, not several, read, several)
    return Answer(found, proved=False, records=read, loose=(*loose, *open_ended))
