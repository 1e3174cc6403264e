"""Units as laboratories and protocols write them, and numbers that must come out exactly."""

from fractions import Fraction

import pytest

from protocol_dsl.base.quantity import Quantity, Unit, canonical, decimal_text, nearest_units, read_number, unit
from protocol_dsl.base.ucum_table import BASE, DERIVED


def known(text: str) -> Unit:
    found = unit(text)
    assert found is not None, text
    return found


def convert(number: str, start: str, end: str) -> Fraction | None:
    converted = Quantity(Fraction(number), known(start)).to(known(end))
    return converted.number if converted else None


@pytest.mark.parametrize(
    ("number", "start", "end", "expected"),
    [
        ("1", "Cel", "Cel", "1"),
        ("1.8", "[degF]", "Cel", "1"),
        ("1", "Cel", "[degF]", "1.8"),
        ("1", "Cel", "K{difference}", "1"),
        ("5", "mg", "g", "0.005"),
        ("1", "Cel", "mg", None),
    ],
)
def test_how_far_two_lie_apart(number: str, start: str, end: str, expected: str | None) -> None:
    found = Quantity(Fraction(number), known(start)).apart(known(end))
    assert (None if expected is None else Fraction(expected)) == (found and found.number)


# The pairs at which two widely used libraries, computing in binary, miss the limit (measured with pint 0.25.3 and
# @lhncbc/ucum-lhc 7.1.9); then definitions from the UCUM tables.
@pytest.mark.parametrize(
    ("number", "start", "end", "expected"),
    [
        ("1500", "/uL", "10*9/L", "1.5"),
        ("1500", "/mm3", "10*9/L", "1.5"),
        ("1.5", "10*3/uL", "10*9/L", "1.5"),
        ("4.5", "10*3/uL", "10*9/L", "4.5"),
        ("75", "10*3/mm3", "10*9/L", "75"),
        ("200", "1/uL", "10*9/L", "0.2"),
        ("9.0", "g/dL", "g/L", "90"),
        ("5", "ug/L", "ng/mL", "5"),
        ("0.45", "s", "ms", "450"),
        ("60", "%", "1", "0.6"),
        ("2", "weeks", "days", "14"),
        ("3", "years", "months", "36"),
        ("1", "[lb_av]", "kg", "0.45359237"),
        ("1", "[in_i]", "cm", "2.54"),
        ("1", "[oz_av]", "g", "28.349523125"),
        ("1", "mm[Hg]", "Pa", "133.322"),
        ("1", "U/L", "nkat/L", "50/3"),
        ("1", "Ci", "GBq", "37"),
        ("1", "kcal", "kJ", "4.184"),
        ("80", "dyn.s.cm-5", "[wood'U]", "8000000/7999320"),
        ("6.3", "4.s/m", "s/m", "25.2"),
        ("6.3", "s/m.mg", "s.m-1.g", "0.0063"),
        ("1500", "cells/mm3", "10*9/L", "1.5"),
        # Temperatures on a scale, and how far two lie apart; 32 degF is 0 Cel, and 9 of one are 5 of the other.
        ("101", "[degF]", "Cel", "345/9"),
        ("100.94", "[degF]", "Cel", "38.3"),
        ("-40", "Cel", "[degF]", "-40"),
        ("37", "Cel", "K", "310.15"),
        ("491.67", "[degR]", "Cel", "0"),
        ("80", "[degRe]", "Cel", "100"),
        ("1.8", "[degF]{difference}", "Cel{difference}", "1"),
        ("1.8", "[degF]/h", "Cel/h", "1"),
        ("20", "dB", "B", "2"),
    ],
)
def test_conversion_is_exact(number: str, start: str, end: str, expected: str) -> None:
    top, _, bottom = expected.partition("/")
    assert Fraction(top) / Fraction(bottom or 1) == convert(number, start, end)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mL/min", "mL/min/{1.73_m2}"),  # needs the body surface area
        ("mg/dL", "umol/L"),  # needs the molar mass
        ("[IU]/L", "U/L"),  # UCUM: an international unit is arbitrary
        ("meq/L", "mmol/L"),  # needs the valency
        ("mo", "d"),  # months are of the calendar
        ("[IU]", "[USP'U]"),
        ("MFI", "1"),
        ("cells/kg", "/kg"),
        ("copies/mL", "cells/mL"),
        ("doses", "infusions"),
        ("events", "patients"),
        ("CFU/mL", "/mL"),
        ("Gy", "Sv"),
        ("Bq", "Hz"),
        ("Cel{difference}", "Cel"),  # a rise of 1 Cel is not a temperature of 1 Cel
        ("Cel/h", "Cel"),
        ("[pH]", "1"),
        ("dB", "1"),
        ("dB", "Np"),
        ("[arb'U]", "[IU]"),
        ("cells", "1"),
        ("10*9/L", "pmol/L"),
        ("{score}", "1"),
    ],
)
def test_what_must_be_kept_apart_does_not_convert(one: str, other: str) -> None:
    assert (None, False) == (convert("1", one, other), known(one).same_kind(known(other)))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *[(text, "10*9/L") for text in ("10*9/L", "10^9/L", "10**9/L", "10E9/L", "10e9/L", "10⁹/L", "10^9 / L")],
        *[(text, "10*9/L") for text in ("x 10^9/L", "x10^9/L", "X 10*9/L", "×10⁹/L", "× 10^9/L", "G/L", "GI/L")],
        *[(text, "10*3/uL") for text in ("10*3/uL", "10^3/µL", "K/uL", "THOU/uL", "Thou/mcL", "x 10³/μL", "K/mcL")],
        *[(text, "10*3/mm3") for text in ("10^3/mm^3", "K/cumm", "10³/mm³")],
        *[(text, "10*12/L") for text in ("T/L", "TI/L", "10^12/L")],
        *[(text, "10*6/uL") for text in ("M/uL", "MILL/uL", "mill/mcL", "10^6/µL")],
        *[(text, "mL/min/{1.73_m2}") for text in ("mL/min/1.73m2", "mL/min/1.73 m^2", "ml/min/1.73m²")],
        ("mL/min per 1.73 m2", "mL/min/{1.73_m2}"),
        ("1/nL", "/nL"),
        ("µL", "uL"),
        ("μL", "uL"),
        ("mcg/kg", "ug/kg"),
        ("mg/kg/day", "mg/kg/d"),
        ("mg per m² per week", "mg/m2/wk"),
        ("kg/m^2", "kg/m2"),
        ("mmHg", "mm[Hg]"),
        ("IU/mL", "[IU]/mL"),
        ("mIU/mL", "m[IU]/mL"),
        ("°C", "Cel"),
        ("degF", "[degF]"),
        ("bpm", "/min"),
        ("beats/min", "/min"),
        ("msec", "ms"),
        ("hr", "h"),
        ("cell/kg", "cells/kg"),
        ("mg/doses", "mg/dose"),
        ("x 10^6 cells/kg", "10*6.cells/kg"),
        ("g%", "g/dL"),
        ("%", "%"),
        ("day", "day"),
        ("days", "days"),
        ("year", "year"),
        ("d", "d"),
    ],
)
def test_canonical_spelling(written: str, code: str) -> None:
    assert (code, True) == (canonical(written), known(written).same_size(known(code)))


