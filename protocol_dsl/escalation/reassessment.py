"""Continual reassessment: its settings, its rule, and what may be wrong, for the designs that fit one number."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import sqrt

from attrs import evolve, field, frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates import crm
from protocol_dsl.escalation.estimates.crm_likelihood import likeliest
from protocol_dsl.escalation.estimates.crm_model import Crm, Data, Model, closest, rates
from protocol_dsl.escalation.estimates.skeleton import Goal, skeleton
from protocol_dsl.escalation.interval import target_of
from protocol_dsl.escalation.modelled import Wanted, moving, next_untried, unsaid
from protocol_dsl.escalation.rule import Followed, Ruling
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import Action, EscalationPlan, Ladder, Word

PHRASES = (
    Phrase("target", "target dlt rate {number}"),
    Phrase("made", "skeleton with halfwidth {number} and prior mtd at level {level}"),
    Phrase("skeleton", "skeleton {text}"),
    Phrase("logistic", "logistic model with intercept {number}"),
    Phrase("empiric", "empiric model"),
    Phrase("variance", "prior variance {number}"),
    Phrase("likelihood", "by likelihood once one patient had a dlt and another had none"),
    Phrase("safe", "stop when chance that the lowest level exceeds target is more than {number}"),
    Phrase("mtd given", "mtd is given level closest to target"),
    Phrase("mtd any", "mtd is level closest to target"),
)


@frozen(slots=False)
class CrmRule:
    """The rule of CRM. With `never_skip` no level is passed over on the way up; `safe` is a chance, as `target`."""

    model: Crm
    target: float
    names: tuple[str, ...]
    never_skip: bool
    likelihood: bool
    safe: float | None
    given_only: bool
    _known: dict[tuple[tuple[int, int], ...], tuple[float, ...] | None] = field(factory=dict, init=False, eq=False)

    def estimates(self, levels: tuple[Tally, ...]) -> tuple[float, ...] | None:
        """The rates of the levels as now estimated; None where likelihood has nothing to say yet."""
        tallies = tuple((tally.treated, tally.with_dlt) for tally in levels)
        if tallies not in self._known:
            data = Data(tallies)
            parameter = likeliest(self.model, data) if self.likelihood else crm.fit(self.model, data).mean
            self._known[tallies] = None if parameter is None else rates(self.model, parameter)
        return self._known[tallies]

    def decide(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """The level closest to the target, no further up than one above the highest that was given."""
        if self._too_toxic(levels):
            return Ruling(None, 0, (Action(Word.STOP),), self._toxic)
        fitted = self.estimates(levels)
        if fitted is None:
            return self._before(levels, rung, closed)
        return self._ruled(fitted, levels, rung, closed)

    def under_way(self, levels: tuple[Tally, ...], rung: int, closed: int, followed: Followed) -> Ruling | str:
        """The level closest to the target, where each pending patient counts by the part of the window that passed."""
        tallies = tuple((tally.without + tally.with_dlt, tally.with_dlt) for tally in levels)
        data = Data(tallies, tuple(sorted((at, float(part)) for at, part in followed)))
        if self.safe is not None and crm.surely_exceeds(self.model, data, 0, self.target, self.safe):
            return Ruling(None, 0, (Action(Word.STOP),), self._toxic)
        parameter = likeliest(self.model, data) if self.likelihood else crm.fit(self.model, data).mean
        if parameter is None:
            return "likelihood has nothing to say before there is a DLT and a patient without"
        found = self._ruled(rates(self.model, parameter), levels, rung, closed)
        passed = sum(float(part) for _, part in followed)
        return evolve(found, why=f"{len(followed)} pending count as {passed:g}; {found.why}")

    def recommend(self, levels: tuple[Tally, ...], _closed: int) -> int | None:
        """The level closest to the target, of all or of those that were given; None where the trial stops as toxic."""
        if self._too_toxic(levels):
            return None
        fitted = self.estimates(levels)
        given = [at for at, tally in enumerate(levels) if tally.treated]
        if fitted is None or not self.given_only:
            return None if fitted is None else closest(fitted, self.target).level
        return min(given, key=lambda at: (abs(fitted[at] - self.target), at), default=None)

    def _ruled(self, fitted: tuple[float, ...], levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """The level closest to the target by these estimates."""
        aim = closest(fitted, self.target).level
        said = ", ".join(f"{name}: {rate:.3f}" for name, rate in zip(self.names, fitted, strict=True))
        why = f"estimated rates {said}; level {self.names[aim]} is closest to {self.target:g}"
        if self.never_skip and aim > next_untried(levels, rung):
            aim = next_untried(levels, rung)
            why = f"{why}, and no level is skipped"
        return Ruling(aim, closed, moving(rung, aim), why)

    def _before(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """Likelihood says nothing without a DLT or with nothing else: up a level, or down."""
        if not any(tally.with_dlt for tally in levels):
            aim = min(rung + 1, len(levels) - 1)
            return Ruling(aim, closed, moving(rung, aim), "nobody had a DLT yet")
        aim = max(rung - 1, 0)
        return Ruling(aim, closed, moving(rung, aim), "everybody had a DLT so far")

    @property
    def _toxic(self) -> str:
        return f"the chance that the rate at level {self.names[0]} exceeds {self.target:g} is more than {self.safe:g}"

    def _too_toxic(self, levels: tuple[Tally, ...]) -> bool:
        if self.safe is None or not levels[0].treated:
            return False
        data = Data(tuple((tally.treated, tally.with_dlt) for tally in levels))
        return crm.surely_exceeds(self.model, data, 0, self.target, self.safe)


def _skeleton(plan: EscalationPlan, ladder: Ladder) -> tuple[float, ...]:
    """The prior guesses as they are listed, or made from the interval of indifference."""
    listed, made = plan.setting("skeleton"), plan.setting("made")
    if listed is not None:
        return tuple(float(word) for word in listed.values[0].split(","))
    if made is None:
        return ()
    goal = Goal(float(target_of(plan)), float(made.values[0]), ladder.names.index(made.values[1]) + 1)
    return skeleton(goal, len(ladder.names), _model(plan), _intercept(plan))


def _model(plan: EscalationPlan) -> Model:
    return Model.LOGISTIC if plan.setting("logistic") else Model.EMPIRIC


def _intercept(plan: EscalationPlan) -> float:
    return float(plan.number("logistic", Fraction(3)) or 0)


def _crm(plan: EscalationPlan, ladder: Ladder) -> Crm:
    variance = plan.number("variance", Fraction("1.34")) or Fraction(0)
    return Crm(_skeleton(plan, ladder), _model(plan), sqrt(variance), _intercept(plan))


def rule(plan: EscalationPlan, ladder: Ladder) -> CrmRule:
    """The rule of a sound plan."""
    safe = plan.number("safe")
    return CrmRule(
        _crm(plan, ladder),
        float(target_of(plan)),
        ladder.names,
        ladder.never_skip,
        plan.setting("likelihood") is not None,
        None if safe is None else float(safe),
        plan.setting("mtd given") is not None,
    )


# --- what may be wrong ------------------------------------------------------------------------------------------------


_WANTED: tuple[Wanted, ...] = (
    (("target",), "the target rate", "target dlt rate 0.25"),
    (("skeleton", "made"), "the skeleton", "skeleton 0.05, 0.12, 0.25, 0.40, 0.55"),
    (("empiric", "logistic"), "the model", "empiric model"),
    (("variance", "likelihood"), "the prior variance", "prior variance 1.34"),
    (("mtd any", "mtd given"), "which level is recommended at the end", "mtd is given level closest to target"),
)


def faults(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    """What is missing, or else what cannot be."""
    whole = list(unsaid(plan, _WANTED))
    yield from whole or _unfit(plan, ladder)


def _unfit(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    for key in ("target", "safe"):
        setting = plan.setting(key)
        if setting is not None and not 0 < Fraction(setting.values[0]) < 1:
            message = f"{setting.values[0]} lies outside 0 to 1"
            yield Unsound(message, Kind.SETTINGS, setting.span, "write a number between 0 and 1")
            return
    variance = plan.setting("variance")
    if variance is not None and not Fraction(variance.values[0]) > 0:
        yield Unsound("a prior without variance", Kind.SETTINGS, variance.span, "write `prior variance 1.34`")
        return
    setting = plan.setting("skeleton") or plan.setting("made")
    where = setting.span if setting is not None else plan.span
    levels = len(ladder.names)
    try:
        model = _crm(plan, ladder)
    except ValueError:
        cure = "write rates that rise between 0 and 1, one for each level, as in `skeleton 0.05, 0.12, 0.25`"
        yield Unsound("this makes no skeleton", Kind.SETTINGS, where, cure)
        return
    if len(model.skeleton) != levels:
        message = f"the skeleton has {len(model.skeleton)} rates, and the ladder {levels} levels"
        yield Unsound(message, Kind.SETTINGS, where, "write one rate for each level")
