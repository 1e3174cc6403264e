"""A printed decision table held against the formula that it repeats."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.escalation.computed import Counts
from protocol_dsl.escalation.design import Design
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally, at_place
from protocol_dsl.model.escalation import Action, EscalationPlan, Ladder, Row, Word, wording

# A row `30 or more` is looked at up to here where the plan names no number of patients.
_FURTHEST = 60
_SAID_ASIDE = {Word.REVIEW}


def differing(plan: EscalationPlan, design: Design[Counts], ladder: Ladder) -> Iterator[Unsound]:
    """The rows of a computed design that say otherwise than its formula: each at its first count that differs."""
    furthest = plan.patients or plan.on_level or _FURTHEST
    for number, row in enumerate(plan.rows, start=1):
        for tally, rung in _covered(row, ladder, furthest):
            levels = tuple(tally if at == rung else Tally() for at in range(len(ladder.names)))
            reason = design.move(Counts(rung, levels, len(ladder.names))).reason
            if _words(reason.actions) != _words(row.then):
                at = f"{tally.with_dlt} of {tally.treated} with DLT"
                message = (
                    f"the row says `{wording(row.then)}`, and with {at} the design says `{wording(reason.actions)}`"
                )
                cure = f"correct the row or the settings; {reason.why}"
                yield Unsound(message, Kind.REPEATED, row.span, cure, number)
                break


def _words(actions: tuple[Action, ...]) -> set[Word]:
    return {action.word for action in actions} - _SAID_ASIDE


def _covered(row: Row, ladder: Ladder, furthest: int) -> Iterator[tuple[Tally, int]]:
    """The counts of a row, each at a level where both ends of the ladder are away, or else where the row applies."""
    names = ladder.names
    places = [rung for rung in range(len(names)) if at_place(row.level, rung, len(names), names)]
    inner = [rung for rung in places if 0 < rung < len(names) - 1] or places
    treated, with_dlt = row.count("treated"), row.count("with_dlt")
    for count in range(max(treated.at_least, 1), min(treated.at_most or furthest, furthest) + 1):
        for dlts in range(count + 1):
            if with_dlt.holds(dlts) and inner:
                yield Tally(count - dlts, dlts), inner[0]
