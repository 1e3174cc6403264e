"""From when each version of a protocol is in force, and where: the rows of versions.csv."""

from typing import Final

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.readers.data import Approved
from protocol_dsl.readers.gathering import Sheet
from protocol_dsl.readers.rows import at
from protocol_dsl.readers.values import Problem, read_days

_COLUMNS: Final = ("site", "version", "effective")
UNHEEDED: Final = "PD734"
"""The code of the warning that one version reads everybody; who goes by the version in force drops it."""
SITE: Final = "site"
"""The column that says where a patient was asked for consent; an item of the same name is read as any other."""


def approvals(sheet: Sheet) -> list[Approved]:
    """The rows of versions.csv. Their days are plans, and say nothing of how far the data reach."""
    sheet.warn_of([name for name in sheet.columns if name not in _COLUMNS], _COLUMNS)
    sheet.complain_of_doubled(sheet.doubled)
    found: list[Approved] = []
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
            here = Approved(entry.text("site"), version, days.first)
            other = next((one for one in found if (one.site, one.version) == (here.site, version)), here)
            if other != here:
                message = f"an earlier row says {other.effective.isoformat()} of the same version and site"
                entry.complain(Problem("PD730", message, "keep the row that holds"), "effective")
            found.append(here)
    if found:
        _warn(sheet)
    return found


def _warn(sheet: Sheet) -> None:
    """That everybody is read by one version here, whichever was in force for them."""
    version = sheet.gathering.protocol.header.version
    by = f"version {version}" if version else "this file"
    message = f"everybody is read by {by}, whichever version was in force for them at consent"
    cure = "`protocol screen` with the files of all versions takes for each patient the one in force"
    sheet.gathering.problems.append(at(UNHEEDED, message, Cell(sheet.table.file), cure, mild=True))
