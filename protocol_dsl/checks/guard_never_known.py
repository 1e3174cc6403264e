"""Guard never known: an `applies when` that nobody can answer for some patients, whatever is recorded of them."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import alone, every_clause, space
from protocol_dsl.amend.formula import Formula, atoms, truth_of
from protocol_dsl.amend.places import places
from protocol_dsl.amend.reach import UNKNOWN
from protocol_dsl.amend.witnessed import varied
from protocol_dsl.amend.world import World
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each guard that is unknown on a record with everything in it that it asks for."""
    here = alone(protocol)
    for clause in every_clause(protocol):
        guard = here.lone(clause).guard
        if guard is None or clause.guard is None:
            continue
        found = _unknown(guard, here.world)
        if found is not None:
            where = sorted({(place.kind, place.name) for atom in atoms(guard) for place in places(atom)})
            shown = varied(where, found, protocol)
            message = f"whether {clause.id} applies is never known for some patients, as with {shown}"
            cure = "let the guard be known of everyone, as by a case `otherwise`"
            yield Diagnostic("PD376", Severity.WARNING, message, Label(clause.guard.span), help=cure)


def _unknown(guard: Formula, world: World) -> Record | None:
    """A record that has all the guard asks for and leaves it unknown; the interpreter says so too."""
    found = space((guard,), world).record((guard, UNKNOWN), whole=True)
    every = tuple(dict.fromkeys(atoms(guard)))
    if found is None:
        return None
    said = dict(zip(every, world.truths(every, found), strict=True))
    return found if truth_of(guard, said) is Truth.UNKNOWN else None
