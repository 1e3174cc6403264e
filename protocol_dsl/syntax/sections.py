"""The nodes of a file: sections, their heads and their entries, exactly as written."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from protocol_dsl.base.source import Source
from protocol_dsl.syntax.logic import Condition, Note, Policy
from protocol_dsl.syntax.tree import Anchor, AnchorDateOf, Choice, Node, Quantity, Word


@frozen
class ProtocolHead(Node):
    title: Word


@frozen
class LibraryHead(Node):
    title: Word


@frozen
class MomentsHead(Node):
    pass


@frozen
class DataHead(Node):
    label: Word | None


@frozen
class DefineHead(Node):
    pass


@frozen
class RecordHead(Node):
    name: Word


@frozen
class RecordAddsHead(Node):
    name: Word
    field: ItemCore | None


@frozen
class CriteriaHead(Node):
    effect: str
    moment: Word | None
    when: Condition | None


@frozen
class GateHead(Node):
    label: Word
    moment: Word
    when: Condition | None


@frozen
class DosesHead(Node):
    products: tuple[Word, ...]
    unit: Word | None


@frozen
class DltHead(Node):
    pass


@frozen
class EscalationHead(Node):
    family: Word


@frozen
class EscalationByDesignHead(Node):
    name: Word


@frozen
class StoppingHead(Node):
    pass


@frozen
class AlwaysHead(Node):
    pass


@frozen
class ExampleHead(Node):
    label: Word


@frozen
class CohortExampleHead(Node):
    label: Word


@frozen
class LaterHead(Node):
    kind: str


Head: TypeAlias = (
    ProtocolHead
    | LibraryHead
    | MomentsHead
    | DataHead
    | DefineHead
    | RecordHead
    | RecordAddsHead
    | CriteriaHead
    | GateHead
    | DosesHead
    | DltHead
    | EscalationHead
    | EscalationByDesignHead
    | StoppingHead
    | AlwaysHead
    | ExampleHead
    | CohortExampleHead
    | LaterHead
)


@frozen
class HeaderLine(Node):
    key: str
    words: tuple[Word | None, ...]
    notes: tuple[Note, ...] = ()


@frozen
class Used(Node):
    name: Word
    version: Word | None = None
    library: bool = False


@frozen
class UsesLine(Node):
    used: tuple[Used, ...]
    notes: tuple[Note, ...] = ()


@frozen
class OnStudyDay(Node):
    number: Word


@frozen
class EveryDose(Node):
    product: Word


@frozen
class FirstDose(Node):
    product: Word


@frozen
class Bound(Node):
    at_most: bool
    length: Quantity


@frozen
class MomentAfter(Node):
    earlier: Word
    bounds: tuple[Bound, ...]


@frozen
class Moment(Node):
    name: Word
    label: Word | None
    is_: OnStudyDay | EveryDose | FirstDose | None
    after: MomentAfter | None
    notes: tuple[Note, ...] = ()


@frozen
class ItemType(Node):
    """The type as written: its keyword, and the members, unit or record type it names."""

    kind: str
    members: tuple[Word, ...] = ()
    unit: Word | None = None
    record: Word | None = None


@frozen
class Required(Node):
    pass


@frozen
class Plausible(Node):
    low: Word
    high: Word


@frozen
class RecordedTo(Node):
    step: Word


@frozen
class Analyte(Node):
    name: Word


@frozen
class WithLimits(Node):
    uln: bool
    lln: bool


@frozen
class Chosen(Node):
    choice: Choice
    valid: Quantity | None


@frozen
class ValidFor(Node):
    length: Quantity


@frozen
class BaselineRule(Node):
    choice: Choice
    before: Word


@frozen
class CompleteTo(Node):
    item: Word
    because: Word


@frozen
class CompleteWithin(Node):
    length: Quantity


@frozen
class JudgedItem(Node):
    role: Word


Attribute: TypeAlias = (
    Required
    | Plausible
    | RecordedTo
    | Analyte
    | WithLimits
    | Chosen
    | ValidFor
    | BaselineRule
    | CompleteTo
    | CompleteWithin
    | JudgedItem
)


@frozen
class ItemCore(Node):
    name: Word
    label: Word | None
    type: ItemType
    attributes: tuple[Attribute, ...] = ()


@frozen
class ItemEntry(Node):
    item: ItemCore
    notes: tuple[Note, ...] = ()


@frozen
class AppliesWhen(Node):
    condition: Condition


@frozen
class Unless(Node):
    condition: Condition


@frozen
class ThenLine(Node):
    phrase: Word
    notes: tuple[Note, ...] = ()


@frozen
class EligibleImplies(Node):
    condition: Condition


@frozen
class RecommendedImplies(Node):
    condition: Condition


@frozen
class NeverWhen(Node):
    move: str
    when: Condition


@frozen
class RisesBy(Node):
    levels: Word


@frozen
class StopsWithin(Node):
    patients: Word


Line: TypeAlias = (
    Condition
    | AppliesWhen
    | Unless
    | Policy
    | Note
    | ThenLine
    | EligibleImplies
    | RecommendedImplies
    | NeverWhen
    | RisesBy
    | StopsWithin
)


@frozen
class Clause(Node):
    id: Word
    renamed_from: Word | None
    wording: Word | None
    lines: tuple[Line, ...]


@frozen
class DltWindow(Node):
    start: Anchor | AnchorDateOf
    last_day: Word
    notes: tuple[Note, ...] = ()


@frozen
class AttributedLine(Node):
    values: tuple[Word, ...]
    notes: tuple[Note, ...] = ()


@frozen
class EvaluableLine(Node):
    condition: Condition
    notes: tuple[Note, ...] = ()


@frozen
class FollowUpLine(Node):
    item: Word
    notes: tuple[Note, ...] = ()


@frozen
class ReplaceLine(Node):
    notes: tuple[Note, ...] = ()


@frozen
class Section(Node):
    """A head and its entries; an entry that could not be read is absent, and `whole` is then false."""

    head: Head
    entries: tuple[Node, ...]
    notes: tuple[Note, ...] = ()
    whole: bool = True


@frozen
class File:
    """A text as a list of sections; `whole` says that nothing was left out for a syntax error."""

    source: Source
    sections: tuple[Section, ...]
    whole: bool = True
