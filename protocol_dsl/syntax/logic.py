"""The nodes of logic: whole conditions, in a line or in bullets, exactly as written."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from protocol_dsl.syntax.tree import (
    AnchorLike,
    Expression,
    Node,
    Predicate,
    Sign,
    Window,
    Word,
)


@frozen
class Conjunction(Node):
    parts: tuple[Condition, ...]


@frozen
class Disjunction(Node):
    parts: tuple[Condition, ...]


@frozen
class Negation(Node):
    inside: Condition


@frozen
class Known(Node):
    inside: Condition


@frozen
class Comparison(Node):
    subject: Expression
    predicate: Predicate


@frozen
class EachOf(Node):
    items: tuple[Word, ...]
    predicate: Predicate


@frozen
class EitherOf(Node):
    items: tuple[Word, ...]
    predicate: Predicate


@frozen
class EveryReading(Node):
    item: Word
    window: Window | None
    predicate: Predicate


@frozen
class AnyReading(Node):
    item: Word
    window: Window | None
    predicate: Predicate


@frozen
class NoReading(Node):
    item: Word
    window: Window | None
    predicate: Predicate


@frozen
class Consecutive(Node):
    count: Word
    item: Word
    apart: Expression | None
    predicate: Predicate


@frozen
class AnyEvent(Node):
    list: Word
    where: Condition


@frozen
class NoEvent(Node):
    list: Word
    where: Condition | None


@frozen
class EveryEvent(Node):
    list: Word
    where: Condition | None
    has: Condition


@frozen
class JudgedLeaf(Node):
    what: Word


@frozen
class JudgedBy(Node):
    role: Word


@frozen
class Lasts(Node):
    sign: Sign
    length: Expression
    both_days: bool


@frozen
class OngoingAt(Node):
    anchor: AnchorLike


@frozen
class Taken(Node):
    window: Window


@frozen
class Followed(Node):
    day: Word


# --- bullets ------------------------------------------------------------------------------------------------------


@frozen
class Note(Node):
    """What stands below a line: its source, the reason of an assumption, a remark, what is incomplete."""

    kind: str
    text: Word


@frozen
class AskPolicy(Node):
    reasons: tuple[str, ...]


@frozen
class TreatPolicy(Node):
    reasons: tuple[str, ...]
    met: bool
    because: Word


Policy: TypeAlias = AskPolicy | TreatPolicy


@frozen
class Bullet(Node):
    condition: Condition
    below: tuple[Policy | Note, ...] = ()


@frozen
class AllOf(Node):
    bullets: tuple[Bullet, ...]


@frozen
class AnyOf(Node):
    bullets: tuple[Bullet, ...]


@frozen
class NoneOf(Node):
    bullets: tuple[Bullet, ...]


@frozen
class AtLeastOf(Node):
    count: Word
    bullets: tuple[Bullet, ...]


Condition: TypeAlias = (
    Expression
    | Conjunction
    | Disjunction
    | Negation
    | Known
    | Comparison
    | EachOf
    | EitherOf
    | EveryReading
    | AnyReading
    | NoReading
    | Consecutive
    | AnyEvent
    | NoEvent
    | EveryEvent
    | JudgedLeaf
    | JudgedBy
    | Lasts
    | OngoingAt
    | Taken
    | Followed
    | AllOf
    | AnyOf
    | NoneOf
    | AtLeastOf
)
