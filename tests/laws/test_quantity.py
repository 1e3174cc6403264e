"""What holds of units and exact numbers whatever they are."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.base.quantity import ONE, Quantity, Unit, canonical, decimal_text, nearest_units, read_number, unit
from protocol_dsl.base.unitcode import read

CODES = (
    *(
        "mg",
        "kg",
        "g/dL",
        "mmol/L",
        "umol/L",
        "U/L",
        "[IU]/mL",
        "10*9/L",
        "/uL",
        "/nL",
        "%",
        "mL/min",
        "ms",
        "a",
        "days",
    ),
    *("mL/min/{1.73_m2}", "cells/kg", "MFI", "copies/mL", "mm[Hg]", "mg/kg/d", "m2", "h", "Cel", "GBq", "dyn.s.cm-5"),
    *("[degF]", "K", "cells/uL", "[degF]{difference}", "dB", "[pH]"),
    *("g/(24.h)", "10*-3", "years", "mg/dose", "{score}", "1", "10*3{rbc}/uL", "m[IU]/L", "[lb_av]", "kcal/d"),
)
UNITS = st.sampled_from([found for found in map(unit, CODES) if found is not None])
NUMBERS = st.fractions(max_denominator=10**6)
DECIMALS = st.builds(
    lambda digits, places: Fraction(digits, 10**places), st.integers(-(10**20), 10**20), st.integers(0, 18)
)
SYMBOLS = st.text(alphabet="0123456789mgLUkdhCelu/.*^()[]{}%- x×⁹µ", max_size=20)


def base(unit_of: Unit) -> tuple[object, Fraction]:
    return unit_of.dimension, unit_of.factor


def compatible(found: Unit) -> list[Unit]:
    return [other for other in map(unit, CODES) if other is not None and other.same_kind(found)]


@given(UNITS, UNITS)
def test_dividing_and_multiplying_by_a_unit_changes_nothing(a: Unit, b: Unit) -> None:
    whole = a if b == ONE else a.difference  # degrees in a compound are differences
    assert base(whole) == base(a.over(b).times(b)) == base(a.times(b).over(b))


@given(UNITS, UNITS)
def test_the_order_of_a_product_does_not_matter(a: Unit, b: Unit) -> None:
    assert a.times(b).same_size(b.times(a))


@given(UNITS)
def test_one_is_neutral(a: Unit) -> None:
    assert a == a.times(ONE) == a.over(ONE)
    assert a.same_size(ONE.times(a))
    assert ONE.same_size(a.over(a))


@given(UNITS, UNITS, UNITS)
def test_the_code_of_a_product_or_quotient_names_it(a: Unit, b: Unit, c: Unit) -> None:
    for made in (a.times(b), a.over(b), ONE.over(a), a.over(b).over(c), a.over(b.over(c)), a.times(b).over(c.times(a))):
        named = unit(made.code)
        assert named is not None
        assert base(made) == base(named)


@given(UNITS)
def test_a_code_names_its_unit_and_is_its_own_canonical_spelling(a: Unit) -> None:
    assert (a, a.code) == (unit(a.code), canonical(a.code))


@given(UNITS, NUMBERS, st.data())
def test_conversion_is_exact_and_reversible(a: Unit, number: Fraction, data: st.DataObject) -> None:
    there = Quantity(number, a).to(data.draw(st.sampled_from(compatible(a))))
    assert there is not None
    assert (Quantity(number, a), Quantity(number, a).base) == (there.to(a), there.base)


@given(UNITS, NUMBERS, NUMBERS, st.data())
def test_restating_a_quantity_never_changes_a_comparison(
    a: Unit, x: Fraction, y: Fraction, data: st.DataObject
) -> None:
    there = Quantity(x, a).to(data.draw(st.sampled_from(compatible(a))))
    assert there is not None
    assert (x < y, x == y) == (there.base < Quantity(y, a).base, there.base == Quantity(y, a).base)


@given(UNITS, UNITS, NUMBERS)
def test_kinds_that_differ_do_not_convert(a: Unit, b: Unit, number: Fraction) -> None:
    assert a.same_kind(b) is (Quantity(number, a).to(b) is not None)


@given(DECIMALS)
def test_reading_a_decimal_undoes_printing_it(number: Fraction) -> None:
    assert number == read_number(decimal_text(number))


@given(NUMBERS)
def test_a_number_is_printed_exactly_where_that_ends_and_else_as_about(number: Fraction) -> None:
    printed = decimal_text(number)
    near = Fraction(printed.removeprefix("about "))
    assert abs(near - number) <= abs(number) * Fraction(1, 20_000)  # five digits
    ends = 10**60 % number.denominator == 0
    assert ends is not printed.startswith("about ")


@given(st.text() | st.text(alphabet="0123456789.eE+-"))
def test_any_text_is_an_exact_number_or_none(text: str) -> None:
    number = read_number(text)
    assert number is None or number == Fraction(text.strip())


@given(SYMBOLS | st.text(max_size=20))
def test_any_text_is_a_unit_or_none_and_its_canonical_spelling_is_settled(text: str) -> None:
    found, spelt = unit(text), canonical(text)
    assert (found is None) is (spelt is None) is (read(text) is None)
    assert all(unit(code) is not None for code in nearest_units(text))
    if found is not None and spelt is not None:
        again = unit(spelt)
        assert again is not None
        assert (spelt, base(found)) == (canonical(spelt), base(again))
