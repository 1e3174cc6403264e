"""The `always` statements of two versions: dropped, added, weakened or strengthened, with a record that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.amend.change import Said
from protocol_dsl.amend.formula import TRUE, Formula, ReadAs, of_condition
from protocol_dsl.amend.normal import normal
from protocol_dsl.amend.posed import Posed
from protocol_dsl.amend.question import Answer, Search
from protocol_dsl.amend.tallied import BOTH, SAME, STRENGTHENED, WEAKENED
from protocol_dsl.amend.witnessed import varied
from protocol_dsl.amend.world import world
from protocol_dsl.evaluate.implication import read_at
from protocol_dsl.model.protocol import PatientStatement, Protocol
from protocol_dsl.model.words import words


def promises(old: Protocol, new: Protocol) -> Iterator[Said]:
    """What became of each statement about patients that differs. The weaker one holds of more records."""
    for was, now in _pairs(old, new):
        name = (now or was).id  # type: ignore[union-attr]
        if was is None or now is None:
            yield Said("always", name, _told(was, old), _told(now, new))
        elif normal(was.claim.then) != normal(now.claim.then):
            how, shown = _compared(was, now, (old, new))
            yield Said("always", name, _told(was, old), _told(now, new), how, shown)


_WAYS = {
    "weakened": "what the newer version promises holds, and what the older promises does not or is not known to",
    "strengthened": "what the older version promises holds, and what the newer promises does not or is not known to",
}


def asked_of_promises(old: Protocol, new: Protocol) -> Iterator[Posed]:
    """The question of each statement that differs, for another solver; one that is not there promises nothing."""
    search = Search(world((old, new)))
    for was, now in _pairs(old, new):
        if was is None or now is None or normal(was.claim.then) != normal(now.claim.then):
            before, after = _formulas(was, now, (old, new))
            name = (was or now).id  # type: ignore[union-attr]
            yield Posed(name, before, after, search.ask(before, after), _WAYS)


def _pairs(old: Protocol, new: Protocol) -> Iterator[tuple[PatientStatement | None, PatientStatement | None]]:
    before, after = ({one.id: one for one in version.statements} for version in (old, new))
    yield from ((before.get(name), after.get(name)) for name in dict.fromkeys((*after, *before)))


def _formulas(
    was: PatientStatement | None, now: PatientStatement | None, versions: tuple[Protocol, Protocol]
) -> tuple[Formula, Formula]:
    old, new = (
        TRUE if one is None else of_condition(one.claim.then, ReadAs(at, read_at(version), one.id))
        for at, (one, version) in enumerate(zip((was, now), versions, strict=True))
    )
    return old, new


def _told(one: PatientStatement | None, protocol: Protocol) -> str | None:
    return None if one is None else f"eligible implies {words(one.claim.then, protocol.items)}"


def _compared(was: PatientStatement, now: PatientStatement, versions: tuple[Protocol, Protocol]) -> tuple[str, str]:
    """In which direction the two differ, and a record on which the weaker holds alone."""
    answer = Search(world(versions)).ask(*_formulas(was, now, versions))
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
