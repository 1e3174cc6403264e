"""Bayesian logistic regression with overdose control.

Neuenschwander B, Branson M, Gsponer T (2008), Statistics in Medicine 27(13), 2420-2439: a logistic curve over the doses
themselves, with two parameters; of the levels that are not too likely an overdose, the one likeliest on target is next.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates.blrm import Choice, Posterior, fit, highest, likeliest
from protocol_dsl.escalation.estimates.blrm_model import Blrm, Data
from protocol_dsl.escalation.modelled import STOPPED, Wanted, lowered, moving, next_unskipped, next_untried, unsaid
from protocol_dsl.escalation.rule import Family, Ruling
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import Action, EscalationPlan, Ladder, Word

_PHRASES = (
    Phrase("target", "target rates from {number} to under {number}"),
    Phrase("overdose", "no level where the chance of a higher rate is {number} or more"),
    Phrase("alpha", "log alpha has prior mean {signed} and standard deviation {number}"),
    Phrase("beta", "log beta has prior mean {signed} and standard deviation {number}"),
    Phrase("correlation", "prior correlation {signed}"),
    Phrase("reference", "reference dose {number}"),
    Phrase("highest", "next is the highest level allowed"),
    Phrase("likeliest", "next is the level likeliest on target"),
    Phrase("fold", "dose rises by at most {number} fold"),
    Phrase("mtd given", "mtd is given level likeliest on target"),
)


@frozen(slots=False)
class BlrmRule:
    """The rule of BLRM; `fold` is by how much the dose may rise from the highest that was given."""

    model: Blrm
    target: tuple[float, float]
    overdose: float
    names: tuple[str, ...]
    take_highest: bool
    never_skip: bool
    fold: Fraction | None
    amounts: tuple[Fraction, ...]

    def decide(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """Of the levels allowed the likeliest on target, or the highest; none where all are too likely an overdose."""
        if not closed:
            return STOPPED
        posterior = fit(self.model, _data(levels), self.target)
        choice = self._choice(posterior)
        low, high = self.target
        if choice.level is None:
            why = f"at every level the chance of a rate of {high:g} or more is {self.overdose:g} or more"
            return Ruling(None, 0, (Action(Word.STOP),), why)
        on, over = posterior.shares[choice.level][1:]
        what = "the highest allowed" if self.take_highest else "likeliest on target"
        said = f"level {self.names[choice.level]} is {what}"
        why = f"{said}: chance {on:.3f} of a rate from {low:g} to under {high:g}, {over:.3f} of a higher one"
        if choice.margin <= posterior.error:
            why = f"{why}; what was compared is equal within {posterior.error:.1g}, so this is a toss-up"
        aim = min(choice.level, self._furthest(levels, rung))
        if aim < choice.level:
            why = f"{why}; the dose rises no further than to level {self.names[aim]}"
        aim, why = lowered(aim, closed, self.names, why)
        return Ruling(aim, closed, moving(rung, aim), why)

    def _choice(self, posterior: Posterior) -> Choice:
        """The level to go for; what lies closer to the limit than the error counts as beyond it."""
        limit = self.overdose - posterior.error
        return highest(posterior, limit) if self.take_highest else likeliest(posterior, limit)

    def _furthest(self, levels: tuple[Tally, ...], rung: int) -> int:
        """How far up the next cohort may be."""
        untried = next_untried(levels, rung)
        most = min(next_unskipped(levels, rung) if self.never_skip else len(levels), len(levels) - 1)
        if self.fold is not None:
            limit = self.amounts[untried - 1] * self.fold
            most = min(most, max(at for at, amount in enumerate(self.amounts) if amount <= limit))
        return most

    def recommend(self, levels: tuple[Tally, ...], closed: int) -> int | None:
        """Of the open levels that were given and are allowed, the likeliest on target; None where there is none."""
        posterior = fit(self.model, _data(levels), self.target)
        given = [at for at, tally in enumerate(levels[:closed]) if tally.treated]
        allowed = [at for at in given if posterior.shares[at][-1] < self.overdose]
        return max(allowed, key=lambda at: (posterior.shares[at][1], -at), default=None)


def _data(levels: tuple[Tally, ...]) -> Data:
    return Data(tuple((tally.treated, tally.with_dlt) for tally in levels))


def _amounts(ladder: Ladder) -> tuple[Fraction, ...]:
    """The amounts of the product, level by level; empty where a level has none."""
    found = [level.amounts[0] if level.amounts else None for level in ladder.levels]
    return tuple(amount for amount in found if amount) if all(found) else ()


def _pair(plan: EscalationPlan, key: str) -> tuple[float, float]:
    setting = plan.setting(key)
    return (0.0, 0.0) if setting is None else (float(setting.values[0]), float(setting.values[1]))


def _model(plan: EscalationPlan, ladder: Ladder) -> Blrm:
    alpha, beta = _pair(plan, "alpha"), _pair(plan, "beta")
    return Blrm(
        tuple(float(amount) for amount in _amounts(ladder)),
        float(plan.number("reference") or 0),
        (alpha[0], beta[0]),
        (alpha[1], beta[1]),
        float(plan.number("correlation") or 0),
    )


def _rule(plan: EscalationPlan, ladder: Ladder) -> BlrmRule:
    return BlrmRule(
        _model(plan, ladder),
        _pair(plan, "target"),
        float(plan.number("overdose") or 0),
        ladder.names,
        plan.setting("highest") is not None,
        ladder.never_skip,
        plan.number("fold"),
        _amounts(ladder),
    )


_WANTED: tuple[Wanted, ...] = (
    (("target",), "which rates are the target", "target rates from 0.16 to under 0.33"),
    (("overdose",), "the control of overdoses", "no level where the chance of a higher rate is 0.25 or more"),
    (("alpha",), "the prior of log alpha", "log alpha has prior mean -1.1 and standard deviation 2"),
    (("beta",), "the prior of log beta", "log beta has prior mean 0 and standard deviation 1"),
    (("reference",), "the reference dose", "reference dose 100"),
    (("highest", "likeliest"), "which of the levels allowed is next", "next is the level likeliest on target"),
    (("mtd given",), "which level is recommended at the end", "mtd is given level likeliest on target"),
)


def _faults(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    whole = list(unsaid(plan, _WANTED))
    yield from whole or _unfit(plan, ladder)


def _unfit(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    low, high = _pair(plan, "target")
    target, overdose = plan.setting("target"), plan.setting("overdose")
    if plan.setting("highest") is not None and (other := plan.setting("likeliest")) is not None:
        yield Unsound("the next level is said in two ways", Kind.SETTINGS, other.span, "keep one of the two")
    fold = plan.setting("fold")
    if fold is not None and not 1 <= Fraction(fold.values[0]) <= _STEEPEST:
        cure = "write by how much it may rise, as in `dose rises by at most 2 fold`"
        yield Unsound(f"{fold.values[0]} fold is no rise", Kind.SETTINGS, fold.span, cure)
    if target is not None and not 0 < low < high < 1:
        yield Unsound(
            "the target rates run backwards or lie outside 0 to 1", Kind.SETTINGS, target.span, "correct them"
        )
    if overdose is not None and not 0 < Fraction(overdose.values[0]) < 1:
        yield Unsound("the chance lies outside 0 to 1", Kind.SETTINGS, overdose.span, "write a chance such as 0.25")
    if not _amounts(ladder):
        cure = "give each level its amount: the curve is drawn over the doses themselves"
        yield Unsound("a level of the ladder has no amount", Kind.SETTINGS, ladder.span, cure)
        return
    yield from _prior_faults(plan)


# Beyond these a prior says nothing that is meant, and its integrals cannot be relied upon.
_BOUNDS = {
    "alpha": ((-20, 20), (Fraction("0.01"), 20)),
    "beta": ((-20, 20), (Fraction("0.01"), 20)),
    "correlation": ((Fraction("-0.99"), Fraction("0.99")),),
    "reference": ((Fraction(1, 10**9), 10**9),),
}
_STEEPEST = 1000


def _prior_faults(plan: EscalationPlan) -> Iterator[Unsound]:
    for key, bounds in _BOUNDS.items():
        setting = plan.setting(key)
        if setting is None:
            continue
        for value, (least, most) in zip(setting.values, bounds, strict=True):
            if not least <= Fraction(value) <= most:
                cure = f"write a number from {float(least):g} to {float(most):g}"
                yield Unsound(f"{value} makes no prior", Kind.SETTINGS, setting.span, cure)


family = Family(
    "BLRM",
    "Neuenschwander, Branson and Gsponer (2008), Statistics in Medicine 27(13), 2420-2439",
    _PHRASES,
    _rule,
    _faults,
    local=False,
)
