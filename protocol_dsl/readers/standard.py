"""What a standard of tables knows by itself: which columns hold results, and what feeds an item where nobody says."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from protocol_dsl.model.vocabulary import Item, Moment, RecordType
from protocol_dsl.readers.bindings import NOTHING, Result
from protocol_dsl.readers.domains import Domain, Domains

Entry = Mapping[str, Any]
"""An entry as a mapping file has it."""


@frozen
class Findings:
    """The columns of a table that has a row for each result.

    `specimens` are those that count where a mapping names none. `source` holds the code that the test had before it
    was given one of the standard. Without a `test` there is none, and each row has several results in columns.
    """

    test: str
    results: tuple[Result, ...]
    dates: tuple[str, ...]
    study_day: str = ""
    status: str = ""
    specimen: str = ""
    method: str = ""
    category: str = ""
    all_tests: str = ""
    specimens: frozenset[str] = frozenset()
    source: str = ""


@frozen
class Standard:
    """A standard of tables. The callables say, in the form of a mapping, what feeds what; None where it cannot tell.

    `reference` is the column of the patients from which days are numbered; `numbers` are columns that only number the
    rows, so that they do not tell two rows apart. `likely` gives the short form of a place that may be meant. `status`
    is the column that says of an entry of a list that it was not asked for, `last_day` the one that says to when a dose
    that begins in another went on. `about_no_patient` are tables of the trial itself,
    `occasional` those that are there only where there is something to tell. `named` is what stands for an item.
    """

    label: str
    patients: str
    patient: str
    reference: str
    findings: Callable[[Domain], Findings | None]
    item: Callable[[Item, Domains], Entry | None]
    moment: Callable[[Moment, Domains], Entry | None]
    records: Callable[[RecordType, Domains], Entry | None]
    ongoing: Callable[[str], tuple[str, ...]]
    study_day: Callable[[str], str]
    numbers: Callable[[Domain], tuple[str, ...]]
    places: Callable[[Domains, tuple[str, ...]], Entry]
    likely: Callable[[Item, Domains], str | None]
    status: Callable[[Domain], str]
    last_day: Callable[[str], str]
    about_no_patient: frozenset[str] = frozenset()
    small: bool = False
    named: str = "code"
    spellings: Mapping[str, str] = NOTHING
    occasional: frozenset[str] = frozenset()

    def spelt(self, name: str) -> str:
        """A name of a table or a column as the standard writes it: in capitals, `small`, or spelt in its own way."""
        return self.spellings.get(name) or (name.lower() if self.small else name.upper())
