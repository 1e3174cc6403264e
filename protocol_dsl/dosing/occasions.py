"""When a dose is given, and at which level, as far as the record and what was asked say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from attrs import frozen

from protocol_dsl.dosing.plan import products
from protocol_dsl.evaluate.moments import Moments, doses_by, moments_of
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record


@frozen
class Occasion:
    """A moment at which a product is given and its day, None where that is not known.

    Without a moment the patient is taken as on the as-of date. `moments` holds all moments, this one with its day.
    """

    moment: str | None
    day: date | None
    moments: Moments


def occasions(
    protocol: Protocol, record: Record, product: str, as_of: date, at: Mapping[str, date]
) -> Iterator[Occasion]:
    """The doses asked for by `at`; without any, those on record by a day; else the day of the first dose."""
    moments, _ = moments_of(protocol, record, at)
    names = _moments_of_doses(protocol, product)
    asked = [name for name in names if name in at]
    recorded = () if asked else doses_by(protocol, record, product, as_of) or ()
    for name in asked:
        yield _on(name, moments)
    for day in recorded:
        here = {**moments, names[0]: day} if names else moments
        yield Occasion(names[0] if names else None, day if type(day) is date else None, here)
    if asked or recorded:
        return
    planned = next((name for name in names if isinstance(moments[name], date)), names[-1] if names else None)
    yield Occasion(None, as_of, moments) if planned is None else _on(planned, moments)


def _on(name: str, moments: Moments) -> Occasion:
    day = moments.get(name, ANYTHING)
    return Occasion(name, day if type(day) is date else None, moments)


def _moments_of_doses(protocol: Protocol, product: str) -> tuple[str, ...]:
    """Every dose of the product, its first, the moment from which DLTs count, then doses of what is given with it."""
    others = () if protocol.ladder is None else products(protocol.ladder)
    counted = () if protocol.dlt is None else (protocol.dlt.start,)
    found = [*_of(protocol, product), *counted]
    return tuple(dict.fromkeys((*found, *(name for other in others for name in _of(protocol, other)))))


def _of(protocol: Protocol, product: str) -> Iterator[str]:
    yield from (name for name, moment in protocol.moments.items() if moment.every_dose_of == product)
    yield from (name for name, moment in protocol.moments.items() if moment.first_dose_of == product)


def level_on_record(protocol: Protocol, record: Record) -> tuple[str | None, str]:
    """The level on record, or None and why it is not known."""
    found = {record.context[key] for key in ("level", "assigned_level") if key in record.context}
    names = () if protocol.ladder is None else protocol.ladder.names
    if not found:
        return None, "no level is on record"
    if "" in found or len(found) > 1:
        told = " and ".join(sorted(one for one in found if one)) or "in several ways"
        return None, f"the level is on record differently: {told}"
    (level,) = found
    return (level, "") if level in names else (None, f"the level on record, `{level}`, is not in the table of levels")
