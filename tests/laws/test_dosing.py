"""What holds of every dose: units, order, caps, rounding, and that nothing is given on what is not known."""

from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import product
from math import ceil

from attrs import evolve
from hypothesis import assume
from hypothesis import strategies as st

from protocol_dsl.base.quantity import decimal_text
from protocol_dsl.base.studytime import Days
from protocol_dsl.dosing.dispense import Stock
from protocol_dsl.dosing.dose import Dose, Outcome
from protocol_dsl.dosing.reckon import PAST_NEXT
from protocol_dsl.face import Protocol
from protocol_dsl.model.dosing import Turn
from protocol_dsl.model.record import Range, Reading, Record
from tests.law import law
from tests.unit.dosing.trial import DAY, PER_KG, trial, weighed

ROUNDINGS = ("", "rounded down to", "rounded up to", "rounded to")
SIZES = ("5 mg", "0.7 mg", "3 mg", "40 mg", "whole tablets of 25 mg and 40 mg", "whole vials of 4 mg and 6 mg and 9 mg")
VALID = 7  # days, in the trial

weights = st.decimals(min_value=3, max_value=190, places=3).map(str)
levels = st.sampled_from(("1", "2", "3"))
caps = st.sampled_from((None, 3, 52, 100, Fraction(655, 2)))


@cache
def protocol(rounding: str, size: str, halves: str, cap: Fraction | int | None) -> Protocol:
    settings = [] if cap is None else [f"cap {decimal_text(Fraction(cap))} mg per dose"]
    if rounding:
        settings.append(f"{rounding} {size}" + (f", halves {halves}" if rounding == "rounded to" else ""))
    return trial(PER_KG, *settings)


protocols = st.builds(
    protocol, st.sampled_from(ROUNDINGS), st.sampled_from(SIZES), st.sampled_from(("down", "up")), caps
)


def dosed(of: Protocol, record: Record, level: str) -> Dose:
    (found,) = of.dose(record, level=level, infusion=DAY)
    return found


def of_weight(of: Protocol, weight: str, level: str, unit: str = "kg") -> Dose:
    return dosed(of, of.record(weighed(weight, unit)), level)


def reading_of(value: Fraction | Range, day: date = date(2026, 5, 30)) -> Record:
    """A patient with one weight, in the base unit of mass, which is the gram."""
    return Record("P", {"weight": (Reading(value, Days(day, day)),)})


@law(protocols, weights, levels)
def test_the_unit_of_the_weight_does_not_matter(of: Protocol, weight: str, level: str) -> None:
    pounds = Fraction(weight)
    in_kg = decimal_text(pounds * Fraction("0.45359237"))
    assume(Fraction(in_kg) >= 2)
    in_grams = decimal_text(Fraction(in_kg) * 1000)
    found = [of_weight(of, weight, level, "[lb_av]"), of_weight(of, in_kg, level), of_weight(of, in_grams, level, "g")]
    assert len({(one.outcome, one.amount, one.pieces, one.why) for one in found}) == 1


@law(protocols, weights, weights, levels)
def test_more_weight_is_never_less_dose(of: Protocol, one: str, other: str, level: str) -> None:
    lighter, heavier = sorted((one, other), key=Fraction)
    less, more = of_weight(of, lighter, level), of_weight(of, heavier, level)
    assume(less.amount is not None and more.amount is not None)
    assert less.amount is not None
    assert more.amount is not None
    assert less.amount.number <= more.amount.number


@law(protocols, weights)
def test_a_higher_level_is_never_less_dose(of: Protocol, weight: str) -> None:
    found = [of_weight(of, weight, level).amount for level in ("1", "2", "3")]
    numbers = [one.number for one in found if one is not None]
    assert numbers == sorted(numbers)


@law(st.sampled_from(ROUNDINGS), st.sampled_from(SIZES), st.sampled_from((3, 52, 100, Fraction(655, 2))), weights)
def test_nothing_passes_the_cap(rounding: str, size: str, cap: Fraction, weight: str) -> None:
    for level in ("1", "2", "3"):
        found = of_weight(protocol(rounding, size, "up", cap), weight, level)
        assert found.amount is None or found.amount.number <= cap


