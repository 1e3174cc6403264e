"""The settings that make an amount of a level: what each comes to, and where each error is found."""

from fractions import Fraction

import pytest

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.quantity import unit
from protocol_dsl.model.dosing import DoseCap, DoseRule, Rounding, Turn, amount_unit
from protocol_dsl.model.escalation import Ladder
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.serial import canonical, digest, structure
from tests.unit.elaborate.dosing import places
from tests.unit.elaborate.trial import written

HEAD = """\
protocol "DOSES"

data
    weight : number in kg
    bsa    : number in m2
    auc    : number in mg.min/mL
    gfr    : number in mL/min
    lines  : count
    born   : date

define
    half in kg is weight / 2

"""
BANDS = """\
    banded by weight
        | weight in kg | level 1 | level 2 |
        | under 20     | 5       | 10      |
        | 20 or more   | 10      | 20      |
"""


def section(*settings: str, unit: str = "mg/kg", product: str = "agent") -> str:
    rows = f"    | level | {product.split(', ', maxsplit=1)[0]} |\n    | 1     | 1     |\n    | 2     | 2     |\n"
    lines = "".join(f"    {line}\n" for line in ("start at level 1", *settings))
    return f"doses of {product} in {unit}\n{rows}{lines}"


def banded(table: str = BANDS, rows: str = "", unit: str = "mg") -> str:
    head = rows or "    | level |\n    | 1     |\n    | 2     |\n"
    return f"doses of agent in {unit}\n{head}    start at level 1\n{table}"


def read(text: str) -> tuple[Protocol | None, tuple[Diagnostic, ...]]:
    return written(HEAD + text)


def ladder(text: str) -> Ladder:
    protocol, found = read(text)
    assert protocol is not None, found
    assert protocol.ladder is not None
    return protocol.ladder


def rule(text: str) -> DoseRule:
    (found,) = ladder(text).rules
    return found


def test_what_the_ladder_says_needs_no_rule() -> None:
    found = ladder(section("based on weight", "cap 400 mg per dose"))
    assert (found.based_on, found.rules) == ("weight", ())
    assert found.caps == (DoseCap(Fraction(400), "mg", "dose"),)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (("rounded down to 5 mg",), Rounding(Turn.DOWN, (Fraction(5),), "mg")),
        (("rounded up to 0.5 mg",), Rounding(Turn.UP, (Fraction(1, 2),), "mg")),
        (("rounded to 5 mg, halves down",), Rounding(Turn.HALVES_DOWN, (Fraction(5),), "mg")),
        (("rounded to 5 mg", "halves up"), Rounding(Turn.HALVES_UP, (Fraction(5),), "mg")),
        (
            ("rounded down to whole tablets of 100 mg and 25 mg",),
            Rounding(Turn.DOWN, (Fraction(25), Fraction(100)), "mg", "tablets"),
        ),
        (
            ("rounded up to whole vials of 1 g and 250 mg, never skip a level",),
            Rounding(Turn.UP, (Fraction(1, 4), Fraction(1)), "g", "vials"),
        ),
        (("rounded to whole tablets of 25 mg, halves up",), Rounding(Turn.HALVES_UP, (Fraction(25),), "mg", "tablets")),
    ],
)
def test_roundings(settings: tuple[str, ...], expected: Rounding) -> None:
    assert rule(section("based on weight", *settings)).rounding == expected


def test_a_definition_is_inlined_with_its_unit() -> None:
    found = rule(section("based on half"))
    assert found.basis is not None
    assert (found.based_on, found.basis_unit) == ("half", "kg")


def test_limits() -> None:
    found = rule(section("based on bsa", "cap bsa at 2 m2", "refuse below 10 mg", unit="mg/m2"))
    assert found.most == DoseCap(Fraction(2), "m2", "bsa")
    assert found.least == DoseCap(Fraction(10), "mg", "agent")


def test_an_area_under_the_curve_times_a_clearance_is_an_amount() -> None:
    assert ladder(section("based on gfr", "cap 800 mg per dose", unit="mg.min/mL")).based_on == "gfr"


def test_settings_of_one_product_come_before_those_of_all() -> None:
    text = section(
        "based on weight",
        "rounded to 5 mg, halves up",
        "rounded to 1 mg, halves down for partner",
        product="agent, partner",
    )
    first, second = ladder(text).rules
    assert first.rounding == Rounding(Turn.HALVES_UP, (Fraction(5),), "mg")
    assert second.rounding == Rounding(Turn.HALVES_DOWN, (Fraction(1),), "mg")
    assert (first.based_on, second.based_on) == ("weight", "weight")


