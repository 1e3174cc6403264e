"""What an example gives of a patient: readings, lists, judgements, the place in the trial."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Any

from attrs import define, field

from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.studytime import Days, read_day
from protocol_dsl.elaborate import values
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.record import Event, Judgement, Range, Reading, Record
from protocol_dsl.model.vocabulary import CONTEXT, Date, Item, ListOf
from protocol_dsl.syntax import stated, tree
from protocol_dsl.syntax.tree import Word


@define(eq=False)
class Draft:
    """A record in the making; `empty` are the lists said to hold nothing."""

    readings: dict[str, tuple[Reading, ...]] = field(factory=dict)
    lists: dict[str, tuple[Event, ...]] = field(factory=dict)
    attested: dict[str, date] = field(factory=dict)
    empty: set[str] = field(factory=set)
    judgements: dict[str, tuple[Judgement, ...]] = field(factory=dict)
    context: dict[str, str] = field(factory=dict)
    as_of: date | None = None

    def copy(self) -> Draft:
        """The same, to be changed."""
        return Draft(
            dict(self.readings),
            dict(self.lists),
            dict(self.attested),
            set(self.empty),
            dict(self.judgements),
            dict(self.context),
            self.as_of,
        )


def record(name: str, draft: Draft) -> Record:
    """The record. A list that is said to hold nothing is complete up to the last day that is spoken of."""
    last = max((*_days(draft), *([draft.as_of] if draft.as_of else [])), default=date.max)
    attested = {**draft.attested, **dict.fromkeys(draft.empty, last)}
    return Record(
        name,
        MappingProxyType(dict(draft.readings)),
        MappingProxyType(dict(draft.lists)),
        MappingProxyType(attested),
        MappingProxyType(dict(draft.judgements)),
        MappingProxyType(dict(draft.context)),
    )


def _days(draft: Draft) -> Iterator[date]:
    yield from draft.attested.values()
    readings = [reading for found in draft.readings.values() for reading in found]
    readings += [reading for events in draft.lists.values() for event in events for reading in event.fields.values()]
    for reading in readings:
        if reading.date is not None:
            yield reading.date.last
        if type(reading.value) is date:
            yield reading.value
        elif isinstance(reading.value, Range) and type(reading.value.high) is date:
            yield reading.value.high


def whole_day(word: Word, scope: Scope) -> date | None:
    """A day of the calendar."""
    days = read_day(word.text)
    if days is not None and days.exact:
        return days.first
    scope.error("PD505", f"`{word.text}` is not a day of the calendar", word.span, help="write the day as 2026-05-31")
    return None


# --- one thing given ----------------------------------------------------------------------------------------------


def put(given: stated.Given | stated.GivenComplete, draft: Draft, scope: Scope) -> None:
    """Put one given thing into the record."""
    if isinstance(given, stated.GivenComplete):
        _complete(given, draft, scope)
    elif isinstance(given.key, stated.GivenJudged):
        _judge(given.key.what.text, given, draft, scope)
    elif given.key.text[:1].isupper():
        if given.key.text not in scope.desk.ids:
            scope.unknown(given.key, [name for name in scope.desk.ids if not name.startswith("section ")], "id")
        _judge(given.key.text, given, draft, scope)
    else:
        _put_named(given.key, given, draft, scope)


def _complete(given: stated.GivenComplete, draft: Draft, scope: Scope) -> None:
    day = whole_day(given.date, scope)
    if _list_named(given.list, scope) is not None and day is not None:
        draft.attested[given.list.text] = day


def _judge(about: str, given: stated.Given, draft: Draft, scope: Scope) -> None:
    found = []
    for reading in given.readings:
        if isinstance(reading.value, stated.Judged):
            days = _dated(reading, scope)
            found.append(Judgement(reading.value.met, days.first if days is not None else None))
        elif not isinstance(reading.value, stated.MissingValue):
            message = "a judgement is met or not met"
            scope.error("PD323", message, reading.value.span, help="write `met`, `not met` or `missing`")
    draft.judgements[about] = tuple(found)


def _put_named(word: Word, given: stated.Given, draft: Draft, scope: Scope) -> None:
    name, desk = word.text, scope.desk
    item = desk.items.get(name)
    if name in CONTEXT and item is None:
        draft.context[name] = given.readings[0].value.span.text
    elif item is not None and isinstance(item.kind, ListOf):
        _put_empty_list(word, given, draft, scope)
    elif item is not None:
        draft.readings[name] = _readings(item, given, scope)
    elif name in desk.moments:
        draft.readings[name] = _readings(Item(name, Date(), span=desk.moments[name].span), given, scope)
    else:
        _unknown(word, scope)


def _unknown(word: Word, scope: Scope) -> None:
    if word.text in scope.desk.definitions:
        message = f"`{word.text}` is defined, and is worked out from what is given"
        scope.error("PD108", message, word.span, help="give the items it is defined by")
        return
    scope.unknown(word, (*scope.desk.items, *scope.desk.moments, *CONTEXT), "item")


def _readings(item: Item, given: stated.Given, scope: Scope) -> tuple[Reading, ...]:
    """Without any entry the item was not collected; a reason makes an entry without a value."""
    found = []
    for written in given.readings:
        if isinstance(written.value, stated.MissingValue) and written.value.reason is None:
            continue
        reading = values.reading(item, written, _dated(written, scope), scope)
        if reading is not None:
            found.append(reading)
    return tuple(found)


def _dated(written: stated.Reading, scope: Scope) -> Days | None:
    if written.date is None:
        return None
    days = read_day(written.date.text)
    if days is None:
        message = f"`{written.date.text}` is not a day of the calendar"
        scope.error("PD505", message, written.date.span, help="write the day as 2026-05-31")
    return days


# --- lists --------------------------------------------------------------------------------------------------------


def _list_named(word: Word, scope: Scope) -> ListOf | None:
    item = scope.desk.items.get(word.text)
    if item is not None and isinstance(item.kind, ListOf):
        return item.kind
    scope.unknown(word, [n for n, i in scope.desk.items.items() if isinstance(i.kind, ListOf)], "list")
    return None


def _put_empty_list(word: Word, given: stated.Given, draft: Draft, scope: Scope) -> None:
    value: Any = given.readings[0].value
    draft.lists[word.text] = ()
    if isinstance(value, tree.Name) and value.word.text == "none":
        draft.empty.add(word.text)
    elif isinstance(value, stated.MissingValue):
        draft.empty.discard(word.text)
        draft.attested.pop(word.text, None)
    else:
        message = f"`{word.text}` is a list"
        cure = f"write `none`, or `given {word.text}` with a table below"
        scope.error("PD323", message, value.span, help=cure)


def put_list(line: stated.GivenList, draft: Draft, scope: Scope) -> None:
    """Put the events of a table into the record."""
    kind = _list_named(line.list, scope)
    record_type = scope.desk.records.get(kind.record) if kind is not None else None
    if record_type is None or not line.rows:
        return
    header = line.rows[0]
    for cell in header.cells:
        if cell.text not in record_type.fields:
            _unknown_column(cell, record_type.name, tuple(record_type.fields), scope)
    events = []
    for row in line.rows[1:]:
        found = {}
        for head, cell in zip(header.cells, row.cells, strict=False):
            item = record_type.fields.get(head.text)
            reading = values.of_cell(item, cell, scope) if item is not None else None
            if reading is not None:
                found[head.text] = reading
        events.append(Event(MappingProxyType(found)))
    draft.lists[line.list.text] = tuple(events)
    draft.empty.discard(line.list.text)


def _unknown_column(cell: Word, name: str, fields: tuple[str, ...], scope: Scope) -> None:
    meant = nearest(cell.text, fields)
    cure = f"`{meant}` may be meant" if meant else "its fields are " + ", ".join(f"`{known}`" for known in fields)
    scope.error("PD110", f"a record of type `{name}` has no field `{cell.text}`", cell.span, help=cure)
