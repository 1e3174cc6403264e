"""The nodes of logic: whole conditions, in a line or in bullets, exactly as written."""

from __future__ import annotations

from typing import TypeAlias

from protocol_dsl.syntax.tree import AnchorLike, Expression, Node, Predicate, Sign, Window, Word, node


@node
class Conjunction(Node):
    parts: tuple[Condition, ...]


@node
class Disjunction(Node):
    parts: tuple[Condition, ...]


@node
class Negation(Node):
    inside: Condition


@node
class Known(Node):
    inside: Condition


@node
class Comparison(Node):
    subject: Expression
    predicate: Predicate


@node
class EachOf(Node):
    items: tuple[Word, ...]
    predicate: Predicate


@node
class EitherOf(Node):
    items: tuple[Word, ...]
    predicate: Predicate


@node
class GradeOf(Node):
    """`ctcae grade of potassium as hypokalemia`."""

    item: Word
    term: Word | None


@node
class EveryGrade(Node):
    graded: GradeOf
    window: Window | None
    predicate: Predicate


@node
class AnyGrade(Node):
    graded: GradeOf
    window: Window | None
    predicate: Predicate


@node
class NoGrade(Node):
    graded: GradeOf
    window: Window | None
    predicate: Predicate


@node
class EveryReading(Node):
    item: Word
    window: Window | None
    predicate: Predicate


@node
class AnyReading(Node):
    item: Word
    window: Window | None
    predicate: Predicate


@node
class NoReading(Node):
    item: Word
    window: Window | None
    predicate: Predicate


@node
class Consecutive(Node):
    count: Word
    item: Word
    apart: Expression | None
    predicate: Predicate


@node
class AnyEvent(Node):
    list: Word
    where: Condition


@node
class NoEvent(Node):
    list: Word
    where: Condition | None


@node
class EveryEvent(Node):
    list: Word
    where: Condition | None
    has: Condition


@node
class Sustained(Node):
    """`any anc less than 0.5 10*9/L for more than 7 days`; of a reading, or of its grade."""

    item: Word | GradeOf
    window: Window | None
    predicate: Predicate
    sign: Sign
    length: Expression
    both_days: bool


@node
class SeveralReadings(Node):
    count: Word
    item: Word
    window: Window | None
    predicate: Predicate


@node
class SeveralEvents(Node):
    """`any 2 procedures where (...) on separate days within 7 days`."""

    count: Word
    list: Word
    where: Condition
    apart: Expression | None


# --- what goes with another ---------------------------------------------------------------------------------------


@node
class Overlapping(Node):
    pass


@node
class During(Node):
    pass


@node
class SameDay(Node):
    pass


Timing: TypeAlias = Overlapping | During | SameDay | Window


@node
class WithEvent(Node):
    some: bool
    list: Word
    where: Condition
    timing: Timing


@node
class WithReading(Node):
    some: bool
    item: Word
    timing: Timing
    predicate: Predicate


@node
class WithGrade(Node):
    some: bool
    item: GradeOf
    timing: Timing
    predicate: Predicate


Companion: TypeAlias = WithEvent | WithReading | WithGrade


@node
class AtGrade(Node):
    """`at grade 4 for at least 7 days`."""

    of_grade: Sign | None
    grade: Word
    sign: Sign
    length: Expression


@node
class ReturnsTo(Node):
    """`returns to grade 1 within 7 days`."""

    grade: Word
    length: Expression


@node
class JudgedLeaf(Node):
    what: Word


@node
class JudgedBy(Node):
    role: Word


@node
class Lasts(Node):
    sign: Sign
    length: Expression
    both_days: bool


@node
class OngoingAt(Node):
    anchor: AnchorLike


@node
class Taken(Node):
    window: Window


@node
class Followed(Node):
    day: Word


# --- bullets ------------------------------------------------------------------------------------------------------


@node
class Note(Node):
    """What stands below a line: its source, the reason of an assumption, a remark, what is incomplete.

    What is accepted is a finding, which `code` names.
    """

    kind: str
    text: Word
    code: Word | None = None


@node
class AskPolicy(Node):
    reasons: tuple[str, ...]


@node
class TreatPolicy(Node):
    reasons: tuple[str, ...]
    met: bool
    because: Word


Policy: TypeAlias = AskPolicy | TreatPolicy


@node
class Bullet(Node):
    condition: Condition
    below: tuple[Policy | Note, ...] = ()


@node
class AllOf(Node):
    bullets: tuple[Bullet, ...]


@node
class AnyOf(Node):
    bullets: tuple[Bullet, ...]


@node
class NoneOf(Node):
    bullets: tuple[Bullet, ...]


@node
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
    | EveryGrade
    | AnyGrade
    | NoGrade
    | EveryReading
    | AnyReading
    | NoReading
    | Consecutive
    | AnyEvent
    | NoEvent
    | EveryEvent
    | Sustained
    | SeveralReadings
    | SeveralEvents
    | WithEvent
    | WithReading
    | WithGrade
    | AtGrade
    | ReturnsTo
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
