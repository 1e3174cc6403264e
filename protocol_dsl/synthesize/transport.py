"""A writer of SAS transport files, version 5: SAS Institute, TS-140, The Record Layout of a Data Set."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction

Cell = str | int | float | None
_CARD = 80
_STAMP = b"01JAN26:00:00:00"


def written(name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, longer: bool = False) -> bytes:
    """A file of one data set. A column is of numbers where any of its cells is one.

    With `longer` a row takes more than a record, so that nobody who counts rows takes blanks in one for the file's end.
    """
    numeric = [any(isinstance(row[i], int | float) for row in rows) for i in range(len(columns))]
    lengths = [
        8 if number else max([len(_bytes(row[i])) for row in rows] or [1]) or 1 for i, number in enumerate(numeric)
    ]
    if longer and sum(lengths) <= _CARD and not all(numeric):
        lengths[numeric.index(False)] += _CARD + 1 - sum(lengths)
    head = [
        b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"0" * 30,
        b"SAS     SAS     SASLIB  9.4     TEST    " + b" " * 24 + _STAMP,
        _STAMP,
        b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!" + b"0" * 16 + b"01600000000140",
        b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!" + b"0" * 30,
        b"SAS     " + name.encode().ljust(8) + b"SASDATA 9.4     TEST    " + b" " * 24 + _STAMP,
        _STAMP,
        b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!" + b"0" * 6 + b"%04d" % len(columns) + b"0" * 20,
    ]
    described = b"".join(
        _described(i, column, numeric[i], lengths[i], sum(lengths[:i])) for i, column in enumerate(columns)
    )
    body = b"".join(
        _ibm(cell) if numeric[i] else _bytes(cell).ljust(lengths[i]) for row in rows for i, cell in enumerate(row)
    )
    start = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!" + b"0" * 30
    return b"".join(map(_padded, (*head, described, start, body)))


def _bytes(cell: Cell) -> bytes:
    return b"" if cell is None else str(cell).encode()


def _padded(record: bytes) -> bytes:
    return record + b" " * (-len(record) % _CARD)


def _described(number: int, name: str, numeric: bool, length: int, at: int) -> bytes:  # noqa: FBT001
    kind = 1 if numeric else 2
    return struct.pack(
        ">hhhh8s40s8shhh2s8shhl52s",
        kind, 0, length, number + 1, name.encode().ljust(8), b" " * 40, b" " * 8, 0, 0, 0, b"  ", b" " * 8, 0, 0, at,
        b"\0" * 52,
    )  # fmt: skip


def _ibm(cell: Cell) -> bytes:
    """A number in IBM's form: a sign, a power of 16 above 64, and 56 bits; a point for a missing one."""
    if cell is None or cell == "":
        return b"." + b"\0" * 7
    number = Fraction(cell)
    if number == 0:
        return b"\0" * 8
    power, left = 64, abs(number)
    while left >= 1:
        left, power = left / 16, power + 1
    while left < Fraction(1, 16):
        left, power = left * 16, power - 1
    sign = 128 if number < 0 else 0
    return bytes([sign | power]) + int(left * 2**56).to_bytes(7, "big")
