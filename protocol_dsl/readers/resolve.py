"""From a mapping, and what a standard knows by itself, to what feeds each item of a protocol."""

from collections.abc import Iterable
from typing import Any, Final

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Date, Item, ListOf, Text, Time
from protocol_dsl.readers.asked import Asked, Work, listed, over, pruned
from protocol_dsl.readers.bindings import Bound, FieldBinding, Filter, ItemBinding, Result
from protocol_dsl.readers.domains import Domains
from protocol_dsl.readers.lists import record_types
from protocol_dsl.readers.mapping import MappingFile, texts
from protocol_dsl.readers.mapping_shape import CONTEXT
from protocol_dsl.readers.resolve_lists import field_binding, list_bindings, words
from protocol_dsl.readers.standard import Entry, Standard

_PLACED: Final = {"column", "test", "source", "value", "short"}


def resolve(
    standard: Standard, protocol: Protocol, domains: Domains, mapping: MappingFile
) -> tuple[Bound, tuple[Diagnostic, ...]]:
    """What feeds a protocol, and what is wrong with the mapping."""
    work = Work(standard, protocol, domains, mapping)
    items, lists = _items(protocol), record_types(protocol)
    _names_known(work, "items", items, "item")
    _names_known(work, "lists", lists, "list")
    places, patients = _patients(work)
    of_items = [one for name, item in items.items() for one in _item(work, name, item)]
    of_lists = [one for name, record in lists.items() for one in list_bindings(work, name, record)]
    bound = Bound(places, patients, tuple(of_items), tuple(of_lists), work.entries, work.unbound)
    return bound, tuple(work.problems)


def _items(protocol: Protocol) -> dict[str, Item]:
    moments = {name: Item(name, Date(), moment.label) for name, moment in protocol.moments.items()}
    return {**moments, **{name: one for name, one in protocol.items.items() if not isinstance(one.kind, ListOf)}}


def _names_known(work: Work, section: str, known: Iterable[str], what: str) -> None:
    names = tuple(known)
    for name in getattr(work.mapping, section):
        if name not in names:
            near = nearest(name, names)
            cure = f"`{near}` is near" if near else f"the protocol declares no {what} of this name"
            work.complain("PD751", f"the protocol has no {what} `{name}`", (section, name), cure)


def _patients(work: Work) -> tuple[tuple[FieldBinding, ...], tuple[Filter, ...]]:
    given = work.mapping.patients
    levels = work.protocol.ladder.names if work.protocol.ladder else ()
    entry = {**work.standard.places(work.domains, levels), **given}
    asked = Asked(work, entry, work.patients, ("patients",))
    places = [
        field_binding(asked, Item(name, Text()), entry[name], ("patients", name) if name in given else ())
        for name in CONTEXT
        if name in entry
    ]
    work.entries["patients"] = {name: entry[name] for name in (*CONTEXT, "where", "unless") if name in entry}
    return tuple(filter(None, places)), asked.filters()


# --- items --------------------------------------------------------------------------------------------------------


def _item(work: Work, name: str, item: Item) -> list[ItemBinding]:
    """What feeds an item; a reason among the unbound where nothing does."""
    given = work.mapping.items.get(name)
    moment = work.protocol.moments.get(name)
    taken = work.standard.moment(moment, work.domains) if moment else work.standard.item(item, work.domains)
    if given is None and taken is None:
        computed = moment is not None and (moment.first_dose_of or moment.every_dose_of)
        work.unbound[name] = "it is the day of a dose" if computed else _unknown(work, name, item)
        return []
    entry = _merged(given or {}, taken)
    path = ("items", name) if given is not None else ()
    if "from" not in entry:
        work.complain("PD752", f"`{name}` names no table", path, 'say it, as in `from = "LB"`')
    asked = [Asked.of(work, entry, table, path) for table in texts(entry.get("from"))]
    found = [binding for one in asked if one and (binding := _binding(one, item)) is not None]
    if found:
        tables = tuple(table for one in asked if one for table in one.tables)
        written = _written(found[0], entry)
        work.entries["items"][name] = written if path else pruned(written, tables)
    else:
        work.unbound[name] = "what the mapping names for it is not there" if path else _why_not(work, entry)
    return found


def _unknown(work: Work, name: str, item: Item) -> str:
    """That no code is known; and the one that may be meant."""
    likely = work.standard.likely(item, work.domains)
    perhaps = f'; perhaps {name} = "{likely}"' if likely else ""
    return f"{work.standard.label} has no {work.standard.named} for it that is known here{perhaps}"


