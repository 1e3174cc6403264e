"""What a file declares: its header, moments, items, record types, sets and definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import evolve

from protocol_dsl.base.quantity import read_number
from protocol_dsl.base.source import Span
from protocol_dsl.base.studytime import read_day
from protocol_dsl.elaborate import expressions, fields
from protocol_dsl.elaborate.kinds import DAY_SECONDS, TIME
from protocol_dsl.elaborate.reserved import TAKEN
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.protocol import Header
from protocol_dsl.syntax import defining, sections
from protocol_dsl.syntax.tree import Quantity, Word

EDITION = 1


# --- header -------------------------------------------------------------------------------------------------------


def header(head: sections.ProtocolHead | sections.LibraryHead, entries: Iterable[Any], scope: Scope) -> Header:
    """The head of the file."""
    kind = "library" if isinstance(head, sections.LibraryHead) else "protocol"
    found = Header(head.title.text, kind, span=head.span)
    said: dict[str, Span] = {}
    for line in entries:
        _once(line, said, scope)
        if isinstance(line, sections.UsesLine):
            found = _uses(found, line)
        elif isinstance(line, sections.HeaderLine):
            found = _HEADER[line.key](found, line, scope)
    return found


def _once(line: object, said: dict[str, Span], scope: Scope) -> None:
    """Note what the head of a file says a second time: of two versions nobody knows which is meant."""
    told = []
    if isinstance(line, sections.HeaderLine):
        told = [(f"`{line.key}`", line.span)]
    elif isinstance(line, sections.UsesLine):
        told = [(f"`{used.name.text}`", used.span) for used in line.used if not used.library]
    for what, span in told:
        if what in said:
            message = f"the head of the file says {what} twice"
            scope.error("PD102", message, span, others=[(said[what], "first here")], help="keep one of them")
        said.setdefault(what, span)


def _uses(found: Header, line: sections.UsesLine) -> Header:
    uses = {used.name.text: used.version.text if used.version else "" for used in line.used if not used.library}
    libraries = tuple(used.name.text for used in line.used if used.library)
    return evolve(found, uses={**found.uses, **uses}, libraries=(*found.libraries, *libraries))


def _text(name: str) -> Callable[[Header, sections.HeaderLine, Scope], Header]:
    def put(found: Header, line: sections.HeaderLine, _scope: Scope) -> Header:
        word = line.words[0]
        words: dict[str, Any] = {name: word.text if word is not None else ""}
        return evolve(found, **words)

    return put


def _language(found: Header, line: sections.HeaderLine, scope: Scope) -> Header:
    word = line.words[0]
    if word is not None and read_number(word.text) != EDITION:
        message = f"this is edition {word.text} of the language, and edition {EDITION} is known"
        scope.error("PD114", message, word.span, help=f"write `language {EDITION}`")
    return evolve(found, language=EDITION)


def _version(found: Header, line: sections.HeaderLine, scope: Scope) -> Header:
    word, effective = (*line.words, None)[:2]
    return evolve(found, version=word.text if word else "", effective=_whole_day(effective, scope))


def _whole_day(word: Word | None, scope: Scope) -> date | None:
    if word is None:
        return None
    days = read_day(word.text)
    if days is not None and days.exact:
        return days.first
    scope.error("PD505", f"`{word.text}` is not a day of the calendar", word.span, help="write the day as 2026-05-31")
    return None


_HEADER: dict[str, Callable[[Header, sections.HeaderLine, Scope], Header]] = {
    "language": _language,
    "title": _text("title"),
    "version": _version,
    "amends": _text("amends"),
    "phase": _text("phase"),
    "sponsor": _text("sponsor"),
    "registry": _text("registry"),
}


# --- names --------------------------------------------------------------------------------------------------------


def declare(word: Word, what: str, scope: Scope) -> bool:
    """Take a name for what is declared; False where it is taken already or belongs to the language."""
    places = scope.desk.places
    if word.text in places:
        message = f"`{word.text}` is declared twice"
        scope.error("PD102", message, word.span, f"again as {what}", others=[(places[word.text], "first here")])
        return False
    if word.text in TAKEN:
        message = f"`{word.text}` is a word of the language and cannot name {what}"
        scope.error("PD103", message, word.span, help=f"choose another name, such as `{word.text}_value`")
        scope.desk.broken.add(word.text)
        return False
    places[word.text] = word.span
    return True


# --- moments ------------------------------------------------------------------------------------------------------


def moments(entries: Iterable[sections.Moment], scope: Scope) -> None:
    """Put the moments on the desk."""
    entries = tuple(entries)
    for entry in entries:
        if declare(entry.name, "a moment", scope):
            scope.desk.moments[entry.name.text] = _moment(entry, scope)
    for entry in entries:
        if entry.after is not None and entry.after.earlier.text not in scope.desk.moments:
            scope.unknown(entry.after.earlier, scope.desk.moments, "moment")
    _no_circle_of_moments(scope)


def _moment(entry: sections.Moment, scope: Scope) -> v.Moment:
    found = v.Moment(entry.name.text, entry.label.text if entry.label else "", span=entry.span)
    match entry.is_:
        case sections.OnStudyDay(number=number):
            found = evolve(found, study_day=_study_day(number, scope))
        case sections.EveryDose(product=product):
            found = evolve(found, every_dose_of=product.text)
        case sections.FirstDose(product=product):
            found = evolve(found, first_dose_of=product.text)
        case None:
            pass
    if entry.after is None:
        return found
    found = evolve(found, after=entry.after.earlier.text)
    for bound in entry.after.bounds:
        days = days_of(bound.length, scope)
        found = evolve(found, at_most_days=days) if bound.at_most else evolve(found, at_least_days=days)
    return found


def settle_products(entries: Iterable[sections.Moment], products: list[str], scope: Scope) -> None:
    """Where the file has doses, a moment hangs on doses of what is given there."""
    hanging = (entry.is_ for entry in entries if isinstance(entry.is_, sections.EveryDose | sections.FirstDose))
    for one in hanging:
        if products and one.product.text not in products:
            scope.unknown(one.product, products, "product")


def _study_day(word: Word, scope: Scope) -> int | None:
    value = read_number(word.text)
    if value is not None and value.denominator == 1:
        return int(value)
    scope.error("PD216", f"`{word.text}` is no whole number", word.span, help="write `is day 1`")
    return None


def _no_circle_of_moments(scope: Scope) -> None:
    found = scope.desk.moments
    for name, moment in found.items():
        seen = [name]
        earlier = moment.after
        while earlier is not None and earlier in found and earlier not in seen:
            seen.append(earlier)
            earlier = found[earlier].after
        if earlier == name == min(seen):
            path = " after ".join(f"`{step}`" for step in (*seen, name))
            message = f"the moments go in a circle: {path}"
            scope.error("PD503", message, moment.span, help="let one of them stand without `after`")


def days_of(length: Quantity, scope: Scope) -> int | None:
    """A length of time that is a whole number of days."""
    found = expressions.quantity(length, scope)
    if found is None:
        return None
    unit = getattr(found.kind, "unit", None)
    value = getattr(found.core, "value", None)
    if unit is None:
        scope.error("PD203", "a length of time needs a unit", length.span, help=f"write `{length.span.text} days`")
        return None
    if unit.dimension == TIME and isinstance(value, Fraction) and (value / DAY_SECONDS).denominator == 1:
        return int(value / DAY_SECONDS)
    message = f"`{length.span.text}` is not a whole number of days"
    scope.error("PD502", message, length.span, help="give the length in days or weeks")
    return None


# --- items and records --------------------------------------------------------------------------------------------


def items(entries: Iterable[sections.ItemEntry], scope: Scope) -> None:
    """Put the items on the desk; `fields.settle` looks at what they name once all are there."""
    for entry in entries:
        if declare(entry.item.name, "an item", scope):
            found = fields.item(entry.item, scope)
            if found is not None:
                scope.desk.items[found.name] = found
            else:
                scope.desk.broken.add(entry.item.name.text)


def record(head: sections.RecordHead, entries: Iterable[sections.ItemEntry], scope: Scope, *, ours: bool) -> None:
    """Put a record type on the desk; the file's own takes the place of a library's."""
    key = f"record {head.name.text}"
    first = scope.desk.places.setdefault(key, head.name.span) if ours else head.name.span
    if first != head.name.span:
        others = [(first, "first here")]
        scope.error("PD102", f"the record `{head.name.text}` is declared twice", head.name.span, others=others)
        return
    found = {item.name: item for entry in entries if (item := fields.item(entry.item, scope)) is not None}
    scope.desk.records[head.name.text] = v.RecordType(head.name.text, found, span=head.name.span)


def record_adds(head: sections.RecordAddsHead, entries: Iterable[sections.ItemEntry], scope: Scope) -> None:
    """Add fields to a record type that is there."""
    known = scope.desk.records.get(head.name.text)
    if known is None:
        scope.unknown(head.name, scope.desk.records, "record type", "PD104")
        return
    written = [head.field] if head.field is not None else []
    written += [entry.item for entry in entries]
    added: dict[str, v.Item] = {}
    for core in written:
        taken = known.fields.get(core.name.text) or added.get(core.name.text)
        if taken is not None:
            others = [(taken.span, "first here")]
            message = f"the record `{known.name}` has a field `{core.name.text}` already"
            scope.error("PD102", message, core.name.span, others=others)
        elif (item := fields.item(core, scope)) is not None:
            added[item.name] = item
    scope.desk.records[known.name] = evolve(known, fields={**known.fields, **added})


# --- sets and definitions -----------------------------------------------------------------------------------------


def definitions(entries: Iterable[Any], scope: Scope, *, ours: bool = True) -> None:
    """Put the sets and the definitions on the desk; a library's give way to the file's own."""
    for entry in entries:
        if isinstance(entry, defining.Definition) and entry.method is not None:
            scope.desk.methods.setdefault((entry.name.text, entry.method.text), entry)
        elif not _may_declare(entry.name, scope, ours=ours):
            continue
        elif isinstance(entry, defining.Definition):
            scope.desk.definitions[entry.name.text] = entry
        else:
            _set(entry, scope)


def _may_declare(word: Word, scope: Scope, *, ours: bool) -> bool:
    return declare(word, "a definition", scope) if ours else word.text not in scope.desk.places


def _set(entry: defining.SetListed | defining.SetFromFile, scope: Scope) -> None:
    label = entry.label.text if entry.label is not None else ""
    if isinstance(entry, defining.SetListed):
        members = tuple(word.text for word in entry.members)
    else:
        found = scope.desk.set_files(entry.file.text)
        if found is None:
            message = f"the file `{entry.file.text}` of the set `{entry.name.text}` is not there"
            scope.error("PD115", message, entry.file.span, help="lay it beside the protocol, or list the names here")
        members = tuple(found or ())
    scope.desk.sets[entry.name.text] = v.NamedSet(
        entry.name.text, entry.version.text, tuple(dict.fromkeys(members)), label, span=entry.name.span
    )
