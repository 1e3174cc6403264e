"""Where a trial stands, and how it came there, with pictures and tables as a notebook shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from protocol_dsl.base.sheet import Sheet
from protocol_dsl.conduct.dlt import DltVerdict
from protocol_dsl.conduct.status import PatientState, Stage, TrialState
from protocol_dsl.figures.page import page, parts
from protocol_dsl.figures.svg import TooLarge
from protocol_dsl.figures.swimmer import swimmer
from protocol_dsl.figures.trial_course import trial_course
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record

if TYPE_CHECKING:
    import pandas as pd

_PATIENTS = ("patient", "stage", "eligible", "enrolled", "dosed", "level", "dlt", "pending_until", "because", "late")
_DAYS = ("date", "enrolled", "dosed", "pending", "evaluable", "with_dlt", "history", "move", "action", "level")


@frozen
class ShownStatus:
    """The trial as of a day; `svg` raises ValueError where the picture could not be read."""

    name: str
    protocol: Protocol
    state: TrialState
    records: tuple[Record, ...]

    def frame(self) -> pd.DataFrame:
        """A row for each patient: how far they came, the verdict, and once dosed the DLT status."""
        import pandas as pd

        return pd.DataFrame([_patient(one) for one in self.state.patients], columns=list(_PATIENTS))

    def svg(self) -> str:
        """A lane for each patient, by level: the DLT window, doses, events and today."""
        return _drawn(swimmer(self.protocol, self.state, self.records, self.name))

    def html(self) -> str:
        """A page with the lanes and the table, which needs nothing from elsewhere."""
        return page(f"{self.name} as of {self.state.as_of.isoformat()}", *self._shown())

    def _repr_html_(self) -> str:
        return parts(*self._shown())

    def _shown(self) -> tuple[list[str], list[Sheet]]:
        rows = tuple(tuple(_text(cell) for cell in _patient(one).values()) for one in self.state.patients)
        head = tuple(name.replace("_", " ") for name in _PATIENTS)
        return _with(
            swimmer(self.protocol, self.state, self.records, self.name), Sheet("", head, rows, _notes(self.state))
        )


@frozen
class ShownTimeline:
    """The trial on each day on which something was known or settled; `svg` raises ValueError where it is too large."""

    name: str
    protocol: Protocol
    states: tuple[TrialState, ...]

    def frame(self) -> pd.DataFrame:
        """A row for each day."""
        import pandas as pd

        return pd.DataFrame([_day(one) for one in self.states], columns=list(_DAYS))

    def svg(self) -> str:
        """First doses by level, places that were open, and the counts, over time."""
        return _drawn(trial_course(self.protocol, self.states, self.name))

    def html(self) -> str:
        """A page with the picture and the table, which needs nothing from elsewhere."""
        return page(f"{self.name}, day by day", *self._shown())

    def _repr_html_(self) -> str:
        return parts(*self._shown())

    def _shown(self) -> tuple[list[str], list[Sheet]]:
        rows = tuple(tuple(_text(cell) for cell in _day(one).values()) for one in self.states)
        head = tuple(name.replace("_", " ") for name in _DAYS)
        return _with(trial_course(self.protocol, self.states, self.name), Sheet("", head, rows))


def _patient(one: PatientState) -> dict[str, object]:
    dlt = one.dlt
    return {
        "patient": one.patient,
        "stage": one.stage.value,
        "eligible": None if one.eligible is None else one.eligible.value,
        "enrolled": one.enrolled,
        "dosed": one.dosed,
        "level": None if dlt is None else dlt.level,
        "dlt": None if dlt is None else dlt.status.value,
        "pending_until": None if dlt is None else dlt.pending_until,
        "because": "" if dlt is None else ", ".join(dlt.because),
        "late": "" if dlt is None else ", ".join(dlt.late),
    }


def _day(state: TrialState) -> dict[str, object]:
    def are(*verdicts: DltVerdict) -> int:
        return len(state.with_dlt_status(*verdicts))

    advice = None if state.advice is None else state.advice.advice
    return {
        "date": state.as_of,
        "enrolled": state.count(Stage.ENROLLED, Stage.DOSED),
        "dosed": state.count(Stage.DOSED),
        "pending": are(DltVerdict.PENDING, DltVerdict.ADJUDICATE),
        "evaluable": are(DltVerdict.YES, DltVerdict.NO),
        "with_dlt": are(DltVerdict.YES),
        "history": None if state.advice is None else str(state.advice.history),
        "move": None if advice is None else advice.move,
        "action": None if advice is None else advice.action,
        "level": None if advice is None else advice.level,
    }


def _notes(state: TrialState) -> tuple[str, ...]:
    if state.advice is None:
        return ()
    advice = state.advice.advice
    return (f"{state.advice.history}: {advice.action}", f"because {advice.because}")


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _drawn(drawn: str | TooLarge) -> str:
    if isinstance(drawn, TooLarge):
        raise ValueError(drawn.why)  # noqa: TRY004 - the value is too large, not of another type
    return drawn


def _with(drawn: str | TooLarge, sheet: Sheet) -> tuple[list[str], list[Sheet]]:
    return ([] if isinstance(drawn, TooLarge) else [drawn]), [sheet]
