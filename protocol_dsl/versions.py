"""Several versions of one protocol for the Python user: each patient screened by the one in force at consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Severity
from protocol_dsl.evaluate.decide import Verdict
from protocol_dsl.evaluate.in_force import Judged, in_force, in_order, judged, unfit, unfit_approvals
from protocol_dsl.evaluate.screening import Screening
from protocol_dsl.face import Day, Protocol, ProtocolError, day_of
from protocol_dsl.model.record import Record
from protocol_dsl.readers.approvals import UNHEEDED
from protocol_dsl.readers.data import Approved, Data

if TYPE_CHECKING:
    import pandas as pd


@frozen
class ScreenedByVersion:
    """A patient under the version in force at consent.

    `versions` are those that may have been in force, the oldest first, and `unknown` what is not known that would
    settle which; `none` says that it may as well have been none. `screening` is by the newest of them, and says all of
    the verdict where they agree.
    """

    patient: str
    verdict: Verdict
    versions: tuple[str, ...]
    unknown: tuple[str, ...]
    none: bool
    agreed: bool
    screening: Screening

    @property
    def version(self) -> str | None:
        """The version in force; None where it is not known, or where there was none."""
        return self.versions[-1] if len(self.versions) == 1 and not self.none else None

    @property
    def because(self) -> tuple[str, ...]:
        """The criteria that bar, or are open; `version` where the versions come to different verdicts."""
        return self.screening.because if self.agreed else ("version",)


@frozen
class ScreenedInForce:
    """Everybody, each by the version in force at consent. `versions` are all of them, the oldest first."""

    versions: tuple[Protocol, ...]
    patients: tuple[ScreenedByVersion, ...]
    as_of: date
    diagnostics: tuple[Diagnostic, ...] = ()

    def frame(self) -> pd.DataFrame:
        """One row a patient: `patient`, `verdict`, `version`, `versions`, `because` and `missing`.

        `version` is empty where it is not known which was in force; `versions` then has all that may have been.
        """
        import pandas as pd

        rows = [
            {
                "patient": one.patient,
                "verdict": one.verdict.value,
                "version": one.version,
                "versions": ", ".join(one.versions),
                "because": ", ".join(one.because),
                "missing": ", ".join(_missing(one)),
            }
            for one in self.patients
        ]
        columns = ["patient", "verdict", "version", "versions", "because", "missing"]
        frame = pd.DataFrame(rows, columns=columns)
        frame.attrs.update(as_of=self.as_of.isoformat(), diagnostics=self.diagnostics)
        return frame

    def __str__(self) -> str:
        return "\n".join(
            f"{one.patient}: {one.verdict.value}, version {' or '.join(one.versions) or 'none in force'}"
            for one in self.patients
        )

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def screen_in_force(
    protocols: Iterable[Protocol],
    data: Path | str | Mapping[str, pd.DataFrame],
    *,
    approvals: Iterable[tuple[str, str, Day]] | None = None,
    as_of: Day | None = None,
    mapping: Path | str | None = None,
    **moments: Day,
) -> ScreenedInForce:
    """Each patient by the version that was in force at the day of consent, and at the site, as `protocol screen V1 V2`.

    From when a version is in force stands in its head, or in `versions.csv` (a frame `versions`) of the data;
    `approvals` are rows of that, site (empty for every site), version and day, in its place. Where the day of consent
    or the site is not known, every version that may be in force is asked. Raises ValueError where the protocols are not
    versions of one that can be told apart, or where it is not said from when one is in force; TypeError on a moment
    that one does not have; and ProtocolError where the data, or an approval, cannot be read.
    """
    ordered = _ordered(protocols)
    every = [one.model for one in ordered]
    at = {name: day_of(day) for name, day in moments.items()}
    for one, name in ((one, name) for one in every for name in at if name not in one.moments):
        raise TypeError(f"`{name}` is no moment of version {one.header.version}")
    read = {one.version: _read(one, data, mapping) for one in ordered}
    newest = read[ordered[-1].version]
    approved = newest.approved if approvals is None else [Approved(*row[:2], day_of(row[2])) for row in approvals]
    if wrong := unfit_approvals(every, approved):
        raise ValueError(". ".join(wrong))
    days = (*(found.latest_day for found in read.values() if found.latest_day is not None), *at.values())
    seen_from = day_of(as_of) if as_of is not None else max(days, default=date.min)
    theirs = {name: {record.patient: record for record in found.records} for name, found in read.items()}
    faces = {one.version: one for one in ordered}
    patients = []
    for record in newest.records:
        mine = {one.header.version: (one, theirs[one.header.version][record.patient]) for one in every}
        found = judged(mine, in_force(every, approved, record, at), seen_from, at)
        patients.append(_screened(found, faces, mine, at))
    told = dict.fromkeys(one for found in read.values() for one in found.diagnostics if one.code != UNHEEDED)
    return ScreenedInForce(ordered, tuple(patients), seen_from, tuple(told))


def _ordered(protocols: Iterable[Protocol]) -> tuple[Protocol, ...]:
    given = tuple(protocols)
    if not given:
        raise ValueError("there is no version to screen with")
    if wrong := unfit([one.model for one in given]):
        raise ValueError(". ".join(wrong))
    faces = {one.version: one for one in given}
    return tuple(faces[one.header.version] for one in in_order([one.model for one in given]))


def _read(one: Protocol, data: Path | str | Mapping[str, pd.DataFrame], mapping: Path | str | None) -> Data:
    """What a version reads. What cannot be read of the approvals decides nothing."""
    found = one.read(data, mapping)
    errors = [d for d in found.diagnostics if d.severity is Severity.ERROR]
    if found.unread:
        raise ProtocolError(errors)
    if wrong := [d for d in found.diagnostics if of_approvals(d)]:
        raise ProtocolError(evolve(d, severity=Severity.ERROR) for d in wrong)
    return found


def of_approvals(one: Diagnostic) -> bool:
    """Whether something is wrong with a row or a column of versions.csv."""
    return one.code != UNHEEDED and isinstance(one.primary.where, Cell) and "versions" in one.primary.where.file


def _screened(
    found: Judged,
    faces: Mapping[str, Protocol],
    mine: Mapping[str, tuple[object, Record]],
    at: Mapping[str, date],
) -> ScreenedByVersion:
    by = faces[found.versions[-1] if found.versions else tuple(faces)[-1]]
    screening = Screening(by.model, mine[by.version][1], found.decision, by.digest, at)
    return ScreenedByVersion(
        found.decision.patient,
        found.verdict,
        found.versions,
        found.unknown,
        found.none,
        found.agreed,
        screening,
    )


def _missing(one: ScreenedByVersion) -> Sequence[str]:
    if not one.agreed:
        return [f"{item} (not collected)" for item in one.unknown]
    return [f"{gap.item} ({gap.reason.value})" for gap in one.screening.missing]