@pytest.mark.parametrize(
    "code", ["/nL", "10*3/uL", "10*3/mm3", "10*6/mL", "K/uL", "GI/L", "G/L", "THOU/uL", "10*12/kL"]
)
def test_one_unit_by_many_names(code: str) -> None:
    assert known("10*9/L").same_size(known(code))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "Mg/dL",
            "mg/DL",
            "m/",
            "/",
            "//m",
            "m//s",
            "m.",
            "(m",
            "m)",
            "()",
            "10+3/ul",
            "10*",
            "10*31",
            "m31",
        ),
        *(
            "m0",
            "mg mL",
            "5 mg",
            "{a}rad2{b}",
            "{a",
            "[foo]",
            "kmin",
            "dd",
            "mmo",
            "m²³⁴",
            "$",
            "foo",
            "mg/" * 40 + "L",
        ),
        "{\u202e}",
        "x 109/L",  # 10⁹ that lost its raised digit must not pass for one hundred and nine
        "103/uL",
    ],
)
def test_not_a_unit(text: str) -> None:
    assert (None, None) == (unit(text), canonical(text))


def test_case_is_meaning() -> None:
    assert not known("mHz").same_size(known("MHz"))
    assert not known("G/L").same_kind(known("g/L"))


@pytest.mark.parametrize(
    ("text", "suggestion"), [("Mg", "mg"), ("ML/min", "mL/min"), ("Mmol/L", "mmol/L"), ("Ms", "ms"), ("Mg/kg", "mg/kg")]
)
def test_a_capital_nobody_meant_is_not_a_million(text: str, suggestion: str) -> None:
    assert (None, suggestion) == (unit(text), nearest_units(text)[0])