def test_rules_are_written_and_read_and_have_a_part_in_the_digest() -> None:
    protocol, _ = read(banded(BANDS + "    rounded down to 5 mg\n    refuse below 1 mg\n"))
    other, _ = read(banded(BANDS + "    rounded up to 5 mg\n    refuse below 1 mg\n"))
    assert protocol is not None
    assert other is not None
    assert structure(canonical(protocol.ladder), Ladder) == protocol.ladder
    assert digest(protocol) != digest(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (section("based on weight", unit="mg"), ("PD450", "weight")),
        (section("based on bsa"), ("PD450", "bsa")),
        (section("based on weight", unit="mg/m2"), ("PD450", "weight")),
        (section("based on auc", unit="mg/m2"), ("PD450", "auc")),
        (section("based on lines"), ("PD451", "lines")),
        (section("based on born"), ("PD451", "born")),
        (section("based on wait"), ("PD101", "wait")),
        (section("based on weight", "cap 3 mL per dose"), ("PD452", "mL")),
        (section("based on weight", "refuse below 3 mg/kg"), ("PD452", "mg/kg")),
        (section("based on weight", "rounded down to 3 mL"), ("PD452", "mL")),
        (section("based on weight", "rounded up to whole tablets of 3 mg and 1 mmol"), ("PD452", "mmol")),
        (section("based on weight", "cap bsa at 2 m2"), ("PD452", "bsa")),
        (section("based on weight", "cap weight at 2 m2"), ("PD452", "m2")),
        (section("based on weight", "cap weight at 2 kq"), ("PD201", "kq")),
        (section("based on weight", "rounded to 5 mg"), ("PD453", "rounded to 5 mg")),
        (section("based on weight", "halves up"), ("PD453", "halves up")),
        (section("based on weight", "rounded to 5 mg, halves even"), ("PD453", "halves even")),
        (section("based on weight", "rounded up to 5 mg, halves up"), ("PD453", "halves up")),
        (section("based on weight", "rounded down to 0 mg"), ("PD453", "rounded down to 0 mg")),
        (section("based on weight", "rounded down to 5 mg and 7 mg"), ("PD453", "rounded down to 5 mg and 7 mg")),
        (section("based on weight", "rounded up to 5 mg", "rounded down to 5 mg"), ("PD453", "rounded up to 5 mg")),
        (
            section("based on weight", "rounded down to whole vials of 1 g and 0.000001 mg"),
            None,
        ),
        (
            section("based on weight", "rounded down to whole vials of 0.700000001 g and 1 g"),
            ("PD453", "rounded down to whole vials of 0.700000001 g and 1 g"),
        ),
        (section("based on weight", "rounded down to 5 mg for agnet"), ("PD101", "agnet")),
        (
            section("based on weight, cap 5 mg per dose for agent"),
            ("PD407", "based on weight, cap 5 mg per dose for agent"),
        ),
        (section("based on weight", "rounded down 5 mg"), ("PD407", "rounded down 5 mg")),
        (banded("    banded by weight\n"), ("PD454", "banded by weight")),
        (banded(BANDS.replace("by weight", "by bsa")), ("PD454", "| weight in kg | level 1 | level 2 |")),
        (banded(BANDS.replace("level 2", "level 3")), ("PD454", "| weight in kg | level 1 | level 3 |")),
        (banded(BANDS.replace("level 2", "level 1")), ("PD454", "| weight in kg | level 1 | level 1 |")),
        (
            banded(BANDS, "    | level | agent |\n    | 1     | 1     |\n    | 2     | 2     |\n"),
            ("PD454", "agent"),
        ),
        (banded(BANDS.replace("| 20      |", "|")), ("PD403", "| 20 or more   | 10      |")),
        (banded(BANDS.replace("| 20      |", "| 9       |")), ("PD406", "| weight in kg | level 1 | level 2 |")),
        (banded(BANDS.replace("20 or more ", "over 20    ")), ("PD212", "banded by weight")),
        (banded(BANDS.replace("20 or more ", "19 or more ")), ("PD215", "| 19 or more   | 10      | 20      |")),
        (banded(BANDS.replace("| 20      |", "| 20 mL   |")), ("PD214", "20 mL")),
        (banded(BANDS.replace("| 5  ", "| few")), ("PD101", "few")),
        (banded(BANDS.replace("weight in kg", "wait in kg  ")), ("PD454", "| wait in kg   | level 1 | level 2 |")),
    ],
)
def test_errors(text: str, expected: tuple[str, str] | None) -> None:
    _, found = read(text)
    assert places(found)[:1] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("given", "basis", "expected"),
    [
        ("mg/kg", "kg", "mg"),
        ("mg/kg", "g", "mg"),
        ("ug/m2", "m2", "ug"),
        ("cells/kg", "kg", "cells"),
        ("10*6/kg", "kg", "10*6"),
        ("U/kg", "kg", "U"),
        ("[IU]/m2", "m2", "[IU]"),
        ("MBq/kg", "kg", "MBq"),
        ("mL/kg", "kg", "mL"),
        ("mmol/m2", "m2", "mmol"),
        ("mg/kg/d", "kg", "mg/d"),
        ("ug/kg/min", "kg", "ug/min"),
        ("mg.min/mL", "mL/min", "mg"),
        ("mg", None, "mg"),
        ("10*6", None, "10*6"),
        ("mg/d", None, "mg/d"),
        ("mg", "kg", None),
        ("mg/kg", "m2", None),
        ("mg/m2", "kg", None),
        ("mg/kg", "%", None),
        ("mg/m2", "cm", None),
        ("cells", "kg", None),
        ("mg/kg", None, None),
        ("mg/m2", None, None),
        ("10*6/kg", None, None),
        ("mg/mL", None, None),
    ],
)
def test_what_is_an_amount(given: str, basis: str | None, expected: str | None) -> None:
    measured = None if basis is None else unit(basis)
    dose = unit(given)
    assert dose is not None
    found = amount_unit(dose, measured)
    assert (None if found is None else found.code) == expected


def test_a_cap_per_day_limits_a_dose_per_day() -> None:
    found = rule(section("based on weight", "cap 400 mg per day", unit="mg/kg/d"))
    (cap,) = found.caps
    assert unit(cap.unit) is not None
    assert (cap.amount, cap.unit) == (Fraction(400), "mg/d")
    assert places(read(section("based on weight", "cap 400 mg per dose", unit="mg/kg/d"))[1]) == [("PD452", "mg")]
