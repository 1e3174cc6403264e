"""Continual reassessment: its settings, its rule, and what may be wrong, for the designs that fit one number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from attrs import evolve, field, frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates import crm
from protocol_dsl.escalation.estimates.crm_likelihood import likeliest
from protocol_dsl.escalation.estimates.crm_many import Asked, fits
from protocol_dsl.escalation.estimates.crm_model import Crm, Data, Model, closest, rates
from protocol_dsl.escalation.estimates.skeleton import Goal, skeleton
from protocol_dsl.escalation.interval import target_of
from protocol_dsl.escalation.modelled import STOPPED, Wanted, lowered, moving, next_unskipped, unsaid
from protocol_dsl.escalation.rule import Followed, Ruling
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally, pending_of
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


_TOSS_UP = 1e-8  # rates are fitted to better than this
_LAST_DIGITS = 1e-9  # and those fitted together agree with others to better than that


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
    _known: dict[Data, tuple[float, ...] | None] = field(factory=dict, init=False, eq=False)
    _exceeds: dict[Data, bool] = field(factory=dict, init=False, eq=False)

    def estimates(self, levels: tuple[Tally, ...]) -> tuple[float, ...] | None:
        """The rates of the levels as now estimated; None where likelihood has nothing to say yet."""
        return self._estimates(_seen(levels))

    def _estimates(self, data: Data) -> tuple[float, ...] | None:
        if data not in self._known:
            parameter = likeliest(self.model, data) if self.likelihood else crm.fit(self.model, data).mean
            self._known[data] = None if parameter is None else rates(self.model, parameter)
        return self._known[data]

    def decide(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """The level closest to the target, no further up than one above the highest that was given."""
        if not closed:
            return STOPPED
        if self._too_toxic(levels):
            return Ruling(None, 0, (Action(Word.STOP),), self._toxic)
        fitted = self.estimates(levels)
        if fitted is None:
            return self._before(levels, rung, closed)
        return self._ruled(fitted, levels, rung, closed)

    def under_way(self, levels: tuple[Tally, ...], rung: int, closed: int, followed: Followed) -> Ruling | str:
        """The level closest to the target, where each pending patient counts by the part of the window that passed."""
        if not closed:
            return STOPPED
        data = _seen(levels, followed)
        if self._surely_exceeds(data):
            return Ruling(None, 0, (Action(Word.STOP),), self._toxic)
        fitted = self._estimates(data)
        if fitted is None:
            return "likelihood has nothing to say before there is a DLT and a patient without"
        found = self._ruled(fitted, levels, rung, closed)
        passed = sum(float(part) for _, part in followed)
        return evolve(found, why=f"{len(followed)} pending count as {passed:g}; {found.why}")

    def foresee(self, asked: Sequence[tuple[tuple[Tally, ...], Followed]]) -> None:
        """Fit together what will be asked one by one, as far as it is sure what follows; the rest is fitted as asked.

        With patients pending whose follow-up is not told, few of the mixes of outcomes are ever asked for.
        """
        if self.likelihood:
            return
        ahead = dict.fromkeys(
            _seen(levels, parts) for levels, parts in asked if parts or not any(map(pending_of, levels))
        )
        data = [one for one in ahead if one not in self._known]
        about = None if self.safe is None else Asked(0, self.target, self.safe)
        for one, found in zip(data, fits(self.model, data, about), strict=True):
            if found is None:
                continue
            fitted = rates(self.model, found.mean)
            if not _borders(fitted, self.target):
                self._known[one] = fitted
            if found.exceeds is not None:
                self._exceeds[one] = found.exceeds

    def recommend(self, levels: tuple[Tally, ...], closed: int) -> int | None:
        """The open level closest to the target, of all or of those given; None where the trial stops as toxic."""
        if self._too_toxic(levels):
            return None
        fitted = self.estimates(levels)
        if fitted is None:
            return None
        given = [at for at, tally in enumerate(levels[:closed]) if tally.treated or not self.given_only]
        return given[_nearest(tuple(fitted[at] for at in given), self.target)[0]] if given else None

    def _ruled(self, fitted: tuple[float, ...], levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """The level closest to the target by these estimates."""
        aim, toss_up = _nearest(fitted, self.target)
        said = ", ".join(f"{name}: {rate:.3f}" for name, rate in zip(self.names, fitted, strict=True))
        why = f"estimated rates {said}; level {self.names[aim]} is closest to {self.target:g}"
        if toss_up:
            why = f"{why}; level {self.names[toss_up]} is as close within {_TOSS_UP:g}, and the lower is taken"
        if self.never_skip and aim > next_unskipped(levels, rung):
            aim = next_unskipped(levels, rung)
            why = f"{why}, and no level is skipped"
        aim, why = lowered(aim, closed, self.names, why)
        return Ruling(aim, closed, moving(rung, aim), why)

    def _before(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """Likelihood says nothing without a DLT or with nothing else: up a level, or down."""
        if not any(tally.with_dlt for tally in levels):
            aim, why = lowered(min(rung + 1, len(levels) - 1), closed, self.names, "nobody had a DLT yet")
            return Ruling(aim, closed, moving(rung, aim), why)
        aim = min(max(rung - 1, 0), closed - 1)
        all_had = all(not tally.without for tally in levels)
        why = "everybody had a DLT so far" if all_had else "the likelihood has no top within reach"
        return Ruling(aim, closed, moving(rung, aim), why)

    @property
    def _toxic(self) -> str:
        return f"the chance that the rate at level {self.names[0]} exceeds {self.target:g} is more than {self.safe:g}"

    def _too_toxic(self, levels: tuple[Tally, ...]) -> bool:
        if self.safe is None or not any(tally.treated for tally in levels):
            return False
        return self._surely_exceeds(_seen(levels))

    def _surely_exceeds(self, data: Data) -> bool:
        if self.safe is None:
            return False
        if data not in self._exceeds:
            self._exceeds[data] = crm.surely_exceeds(self.model, data, 0, self.target, self.safe)
        return self._exceeds[data]


@lru_cache(maxsize=1 << 14)  # asked for several times in a state
def _seen(levels: tuple[Tally, ...], followed: Followed = ()) -> Data:
    """What is fitted: whoever is pending counts by the part of the window that passed."""
    tallies = tuple((tally.without + tally.with_dlt, tally.with_dlt) for tally in levels)
    return Data(tallies, tuple(sorted((at, float(part)) for at, part in followed)))


def _borders(fitted: tuple[float, ...], target: float) -> bool:
    """Whether it hangs on the last digits if two levels are as close to the target."""
    return any(abs(abs(one + other - 2 * target) - _TOSS_UP) < _LAST_DIGITS for one, other in pairwise(fitted))


def _nearest(fitted: tuple[float, ...], target: float) -> tuple[int, int | None]:
    """The level closest to the target; and the next level where it is as close, but for what a fit may be wrong by.

    Two such levels lie on the two sides of the target, and the lower is taken.
    """
    aim = closest(fitted, target).level
    lower = aim - 1 if fitted[aim] > target and aim else aim
    two_sides = lower + 1 < len(fitted) and fitted[lower] <= target < fitted[lower + 1]
    if two_sides and abs(fitted[lower] + fitted[lower + 1] - 2 * target) < _TOSS_UP:
        return lower, lower + 1
    return aim, None


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


_EITHER = (
    ("skeleton", "made", "the skeleton"),
    ("empiric", "logistic", "the model"),
    ("mtd given", "mtd any", "what is recommended at the end"),
)
_BOUNDS: tuple[tuple[str, Fraction, Fraction], ...] = (
    ("target", Fraction(1, 1000), Fraction(999, 1000)),
    ("safe", Fraction(1, 1000), Fraction(999_999, 1_000_000)),
    ("variance", Fraction(1, 1000), Fraction(625)),
    ("logistic", Fraction(0), Fraction(100)),
)
"""Within these a fit means something, and its stated error holds."""
_RATE = re.compile(r"\s*[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?\s*", re.ASCII)


def _unfit(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    wrong = [*_contradictions(plan), *_out_of_bounds(plan)]
    yield from wrong or _no_skeleton(plan, ladder)


def _contradictions(plan: EscalationPlan) -> Iterator[Unsound]:
    for one, other, what in _EITHER:
        second = plan.setting(other)
        if plan.setting(one) is not None and second is not None:
            yield Unsound(f"{what} is said in two ways", Kind.SETTINGS, second.span, "keep one of the two")


def _out_of_bounds(plan: EscalationPlan) -> Iterator[Unsound]:
    for key, least, most in _BOUNDS:
        setting = plan.setting(key)
        if setting is not None and not least <= Fraction(setting.values[0]) <= most:
            cure = f"write a number from {float(least):g} to {float(most):g}"
            yield Unsound(f"{setting.values[0]} cannot be fitted with", Kind.SETTINGS, setting.span, cure)


def _no_skeleton(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    listed, made = plan.setting("skeleton"), plan.setting("made")
    setting = listed or made
    where, levels = setting.span if setting is not None else plan.span, len(ladder.names)
    if made is not None and made.values[1] not in ladder.names:
        known = ", ".join(f"`{name}`" for name in ladder.names)
        yield Unsound(f"there is no level `{made.values[1]}`", Kind.SETTINGS, where, f"the levels are {known}")
        return
    rates = listed.values[0].split(",") if listed is not None else []
    junk = next((rate.strip() for rate in rates if not _RATE.fullmatch(rate)), None)
    if junk is not None:
        cure = "write rates with commas between them, as in `skeleton 0.05, 0.12, 0.25`"
        yield Unsound(f"`{junk}` is no rate", Kind.SETTINGS, where, cure)
        return
    try:
        model = _crm(plan, ladder)
    except (ValueError, OverflowError, ZeroDivisionError):
        cure = "write rates that rise between 0 and 1, one for each level, as in `skeleton 0.05, 0.12, 0.25`"
        if made is not None:
            cure = "write a halfwidth that leaves room on both sides of the target, such as 0.06, or list the rates"
        yield Unsound("this makes no skeleton", Kind.SETTINGS, where, cure)
        return
    if len(model.skeleton) != levels:
        message = f"the skeleton has {len(model.skeleton)} rates, and the ladder {levels} levels"
        yield Unsound(message, Kind.SETTINGS, where, "write one rate for each level")
