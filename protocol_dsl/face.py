"""The Python face: a protocol whose methods screen, advise, verify and test. Behind it, data stays data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity, render
from protocol_dsl.base.shipped import find_protocol
from protocol_dsl.base.source import Source, Span
from protocol_dsl.evaluate.decide import GateDecision, decide
from protocol_dsl.evaluate.screening import Screening
from protocol_dsl.model import protocol as model
from protocol_dsl.model.record import EMPTY, Record, days_named
from protocol_dsl.model.serial import digest
from protocol_dsl.pipeline import Loaded, load_bytes, load_text

if TYPE_CHECKING:
    import pandas as pd

    from protocol_dsl.conduct.dlt import DltStatus
    from protocol_dsl.dosing.dose import Dose
    from protocol_dsl.escalation.accrual import Accrual
    from protocol_dsl.escalation.advise import Advice
    from protocol_dsl.escalation.history import Unreadable
    from protocol_dsl.escalation.simulate import Rate, Scenario, Simulator
    from protocol_dsl.escalation.verify import Finding
    from protocol_dsl.escalation.worst_case import Worst
    from protocol_dsl.examples.run import Result
    from protocol_dsl.figures.shown import ShownPaths, ShownTable
    from protocol_dsl.figures.shown_trial import ShownStatus, ShownTimeline
    from protocol_dsl.model.escalation import EscalationPlan, Ladder
    from protocol_dsl.readers.plain import Data

T = TypeVar("T")

Day = date | str
Frames = "Path | str | Mapping[str, pd.DataFrame]"


class ProtocolError(Exception):
    """A text that is no sound protocol, or a history that is none; `diagnostics` says what is wrong and where."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n" + render(self.diagnostics, "plain"))


