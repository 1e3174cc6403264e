"""The nodes of the section in which an amendment says what it does, exactly as written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from protocol_dsl.syntax.logic import Note
from protocol_dsl.syntax.tree import Node, Word, node


@node
class AmendmentHead(Node):
    pass


@node
class Ids(Node):
    first: Word
    others: Ids | None


@node
class PartsNamed(Node):
    first: Word
    others: PartsNamed | None


@node
class ReasonGiven(Node):
    text: Word
    notes: tuple[Note, ...] = ()


@node
class PrimaryReason(Node):
    text: Word
    notes: tuple[Note, ...] = ()


@node
class SecondaryReason(Node):
    text: Word
    notes: tuple[Note, ...] = ()


@node
class SummaryGiven(Node):
    text: Word
    notes: tuple[Note, ...] = ()


@node
class ScopeGiven(Node):
    of: Word
    places: tuple[Word, ...] | None
    notes: tuple[Note, ...] = ()


@node
class SubstantialFor(Node):
    what: PartsNamed
    notes: tuple[Note, ...] = ()


@node
class NotSubstantial(Node):
    notes: tuple[Note, ...] = ()


@node
class Loosens(Node):
    ids: Ids
    notes: tuple[Note, ...] = ()


@node
class Tightens(Node):
    ids: Ids
    notes: tuple[Note, ...] = ()


@node
class Adds(Node):
    ids: Ids
    notes: tuple[Note, ...] = ()


@node
class Removes(Node):
    ids: Ids
    notes: tuple[Note, ...] = ()


@node
class Rewords(Node):
    ids: Ids
    notes: tuple[Note, ...] = ()


@node
class Changes(Node):
    parts: PartsNamed
    notes: tuple[Note, ...] = ()


@node
class NothingElse(Node):
    notes: tuple[Note, ...] = ()


OfClauses: TypeAlias = Loosens | Tightens | Adds | Removes | Rewords


def listed(several: Ids | PartsNamed | None) -> Iterator[Word]:
    """The words of a list, in the order written."""
    while several is not None:
        yield several.first
        several = several.others
