"""The shape of a mapping file: which keys stand where, and what may stand behind them."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from protocol_dsl.base.nearest import nearest
from protocol_dsl.readers.values import REASONS

Keys = tuple[str, ...]
CONTEXT: Final = ("level", "assigned_level", "cohort", "part", "stratum", "entry")
_SHORT: Final = re.compile(r"[A-Za-z0-9_]+\.[A-Za-z0-9_][^\s]*")


@frozen
class Flaw:
    """What is wrong with an entry, where it stands, and what would do."""

    path: Keys
    message: str
    cure: str


@frozen
class _Form:
    """What may stand behind a key: what a person writes there, whether a value is that, and what is wrong inside it."""

    wanted: str
    holds: Callable[[Any], bool]
    inside: Callable[[Any, Keys], Iterator[Flaw]] | None = None


def flaws(held: Mapping[str, Any]) -> Iterator[Flaw]:
    """All that has no meaning in a mapping."""
    yield from _table(held, _FILE, ())


def _table(held: Mapping[str, Any], forms: Mapping[str, _Form], path: Keys) -> Iterator[Flaw]:
    for key, value in held.items():
        form = forms.get(key)
        if form is None:
            near = nearest(key, forms)
            cure = f"`{near}` is near" if near else f"there are {', '.join(f'`{one}`' for one in forms)}"
            yield Flaw((*path, key), f"a mapping has no `{key}` here", cure)
        else:
            yield from _value(value, form, (*path, key))


def _value(value: object, form: _Form, path: Keys) -> Iterator[Flaw]:
    if not form.holds(value):
        yield Flaw(path, f"`{path[-1]}` is not written as it should be", f"write {form.wanted}")
    elif form.inside is not None and isinstance(value, dict):
        yield from form.inside(value, path)


def _each(form: _Form) -> Callable[[Any, Keys], Iterator[Flaw]]:
    """Every value of a table whose keys are free."""

    def inside(held: Mapping[str, Any], path: Keys) -> Iterator[Flaw]:
        for key, value in held.items():
            yield from _value(value, form, (*path, key))

    return inside


def _of(forms: Mapping[str, _Form], needed: str = "") -> Callable[[Any, Keys], Iterator[Flaw]]:
    """A table with these keys, one of them needed."""

    def inside(held: Mapping[str, Any], path: Keys) -> Iterator[Flaw]:
        yield from _table(held, forms, path)
        if needed and needed not in held:
            yield Flaw(path, f"`{path[-1]}` has no `{needed}`", f"say it, as in `{{ {needed} = ... }}`")

    return inside


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_texts(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _is_column(value: object) -> bool:
    return _are_texts(value) or _is_table(value)


def _are_scalars(value: object) -> bool:
    ones = value if isinstance(value, list) else [value]
    return all(isinstance(one, str | int | float) for one in ones)


def _is_entry(value: object) -> bool:
    return _is_table(value) or (isinstance(value, str) and _SHORT.fullmatch(value) is not None)


_TEXT: Final = _Form("a text", _is_text)
_TEXTS: Final = _Form("a text, or a list of texts", _are_texts)
_SWITCH: Final = _Form("`true` or `false`", lambda value: isinstance(value, bool))
_DATE: Final = _Form(
    "a text, a list of texts, or `false` where there is none", lambda value: value is False or _are_texts(value)
)
_SCALARS: Final = _Form("a text, a number, or a list of them", _are_scalars)
_FILTERS: Final = _Form("a table of columns, as in `{ VISITNUM = 1 }`", _is_table, _each(_SCALARS))
_REASON: Final = _Form(f"a reason: {', '.join(f'`{one}`' for one in REASONS)}", lambda value: value in REASONS)
_VALUES: Final = _Form('a table of texts, as in `{ M = "male" }`', _is_table, _each(_TEXT))

_WHERE: Final = {"from": _TEXTS, "where": _FILTERS, "unless": _FILTERS}
_READ: Final = {"column": _TEXTS, "values": _VALUES, "others": _TEXT, "empty": _TEXT, "value": _TEXT, "unit": _TEXT}
_TESTED: Final = {
    **dict.fromkeys(("test", "source"), _SCALARS),
    **dict.fromkeys(("specimen", "method", "category"), _TEXTS),
}
_COLUMN: Final = _Form(
    "the name of a column, a list of names, or a table", _is_column, _of({**_READ, "unit_column": _TEXTS})
)
_ENTRY: Final = _Form(
    '`"DOMAIN.NAME"`, as in `"LB.CREAT"`, or a table',
    _is_entry,
    _of({**_WHERE, **_TESTED, **_READ, "date": _DATE}),
)
_COMPLETE: Final = _Form(
    "the name of a column, or a table with a `column`",
    lambda value: _is_text(value) or _is_table(value),
    _of({"column": _TEXT, "on_or_before": _TEXT, "all_rows": _SWITCH}, needed="column"),
)
_FIELDS: Final = _Form("a table of the record's fields", _is_table, _each(_COLUMN))
_LIST: Final = _Form(
    "a table",
    _is_table,
    _of({**_WHERE, "columns": _FIELDS, "complete": _COMPLETE, "same": _TEXTS, "first_by": _TEXT}),
)
_PATIENTS: Final = _Form(
    "a table: `[patients]`",
    _is_table,
    _of({"where": _FILTERS, "unless": _FILTERS, "identifier": _TEXT, **dict.fromkeys(CONTEXT, _COLUMN)}),
)
_FILE: Final = {
    "standard": _TEXT,
    "blank": _TEXTS,
    "patients": _PATIENTS,
    "units": _Form("a table: `[units]`", _is_table, _each(_TEXT)),
    "missing": _Form('a table of codes, as in `{ UNK = "not collected" }`', _is_table, _each(_REASON)),
    "items": _Form("a table: `[items]`", _is_table, _each(_ENTRY)),
    "moments": _Form("a table: `[moments]`", _is_table, _each(_ENTRY)),
    "lists": _Form("a table: `[lists]`", _is_table, _each(_LIST)),
}
