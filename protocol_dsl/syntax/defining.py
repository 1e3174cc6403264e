"""The nodes of definitions, sets, settings and tables, exactly as written."""

from __future__ import annotations

from typing import TypeAlias

from protocol_dsl.syntax.amending import AmendmentHead
from protocol_dsl.syntax.logic import Condition, Note
from protocol_dsl.syntax.tree import Node, Word, node


@node
class Row(Node):
    """A row of a table: its cells, each with its place."""

    cells: tuple[Word, ...]
    notes: tuple[Note, ...] = ()


@node
class Parameter(Node):
    name: Word
    unit: Word | None


@node
class ValidWhen(Node):
    """Where a formula may be used: `valid when age at least 18 years`."""

    condition: Condition


@node
class ValidOnlyFor(Node):
    """For whom a formula was made, in words that are not computed."""

    text: Word


Validity: TypeAlias = ValidWhen | ValidOnlyFor


@node
class RoundedLine(Node):
    step: Word


@node
class DefinedAs(Node):
    condition: Condition
    rounded: Word | None
    notes: tuple[Note, ...] = ()
    valid: tuple[Validity, ...] = ()
    rounded_again: tuple[Word, ...] = ()


@node
class DefinedByTable(Node):
    rows: tuple[Row, ...]
    rounded: Word | None = None
    notes: tuple[Note, ...] = ()
    valid: tuple[Validity, ...] = ()
    rounded_again: tuple[Word, ...] = ()


@node
class Case(Node):
    """`lansky when age less than 16 years`; the last may say `otherwise` and has no condition."""

    result: Condition
    when: Condition | None


@node
class DefinedByCases(Node):
    cases: tuple[Case, ...]
    rounded: Word | None = None
    notes: tuple[Note, ...] = ()
    valid: tuple[Validity, ...] = ()
    rounded_again: tuple[Word, ...] = ()


@node
class Definition(Node):
    name: Word
    method: Word | None
    label: Word | None
    unit: Word | None
    parameters: tuple[Parameter, ...]
    body: DefinedAs | DefinedByTable | DefinedByCases


@node
class SetListed(Node):
    name: Word
    label: Word | None
    version: Word
    members: tuple[Word, ...]
    notes: tuple[Note, ...] = ()


@node
class SetFromFile(Node):
    name: Word
    label: Word | None
    file: Word
    version: Word
    notes: tuple[Note, ...] = ()


@node
class Setting(Node):
    """A line of plain words, with the table, the notes, and (of a stage) the settings below it."""

    phrase: Word
    rows: tuple[Row, ...] = ()
    notes: tuple[Note, ...] = ()
    settings: tuple[Setting, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether rows stand below it, and no settings."""
        return bool(self.rows) and not self.settings

    @property
    def is_stage(self) -> bool:
        """Whether it is a stage of an escalation, below which its own settings stand."""
        return self.phrase.text.split(None, 1)[0] == "stage"


@node
class Table(Node):
    rows: tuple[Row, ...]


@node
class GradingHead(Node):
    term: Word
    direction: Word


@node
class Band(Node):
    """A row of a grading: its grade, when it applies, and what is asked for besides. None is otherwise, or nothing."""

    grade: Word
    when: Condition | None
    also: Word | None
    notes: tuple[Note, ...] = ()


@node
class Banding(Node):
    """A table of a grading below the line that says in which unit it is read."""

    phrase: Word
    columns: Row
    bands: tuple[Band, ...]
    notes: tuple[Note, ...] = ()


FurtherHead: TypeAlias = GradingHead | AmendmentHead
"""The heads of sections whose entries have a file of their own."""
