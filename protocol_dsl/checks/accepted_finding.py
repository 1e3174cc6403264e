"""Accepted finding: a warning of which a clause says `accepted PD373 because ...`, listed like an assumption."""

from collections.abc import Iterable, Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.model.protocol import Note, NoteKind, Protocol


def accepted(protocol: Protocol, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings with a note in place of each warning that is accepted where it stands; an error never is."""
    notes = [note for note in protocol.notes if note.kind is NoteKind.ACCEPTED]
    places = [(note, _clause(protocol, note)) for note in notes]
    kept, used = [], set()
    for one in found:
        by = next((note for note, place in places if _meant(note, place, one)), None)
        used |= set() if by is None else {by.span}
        kept += [one] if by is None else []
    return [*kept, *(_told(note, listed=note.span in used) for note in notes)]


def _meant(note: Note, place: Span | None, one: Diagnostic) -> bool:
    """Whether a note speaks of a finding: a warning of that code which points into the same clause."""
    labels = (one.primary, *one.others)
    within = (_within(label.where, place) for label in labels if isinstance(label.where, Span))
    return one.code == note.code and one.severity is Severity.WARNING and any(within)


def _within(inner: Span, outer: Span | None) -> bool:
    return outer is not None and outer.start <= inner.start and inner.end <= outer.end


def _clause(protocol: Protocol, note: Note) -> Span | None:
    """The clause, or the statement, that a note stands below."""
    return next((span for span in _spans(protocol) if _within(note.span, span)), None)


def _spans(protocol: Protocol) -> Iterator[Span]:
    yield from (clause.span for clause in (*protocol.criteria, *protocol.stopping))
    yield from (clause.span for gate in protocol.gates for clause in gate.clauses)
    yield from () if protocol.dlt is None else (clause.span for clause in protocol.dlt.clauses)
    yield from (statement.span for statement in protocol.statements)


def _told(note: Note, *, listed: bool) -> Diagnostic:
    found = "" if listed else ", which was not found here"
    message = f"{note.code} is accepted in {note.about}{found}: {note.text}"
    cure = f"`protocol explain {note.code}` says what it is" if listed else "take the line out where it is out of date"
    return Diagnostic("PD392", Severity.NOTE, message, Label(note.span), help=cure)