@frozen(slots=False)
class Protocol:
    """A sound protocol. `model` is the data, `diagnostics` the warnings and notes it was read with."""

    model: model.Protocol
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def id(self) -> str:
        """The id in the head of the file."""
        return self.model.header.id

    @property
    def version(self) -> str:
        """The version in the head of the file."""
        return self.model.header.version

    @cached_property
    def digest(self) -> str:
        """The digest of the rules: of what the file means, not of its layout and comments."""
        return digest(self.model)

    def read(self, data: Path | str | Mapping[str, pd.DataFrame], mapping: Path | str | None = None) -> Data:
        """The records in a folder, a file, or frames by name: plain ones, SDTM or ADaM. `mapping` is a file in TOML."""
        from protocol_dsl.evaluate.strange_terms import with_strange_terms
        from protocol_dsl.readers.choose import read

        place = data if isinstance(data, Mapping) else Path(data)
        return with_strange_terms(self.model, read(self.model, place, None if mapping is None else Path(mapping)))

    def record(self, facts: Mapping[str, object]) -> Record:
        """One record from values by item: `{"alt": 31, "alt_unit": "U/L", "alt_date": date(2026, 5, 30)}`.

        Texts, numbers, days and None are taken, also those of pandas. Raises ProtocolError where one cannot be used.
        """
        from protocol_dsl.readers.plain import read_one

        data = read_one(self.model, facts)
        errors = [d for d in data.diagnostics if d.severity is Severity.ERROR]
        if errors:
            raise ProtocolError(errors)
        return data.records[0]

    def screen(
        self, record: Record | Mapping[str, object], *, as_of: Day | None = None, policies: bool = True, **moments: Day
    ) -> Screening:
        """The verdict on one patient. `moments` are days by the name of the moment: `enrolment="2026-06-01"`.

        `as_of` bounds what is seen; without it, it is the latest day of the record and the moments given.
        """
        known = record if isinstance(record, Record) else self.record(record)
        at = self._moments(moments)
        seen_from = day_of(as_of) if as_of is not None else latest_day(known, at.values())
        decision = decide(self.model, known, seen_from, at, policies=policies)
        return Screening(self.model, known, decision, self.digest, at, policies)

    def gates(
        self, record: Record | Mapping[str, object], *, as_of: Day | None = None, policies: bool = True, **moments: Day
    ) -> tuple[GateDecision, ...]:
        """Whether each dose could be given: each gate at each dose recorded, or at its moment where that has a day.

        The arguments are those of `screen`.
        """
        return self.screen(record, as_of=as_of, policies=policies, **moments).gates

    def screen_many(
        self,
        data: Path | str | Mapping[str, pd.DataFrame],
        *,
        as_of: Day | None = None,
        mapping: Path | str | None = None,
        **moments: Day,
    ) -> pd.DataFrame:
        """One row a patient: `patient`, `verdict`, `because`, `missing`, `policies`, then a column for each criterion.

        The diagnostics of the reader are in `.attrs["diagnostics"]`, the as-of date in `.attrs["as_of"]`. Raises
        ProtocolError where a file or frame could not be read at all: what it holds is not known to be missing.
        """
        import pandas as pd

        found = self._whole(data, mapping)
        at = self._moments(moments)
        seen_from = day_of(as_of) if as_of is not None else found.latest_day or date.min
        rows = []
        for record in found.records:
            one = Screening(self.model, record, decide(self.model, record, seen_from, at), self.digest, at)
            rows.append(
                {
                    "patient": one.patient,
                    "verdict": one.verdict.value,
                    "because": ", ".join(one.because),
                    "missing": ", ".join(f"{gap.item} ({gap.reason.value})" for gap in one.missing),
                    "policies": ", ".join(one.decision.policies),
                    **one.criteria,
                }
            )
        columns = ["patient", "verdict", "because", "missing", "policies", *(c.id for c in self.model.criteria)]
        frame = pd.DataFrame(rows, columns=columns)
        frame.attrs.update(as_of=seen_from.isoformat(), diagnostics=found.diagnostics)
        return frame

    def _whole(self, data: Path | str | Mapping[str, pd.DataFrame], mapping: Path | str | None = None) -> Data:
        found = self.read(data, mapping)
        if found.unread:
            raise ProtocolError(d for d in found.diagnostics if d.severity is Severity.ERROR)
        return found

    def _moments(self, days: Mapping[str, Day]) -> dict[str, date]:
        """Days by moment. Raises TypeError on a name that is no moment of the protocol."""
        for name in days:
            if name not in self.model.moments:
                known = ", ".join(self.model.moments)
                raise TypeError(f"`{name}` is no moment of this protocol; the moments are {known}")
        return {name: day_of(day) for name, day in days.items()}

    def advise(self, history: str, **counts: Iterable[int]) -> Advice:
        """The next move after a history such as `1NNN 2NTN`. Raises ProtocolError where it is none.

        `counts` are those that the plan keeps besides DLTs, a number for each cohort, as in `grade_2=[0, 1]`. Raises
        TypeError on one that it does not keep.
        """
        from protocol_dsl.conduct.trial import advise

        return _sound(advise(self.model, history, self._counts(counts)), history)

    def _counts(self, counts: Mapping[str, Iterable[int]]) -> dict[str, tuple[int, ...]]:
        """Counts by name. Raises TypeError on one that the escalation does not keep."""
        kept = self.model.escalation.extra if self.model.escalation else ()
        if strange := [name for name in counts if name not in kept]:
            raise TypeError(f"the escalation keeps no count `{strange[0]}`; it keeps: {', '.join(kept) or 'none'}")
        return {name: tuple(numbers) for name, numbers in counts.items()}

    def verify(self) -> tuple[Finding, ...]:
        """Every `always` statement and built-in property over all reachable histories."""
        from protocol_dsl.conduct.trial import verify

        return verify(self.model)

    def table(self) -> ShownTable:
        """The decision table of the design. Raises LookupError where it amounts to none, as a model does."""
        from protocol_dsl.figures.shown import shown_table

        return shown_table(self.model)

    def paths(self, history: str = "", *, cohorts: int | None = 3, **counts: Iterable[int]) -> ShownPaths:
        """Every outcome of so many cohorts more (None: to the end of the trial), and what follows each.

        `counts` are as for `advise`, and each has a number for each cohort of the history. Raises ProtocolError where
        the history is none or lacks them, and LookupError where there is no escalation.
        """
        from protocol_dsl.figures.shown import shown_paths

        return _sound(shown_paths(self.model, history, cohorts, self._counts(counts)), history)

    @property
    def _design(self) -> tuple[EscalationPlan, Ladder]:
        if self.model.escalation is None or self.model.ladder is None:
            raise LookupError(f"{self.id} has no escalation")
        return self.model.escalation, self.model.ladder

    def simulate(  # noqa: PLR0913 - a keyword for each thing that may be asked
        self,
        truth: Sequence[Rate],
        *,
        trials: int | None = None,
        seed: int = 1,
        fractions: bool = False,
        accrual: Accrual | None = None,
        truth_of: Mapping[str, Sequence[Rate]] | None = None,
    ) -> Scenario:
        """How the escalation behaves if `truth` has the DLT rate of each level, lowest first.

        Worked out exactly (as `fractions` where asked); with `trials`, or where there are too many states, drawn at
        random by the seed as well. With an `accrual` patients come one by one, in 1,000 trials unless told otherwise,
        and beside them stands what is exact for whole cohorts. `truth_of` has, by their names, the rates of counts of
        the protocol's own, which happen independently of DLTs. Raises ValueError where the rates do not fit, and
        LookupError where there is no escalation.
        """
        from protocol_dsl.escalation.simulate import TRIALS_IN_TIME, rates

        given, own = rates(truth, self._simulator.ladder.names), self._simulator.own(truth_of or {})
        if accrual is not None:
            return self._simulator.in_time(given, accrual, trials=trials or TRIALS_IN_TIME, seed=seed)
        return self._simulator.scenario(given, trials=trials, seed=seed, fractions=fractions, own=own)

    def worst_case(self, limit: Rate) -> tuple[Worst, Worst]:
        """The largest chance of recommending a level with a DLT rate above the limit, and the largest mean of DLTs.

        Over all rates that do not fall with the dose, each as an interval. Raises ValueError where there are too many
        levels or patients, or the limit is no rate, and LookupError where there is no escalation.
        """
        from protocol_dsl.escalation.simulate import rates
        from protocol_dsl.escalation.worst_case import Search

        search = Search.of(*self._design)
        if isinstance(search, str):
            raise ValueError(search)  # noqa: TRY004 - the design, and not its type
        return search.recommends_above(rates([limit], ("",))[0]), search.dlts()

    @cached_property
    def _simulator(self) -> Simulator:
        from protocol_dsl.escalation.simulate import Simulator

        return Simulator(*self._design, self.model.timing)

    def dlt(
        self, data: Path | str | Mapping[str, pd.DataFrame], *, as_of: Day | None = None, **moments: Day
    ) -> tuple[DltStatus, ...]:
        """The DLT status of each patient who was treated."""
        from protocol_dsl.conduct.dlt import dlt_status

        found = self._whole(data)
        seen_from = day_of(as_of) if as_of is not None else found.latest_day or date.min
        at = self._moments(moments)
        statuses = (dlt_status(self.model, record, seen_from, at) for record in found.records)
        return tuple(status for status in statuses if status is not None)

    def status(
        self, data: Path | str | Mapping[str, pd.DataFrame], *, as_of: Day | None = None, **moments: Day
    ) -> ShownStatus:
        """The trial as of a day, by default the latest in the data: its `state`, a `frame()`, and a picture."""
        from protocol_dsl.conduct.status import trial_state
        from protocol_dsl.figures.shown_trial import ShownStatus

        found = self._whole(data)
        seen_from = day_of(as_of) if as_of is not None else found.latest_day or date.min
        state = trial_state(self.model, found.records, seen_from, self._moments(moments), found.decisions)
        return ShownStatus(self.id, self.model, state, found.records)

    def timeline(
        self, data: Path | str | Mapping[str, pd.DataFrame], *, as_of: Day | None = None, **moments: Day
    ) -> ShownTimeline:
        """The trial on every day that the data name or something settled on: `states`, a `frame()`, a picture."""
        from protocol_dsl.conduct.status import timeline, told_days
        from protocol_dsl.figures.shown_trial import ShownTimeline

        found = self._whole(data)
        seen_from = day_of(as_of) if as_of is not None else found.latest_day or date.min
        days = told_days(found.records, found.decisions, seen_from)
        states = timeline(self.model, found.records, days, self._moments(moments), found.decisions)
        return ShownTimeline(self.id, self.model, states)

    def dose(
        self,
        record: Record | Mapping[str, object],
        *,
        level: str | None = None,
        as_of: Day | None = None,
        **moments: Day,
    ) -> tuple[Dose, ...]:
        """What is to be given of each product, step by step, or why that is not known: `infusion="2026-06-01"`.

        Without a level it is the one on record; without a moment of dosing, every dose on record is reckoned. Raises
        ValueError where the table of levels has no such level.
        """
        from protocol_dsl.dosing.dose import doses

        known = record if isinstance(record, Record) else self.record(record)
        at = self._moments(moments)
        seen_from = day_of(as_of) if as_of is not None else latest_day(known, at.values())
        return doses(self.model, known, seen_from, at, level)

    def test(self) -> tuple[Result, ...]:
        """What became of each example in the file."""
        from protocol_dsl.examples.run import run

        return run(self.model)


