"""Each definition by itself, so that its errors are found even where nobody uses it, and documents can show it."""

from __future__ import annotations

from collections.abc import Mapping

from protocol_dsl.elaborate import definitions as defined
from protocol_dsl.elaborate import walk
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.condition import Condition, Expression
from protocol_dsl.model.protocol import Definition
from protocol_dsl.model.vocabulary import RecordType
from protocol_dsl.syntax import defining, logic


def definitions(scope: Scope) -> Mapping[str, Definition]:
    """The definitions of the file as data. One that speaks of an event is read as of the event that has its fields."""
    desk = scope.desk
    found: dict[str, Definition] = {}
    for name, written in desk.definitions.items():
        if name not in desk.places:  # a library's, which counts only where it is used
            continue
        event = _event(written, scope)
        at = scope if event is None else scope.inside(event)
        word = written.name
        inside: Condition | Expression | None = None
        if defined.is_condition(name, at):
            inside = defined.use_condition(word, at)
        elif (value := defined.use(word, at)) is not None:
            inside = value.core
        if inside is not None:
            label = written.label.text if written.label is not None else ""
            found[name] = Definition(name, label, inside, span=written.span)
    return found


def _event(written: defining.Definition, scope: Scope) -> RecordType | None:
    """The type of record whose fields a definition needs; None where it needs none."""
    parts = list(walk.below(written.body))
    told = any(isinstance(part, logic.Lasts | logic.OngoingAt | logic.Taken) for part in parts)
    used = walk.names(written.body) - set(scope.names) - set(scope.desk.sets)
    best, most = None, 0
    for record in scope.desk.records.values():
        fits = len(used & set(record.fields)) + int(told and "start" in record.fields)
        if fits > most:
            best, most = record, fits
    return best
