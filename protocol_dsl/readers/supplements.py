"""What SDTM keeps beside a table, joined to its rows: supplemental qualifiers. SDTMIG 3.4, section 8.4."""

from collections import Counter
from collections.abc import Iterable

from attrs import define, evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.readers.domains import Domain
from protocol_dsl.readers.rows import at

_Key = tuple[str, str]


@define
class _Parents:
    """The tables that supplements may belong to, with their rows by the values of an identifying column."""

    tables: list[Domain]
    keyed: dict[tuple[int, str], dict[_Key, list[int]]]

    def rows(self, domain: str, column: str, key: _Key) -> list[tuple[int, int]]:
        """The rows of a domain, as table and row, of a patient, with a value below a column; all without a column."""
        found = []
        for number, table in enumerate(self.tables):
            if table.name == domain:
                found += [(number, row) for row in self._keyed(number, column).get(key, ())]
        return found

    def _keyed(self, number: int, column: str) -> dict[_Key, list[int]]:
        if (number, column) not in self.keyed:
            table = self.tables[number]
            found: dict[_Key, list[int]] = {}
            for row in range(len(table.rows)):
                value = _number(table.cell(column, row)) if column else ""
                found.setdefault((table.cell("USUBJID", row), value), []).append(row)
            self.keyed[number, column] = found
        return self.keyed[number, column]


def _number(text: str) -> str:
    """IDVARVAL is text, and the number it names may be written otherwise."""
    plain = text.strip()
    whole, point, part = plain.partition(".")
    return whole if point and not part.strip("0") else plain


def joined(tables: Iterable[Domain]) -> tuple[list[Domain], dict[str, set[int]], list[Diagnostic]]:
    """The tables with the qualifiers as columns; the rows by file that belong to none, and what is said of them.

    A qualifier that is given twice for a row, and differently, is left out of it and said.
    """
    every = list(tables)
    parents = _Parents([one for one in every if not one.has("RDOMAIN")], {})
    added: list[dict[str, list[str]]] = [{} for _ in parents.tables]
    faulty: dict[str, set[int]] = {}
    problems: list[Diagnostic] = []
    for one in every:
        if one.has("RDOMAIN") and one.has("QNAM"):
            lost = _join(one, parents, added)
            if lost:
                faulty[one.table.file] = {one.rows[row].number for row in lost}
                problems.append(_said(one, lost))
    rest = [one for one in every if one.has("RDOMAIN")]
    return (
        [evolve(one, added=columns) for one, columns in zip(parents.tables, added, strict=True)] + rest,
        faulty,
        problems,
    )


def _join(supplement: Domain, parents: _Parents, added: list[dict[str, list[str]]]) -> list[int]:
    """Put each qualifier into its column; give the rows that belong to no row, or contradict another."""
    lost = []
    for row in range(len(supplement.rows)):
        domain, column = supplement.cell("RDOMAIN", row).upper(), supplement.cell("IDVAR", row).upper()
        value = _number(supplement.cell("IDVARVAL", row)) if column else ""
        places = parents.rows(domain, column, (supplement.cell("USUBJID", row), value))
        if not places or not supplement.rows[row].sound:
            lost.append(row)
        name, text = supplement.cell("QNAM", row).upper(), supplement.cell("QVAL", row)
        for number, parent in places if supplement.rows[row].sound else ():
            cells = added[number].setdefault(name, [""] * len(parents.tables[number].rows))
            if cells[parent] not in ("", text):
                lost.append(row)
            else:
                cells[parent] = text
    return sorted(set(lost))


def _said(supplement: Domain, lost: list[int]) -> Diagnostic:
    names = Counter(supplement.cell("QNAM", row) for row in lost)
    count = f" ({len(lost)} rows)" if len(lost) > 1 else ""
    message = f"the qualifier `{next(iter(names))}` belongs to no row, or to one that has another{count}"
    where = Cell(supplement.table.file, supplement.rows[lost[0]].number, "IDVARVAL")
    return at("PD754", message, where, "IDVAR and IDVARVAL name the row, as in `AESEQ` and `3`")
