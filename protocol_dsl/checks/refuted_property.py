"""Refuted property: what some history breaks, of the table, of a built-in property or of a statement of the file."""

from collections.abc import Iterator

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.escalation.designs import faults as faults_of
from protocol_dsl.escalation.designs import is_local
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.soundness import Kind
from protocol_dsl.escalation.verify import Finding, verify
from protocol_dsl.evaluate.implication import claimed
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.model.protocol import Protocol

_MODELLED = 300
"""So many states of a design that fits a model to each are looked at here."""
_CURE = "follow this history through the table and correct the row that decides"


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One diagnostic for each property that does not hold, with the shortest history that breaks it."""
    if protocol.escalation is not None and protocol.ladder is not None:
        faults = faults_of(protocol.escalation, protocol.ladder)
        if not any(fault.kind in {Kind.MOVES, Kind.SETTINGS} for fault in faults):  # what follows from these is no news
            faulty = {fault.row for fault in faults}
            seen = _verified(protocol.escalation, protocol.ladder)
            for finding in _worth_telling(seen, sound=not faults):
                yield from _Teller(protocol.escalation, finding).told(faulty)
            if any(finding.holds is None for finding in seen):
                yield _unfinished(protocol.escalation, seen)
    for statement in protocol.statements:
        found = claimed(protocol, statement, protocol.examples)
        if found.holds is False:
            message = f"{statement.id} does not hold: {found.because}"
            yield Diagnostic("PD422", Severity.ERROR, message, Label(statement.span), help="correct the criteria or it")


def _verified(plan: EscalationPlan, ladder: Ladder) -> tuple[Finding, ...]:
    """What verification finds; of a design that fits a model, over as many states as can be waited for."""
    return verify(plan, ladder) if is_local(plan) else verify(plan, ladder, _MODELLED)


def _unfinished(plan: EscalationPlan, found: tuple[Finding, ...]) -> Diagnostic:
    states = max(finding.states for finding in found)
    message = f"the first {states} states of the escalation were looked at, and there are more"
    cure = "`protocol verify` looks further"
    return Diagnostic("PD432", Severity.NOTE, message, Label(plan.span), help=cure)


def _worth_telling(findings: tuple[Finding, ...], *, sound: bool) -> Iterator[Finding]:
    """The refuted ones; what follows from a gap, an overlap or a count that cannot be is no finding of its own."""
    refuted = [one for one in findings if one.holds is False and one.severity is not Severity.NOTE]
    cut_short = any(one.id in ("one_row", "within_cap") for one in refuted)
    for one in refuted:
        follows = (one.id == "rows_reached" and cut_short) or (one.id == "monotone" and not sound)
        if not follows:
            yield one


@frozen
class _Teller:
    """Says a finding, at the row where that is known."""

    plan: EscalationPlan
    finding: Finding

    def told(self, faulty: set[int | None]) -> Iterator[Diagnostic]:
        """The diagnostics for one finding; of rows that are faulty in themselves that is said elsewhere."""
        rows = [self.plan.rows[number - 1].span for number in self.finding.rows]
        match self.finding.id:
            case "one_row" if len(rows) > 1:
                if faulty.isdisjoint(self.finding.rows):
                    yield self._overlap(rows)
            case "one_row":
                yield self._gap()
            case "within_cap" if rows:
                yield self._past_cap(rows[0])
            case "rows_reached":
                for number in self.finding.rows:
                    if number not in faulty:
                        yield self._idle(self.plan.rows[number - 1].span)
            case _:
                yield self._broken(rows)

    @property
    def _after(self) -> str:
        """The history, and what it comes to where it ends."""
        history = self.finding.counterexample
        return f"after {history} ({self.finding.why.partition(';')[0]})" if history else self.finding.why

    def _gap(self) -> Diagnostic:
        where = self._beside_the_gap(self.finding.counterexample or History())
        cure = "let the rows cover every count that can be reached, or close with a row `otherwise`"
        if self.plan.cap is None:
            cure = "add a row, or bound what can be reached, as in `cohort of 3, up to 6 per level`"
        message = f"no row applies {self._after}"
        return Diagnostic("PD423", Severity.ERROR, message, Label(where, "the gap is beside this row"), help=cure)

    def _beside_the_gap(self, history: History) -> Span:
        """The last row that speaks of as many treated and fewer DLTs, or of fewer treated; else the first."""
        here = [each.outcomes for each in history.cohorts if each.level == history.cohorts[-1].level]
        letters = "".join(here)
        treated, dlts = sum(map(letters.count, "NTP")), letters.count("T")
        before = [
            (row.count("treated").holds(treated), row.count("treated").at_least, row.count("with_dlt").at_least, number)
            for number, row in enumerate(self.plan.rows)
            if row.count("treated").at_least <= treated and row.count("with_dlt").at_least <= dlts
        ]
        return self.plan.rows[max(before)[-1] if before else 0].span

    def _overlap(self, rows: list[Span]) -> Diagnostic:
        others = tuple(Label(span, "applies as well") for span in rows[:-1])
        message = f"rows with different moves apply at once {self._after}"
        cure = "let exactly one row apply: narrow one of the two"
        return Diagnostic("PD424", Severity.ERROR, message, Label(rows[-1]), others, cure)

    def _past_cap(self, row: Span) -> Diagnostic:
        message = f"the row treats more patients than the cap of {self.plan.cap} leaves room for, {self._after}"
        return Diagnostic("PD426", Severity.ERROR, message, Label(row), help="treat fewer, or raise the cap")

    def _idle(self, row: Span) -> Diagnostic:
        message = "the row never decides: no course of the trial comes to it"
        cure = "take it out, or correct its counts"
        return Diagnostic("PD425", self.finding.severity, message, Label(row), help=cure)

    def _broken(self, rows: list[Span]) -> Diagnostic:
        """A built-in property, or a statement of the file, which has a code and a place of its own."""
        finding = self.finding
        history = f" after {finding.counterexample}" if finding.counterexample is not None else ""
        why = f": {finding.why}" if finding.why else ""
        own = {always.id: always.span for always in self.plan.always}
        if finding.id in own:
            others = tuple(Label(span, "this row decides") for span in rows)
            message = f"{finding.id} does not hold{history}{why}"
            return Diagnostic("PD421", finding.severity, message, Label(own[finding.id]), others, _CURE)
        where = Label(rows[-1] if rows else self.plan.span)
        message = f"{history.strip()}{why}".removeprefix(": ") or "some history breaks it"
        against = f"against the rule that {finding.statement}"
        return Diagnostic("PD420", finding.severity, f"{message}, {against}", where, help=_CURE)
