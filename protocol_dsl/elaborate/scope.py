"""What names mean where a condition stands, and what was found wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attrs import define, evolve, field, frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate.extent import Measured
from protocol_dsl.elaborate.kinds import Typed
from protocol_dsl.model.protocol import Header
from protocol_dsl.model.vocabulary import CONTEXT, Item, Moment, NamedSet, RecordType
from protocol_dsl.syntax import defining
from protocol_dsl.syntax.tree import Word

SetFiles = Callable[[str], Iterable[str] | None]
NOTHING: Mapping[str, Any] = MappingProxyType({})
_MANY_FINDINGS = 300  # from here on no name is sought that may be meant: with very many names that takes too long


@frozen
class DltFrame:
    """What the DLT section fixes for everyone: its window and the attributions that count.

    `first_number` is the study day of the window's first day; `last_day` counts from that day.
    """

    start: str | None = None
    first_number: int | None = None
    last_day: int | None = None
    attributed: tuple[str, ...] = ()


@define(eq=False)
class Desk:
    """What the file declares, gathered before any condition is read, and the findings so far.

    `broken` are names whose declaration has an error of its own, and `muted` the codes of what would only follow from a
    hole in the tree: neither is worth a second finding.
    """

    header: Header
    set_files: SetFiles
    moments: dict[str, Moment] = field(factory=dict)
    items: dict[str, Item] = field(factory=dict)
    records: dict[str, RecordType] = field(factory=dict)
    sets: dict[str, NamedSet] = field(factory=dict)
    definitions: dict[str, defining.Definition] = field(factory=dict)
    methods: dict[tuple[str, str], defining.Definition] = field(factory=dict)
    ids: dict[str, Span] = field(factory=dict)
    places: dict[str, Span] = field(factory=dict)
    dlt: DltFrame = field(factory=DltFrame)
    findings: dict[Diagnostic, None] = field(factory=dict)
    inlined: dict[Any, Any] = field(factory=dict)
    measured: Measured = field(factory=dict)
    broken: set[str] = field(factory=set)
    muted: frozenset[str] = frozenset()


@frozen
class Scope:
    """Where a condition stands: the section's moment, the event being looked at, the parameters of a formula.

    `subject` is what a limit such as `2 x ULN` is said of; `trail` names the definitions being inlined. `reading` is
    the series of which a reading is being looked at, `it` the day that `within 2 days of it` hangs on.
    """

    desk: Desk
    moment: str | None = None
    event: RecordType | None = None
    bare: Mapping[str, Typed] = NOTHING
    bound: Mapping[str, Typed] = NOTHING
    subject: Typed | None = None
    trail: tuple[str, ...] = ()
    in_always: bool = False
    reading: Any = None
    it: Any = None

    def error(  # noqa: PLR0913 - the parts of a diagnostic
        self,
        code: str,
        message: str,
        where: Span,
        caption: str = "",
        *,
        others: Iterable[tuple[Span, str]] = (),
        help: str | None = None,  # noqa: A002 - the word of `Diagnostic`
    ) -> None:
        """Note what is wrong; the same finding is noted once."""
        if code in self.desk.muted:
            return
        labels = tuple(Label(span, said) for span, said in others if span.source.name or span.end)
        found = Diagnostic(code, Severity.ERROR, message, Label(where, caption), labels, help)
        self.desk.findings.setdefault(found)

    def unknown(self, word: Word, known: Iterable[str], what: str = "name", code: str = "PD101") -> None:
        """Note a name that is not known, and the nearest that is."""
        if word.text in self.desk.broken:
            return
        names = tuple(known)
        meant = nearest(word.text, names) if len(self.desk.findings) < _MANY_FINDINGS else None
        cure: str | None = None
        if meant:
            cure = f"`{meant}` may be meant"
        elif names and what != "name":
            cure = "what there is: " + ", ".join(f"`{name}`" for name in sorted(names)[:8])
        elif what == "name":
            cure = "declare it, or name something that is declared"
        self.error(code, f"the {what} `{word.text}` is not known", word.span, help=cure)

    @property
    def fields(self) -> Mapping[str, Item]:
        """The fields of the event being looked at."""
        return self.event.fields if self.event is not None else NOTHING

    @property
    def names(self) -> tuple[str, ...]:
        """All names that could stand for a value here."""
        desk = self.desk
        return (*self.bare, *self.bound, *self.fields, *desk.moments, *desk.items, *desk.definitions, *CONTEXT)

    def at(self, moment: str | None) -> Scope:
        """The same with the moment of a section."""
        return evolve(self, moment=moment)

    def inside(self, event: RecordType) -> Scope:
        """The same while looking at an event."""
        return evolve(self, event=event)

    def about(self, subject: Typed | None) -> Scope:
        """The same while a limit is read that is said of `subject`."""
        return evolve(self, subject=subject)
