"""The `always` statements of two versions: dropped, added, weakened or strengthened, with a record that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.amend.change import Said
from protocol_dsl.amend.formula import ReadAs, of_condition
from protocol_dsl.amend.normal import normal
from protocol_dsl.amend.question import Answer, Search
from protocol_dsl.amend.tallied import BOTH, SAME, STRENGTHENED, WEAKENED
from protocol_dsl.amend.witnessed import varied
from protocol_dsl.amend.world import world
from protocol_dsl.evaluate.implication import read_at
from protocol_dsl.model.protocol import PatientStatement, Protocol
from protocol_dsl.model.words import words


def promises(old: Protocol, new: Protocol) -> Iterator[Said]:
    """What became of each statement about patients that differs. The weaker one holds of more records."""
    before = {one.id: one for one in old.statements}
    after = {one.id: one for one in new.statements}
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield Said("always", name, _told(was, old), _told(now, new))
        elif normal(was.claim.then) != normal(now.claim.then):
            how, shown = _compared(was, now, (old, new))
            yield Said("always", name, _told(was, old), _told(now, new), how, shown)


def _told(one: PatientStatement | None, protocol: Protocol) -> str | None:
    return None if one is None else f"eligible implies {words(one.claim.then, protocol.items)}"


def _compared(was: PatientStatement, now: PatientStatement, versions: tuple[Protocol, Protocol]) -> tuple[str, str]:
    """In which direction the two differ, and a record on which the weaker holds alone."""
    before = of_condition(was.claim.then, ReadAs(0, read_at(versions[0]), was.id))
    after = of_condition(now.claim.then, ReadAs(1, read_at(versions[1]), now.id))
    answer = Search(world(versions)).ask(before, after)
    gained, lost = (any(one.gained is way for one in answer.found) for way in (True, False))
    if not gained and not lost:
        return (SAME, "") if answer.proved else ("", f"undecided: {'; '.join(answer.loose)}")
    how = BOTH if gained and lost else WEAKENED if gained else STRENGTHENED
    return how if answer.proved or gained else f"{how}, as far as was looked", _shown(answer, versions)


def _shown(answer: Answer, versions: tuple[Protocol, Protocol]) -> str:
    """The first record that is told, with nothing missing where there is such a one; the weaker way first."""
    ordered = sorted(answer.found.items(), key=lambda one: (not one[0].gained, not one[0].whole))
    direction, shown = ordered[0]
    where = sorted((place.kind, place.name) for place in shown.entries)
    alone = "the newer" if direction.gained else "the older"
    return f"{varied(where, shown.record, versions[1])}: {alone} alone is satisfied"