def test_percent_is_a_hundredth_that_keeps_its_name() -> None:
    assert Unit("%", (), Fraction(1, 100)) == known("%")


def test_an_annotation_is_part_of_the_unit() -> None:
    assert Unit("{score}", (("{score}", 1),), Fraction(1)) == known("{score}")
    assert (("{rbc}", 1),) == known("10*3{rbc}").dimension
    assert known("{cells}/kg").same_size(known("cells/kg"))


def test_months_have_a_dimension_of_their_own() -> None:
    assert Unit("months", (("month", 1),), Fraction(1)) == known("month")
    assert Unit("years", (("month", 1),), Fraction(12)) == known("year")


@pytest.mark.parametrize("symbol", [*BASE, *DERIVED])
def test_every_symbol_of_the_tables_reads(symbol: str) -> None:
    assert f"1.{symbol}" == known(f"1.{symbol}").code  # alone, `C` is a temperature and not a charge


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("MG/DL", "mg/dL"),
        ("mg/Dl", "mg/dL"),
        ("mmoll/L", "mmol/L"),
        ("x 109/L", "10*9/L"),
        ("mL/mn", "mL/min"),
        ("dayz", "days"),
        ("C", "Cel"),
        ("PERCENT", None),
        ("", None),
    ],
)
def test_nearest_units(text: str, suggestion: str | None) -> None:
    assert suggestion == next(iter(nearest_units(text)), None)


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("1.5", "10*9/L", "1.5 10*9/L"),
        ("22", "%", "22 %"),
        ("0.6", "1", "0.6"),
        ("1", "days", "1 day"),
        ("1", "day", "1 day"),
        ("28", "day", "28 days"),
        ("1", "mg/dL", "1 mg/dL"),
        ("1/3", "mg", "about 0.33333 mg"),
    ],
)
def test_a_quantity_prints_its_number_and_unit(number: str, code: str, text: str) -> None:
    assert text == str(Quantity(Fraction(number), known(code)))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("-1.25", "-1.25"),
        ("3.0e6", "3000000"),
        ("1e-7", "0.0000001"),
        ("1.50", "1.5"),
        ("1/8", "0.125"),
        ("-2/3", "about -0.66667"),
        ("123456789012345/7", "about 17636684144621"),
    ],
)
def test_decimal_text(number: str, text: str) -> None:
    assert text == decimal_text(Fraction(number))


def test_a_number_of_thousands_of_digits_is_printed_short() -> None:
    assert all(len(decimal_text(number)) < 40 for number in (Fraction(10) ** 9000, Fraction(1, 3**9000)))


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", "1"), (" 7 ", "7"), ("-1.50", "-3/2"), ("+.5", "1/2"), ("5.", "5"), ("1.0e6", "1000000"), ("2E-3", "1/500")],
)
def test_read_number(text: str, number: str) -> None:
    assert Fraction(number) == read_number(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ".",
            "-",
            "e5",
            "1,5",
            "1 500",
            "nan",
            "inf",
            "--1",
            "1e",
            "1e31",
            "1e-31",
            "1e999999999",
            "0x10",
            "1_000",
        ),
        *("1/2", "٣", "1.2.3", "<5", "1" * 41, "0." + "1" * 41),
    ],
)
def test_not_a_number(text: str) -> None:
    assert read_number(text) is None


def test_prefixes_are_a_thousand_apart_and_around_one_ten() -> None:
    steps = [
        "yHz",
        "zHz",
        "aHz",
        "fHz",
        "pHz",
        "nHz",
        "uHz",
        "mHz",
        "Hz",
        "kHz",
        "MHz",
        "GHz",
        "THz",
        "PHz",
        "EHz",
        "ZHz",
        "YHz",
    ]
    tens = ["mL", "cL", "dL", "L", "daL", "hL", "kL"]
    for ladder, step in ((steps, 1000), (tens, 10)):
        factors = [known(code).factor for code in ladder]
        assert [factor * step for factor in factors[:-1]] == factors[1:]


def test_the_bounds_of_what_is_read_as_a_unit() -> None:
    assert known("10*30").factor == 1 / known("10*-30").factor
    assert unit("m" + ".m" * 39 + " ") is not None  # 80 characters
    assert unit("m" + ".m" * 40) is None


def test_forty_digits_are_read() -> None:
    assert Fraction(int("7" * 40)) == read_number("7" * 40)