def load(what: str | Path, *, assumptions: bool = True) -> Protocol:
    """A protocol from a path, or by the name of a shipped one: `nct06631391`, `nct06631391@1.0`.

    Raises ProtocolError where it has errors (with `assumptions=False`, also where something is assumed), and
    FileNotFoundError where there is no such file.
    """
    path = Path(what)
    found = path if path.is_file() else find_protocol(str(what))
    if found is None:
        raise FileNotFoundError(str(what))
    folder = path.parent if path.is_file() else None
    return sound(load_bytes(str(what), found.read_bytes(), assumptions=assumptions, folder=folder))


def loads(text: str, name: str = "protocol") -> Protocol:
    """A protocol from a text. Raises ProtocolError where it has errors."""
    return sound(load_text(Source(name, text)))


def sound(loaded: Loaded) -> Protocol:
    """The protocol of a loaded text. Raises ProtocolError where there is none."""
    if loaded.protocol is None:
        raise ProtocolError(loaded.errors)
    return Protocol(loaded.protocol, loaded.diagnostics)


def day_of(day: Day) -> date:
    """A day from a date, an instant of it, or its ISO text. Raises ValueError on any other text."""
    if isinstance(day, datetime):  # a pandas Timestamp too
        return day.date()
    return day if isinstance(day, date) else date.fromisoformat(day)


