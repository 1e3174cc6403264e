"""One amount from one dose and one size, in exact numbers, with a step for each thing that is done."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from attrs import evolve, frozen

from protocol_dsl.base.quantity import Unit, decimal_text, unit
from protocol_dsl.dosing.plan import Plan, in_base, unit_of
from protocol_dsl.model.dosing import DoseCap, Rounding, Turn

_TIME = (("s", 1),)
_LARGE = 10**6
_DIGITS = 6
_LONGEST = 20
_NEAR = Context(prec=10)
_AT_ONCE = ("dose", "infusion", "injection", "administration")
_TENTHS = (2, 5)
PAST_NEXT = "rounding makes it"
"""How the reason begins where rounding makes it more than the next level calls for."""


@frozen
class Step:
    """What was done, and the line of the protocol by which."""

    text: str
    rule: str


@frozen
class Reckoned:
    """An amount in base units, or why none is given; the pieces it is made of, and the steps to it."""

    amount: Fraction
    steps: tuple[Step, ...] = ()
    pieces: tuple[tuple[int, Fraction], ...] = ()
    withheld: str = ""

    def then(self, text: str, rule: str) -> Reckoned:
        """The same after one more step."""
        return evolve(self, steps=(*self.steps, Step(text, rule)))


@frozen
class Level:
    """The level that is given, its dose in base units, and that of the next level; None where there is none."""

    name: str
    dose: Fraction
    next: Fraction | None = None
    next_name: str = ""


# --- words --------------------------------------------------------------------------------------------------------


def number_words(number: Fraction) -> str:
    """A number as protocols write it: `250`, `0.5`; from a million on `2.6e8` where that is shorter.

    One with very many decimals, or without a last one, is told to ten digits after `about`, so that its rounding shows.
    """
    if number.denominator == 1 and abs(number) >= _LARGE:
        digits = str(abs(number.numerator))
        led = digits.rstrip("0")
        if len(led) <= _DIGITS:
            return f"{'-' if number < 0 else ''}{led[0]}.{led[1:] or '0'}e{len(digits) - 1}"
    if _ends(number) and len(text := decimal_text(number)) <= _LONGEST:
        return text
    near = _NEAR.divide(Decimal(number.numerator), Decimal(number.denominator))
    return f"about {near:f}"


def told(base: Fraction, measured: Unit) -> str:
    """A quantity given in base units."""
    return f"{number_words(measured.of_base(base))} {measured.code}"


def limit_words(limit: DoseCap) -> str:
    """A limit as it is written."""
    return f"{number_words(limit.amount)} {limit.unit}"


def rounding_words(rounding: Rounding) -> str:
    """A rounding as it is written, on one line."""
    sizes = " and ".join(f"{number_words(size)} {rounding.unit}" for size in rounding.sizes)
    what = f"whole {rounding.pieces} of {sizes}" if rounding.pieces else sizes
    if rounding.turn in (Turn.DOWN, Turn.UP):
        return f"rounded {rounding.turn.value} to {what}"
    return f"rounded to {what}, {rounding.turn.value.rpartition(', ')[2]}"


# --- steps --------------------------------------------------------------------------------------------------------


def reckon(plan: Plan, level: Level, size: Fraction | None) -> Reckoned:
    """The amount for a size in base units; None where the dose is multiplied with nothing. Raises nothing."""
    counted, before = _size(plan, size)
    called_for = level.dose if counted is None else level.dose * counted
    found = _product(plan, level, counted, Reckoned(called_for, before))
    found = _capped(plan, found)
    if found.amount == 0 < called_for:
        return evolve(found, withheld="the cap leaves nothing to give")
    found = _rounded(plan, found)
    if found.withheld:
        return found
    return _held_against(plan, _not_past_next(plan, level, counted, found), called_for)


def _size(plan: Plan, size: Fraction | None) -> tuple[Fraction | None, tuple[Step, ...]]:
    most, basis = plan.rule.most, plan.basis
    if size is None or most is None or basis is None:
        return size, ()
    limit = in_base(most)
    rule = f"cap {most.per} at {limit_words(most)}"
    if size > limit:
        return limit, (Step(f"{basis.name} counts as {limit_words(most)}", rule),)
    return size, (Step(f"{basis.name} is not above {limit_words(most)}", rule),)


def _product(plan: Plan, level: Level, size: Fraction | None, found: Reckoned) -> Reckoned:
    if plan.basis is None or size is None:
        return found
    factors = f"{told(level.dose, plan.given)} x {told(size, plan.basis.unit)}"
    return found.then(f"{factors} = {told(found.amount, plan.amount)}", f"based on {plan.basis.name}")


def _capped(plan: Plan, found: Reckoned) -> Reckoned:
    for cap in plan.rule.caps:
        a_time = _per_time(cap.unit)
        rule = f"cap {limit_words(cap)}" + ("" if a_time else f" per {cap.per}")
        alone = (
            "" if cap.per in _AT_ONCE or a_time else f"; what else is given in the same {cap.per} is not counted here"
        )
        if found.amount > in_base(cap):
            found = evolve(found, amount=in_base(cap)).then(f"cut off at {limit_words(cap)}{alone}", rule)
        else:
            found = found.then(f"not above {limit_words(cap)}{alone}", rule)
    return found


def _per_time(code: str) -> bool:
    """Whether a unit is per day, hour and so on."""
    return any(found is not None and found.dimension == _TIME for found in map(unit, code.split("/")[1:]))


def _rounded(plan: Plan, found: Reckoned) -> Reckoned:
    rounding, stock = plan.rule.rounding, plan.stock
    if rounding is None or stock is None:
        if not _ends(plan.amount.of_base(found.amount)):
            return evolve(found, withheld="the amount has no last decimal, and nothing says how it is rounded")
        return found
    step, rule = unit_of(rounding.unit), rounding_words(rounding)
    exact = step.of_base(found.amount)
    amount = stock.turned(exact, rounding.turn)
    beyond = ""
    if plan.most is not None and step.in_base(amount) > plan.most:
        beyond = f", since {number_words(amount)} {step.code} would pass the cap"
        amount = stock.down(step.of_base(plan.most))
    found = evolve(found, amount=step.in_base(amount))
    text = f"{told(step.in_base(exact), plan.amount)} is rounded to {told(found.amount, plan.amount)}{beyond}"
    if amount == exact:
        text = f"{told(found.amount, plan.amount)} needs no rounding"
    found = found.then(text, rule)
    if amount == 0 < exact:
        return evolve(found, withheld="the amount is rounded to nothing")
    return _in_pieces(rounding, stock.pieces(amount), found) if rounding.pieces and amount else found


def _ends(number: Fraction) -> bool:
    """Whether a number has a last decimal."""
    rest = number.denominator
    for prime in _TENTHS:
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _in_pieces(rounding: Rounding, pieces: tuple[tuple[int, Fraction], ...], found: Reckoned) -> Reckoned:
    made = " and ".join(f"{count} x {number_words(size)} {rounding.unit}" for count, size in pieces)
    return evolve(found, pieces=pieces).then(f"{rounding.pieces}: {made}", rounding_words(rounding))


def _not_past_next(plan: Plan, level: Level, size: Fraction | None, found: Reckoned) -> Reckoned:
    """What rounding adds must not make it more than the next level calls for."""
    if level.next is None or plan.rule.rounding is None:
        return found
    following = level.next if size is None else level.next * size
    following = following if plan.most is None else min(following, plan.most)
    if found.amount <= following:
        return found
    next_level = f"the {told(following, plan.amount)} that level {level.next_name} calls for"
    return evolve(found, withheld=f"{PAST_NEXT} {told(found.amount, plan.amount)}, more than {next_level}")


def _held_against(plan: Plan, found: Reckoned, called_for: Fraction) -> Reckoned:
    least = plan.rule.least
    if least is None or found.withheld or called_for == 0:
        return found
    rule = f"refuse below {limit_words(least)}"
    if found.amount < in_base(least):
        why = f"{told(found.amount, plan.amount)} is below {limit_words(least)}"
        return evolve(found.then(why, rule), withheld=why)
    return found.then(f"not below {limit_words(least)}", rule)
