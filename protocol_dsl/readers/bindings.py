"""What feeds an item or a list: columns, the rows that count, and how their texts are read."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from protocol_dsl.readers.values import as_name

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_BETWEEN: Final = re.compile(r"(?<=\w)[\s/,.()&;:_-]+(?=\w)")


@frozen
class Filter:
    """Rows count where the text below a column is one of these, or, where not `wanted`, none of them."""

    column: str
    accepted: frozenset[str]
    wanted: bool = True

    def holds(self, *texts: str) -> bool:
        """Whether a row with this text counts; where a cell has several, whether one of them is meant."""
        return any(text.casefold() in self.accepted for text in texts) is self.wanted


@frozen
class Result:
    """One form in which a table gives a result: the columns of value, unit and limits.

    `only` narrows it: to a text that is a `number`, or to a `bound` such as `<5`.
    """

    value: str
    unit: str = ""
    low: str = ""
    high: str = ""
    only: str = ""


@frozen
class Words:
    """How a text of the data becomes one of the protocol: by a value set, and else as it stands.

    `names` makes it a name of the language: `LIP AND/OR ORAL CAVITY CANCER` is `lip_and_or_oral_cavity_cancer`. Of
    `several` that stand together, as boxes that were ticked do, each is looked up by itself.
    """

    values: Mapping[str, str] = NOTHING
    others: str | None = None
    empty: str = ""
    names: bool = False
    several: bool = False

    def of(self, text: str, *also: str) -> str:
        """The protocol's text; `values` are looked up without regard to capitals, by whatever else a cell says too."""
        if not text:
            return self.empty
        known = (self.values.get(one.casefold()) for one in (text, *also))
        found = next((one for one in known if one is not None), None)
        if found is None and self.several and "|" in text:
            return "|".join(filter(None, map(self.of, text.split("|"))))
        found = self.others if found is None else found
        if found is not None:
            return found
        return as_name(_BETWEEN.sub("_", text.replace("'", "").strip("().,; "))) if self.names else text


@frozen
class ItemBinding:
    """What feeds an item or a moment. `all_tests` is the code that stands for every test where none was done.

    `constant` is the value of every row that counts, in place of a result. `is_day` says that the value is a day.
    """

    item: str
    domain: str
    results: tuple[Result, ...] = ()
    filters: tuple[Filter, ...] = ()
    test: str = ""
    tests: tuple[str, ...] = ()
    all_tests: str = ""
    category: str = ""
    dates: tuple[str, ...] = ()
    study_day: str = ""
    status: str = ""
    words: Words = Words()
    constant: str = ""
    unit: str = ""
    is_day: bool = False


@frozen
class FieldBinding:
    """What feeds a field of a list, or a place of a patient in the trial: the first of the columns that has a text.

    `ongoing` are columns that say, where there is no end, that there was none yet. `until` is the column of the last
    day of what went on after its first, as doses do: it stands for further entries on days that are not known.
    """

    field: str
    columns: tuple[str, ...] = ()
    unit_columns: tuple[str, ...] = ()
    words: Words = Words()
    constant: str = ""
    unit: str = ""
    is_day: bool = False
    study_day: str = ""
    ongoing: tuple[str, ...] = ()
    until: str = ""


@frozen
class Complete:
    """Up to when a list is complete: the latest day of a column, of those on or before the day of another.

    Columns of the patients' own table are written with a point before them, as in `.RFPENDTC`. `all_rows` lets rows
    count too that are no entries of the list: that a page was filled in says as much.
    """

    column: str
    on_or_before: str = ""
    all_rows: bool = False


@frozen
class ListBinding:
    """What feeds a list. Rows that agree below the columns `same` are one entry: the first by `first_by`.

    Where the column `status` has a text, nobody knows whether there is such an entry.
    """

    list: str
    domain: str
    fields: tuple[FieldBinding, ...]
    filters: tuple[Filter, ...] = ()
    complete: Complete | None = None
    same: tuple[str, ...] = ()
    first_by: str = ""
    status: str = ""


@frozen
class Bound:
    """All that feeds a protocol. `entries` is the mapping written out, by section; `unbound` says what has nothing."""

    places: tuple[FieldBinding, ...] = ()
    patients: tuple[Filter, ...] = ()
    items: tuple[ItemBinding, ...] = ()
    lists: tuple[ListBinding, ...] = ()
    entries: Mapping[str, Mapping[str, Mapping[str, Any]]] = NOTHING
    unbound: Mapping[str, str] = NOTHING
