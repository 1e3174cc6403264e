"""Families of designs that compute their decisions: one file each, exposing `family`. To add one, add a file.

A family says its settings as phrases, what would be wrong with them, and the rule that they amount to. Everything else
(advice, table, paths, operating characteristics, verification) follows from the machine of that rule.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, cast

from attrs import evolve

from protocol_dsl.base.shelf import names
from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.elaborate.plan import Families
from protocol_dsl.escalation import behaviours
from protocol_dsl.escalation.accelerated import Accelerated
from protocol_dsl.escalation.behaviour import Layer, Said
from protocol_dsl.escalation.computed import ComputedDesign, Counts
from protocol_dsl.escalation.design import Design
from protocol_dsl.escalation.last_cohort import LastCohort
from protocol_dsl.escalation.repeated import differing
from protocol_dsl.escalation.rule import Family, Followed, FollowUpRule, Foreseeing
from protocol_dsl.escalation.soundness import Unsound, capped, too_few, ungoverned, unreached, unsound
from protocol_dsl.escalation.stages import Staged
from protocol_dsl.escalation.table import TableDesign
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.escalation.wrapped import Wrapped
from protocol_dsl.model.escalation import EscalationPlan, Ladder


def known() -> tuple[str, ...]:
    """The names of the families, sorted."""
    return names(__name__)


def family(name: str) -> Family | None:
    """The family of that name; only its own file is imported. None where there is none."""
    if name not in known():
        return None
    found: Family = import_module(f"{__name__}.{name}").family
    return found


def _phrases(name: str) -> tuple[Phrase, ...] | None:
    found = family(name)
    return None if found is None else found.phrases


FAMILIES = Families(known(), _phrases, behaviours.phrases())
"""What elaboration must know of the families."""


def faults(plan: EscalationPlan, ladder: Ladder) -> tuple[Unsound, ...]:
    """What is wrong with a plan before anything is run: its ladder and rows, its settings, what it repeats."""
    if plan.stages:
        each = (fault for stage in plan.stages for fault in _faults(stage.plan, ladder))
        return (*each, *unreached(plan, ladder))
    far = tuple(unreached(plan, ladder)) if plan.family == "table" else ()
    return (*_faults(plan, ladder), *far)


def _faults(plan: EscalationPlan, ladder: Ladder) -> tuple[Unsound, ...]:
    """The faults of one design, by itself or in a stage."""
    found = family(plan.family)
    if found is None:
        return (*unsound(plan, ladder), *too_few(plan), *behaviours.faults(plan))
    own = tuple(found.faults(plan, ladder)) or tuple(behaviours.faults(plan))
    wrong = (*unsound(evolve(plan, rows=()), ladder), *too_few(plan), *capped(plan), *ungoverned(ladder), *own)
    return wrong or tuple(differing(plan, ruled(plan, ladder, found), ladder))


def machine(
    plan: EscalationPlan, ladder: Ladder, *, remember: bool = False, followed: Followed | None = None
) -> Design[Any]:
    """The machine of a plan, with the behaviours it asks for laid round it.

    With `remember` it keeps every tally; without, the smallest state that decides. `followed` is how long the pending
    patients have been followed, for designs that go by it.
    """
    if plan.stages:
        return _staged(plan, ladder, remember=remember, followed=followed)
    found = family(plan.family)
    said = Said(plan, ladder)
    if found is not None:
        return behaviours.wrapped(_computed(plan, ladder, found, followed), said)
    whole = remember or behaviours.whole(said)
    table = TableDesign(plan, ladder, remember=whole or plan.last_cohort)
    return behaviours.wrapped(LastCohort(table, whole) if plan.last_cohort else table, said)


def ruled(plan: EscalationPlan, ladder: Ladder, found: Family) -> Design[Counts]:
    """The machine of a computed design, with nothing round it but what closes levels: what its table shows."""
    return behaviours.wrapped(_computed(plan, ladder, found, None), Said(plan, ladder), Layer.CLOSES)


def _computed(plan: EscalationPlan, ladder: Ladder, found: Family, followed: Followed | None) -> ComputedDesign:
    rule = found.rule(plan, ladder)
    going_by = cast("FollowUpRule", rule) if found.follow_up else None
    return ComputedDesign(plan, ladder, rule, going_by, followed)


def _staged(plan: EscalationPlan, ladder: Ladder, *, remember: bool, followed: Followed | None) -> Staged:
    """The machines of the stages; what is handed on must be remembered until then."""
    plans = [stage.plan for stage in plan.stages]
    keeps = [remember or one is not plans[-1] for one in plans]
    return Staged(
        plan,
        tuple(machine(one, ladder, remember=keep, followed=followed) for one, keep in zip(plans, keeps, strict=True)),
    )


def goes_by_follow_up(plan: EscalationPlan) -> bool:
    """Whether a plan, or a stage of it, decides by how long pending patients have been followed."""
    known = (family(one.family) for one in (plan, *(stage.plan for stage in plan.stages)))
    return any(found is not None and found.follow_up for found in known)


def is_local(plan: EscalationPlan) -> bool:
    """Whether each decision depends on the counts at the level just treated alone, as in every table."""
    known = (family(one.family) for one in (plan, *(stage.plan for stage in plan.stages)))
    return all(found is None or found.local for found in known)


def following(design: Design[Any], followed: Followed | None) -> Design[Any]:
    """The same machine with the pending patients followed for so long; what a design does not go by is left aside."""
    if isinstance(design, Staged):
        return evolve(design, designs=tuple(following(one, followed) for one in design.designs))
    if isinstance(design, ComputedDesign):
        return evolve(design, followed=followed)
    if isinstance(design, Accelerated | Wrapped):
        return evolve(design, inner=following(design.inner, followed))
    return design


def foresee(design: Design[Any], asked: Sequence[tuple[tuple[Tally, ...], Followed]]) -> None:
    """Let a design work out together what it will be asked one by one: counts, and follow-up where it is known."""
    for rule in _foreseeing(design):
        rule.foresee(asked)


def looking_ahead(design: Design[Any]) -> Callable[[Sequence[Any]], None] | None:
    """What works out together all that a design will be asked in states to come; None where that is no quicker."""
    if not _foreseeing(design):
        return None
    return lambda states: foresee(design, [(design.tallies(state), ()) for state in states])


def _foreseeing(design: Design[Any]) -> list[Foreseeing]:
    """The rules of a design that would rather work out many things together."""
    while isinstance(design, Accelerated | Wrapped):
        design = design.inner
    if isinstance(design, Staged):
        return [rule for one in design.designs for rule in _foreseeing(one)]
    return [design.rule] if isinstance(design, ComputedDesign) and isinstance(design.rule, Foreseeing) else []