def _why_not(work: Work, entry: Entry) -> str:
    wanted = texts(entry.get("from"))
    there = [name for name in wanted if name.upper() in work.domains]
    if not there:
        return f"there is no {' or '.join(wanted)}"
    return f"{' and '.join(there)} has no {' or '.join(texts(entry.get('test')) or texts(entry.get('column')))}"


def _merged(given: Entry, taken: Entry | None) -> dict[str, Any]:
    """What a mapping says, before what a standard takes for granted; where it names a place, nothing is added to it."""
    if taken is None or _PLACED & {*given}:
        return dict(given)
    if "from" in given and {*listed(given, "from")} != {*listed(taken, "from")}:
        return dict(given)
    return over(given, taken)


def _written(binding: ItemBinding, entry: Entry) -> Entry:
    """The entry as a mapping file would have it at length."""
    if "short" not in entry:
        return dict(entry)
    return {"from": entry["from"], ("test" if binding.tests else "column"): entry["short"]}


def _binding(asked: Asked, item: Item) -> ItemBinding | None:
    tests, columns = _placed(asked)
    results = _results(asked, item, columns, tests)
    if results is None or not _tests_there(asked, tests):
        return None
    if not tests and not columns and "value" not in asked.entry:
        asked.complain(f"`{item.name}` names no test and no column", asked.path, "say `test` or `column`")
        return None
    named = asked.entry.get("date")
    dates = tuple(one.upper() for one in texts(named or None))
    for one in dates:
        asked.column(one, "date")
    known = asked.findings if tests else None
    usual = known.dates if known and named is None else ()
    return ItemBinding(
        item=item.name,
        domain=asked.name,
        results=results,
        filters=(*asked.filters(), *asked.narrowed(usual=bool(tests))),
        test=_key(asked) if known else "",
        tests=tests,
        all_tests=known.all_tests if known else "",
        category=known.category if known else "",
        dates=dates or usual,
        study_day=known.study_day if known and usual else "",
        status=known.status if known else "",
        words=words(item, asked.entry),
        constant=str(asked.entry.get("value", "")),
        unit=str(asked.entry.get("unit", "")),
        is_day=isinstance(item.kind, Date | Time),
    )


def _placed(asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tests and the columns of an entry; of a short one, the column if there is one of the name."""
    short = asked.entry.get("short")
    if short is None:
        return texts(asked.entry.get("test") or asked.entry.get("source")), listed(asked.entry, "column")
    is_column = not _has_tests(asked) or asked.there(short)
    return ((), (short.upper(),)) if is_column else ((short,), ())


def _has_tests(asked: Asked) -> bool:
    return asked.findings is not None and asked.findings.test != ""


def _key(asked: Asked) -> str:
    """The column in which tests are looked for: that of their codes, or that of the codes they had at the source."""
    known = asked.findings
    by_source = "source" in asked.entry and "test" not in asked.entry
    return "" if known is None else known.source if by_source else known.test


def _results(asked: Asked, item: Item, columns: tuple[str, ...], tests: tuple[str, ...]) -> tuple[Result, ...] | None:
    """The forms in which the result is given; None, perhaps with a complaint, where there is none."""
    known = asked.findings
    if tests and not _key(asked):
        said = f"`{asked.work.standard.spelt(asked.name)}` has no column for tests"
        asked.complain(said, asked.within("test"), "name a `column`")
        return None
    forms = known.results if known else ()
    if columns:
        there = [asked.column(one, "column") for one in columns]
        return tuple(_form(asked, one, forms) for one in columns) if all(there) else None
    if not tests:
        return ()
    numeric = not isinstance(item.kind, Text)
    return tuple(one for one in forms if (numeric or not one.only) and asked.there(one.value))


def _form(asked: Asked, column: str, forms: tuple[Result, ...]) -> Result:
    """The form that a column is, with its unit and limits; else the column, and the unit beside it."""
    known = next((one for one in forms if one.value == column), None)
    if known is not None:
        return Result(known.value, known.unit, known.low, known.high)
    return Result(column, f"{column}U" if asked.there(f"{column}U") else "")


def _tests_there(asked: Asked, tests: tuple[str, ...]) -> bool:
    """Whether some test occurs; of one that a mapping names and that does not, a word."""
    key = _key(asked) if tests else ""
    codes = {code for table in asked.tables for code in table.index(key)} if key else set()
    for test in tests:
        if test.casefold() not in codes:
            near = nearest(test, (code.upper() for code in codes))
            cure = f"`{near}` is near" if near else None
            message = f"no row of `{asked.work.standard.spelt(asked.name)}` has the test `{test}`"
            asked.complain(message, asked.within("test" if "test" in asked.entry else "source", test), cure, mild=True)
    return bool(asked.path) or not tests or any(test.casefold() in codes for test in tests)