@law(st.sampled_from(ROUNDINGS[1:]), st.sampled_from(("down", "up")), weights, levels)
def test_rounding_moves_it_by_less_than_a_step(rounding: str, halves: str, weight: str, level: str) -> None:
    found = of_weight(protocol(rounding, "5 mg", halves, None), weight, level)
    exact = of_weight(protocol("", "5 mg", halves, None), weight, level)
    assume(found.amount is not None)
    assert found.amount is not None
    assert exact.amount is not None
    moved = found.amount.number - exact.amount.number
    assert found.amount.number % 5 == 0
    assert abs(moved) < 5 if rounding != "rounded to" else abs(moved) <= Fraction(5, 2)
    assert moved <= 0 or rounding != "rounded down to"
    assert moved >= 0 or rounding != "rounded up to"


@law(protocols, weights, levels)
def test_no_level_is_given_more_than_the_next_calls_for(of: Protocol, weight: str, level: str) -> None:
    found = of_weight(of, weight, level)
    following = {"1": 2, "2": 5}.get(level)
    assert found.amount is None or following is None or found.amount.number <= following * Fraction(weight)


@law(protocols, st.decimals(min_value=2, max_value=200, places=2).map(str))
def test_where_nothing_was_warned_of_no_weight_is_rounded_past_a_level(of: Protocol, weight: str) -> None:
    found = [of_weight(of, weight, level).why for level in ("1", "2", "3")]
    warned = any(one.code == "PD470" for one in of.diagnostics)
    assert warned or not any(why.startswith(PAST_NEXT) for why in found)


@law(protocols, weights, levels)
def test_without_its_weight_nobody_is_dosed(of: Protocol, weight: str, level: str) -> None:
    record = of.record(weighed(weight))
    left = {name: found for name, found in record.readings.items() if name != "weight"}
    found = dosed(of, evolve(record, readings=left), level)
    assert (found.outcome, found.amount) == (Outcome.UNKNOWN, None)
    assert found.settles


@law(protocols, weights, levels, st.integers(0, 40))
def test_a_weight_counts_to_its_last_valid_day(of: Protocol, weight: str, level: str, age: int) -> None:
    day = date.fromisoformat(DAY) - timedelta(days=age)
    fresh = of_weight(of, weight, level)
    found = dosed(of, of.record(weighed(weight, day=day.isoformat())), level)
    if age <= VALID:
        assert (found.outcome, found.amount) == (fresh.outcome, fresh.amount)
    else:
        assert (found.outcome, found.amount) == (Outcome.UNKNOWN, None)


@law(protocols, weights, weights, st.fractions(0, 1, max_denominator=50), levels)
def test_a_dose_on_a_range_is_that_of_every_weight_in_it(
    of: Protocol, one: str, other: str, share: Fraction, level: str
) -> None:
    low, high = sorted((Fraction(one) * 1000, Fraction(other) * 1000))
    high = low + (high - low) / 100  # close enough to be told often
    found = dosed(of, reading_of(Range(low, high)), level)
    within = dosed(of, reading_of(low + (high - low) * share), level)
    if found.outcome is Outcome.AMOUNT:
        assert within.amount == found.amount
    elif found.outcome is Outcome.WITHHELD:
        assert within.outcome is Outcome.WITHHELD


@law(
    st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True), st.fractions(0, 60, max_denominator=7),
    st.sampled_from(list(Turn)),
)  # fmt: skip
def test_what_can_be_dispensed_is_what_sums_there_are(sizes: list[int], amount: Fraction, turn: Turn) -> None:
    stock = Stock(tuple(Fraction(size) for size in sizes))
    most = 200
    counts = product(*(range(ceil(Fraction(most, size)) + 1) for size in sizes))
    sums = sorted({Fraction(sum(n * size for n, size in zip(count, sizes, strict=True))) for count in counts})
    below = max(one for one in sums if one <= amount)
    above = min(one for one in sums if one >= amount)
    assert (stock.down(amount), stock.up(amount)) == (below, above)
    turned = stock.turned(amount, turn)
    assert turned in (below, above)
    assert sum(count * size for count, size in stock.pieces(turned)) == turned


@law(st.lists(st.integers(1, 1000), min_size=1, max_size=4, unique=True), st.integers(10**9, 10**12))
def test_large_amounts_are_made_of_pieces_too(sizes: list[int], amount: int) -> None:
    stock = Stock(tuple(Fraction(size) for size in sizes))
    below = stock.down(Fraction(amount))
    assert amount - min(sizes) < below <= amount
    assert sum(count * size for count, size in stock.pieces(below)) == below
