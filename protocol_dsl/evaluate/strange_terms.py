"""Terms of adverse events in the data that the protocol's version of CTCAE does not have.

Such an event is kept: a clause on its grade finds it. What asks for its term is unknown, for the event may be what is
asked for under another name: thrombocytopenia is CTCAE's platelet count decreased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity, in_order
from protocol_dsl.elaborate import terms
from protocol_dsl.model.condition import Constant, Member
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Reading, Reason, Record
from protocol_dsl.model.vocabulary import ListOf
from protocol_dsl.model.walk import walk
from protocol_dsl.readers.plain import Data

_MANY = 100
"""From so many strange terms on, none is sought that may be meant: that takes long."""


def _told(protocol: Protocol, found: Mapping[str, list[Reading]]) -> tuple[Diagnostic, ...]:
    """A warning for each distinct term, at the first row that has it."""
    version = protocol.header.uses.get("ctcae", "")
    known = terms.terms(version) if len(found) < _MANY else {}
    return tuple(_said(name, met, version, known) for name, met in found.items())


def _strange(protocol: Protocol, records: Iterable[Record]) -> dict[str, list[Reading]]:
    """The terms that neither CTCAE nor the protocol has, by their names."""
    known = terms.terms(protocol.header.uses.get("ctcae", ""))
    if not known:
        return {}
    own = _named_by(protocol)
    found: dict[str, list[Reading]] = {}
    for reading in _readings(protocol, records):
        name = terms.name_of(str(reading.value))
        if name and name not in known and (name not in own or _having(name)):
            found.setdefault(name, []).append(reading)
    return found


def with_strange_terms(protocol: Protocol, data: Data) -> Data:
    """The same data, with what is to be said of their terms; one that is strange is not readable as a term."""
    found = _strange(protocol, data.records)
    if not found:
        return data
    told = in_order((*data.diagnostics, *_told(protocol, found)))
    strange, lists = frozenset(found), _lists(protocol)
    records = tuple(_without(strange, lists, record) for record in data.records)
    return evolve(data, diagnostics=told, records=records)


def _without(strange: frozenset[str], lists: Iterable[str], record: Record) -> Record:
    """A record in which a strange term stands as written and has no value."""
    found = {name: tuple(_unread(strange, event) for event in record.lists.get(name, ())) for name in lists}
    kept = {name: events for name, events in found.items() if events}
    return evolve(record, lists={**record.lists, **kept}) if kept else record


def _unread(strange: frozenset[str], event: Event) -> Event:
    term = event.fields.get("term")
    if term is None or not isinstance(term.value, str) or terms.name_of(term.value) not in strange:
        return event
    read = evolve(term, value=None, missing=Reason.UNREADABLE, written=term.written or term.value)
    return evolve(event, fields={**event.fields, "term": read})


def _lists(protocol: Protocol) -> tuple[str, ...]:
    return tuple(name for name, item in protocol.items.items() if item.kind == ListOf(terms.EVENT))


def _readings(protocol: Protocol, records: Iterable[Record]) -> Iterator[Reading]:
    """The term of each adverse event."""
    lists = _lists(protocol)
    for record in records:
        for name in lists:
            for event in record.lists.get(name, ()):
                reading = event.fields.get("term")
                if reading is not None and isinstance(reading.value, str):
                    yield reading


def _named_by(protocol: Protocol) -> frozenset[str]:
    """The names that the protocol itself asks for, in its clauses or its sets."""
    clauses = (*protocol.criteria, *protocol.gates, *protocol.stopping, protocol.dlt)
    nodes = [one for one in walk(clauses) if isinstance(one, Constant | Member)]
    asked = {value for one in nodes for value in (one.members if isinstance(one, Member) else (one.value,))}
    sets = {member for one in protocol.sets.values() for member in one.members}
    return frozenset(value for value in asked | sets if isinstance(value, str))


def _having(name: str) -> list[str]:
    return [version for version in terms.versions() if name in terms.terms(version)]


def _said(name: str, met: list[Reading], version: str, known: Mapping[str, object]) -> Diagnostic:
    having = _having(name)
    rows = f" ({len(met)} rows)" if len(met) > 1 else ""
    message = f"`{met[0].value}` is no term of CTCAE {version}{rows}"
    if having:
        message += f"; {' and '.join(having)} {'has' if len(having) == 1 else 'have'} it"
    near = terms.meant(name, known)
    cure = f"`{near}` may be meant, and rules go by that name" if near else "rules go by the names of CTCAE"
    message += "; what asks for its term is unknown"
    where = Label(met[0].origin or Cell("adverse_events"))
    return Diagnostic("PD714", Severity.WARNING, message, where, help=cure)