def latest_day(record: Record, days: Iterable[date]) -> date:
    """The latest day that a record and some moments speak of."""
    return max((*days, *days_named(record)), default=date.min)


def _sound(found: T | Unreadable, history: str) -> T:
    """What was found, or the error that says why there is nothing."""
    from protocol_dsl.escalation.history import Unreadable

    if not isinstance(found, Unreadable):
        return found
    where = Label(Span(Source("history", history), found.start, found.end))
    raise ProtocolError([Diagnostic("PD480", Severity.ERROR, found.message, where, help=found.help or None)])


__all__ = ["EMPTY", "Protocol", "ProtocolError", "Screening", "load", "loads"]


def grade(data: Path | str | pd.DataFrame, *, ctcae: str, units: str | None = None) -> pd.DataFrame:
    """The CTCAE grades of laboratory readings, a row for each row and direction, in their order.

    `data` is a frame or a file: a plain table, an SDTM LB or an ADaM ADLB. `units` is `si` or `us`; without it each row
    is read by the bands of its own unit. Raises ValueError where the version or the table is none.
    """
    import pandas as pd

    from protocol_dsl.evaluate.grade_many import KEYS, as_data, catalogue, grade_rows
    from protocol_dsl.model.grading import System
    from protocol_dsl.readers.cdisc_laboratory import readings
    from protocol_dsl.readers.laboratory import NEEDED, laboratory
    from protocol_dsl.readers.rows import from_frames, load

    found = catalogue("ctcae", ctcae)
    if isinstance(found, tuple):
        message = f"there is no CTCAE {ctcae}; the versions are {', '.join(found)}"
        raise ValueError(message)  # noqa: TRY004 - the value is wrong, not its type
    loaded = load(Path(data)) if isinstance(data, Path | str) else from_frames({"readings": data})
    tables = readings(loaded.tables)
    if len(tables) != 1:
        message = f"the data hold {len(tables)} tables of readings; one is needed, with the columns {NEEDED}"
        raise ValueError(message)
    rows = grade_rows(laboratory(tables[0]), found, None if units is None else System(units))
    return pd.DataFrame([as_data(one) for one in rows], columns=list(KEYS)).astype({"grade": "Int64"})
