"""For all: every built-in property and `always` statement over all reachable states, or the shortest counterexample."""

from functools import lru_cache
from typing import Any

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.shelf import shelf
from protocol_dsl.escalation.automaton import MOST_STATES, Automaton, explore
from protocol_dsl.escalation.claim import Property, Refute, refutation
from protocol_dsl.escalation.design import Design
from protocol_dsl.escalation.designs import looking_ahead, machine
from protocol_dsl.escalation.history import History
from protocol_dsl.model.escalation import EscalationPlan, Ladder, RecommendedImplies


@frozen
class Finding:
    """Whether a property holds (None: there are too many states to tell), over how many states, and if not, where.

    `severity` is that of a breach; `why` says what happens at the end of the counterexample, and `rows` (from 1) have
    it so. Of a property that holds, `why` is the bound that is proved, if there is one.
    """

    id: str
    statement: str
    holds: bool | None
    states: int
    counterexample: History | None = None
    why: str = ""
    severity: Severity = Severity.ERROR
    rows: tuple[int, ...] = ()


@frozen
class Reach:
    """All that is reachable: in whole cohorts, and (where the design can be so followed) patient by patient."""

    cohorts: Automaton[Any]
    patients: Automaton[Any] | None


@lru_cache(maxsize=64)  # it is asked when a file is checked, and again when somebody wants to see it
def verify(plan: EscalationPlan, ladder: Ladder, most: int = MOST_STATES) -> tuple[Finding, ...]:
    """The built-in properties, the rows, then the author's statements in the order written.

    With more than `most` states a property that is not refuted stays undecided.
    """
    reach = reached(machine(plan, ladder), most)
    authors = []
    for always in plan.always:
        seen = reach
        if isinstance(always.claim, RecommendedImplies):
            # It asks for tallies that the smallest state has forgotten.
            seen = Reach(explore(machine(plan, ladder, remember=True), most=most), None)
        authors.append(_held(always.id, always.label, refutation(always.claim), seen))
    rows = (_rows_reached(plan, reach),) if plan.family in ("table", "stages") else ()
    known = (_weighed(finding, plan, ladder) for finding in built_in(reach))
    return (*known, *rows, *authors)


def _weighed(finding: Finding, plan: EscalationPlan, ladder: Ladder) -> Finding:
    """A finding that the file has chosen to live with is a warning: it skips levels, or recommends one not given.

    That it skips them is only a note where it says by how many levels the dose rises.
    """
    if finding.id == "never_skips" and not ladder.never_skip:
        if plan.accelerated is not None and plan.accelerated.levels > 1:
            return evolve(finding, severity=Severity.NOTE)
        if plan.family != "table":
            return evolve(finding, severity=Severity.WARNING)
    if finding.id == "mtd_given" and plan.setting("mtd any") is not None:
        return evolve(finding, severity=Severity.WARNING)
    return finding


def built_in(reach: Reach) -> tuple[Finding, ...]:
    """The built-in properties, of any design."""
    claims: dict[str, Property] = shelf("protocol_dsl.escalation.properties", "claim")
    return tuple(
        _shown(
            _held(
                name,
                claim.statement,
                claim.refute,
                reach if claim.partial else Reach(reach.cohorts, None),
                claim.severity,
            ),
            claim,
            reach,
        )
        for name, claim in claims.items()
    )


def _shown(finding: Finding, claim: Property, reach: Reach) -> Finding:
    """With what is proved besides, where it holds."""
    if claim.shows is None or not finding.holds:
        return finding
    return evolve(finding, why=claim.shows(reach.cohorts))


def reached(design: Design[Any], most: int = MOST_STATES) -> Reach:
    """Explore a design in whole cohorts and patient by patient; others by cohort only.

    Counts of the protocol's own come by cohort; a computed design never decides between, unless all outcomes agree, and
    no more does a table that looks at the last cohort alone.
    """
    plan = design.plan
    by_patient = plan.family == "table" and not plan.extra and not plan.last_cohort
    patients = explore(design, partial=True, most=most) if by_patient else None
    ahead = looking_ahead(design) if most == MOST_STATES else None  # of a few states it is no quicker
    return Reach(explore(design, most=most, ahead=ahead), patients)


def _held(name: str, statement: str, refute: Refute, reach: Reach, severity: Severity = Severity.ERROR) -> Finding:
    """Whole cohorts first, for their counterexamples are the easiest to read."""
    automata = [automaton for automaton in (reach.cohorts, reach.patients) if automaton is not None]
    for automaton in automata:
        breach = refute(automaton)
        if breach is not None:
            states = len(automaton.states)
            return Finding(name, statement, False, states, breach.history, breach.why, severity, breach.rows)  # noqa: FBT003
    holds = True if all(automaton.complete for automaton in automata) else None
    return Finding(name, statement, holds, max(len(automaton.states) for automaton in automata), severity=severity)


def _rows_reached(plan: EscalationPlan, reach: Reach) -> Finding:
    """Whether every row decides somewhere; where not, `why` names the rows that never do."""
    automata = [automaton for automaton in (reach.cohorts, reach.patients) if automaton is not None]
    used = {move.reason.row for automaton in automata for move in automaton.moves}
    idle = [number for number in range(1, len(plan.rows) + 1) if number not in used]
    complete = all(automaton.complete for automaton in automata)
    return Finding(
        "rows_reached",
        "every row decides in some reachable state",
        holds=not idle if complete or not idle else None,
        states=max(len(automaton.states) for automaton in automata),
        why=f"never reached: row {', '.join(map(str, idle))}" if idle else "",
        severity=Severity.WARNING,
        rows=tuple(idle),
    )
