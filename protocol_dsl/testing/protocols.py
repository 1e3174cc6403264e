"""Whole protocols: clauses over a vocabulary, ready to be decided."""

from __future__ import annotations

from attrs import evolve
from hypothesis import strategies as st

from protocol_dsl.model.protocol import Clause, Effect, Protocol
from protocol_dsl.testing.conditions import conditions
from protocol_dsl.testing.vocabularies import vocabularies

_EFFECTS = {"I": Effect.INCLUSION, "E": Effect.EXCLUSION}


def protocols(most: int = 3, *, policies: bool = True) -> st.SearchStrategy[Protocol]:
    """A sound protocol with up to so many inclusions and exclusions, read at a moment or as of the day of the data."""

    def filled(vocabulary: Protocol) -> st.SearchStrategy[Protocol]:
        each = (clauses(vocabulary, effect, policies=policies) for effect in _EFFECTS.values())
        sections = [st.lists(clause, min_size=1, max_size=most) for clause in each]
        return st.tuples(*sections).map(lambda some: evolve(vocabulary, criteria=_numbered(some)))

    return vocabularies().flatmap(filled)


def clauses(protocol: Protocol, effect: Effect, *, policies: bool = True) -> st.SearchStrategy[Clause]:
    """A clause without an id, with or without a guard."""
    guard = st.none() | conditions(protocol, 0, policies=policies)
    moment = st.none() | st.sampled_from(tuple(protocol.moments))
    body = conditions(protocol, policies=policies)
    return st.builds(Clause, st.just(""), st.just(effect), st.just(""), body, guard, moment)


def _numbered(sections: tuple[list[Clause], ...]) -> tuple[Clause, ...]:
    return tuple(
        evolve(clause, id=f"{letter}{number}")
        for letter, section in zip(_EFFECTS, sections, strict=True)
        for number, clause in enumerate(section, start=1)
    )
