"""The cells of a keyed table: names and sets, numbers and ranges of numbers."""

from __future__ import annotations

import re
from fractions import Fraction

from attrs import frozen

from protocol_dsl.base.quantity import ONE, Unit, read_number, unit
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import membership
from protocol_dsl.elaborate.kinds import Typed
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax.tree import Word


@frozen
class Column:
    """A key: what it is about, and the unit in its header."""

    subject: Typed
    unit: Unit | None


@frozen
class Key:
    """A cell of a key: names, or a range of numbers in the unit of the column; `any` is neither."""

    cell: Word
    names: frozenset[str] | None = None
    set: str | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    @property
    def narrows(self) -> bool:
        """Whether the cell asks for anything."""
        return self.names is not None or self.low is not None or self.high is not None


@frozen
class Line:
    """A row: its keys and its result."""

    keys: tuple[Key, ...]
    result: Typed
    span: Span
    otherwise: bool = False


def calendar_unit(period: str) -> Unit:
    """Years or months as a unit."""
    return unit(period) or ONE


# --- names --------------------------------------------------------------------------------------------------------


def named(cell: Word, column: Column, scope: Scope) -> Key | None:
    """A cell of names: one, several with commas, or a set."""
    found = scope.desk.sets.get(cell.text)
    kind = column.subject.kind
    if found is not None and not (isinstance(kind, v.OneOf) and cell.text in kind.members):
        return _of_set(cell, found, column, scope)
    words = [part.strip() for part in cell.text.split(",")]
    members = [membership.member(column.subject, Word(word, span=cell.span), scope) for word in words]
    if any(member is None for member in members):
        return None
    return Key(cell, frozenset(words))


def _of_set(cell: Word, found: v.NamedSet, column: Column, scope: Scope) -> Key | None:
    kind = column.subject.kind
    alien = [name for name in found.members if isinstance(kind, v.OneOf) and name not in kind.members]
    if alien:
        message = f"the set `{found.name}` holds `{alien[0]}`, which is no value of the key"
        others = [(found.span, "the set"), (column.subject.declared, "the key")]
        scope.error("PD205", message, cell.span, others=others)
        return None
    return Key(cell, frozenset(found.members), found.name)


# --- numbers ------------------------------------------------------------------------------------------------------

_N = r"([-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)"
_FORMS = (
    (re.compile(rf"(?:from )?{_N} to under {_N}"), (False, True)),
    (re.compile(rf"(?:from )?{_N} to {_N}"), (False, False)),
    (re.compile(rf"over {_N} to under {_N}"), (True, True)),
    (re.compile(rf"over {_N} to {_N}"), (True, False)),
)
_FROM = re.compile(rf"(?:{_N} or more|(?:at least|from) {_N})")
_OVER = re.compile(rf"(?:over|more than) {_N}")
_UNDER = re.compile(rf"(?:under|less than) {_N}")
_UP_TO = re.compile(rf"(?:{_N} or less|(?:at most|up to) {_N})")
_ALONE = re.compile(_N)


def numbers(cell: Word, scope: Scope) -> Key | None:
    """A cell of numbers: `from 2 to under 6`, `2 to 3`, `16 or more`, `under 1`, `over 5`, or one number."""
    text = " ".join(cell.text.split())
    found = _between(cell, text) or _one_end(cell, text)
    if found is None:
        message = f"`{cell.text}` is no number and no range of numbers"
        cure = "write `2 to 3`, `from 2 to under 6`, `16 or more`, `under 1`, `over 5`, a number or `any`"
        scope.error("PD213", message, cell.span, help=cure)
    elif found.low is not None and found.high is not None and _is_empty(found.low, found.high, found):
        scope.error("PD213", f"the range `{cell.text}` holds no number", cell.span, help="give the lower end first")
        return None
    return found


def _is_empty(low: Fraction, high: Fraction, key: Key) -> bool:
    return low > high or (low == high and (key.low_open or key.high_open))


def _between(cell: Word, text: str) -> Key | None:
    for pattern, (low_open, high_open) in _FORMS:
        match = pattern.fullmatch(text)
        if match is not None:
            low, high = read_number(match[1]), read_number(match[2])
            if low is not None and high is not None:
                return Key(cell, low=low, high=high, low_open=low_open, high_open=high_open)
    return None


def _one_end(cell: Word, text: str) -> Key | None:
    for pattern in (_FROM, _OVER, _UNDER, _UP_TO, _ALONE):
        match = pattern.fullmatch(text)
        value = read_number(next(group for group in match.groups() if group)) if match is not None else None
        if value is None:
            continue
        if pattern in (_FROM, _OVER):
            return Key(cell, low=value, low_open=pattern is _OVER)
        if pattern in (_UNDER, _UP_TO):
            return Key(cell, high=value, high_open=pattern is _UNDER)
        return Key(cell, low=value, high=value)
    return None
