"""Missing and dirty entries, put into clean tables at a rate, each noted.

Nothing is taken away without a trace where its absence would say something: a reading that is not done keeps its place
and its day, and an adverse event stays, with a field left blank. No record that was like this could tell otherwise.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from attrs import frozen

from protocol_dsl.base.quantity import decimal_text, read_number, unit
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Date, ListOf
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.tables import Tables

_REASONS: Final = ("not done", "pending", "refused")
_OTHER: Final = {
    "10*9/L": "/uL", "g/dL": "g/L", "g/L": "g/dL", "mg/dL": "mg/L", "kg": "g", "cm": "m", "ms": "s", "umol/L": "mmol/L",
    "mmol/L": "umol/L", "mm[Hg]": "kPa", "/uL": "10*9/L", "mg/kg/d": "ug/kg/d",
}  # fmt: skip
_KEPT: Final = frozenset({"patient", "cohort", "assigned_level", "level", "entry", "part"})
_BLANKED: Final = ("grade", "end", "attributed", "start")


@frozen
class Spoiled:
    """One entry that is not as it was: the table, the row (the header is row 1), the patient, and what was done."""

    table: str
    row: int
    patient: str
    what: str


def spoil(protocol: Protocol, tables: Tables, missing: Fraction, dirty: Fraction, dice: Dice) -> tuple[Spoiled, ...]:
    """Spoil the tables in place."""
    done: list[Spoiled] = []
    _observations(tables, missing, dirty, dice, done)
    _patients(protocol, tables, missing, dice, done)
    for name, item in protocol.items.items():
        if isinstance(item.kind, ListOf) and item.kind.record != "dose" and name in tables.rows:
            _events(name, tables, (missing, dirty), dice, done)
    return tuple(done)


def _observations(tables: Tables, missing: Fraction, dirty: Fraction, dice: Dice, done: list[Spoiled]) -> None:
    kept: list[dict[str, str]] = []
    for row in tables.rows["observations"]:
        if dice.chance(missing):
            reason = dice.pick(_REASONS)
            gone = {"patient": row["patient"], "item": row["item"], "date": row["date"], "reason": reason}
            tables.rows["missing"].append(gone)
            done.append(Spoiled("missing", len(tables.rows["missing"]) + 1, row["patient"], f"{row['item']} {reason}"))
            continue
        kept.append(row)
        if dice.chance(dirty):
            changed, what = _bent(row, dice)
            if changed is row:
                kept.append(dict(row))
            else:
                kept[-1] = changed
            done.append(Spoiled("observations", len(kept) + 1, row["patient"], f"{row['item']} {what}"))
    tables.rows["observations"] = kept


def _bent(row: dict[str, str], dice: Dice) -> tuple[dict[str, str], str]:
    """A row in another form; the row itself where it is entered twice."""
    way, number = dice.below(6), read_number(row["value"])
    other = unit(_OTHER.get(row["unit"], ""))
    given = unit(row["unit"]) if row["unit"] else None
    if way < 2 and number is not None and other is not None and given is not None:  # noqa: PLR2004 - two ways in six
        limits = {
            key: decimal_text(other.of_base(given.in_base(told))) if (told := read_number(row[key])) is not None else ""
            for key in ("lln", "uln")
        }
        value = decimal_text(other.of_base(given.in_base(number)))
        if not any("about" in text for text in (value, *limits.values())):
            return {**row, "value": value, "unit": other.code, **limits}, f"in {other.code}"
    if way in (0, 2):
        return row, "entered twice"
    if way in (1, 3):
        return {**row, "value": f"{row['value']}?"}, "unreadable"
    if way == 4 and row["date"]:  # noqa: PLR2004 - the fifth of six
        return {**row, "date": f"{row['date'][:4]}-02-31"}, "on a day that is in no calendar"
    return {**row, "value": row["value"].replace(".", ",") if "." in row["value"] else "n.k."}, "not a number"


def _patients(protocol: Protocol, tables: Tables, missing: Fraction, dice: Dice, done: list[Spoiled]) -> None:
    kept = (
        _KEPT
        | {*protocol.moments}
        | {one.complete.to for one in protocol.items.values() if one.complete and one.complete.to}
    )
    kept |= set(protocol.dlt.endings) if protocol.dlt else set()
    for number, row in enumerate(tables.rows["patients"], start=2):
        for column in row:
            if column in kept or not row[column] or not dice.chance(missing):
                continue
            item = protocol.items[column]
            if isinstance(item.kind, Date) and dice.below(2) and row[column][:1].isdigit():
                row[column] = row[column][:4]
                done.append(Spoiled("patients", number, row["patient"], f"{column} to the year only"))
                continue
            row[column] = ""
            tables.rows["missing"].append({"patient": row["patient"], "item": column, "date": "", "reason": "not done"})
            done.append(Spoiled("patients", number, row["patient"], f"{column} not done"))


def _events(name: str, tables: Tables, rates: tuple[Fraction, Fraction], dice: Dice, done: list[Spoiled]) -> None:
    kept: list[dict[str, str]] = []
    for row in tables.rows[name]:
        kept.append(row)
        blank = [key for key in _BLANKED if row.get(key)]
        if blank and dice.chance(rates[0]):
            key = dice.pick(blank)
            row[key] = ""
            done.append(Spoiled(name, len(kept) + 1, row["patient"], f"{key} left blank"))
        if not dice.chance(rates[1]):
            continue
        way = dice.below(3)
        if way == 0:
            kept.append(dict(row))
            done.append(Spoiled(name, len(kept) + 1, row["patient"], "entered twice"))
        elif way == 1 and row.get("start"):
            row["start"] = row["start"][:7]
            done.append(Spoiled(name, len(kept) + 1, row["patient"], "start to the month only"))
        elif row.get("grade"):
            row["grade"] = "severe"
            done.append(Spoiled(name, len(kept) + 1, row["patient"], "grade unreadable"))
    tables.rows[name] = kept
