"""From when each version of a protocol is in force, and where: the rows of versions.csv."""

from typing import Final

from protocol_dsl.readers.data import Approved
from protocol_dsl.readers.gathering import Sheet
from protocol_dsl.readers.values import Problem, read_days

SITE: Final = "site"
"""The column that says where a patient was asked for consent; an item of the same name is read as any other."""


def approvals(sheet: Sheet) -> list[Approved]:
    """The rows of versions.csv. Their days are plans, and say nothing of how far the data reach."""
    found = []
    for entry in sheet.entries():
        days, version = read_days(entry.text("effective")), entry.text("version")
        if not entry.row.sound:
            continue
        if not version:
            entry.complain(Problem("PD710", "the row names no version", "say which version came into force"), "version")
        elif isinstance(days, Problem):
            entry.complain(days, "effective")
        elif not days.exact:
            message = f"`{entry.text('effective')}` is not a whole date"
            entry.complain(Problem("PD725", message, "name the day"), "effective")
        else:
            found.append(Approved(entry.text("site"), version, days.first))
    return found
