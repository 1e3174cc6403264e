"""The data dictionary of a REDCap project: its fields, the instruments they are of, and how their cells are written.

The columns are those of the file that REDCap offers for download, or of its API; both have them in the same order
(REDCap Help & FAQ, "Data Dictionary").
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.base.quantity import read_number, unit
from protocol_dsl.model.vocabulary import AnyOf, Count, Grade, Item, Number, OneOf
from protocol_dsl.readers.bindings import NOTHING, Words
from protocol_dsl.readers.rows import Table, at
from protocol_dsl.readers.values import REASONS, as_name

_NAMES: Final = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "kind": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": ("choices, calculations, or slider labels", "choices or calculations", "select_choices_or_calculations"),
    "note": ("field note", "field_note"),
    "validation": ("text validation type or show slider number", "text_validation_type_or_show_slider_number"),
    "annotation": ("field annotation", "field_annotation"),
}
CHOSEN: Final = ("radio", "dropdown", "checkbox")
_BRACKETED: Final = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*[:?]?\s*$")
_LEADING: Final = re.compile(
    r"(?i)(?:grade|ecog|score|level)?\s*([0-9]+(?:\.[0-9]+)?)(?![0-9.%]|\s*(?:-|–|to)\s*[0-9])"
)
_MISSING: Final = re.compile(r"(?i)missing(?:\s+data)?(?:\s+codes?)?\s*[:=]\s*(.+)")
REASON_OF: Final = {"NASK": "not done", "NP": "not done", "NAV": "pending"}
"""Codes that REDCap suggests and that say more than that there is nothing: not asked, not present, not yet there."""


@frozen
class Field:
    """A field: its instrument, type and validation, its choices by code, and its codes for what is missing."""

    name: str
    form: str
    kind: str
    label: str = ""
    choices: Mapping[str, str] = NOTHING
    validation: str = ""
    unit: str = ""
    missing: Mapping[str, str] = NOTHING

    @property
    def is_day(self) -> bool:
        """Whether it holds a day, or a day with a time."""
        return self.validation.startswith(("date_", "datetime_"))

    @property
    def may_be_day(self) -> bool:
        """Whether it may: a box without a validation holds days that are known in part."""
        return self.is_day or (self.kind == "text" and not self.validation)

    @property
    def has_comma(self) -> bool:
        """Whether its decimals are written with a comma."""
        return self.validation.endswith("comma_decimal")

    def column(self, code: str) -> str:
        """The column in which a box is ticked, or not."""
        return f"{self.name}___{code.casefold().replace('-', '_')}"


@frozen
class Dictionary:
    """The fields by name, in their order, the first of which holds the id of the record."""

    fields: Mapping[str, Field]
    problems: tuple[Diagnostic, ...] = ()

    @property
    def record(self) -> str:
        """The field of the record's id."""
        return next(iter(self.fields))

    @property
    def forms(self) -> Mapping[str, tuple[Field, ...]]:
        """The fields of each instrument."""
        found: dict[str, tuple[Field, ...]] = {}
        for one in self.fields.values():
            found[one.form] = (*found.get(one.form, ()), one)
        return found


def is_dictionary(columns: Iterable[str]) -> bool:
    """Whether a table with these columns is a data dictionary."""
    names = {column.strip().casefold() for column in columns}
    return all(names & {*_NAMES[part]} for part in ("name", "form", "kind", "choices"))


def dictionary(tables: Iterable[Table]) -> Dictionary:
    """What the dictionaries say together; a field whose codes are not the same in all is left out."""
    fields: dict[str, Field] = {}
    problems: list[Diagnostic] = []
    doubtful: set[str] = set()
    for table in tables:
        for number, one in _rows(table):
            where, field = Cell(table.file, number), _field(one)
            if not field.name or not field.form:
                problems.append(at("PD703", "the row of the dictionary has no field, or no form", where))
            elif (field.choices, field.kind) != _meant(fields.setdefault(field.name, field)):
                message = f"the field `{field.name}` has other codes than further up, so that it is not used"
                problems.append(at("PD704", message, where, "keep the dictionary of this export"))
                doubtful.add(field.name)
    return Dictionary({name: one for name, one in fields.items() if name not in doubtful}, tuple(problems))


def _meant(field: Field) -> tuple[Mapping[str, str], str]:
    return field.choices, field.kind


def _rows(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    heads = [column.strip().casefold() for column in table.columns]
    places = {part: next((heads.index(name) for name in names if name in heads), -1) for part, names in _NAMES.items()}
    for row in (one for one in table.rows if one.sound):  # in others a code may stand under the wrong column
        yield row.number, {part: row.cells[place].strip() if place >= 0 else "" for part, place in places.items()}


def _field(cells: Mapping[str, str]) -> Field:
    kind, choices = cells["kind"].casefold(), {}
    if kind in CHOSEN:
        pairs = (part.partition(",") for part in cells["choices"].split("|"))
        choices = {code.strip(): label.strip() for code, _, label in pairs if code.strip()}
    elif kind in ("yesno", "truefalse"):
        choices = {"1": "yes", "0": "no"}
    found = _MISSING.search(cells["annotation"].split("\n")[0])
    return Field(
        cells["name"].casefold(),
        cells["form"].casefold(),
        kind,
        cells["label"],
        choices,
        cells["validation"].casefold(),
        _unit(cells["label"]) or _unit(cells["note"]),
        dict(_code(part) for part in found[1].split("|")) if found else {},
    )


def _code(text: str) -> tuple[str, str]:
    """A code for what is missing and its reason, from `-999, Not done`."""
    code, _, label = (part.strip() for part in text.partition(","))
    said = " ".join(re.split(r"[\s_-]+", label.casefold()))
    return code, said if said in REASONS else REASON_OF.get(code.upper(), "not collected")


def _unit(text: str) -> str:
    """The unit in brackets at the end of a label: `Weight (kg)`."""
    found = _BRACKETED.search(text)
    said = (found[1], found[1].partition(",")[0]) if found else ()
    return next((one.strip() for one in said if unit(one.strip()) is not None), "")


def codes(field: Field, item: Item) -> dict[str, str]:
    """What each code of a field is for an item; nothing where codes are what the item takes.

    What a person saw is the label. For a number it is the one that the label begins with; a label without any number
    leaves the code, which then is the score, and a label with a number elsewhere is left to be said.
    """
    if isinstance(item.kind, Number | Count | Grade):
        return {code: _number(code, label) for code, label in field.choices.items() if _number(code, label) != code}
    members = item.kind.members if isinstance(item.kind, OneOf | AnyOf) else ()
    return {code: _word(code, label, members) for code, label in field.choices.items()}


def _number(code: str, label: str) -> str:
    found = _LEADING.match(label)
    if found:
        return code if read_number(code) == read_number(found[1]) else found[1]
    return label if re.search(r"[0-9]", label) else code


def _word(code: str, label: str, members: tuple[str, ...]) -> str:
    by_name = {as_name(member): member for member in members}
    return by_name.get(as_name(label)) or by_name.get(as_name(code)) or Words(names=True).of(label)
