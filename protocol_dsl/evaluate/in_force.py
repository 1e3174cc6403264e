"""Which version of a protocol is in force for a patient: by the day of consent, and by the site where it was given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import frozen

from protocol_dsl.evaluate.decide import Decision, Verdict, decide
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Range, Record
from protocol_dsl.readers.data import Approved

CONSENT = "consent"
"""The moment that decides which version is in force."""
SITE = "site"


@frozen
class InForce:
    """The versions that may be in force for a patient, the oldest first, and what is not known that would settle it.

    `none` says that it may as well be that none is in force.
    """

    versions: tuple[Protocol, ...]
    unknown: tuple[str, ...] = ()
    none: bool = False


@frozen
class Judged:
    """What the versions that may be in force say of a patient, and the decision of the newest of them.

    Where they differ, and where none may be in force, it is undetermined; what is `unknown` would settle it.
    """

    verdict: Verdict
    decision: Decision
    versions: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    none: bool = False

    @property
    def agreed(self) -> bool:
        """Whether the verdict is that of every version that may be in force."""
        return not self.none and self.verdict is self.decision.verdict


Wrong = tuple[str, str]
"""What is wrong, and what to do."""


def unfit(versions: Sequence[Protocol]) -> Wrong | None:
    """Why files are not versions of one protocol that can be told apart and dated by consent; None where they are."""
    ids = sorted({one.header.id for one in versions})
    if len(ids) > 1:
        return f"{' and '.join(ids)} are different protocols", "name versions of one"
    numbers = [one.header.version for one in versions]
    if "" in numbers or len(set(numbers)) < len(numbers):
        return "each file needs a version of its own", "write `version 2.0 effective 2026-03-01`"
    if any(CONSENT not in one.moments for one in versions):
        return "a version declares no moment `consent`", "that day decides which is in force"
    return None


def unfit_approvals(versions: Sequence[Protocol], approvals: Sequence[Approved]) -> Wrong | None:
    """Why it is not said of every version from when it is in force, or of what version something is said."""
    numbers, said = [one.header.version for one in versions], {one.version for one in approvals}
    if strange := sorted(said - set(numbers)):
        message = f"versions.csv speaks of version {strange[0]}, which is not among the files"
        return message, "name the file of that version as well"
    for one in versions:
        if one.header.effective is None and one.header.version not in said:
            message = f"it is not said from when version {one.header.version} is in force"
            return message, "write `effective DATE` in its head, or a row in versions.csv"
    return None


def in_order(versions: Sequence[Protocol]) -> tuple[Protocol, ...]:
    """The versions, the oldest first: by what amends what, and else by the number."""
    ordered: list[Protocol] = []
    waiting = sorted(versions, key=lambda one: [int(part) for part in re.findall(r"\d+", one.header.version)])
    while waiting:
        open_ = {one.header.version for one in waiting}
        first = next((one for one in waiting if one.header.amends not in open_), waiting[0])
        ordered.append(first)
        waiting.remove(first)
    return tuple(ordered)


def in_force(
    versions: Sequence[Protocol], approvals: Sequence[Approved], record: Record, at: Mapping[str, date] = EMPTY
) -> InForce:
    """The versions that may be in force at a patient's consent.

    A version that the approvals speak of is in force only where they say so; any other from the day in its head on.
    """
    site, consent = _site(record), _consent(record, at)
    sites = {one.site for one in approvals if one.site}
    unknown = [SITE] if site is None and sites else []
    found: set[str] = set()
    none = consent is None
    for where in ("", *sorted(sites)) if unknown else (site or "",):  # or one that no row names
        begins = _begins(versions, approvals, where)
        if consent is None:
            found |= set(begins)
        else:
            found |= _between(begins, *consent)
            none = none or consent[0] < min(begins.values(), default=date.max)
    if consent is None or consent[0] != consent[1]:
        unknown.append(CONSENT)
    possible = tuple(one for one in versions if one.header.version in found)
    return InForce(possible, tuple(unknown) if len(possible) + none > 1 or not possible else (), none)


def judged(
    read: Mapping[str, tuple[Protocol, Record]], found: InForce, as_of: date, at: Mapping[str, date] = EMPTY
) -> Judged:
    """The verdict under every version that may be in force. `read` has every version with the record as it reads it."""
    named = tuple(one.header.version for one in found.versions)
    decisions = [decide(*read[name], as_of, at) for name in named or tuple(read)[-1:]]
    same = not found.none and len({one.verdict for one in decisions}) == 1
    verdict = decisions[-1].verdict if same else Verdict.UNDETERMINED
    return Judged(verdict, decisions[-1], named, found.unknown, found.none)


def _begins(versions: Sequence[Protocol], approvals: Iterable[Approved], site: str) -> dict[str, date]:
    """The day from which each version is in force at a site, in the order of the versions."""
    every = tuple(approvals)
    found: dict[str, date] = {}
    for one in versions:
        name = one.header.version
        said = [approval for approval in every if approval.version == name]
        here = [a.effective for a in said if a.site == site] or [a.effective for a in said if not a.site]
        if here:
            found[name] = max(here)
        elif not said and one.header.effective is not None:
            found[name] = one.header.effective
    return found


def _between(begins: Mapping[str, date], first: date, last: date) -> set[str]:
    """The version in force on the first day, and each that comes into force up to the last."""
    on_first = [name for name, day in begins.items() if day <= first]
    latest = max(on_first, key=lambda name: (begins[name], list(begins).index(name)), default=None)
    later = {name for name, day in begins.items() if first < day <= last}
    return later | ({latest} if latest is not None else set())


def _site(record: Record) -> str | None:
    """The site, as a place of the record or an item of the protocol."""
    said = record.context.get(SITE)
    values = {one.value for one in record.readings.get(SITE, ())}
    told = said or (next(iter(values)) if len(values) == 1 else None)
    return told if isinstance(told, str) and told else None


def _consent(record: Record, at: Mapping[str, date]) -> tuple[date, date] | None:
    """The first and the last day on which consent may have been given; None where it is not known."""
    if CONSENT in at:
        return at[CONSENT], at[CONSENT]
    readings = record.readings.get(CONSENT, ())
    days = [_span(one.value) for one in readings]
    known = [day for day in days if day is not None]
    if not known or len(known) != len(days):
        return None
    return min(first for first, _ in known), max(last for _, last in known)


def _span(value: object) -> tuple[date, date] | None:
    if isinstance(value, Range):
        ends = (value.low, value.high)
        return ends if all(type(day) is date for day in ends) else None
    return (value, value) if type(value) is date else None
