"""The nodes of a file: sections, their heads and their entries, exactly as written."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from protocol_dsl.base.source import Source
from protocol_dsl.syntax.conducting import ConductHead, ConductLine
from protocol_dsl.syntax.defining import FurtherHead
from protocol_dsl.syntax.logic import Condition, Note, Policy
from protocol_dsl.syntax.tree import Anchor, AnchorDateOf, Choice, Node, Quantity, Word, node


@node
class ProtocolHead(Node):
    title: Word


@node
class LibraryHead(Node):
    title: Word


@node
class MomentsHead(Node):
    pass


@node
class DataHead(Node):
    label: Word | None


@node
class DefineHead(Node):
    pass


@node
class RecordHead(Node):
    name: Word


@node
class RecordAddsHead(Node):
    name: Word
    field: ItemCore | None


@node
class CriteriaHead(Node):
    effect: str
    moment: Word | None
    when: Condition | None


@node
class GateHead(Node):
    label: Word
    moment: Word
    when: Condition | None


@node
class DosesHead(Node):
    products: tuple[Word, ...]
    unit: Word | None


@node
class DltHead(Node):
    pass


@node
class EscalationHead(Node):
    family: Word


@node
class EscalationByDesignHead(Node):
    name: Word


@node
class StoppingHead(Node):
    pass


@node
class AlwaysHead(Node):
    pass


@node
class ExampleHead(Node):
    label: Word


@node
class CohortExampleHead(Node):
    label: Word


@node
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
    | ConductHead
    | AlwaysHead
    | ExampleHead
    | CohortExampleHead
    | FurtherHead
    | LaterHead
)


@node
class HeaderLine(Node):
    key: str
    words: tuple[Word | None, ...]
    notes: tuple[Note, ...] = ()


@node
class Used(Node):
    name: Word
    version: Word | None = None
    library: bool = False


@node
class UsesLine(Node):
    used: tuple[Used, ...]
    notes: tuple[Note, ...] = ()


@node
class OnStudyDay(Node):
    number: Word


@node
class EveryDose(Node):
    product: Word


@node
class FirstDose(Node):
    product: Word


@node
class Bound(Node):
    at_most: bool
    length: Quantity


@node
class MomentAfter(Node):
    earlier: Word
    bounds: tuple[Bound, ...]


@node
class Moment(Node):
    name: Word
    label: Word | None
    is_: OnStudyDay | EveryDose | FirstDose | None
    after: MomentAfter | None
    notes: tuple[Note, ...] = ()


@node
class ItemType(Node):
    """The type as written: its keyword, and the members, unit or record type it names."""

    kind: str
    members: tuple[Word, ...] = ()
    unit: Word | None = None
    record: Word | None = None


@node
class Required(Node):
    pass


@node
class Plausible(Node):
    low: Word
    high: Word


@node
class RecordedTo(Node):
    step: Word


@node
class Analyte(Node):
    name: Word


@node
class WithLimits(Node):
    uln: bool
    lln: bool


@node
class Chosen(Node):
    choice: Choice
    valid: Quantity | None


@node
class ValidFor(Node):
    length: Quantity


@node
class BaselineRule(Node):
    choice: Choice
    before: Word


@node
class CompleteTo(Node):
    item: Word
    because: Word


@node
class CompleteWithin(Node):
    length: Quantity


@node
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


@node
class ItemCore(Node):
    name: Word
    label: Word | None
    type: ItemType
    attributes: tuple[Attribute, ...] = ()


@node
class ItemEntry(Node):
    item: ItemCore
    notes: tuple[Note, ...] = ()


@node
class AppliesWhen(Node):
    condition: Condition


@node
class Unless(Node):
    condition: Condition


@node
class ThenLine(Node):
    phrase: Word
    notes: tuple[Note, ...] = ()


@node
class EligibleImplies(Node):
    condition: Condition


@node
class RecommendedImplies(Node):
    condition: Condition


@node
class NeverWhen(Node):
    move: str
    when: Condition


@node
class RisesBy(Node):
    levels: Word


@node
class StopsWithin(Node):
    patients: Word


Line: TypeAlias = (
    Condition
    | AppliesWhen
    | Unless
    | Policy
    | Note
    | ThenLine
    | ConductLine
    | EligibleImplies
    | RecommendedImplies
    | NeverWhen
    | RisesBy
    | StopsWithin
)


@node
class Clause(Node):
    id: Word
    renamed_from: Word | None
    wording: Word | None
    lines: tuple[Line, ...]


@node
class DltWindow(Node):
    start: Anchor | AnchorDateOf
    last_day: Word
    notes: tuple[Note, ...] = ()


@node
class AttributedLine(Node):
    values: tuple[Word, ...]
    notes: tuple[Note, ...] = ()


@node
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
