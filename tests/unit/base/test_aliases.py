"""How laboratories, standards and spreadsheets spell units."""

import pytest

from protocol_dsl.base.aliases import SOURCES, SYMBOLS
from protocol_dsl.base.quantity import canonical, unit


@pytest.mark.parametrize(
    ("spelling", "code"), [(spelling, code) for table in SOURCES.values() for spelling, code in table.items()]
)
def test_a_whole_spelling_is_read_as_its_code(spelling: str, code: str) -> None:
    assert (code, True) == (canonical(spelling), unit(spelling) is not None)


@pytest.mark.parametrize(("spelling", "code"), SYMBOLS.items())
def test_a_symbol_is_read_as_its_code_in_a_compound_too(spelling: str, code: str) -> None:
    assert f"g/{code}" == canonical(f"g/{spelling}")


def test_no_spelling_stands_in_two_tables() -> None:
    spellings = [spelling for table in SOURCES.values() for spelling in table]
    assert len(set(spellings)) == len(spellings)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Giga per Liter", "10*9/L"),
        ("Tera per Liter", "10*12/L"),
        ("Mega/L", "10*6/L"),
        ("Gram per Deciliter", "g/dL"),
        ("milligrams per litre", "mg/L"),
        ("Milliequivalent Per Liter", "meq/L"),
        ("Micromole per Liter", "umol/L"),
        ("micromol/L", "umol/L"),
        ("International Unit per Milliliter", "[IU]/mL"),
        ("Millimeter of Mercury", "mm[Hg]"),
        ("Degree Celsius", "Cel"),
        ("Milligram per Kilogram per Day", "mg/kg/d"),
        ("Units/L", "U/L"),
        ("units/mL", "U/mL"),
        ("DAYS", "days"),
        ("Year", "years"),
        ("10(9)/L", "10*9/L"),
        ("x10(3)/mcL", "10*3/uL"),
        ("10 exp9/L", "10*9/L"),
        ("Gpt/L", "10*9/L"),
        ("k/uL", "10*3/uL"),
        ("THOU/MM3", "10*3/mm3"),
        ("/CUMM", "/mm3"),
        ("10^3/UL", "10*3/uL"),
        ("Cells/uL", "cells/uL"),
        ("CELLS/MM3", "cells/mm3"),
        ("#/uL", "cells/uL"),
        ("x10^3 cells/uL", "10*3.cells/uL"),
        ("mm Hg", "mm[Hg]"),
        ("F", "[degF]"),
        ("mg/24 hr", "mg/d"),
        ("g/24h", "g/d"),
        ("g/24.h", "g/24.h"),
        ("mg/100 mL", "mg/dL"),
        ("per cu mm", "/mm3"),
        ("gm/dL", "g/dL"),
        ("10^3 cells per microliter", "10*3.cells/uL"),
        ("thousands/uL", "10*3/uL"),
        ("/hpf", "/[HPF]"),
        ("cmH2O", "cm[H2O]"),
        ("mL/cmH2O", "mL/cm[H2O]"),
    ],
)
def test_a_spelling_made_by_rule(spelling: str, code: str) -> None:
    assert code == canonical(spelling)


@pytest.mark.parametrize(
    "text", ["UMOL/l", "Mmol/L", "mG/dL/", "megagram/L", "gigaliter", "units", "Giga", "g/12h", "g/48 h", "x10-9/L"]
)
def test_what_is_not_guessed(text: str) -> None:
    assert canonical(text) is None


def test_case_alone_is_never_folded() -> None:
    assert canonical("G/L") != canonical("g/L")
    assert canonical("mL/min") != canonical("ML/min")
