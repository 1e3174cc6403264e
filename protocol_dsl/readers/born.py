"""Days of birth that are not in the data, as the days between which an age in completed years puts them."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.studytime import Rounding, read_day, shift
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.readers.domains import Domain, Domains
from protocol_dsl.readers.mapping import MappingFile
from protocol_dsl.readers.rows import at

_BIRTH = "BRTHDTC"
_REFERENCES = ("RFICDTC", "RFSTDTC", "DMDTC")
"""AGE is that at the reference start, or at consent: studies differ (SDTMIG 3.4, section 5.2)."""

_NAMES = ("birth_date", "date_of_birth")
_OLDEST = 130
Said = Callable[[Protocol, MappingFile], Iterable[Diagnostic]]


def with_birth(domains: Domains, patients: str = "DM") -> tuple[Domains, Said]:
    """The tables, with days of birth where there is only an age; and what to say of it, if the protocol asks for it."""
    made: list[tuple[Domain, int]] = []
    found = []
    for one in domains.get(patients, ()):
        births = [one.cell(_BIRTH, row) or _between(one, row) for row in range(len(one.rows))]
        derived = sum(bool(birth) and not one.cell(_BIRTH, row) for row, birth in enumerate(births))
        if derived:
            made.append((one, derived))
        found.append(evolve(one, added={**one.added, _BIRTH: births}) if derived else one)

    def said(protocol: Protocol, mapping: MappingFile) -> Iterable[Diagnostic]:
        asked = [name for name in _NAMES if name in protocol.items and name not in mapping.items]
        for domain, number in made if asked else ():
            whose = "1 patient has" if number == 1 else f"{number} patients have"
            message = f"{whose} an age and no day of birth, so that `{asked[0]}` is known to a year or so"
            cure = "where a limit lies within that year, what rests on it is unknown"
            yield at("PD755", message, Cell(domain.table.file, None, "AGE"), cure, mild=True)
        if "age" in protocol.items and "age" not in mapping.items:
            for domain in found:
                message = "`age` is taken from AGE, the completed years on the day of reference"
                where = Label(Cell(domain.table.file, None, "AGE"))
                yield Diagnostic("PD755", Severity.NOTE, message, where, help="an item `birth_date` would be exact")

    return ({**domains, patients: tuple(found)} if found else domains), said


def _between(domain: Domain, row: int) -> str:
    """Between which days somebody was born who had so many birthdays by one of the days of reference."""
    age, unit = domain.cell("AGE", row), domain.cell("AGEU", row).upper()
    days = [read_day(domain.cell(column, row)[:10]) for column in _REFERENCES]
    known = [day for day in days if day is not None]
    if not (age.isascii() and age.isdigit()) or int(age) > _OLDEST or unit not in ("", "YEARS") or not known:
        return ""
    first, last = min(day.first for day in known), max(day.last for day in known)
    earliest = shift(first, years=-int(age) - 1, rounding=Rounding.DOWN) + timedelta(days=1)
    latest = shift(last, years=-int(age), rounding=Rounding.DOWN)
    return f"{earliest.isoformat()}/{latest.isoformat()}"
