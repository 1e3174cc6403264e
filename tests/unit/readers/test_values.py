from datetime import date, datetime
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.quantity import Unit, unit
from protocol_dsl.model.record import Attested, Range, Reason
from protocol_dsl.model.vocabulary import (
    AnyOf,
    Completed,
    Count,
    Date,
    Grade,
    Item,
    Kind,
    ListOf,
    Number,
    OneOf,
    Text,
    Time,
    YesNo,
)
from protocol_dsl.readers.values import Problem, as_name, read_days, read_limit, read_value, unit_within


def known(code: str) -> Unit:
    found = unit(code)
    assert found is not None
    return found


ANC = Item("anc", Number(known("10*9/L")), plausible=(Fraction(0), Fraction(100)))
LANSKY = Item("lansky", Number(), plausible=(Fraction(0), Fraction(100)))
CREATININE = Item("creatinine", Number(known("umol/L")), analyte="creatinine")
SEX = Item("sex", OneOf(("female", "male")))


def item(kind: Kind) -> Item:
    return Item("it", kind)


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("1.5", "10*9/L"),
        ("1500", "/uL"),
        ("1.5 10*9/L", None),
        ("1.5 x 10^9/L", ""),
        ("1.5", "x 10⁹/L"),
        (" 1.50 ", "10*3/uL"),
        ("1.5 10*9/L", "10*9/L"),
    ],
)
def test_one_count_in_any_unit_is_one_number(text: str, apart: str | None) -> None:
    assert Fraction(1_500_000_000_000) == read_value(ANC, text, apart)  # 1.5e9 a litre is 1.5e12 a cubic metre


def test_mass_becomes_amount_by_the_analyte() -> None:
    # 1.1312 mg/dL is 11.312 mg/L is 0.1 mmol/L of what weighs 113.12 g/mol, and mol/L is 1000 mol/m3
    assert Fraction(1, 10) == read_value(CREATININE, "1.1312", "mg/dL")


PLATELETS = Item("platelets", Number(known("10*9/L")), analyte="platelets")


@pytest.mark.parametrize(
    ("item", "text", "code"),
    [
        (PLATELETS, "75000 x 10^9/L", "PD724"),
        (PLATELETS, "> 75000 x 10^9/L", "PD724"),
        (PLATELETS, "75000 /uL", None),
        (PLATELETS, "2200 10*9/L", None),
        (evolve(PLATELETS, plausible=(Fraction(0), Fraction(90_000))), "75000 10*9/L", None),
        (evolve(PLATELETS, analyte="lipaemia"), "75000 10*9/L", None),
        (evolve(CREATININE, analyte="creatinine"), "70 mg/dL", "PD724"),
    ],
)
def test_what_is_known_of_the_analyte_tells_slips_of_the_unit(item: Item, text: str, code: str | None) -> None:
    found = read_value(item, text)
    assert code == (found.code if isinstance(found, Problem) else None)


@pytest.mark.parametrize(
    ("item", "text", "cure"),
    [
        (CREATININE, "1 kG", "give it in `umol/L`"),
        (Item("weight", Number(known("kg"))), "50 kG", "`kg` may be meant"),
        (
            Item("creatinine", Number(known("umol/L"))),
            "1 mg/dL",
            "give it in `umol/L`, or declare the analyte of `creatinine`, whose molar mass turns one into the other",
        ),
        (
            evolve(CREATININE, analyte="lipaemia"),
            "1 mg/dL",
            "give it in `umol/L`; the molar mass of `lipaemia` is not known",
        ),
    ],
)
def test_a_unit_of_another_kind_is_answered_with_what_would_do(item: Item, text: str, cure: str) -> None:
    found = read_value(item, text)
    assert isinstance(found, Problem)
    assert ("PD723", cure) == (found.code, found.help)


def test_degrees_are_a_temperature_or_a_difference_as_the_item_is_declared() -> None:
    temperature, rise = (Item("it", Number(known(code))) for code in ("Cel", "Cel{difference}"))
    assert [Fraction(37), Fraction(1)] == [read_value(temperature, "98.6 F"), read_value(rise, "1.8 F")]


def test_a_bare_number_keeps_its_value() -> None:
    assert Fraction(80) == read_value(LANSKY, "80")


@pytest.mark.parametrize(
    ("text", "apart", "code"),
    [
        ("1.5", None, "PD721"),
        ("1.5", "10*9/l!", "PD722"),
        ("1.5", "mg", "PD723"),
        ("1.5 /uL", "10*9/L", "PD723"),
        ("1,5", "10*9/L", "PD720"),
        ("1,500", "/uL", "PD720"),
        ("high", "10*9/L", "PD720"),
        ("=A1*2", "10*9/L", "PD720"),
        ("1e99", "10*9/L", "PD720"),
        ("nan", "10*9/L", "PD720"),
        ("101", "10*9/L", "PD724"),
        ("-1", "10*9/L", "PD724"),
        ("> 200", "10*9/L", "PD724"),
    ],
)
def test_what_is_no_count_of_cells_is_refused(text: str, apart: str | None, code: str) -> None:
    found = read_value(ANC, text, apart)
    assert isinstance(found, Problem)
    assert code == found.code


def test_a_bare_number_takes_no_unit() -> None:
    found = read_value(LANSKY, "80", "%")
    assert isinstance(found, Problem)
    assert found.of_unit


def test_mass_of_an_undeclared_analyte_is_no_amount() -> None:
    found = read_value(item(Number(known("umol/L"))), "1", "mg/dL")
    assert isinstance(found, Problem)
    assert "analyte" in str(found.help)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<10", Range(high=Fraction(10), high_open=True)),
        ("<= 10", Range(high=Fraction(10))),
        ("≥10", Range(low=Fraction(10))),
        (">10", Range(low=Fraction(10), low_open=True)),
    ],
)
def test_a_bound_has_an_open_side(text: str, expected: Range) -> None:
    assert expected == read_value(item(Number()), text)


@pytest.mark.parametrize("text", ["Male", " MALE ", "male"])
def test_members_match_whatever_the_case(text: str) -> None:
    assert read_value(SEX, text) == "male"


def test_members_match_with_spaces_and_hyphens() -> None:
    assert read_value(item(OneOf(("not_recovered",))), "Not-Recovered") == "not_recovered"


def test_a_sign_at_the_end_is_no_hyphen() -> None:
    assert isinstance(read_value(item(OneOf(("cd19",))), "CD19-"), Problem)


def test_a_member_that_is_not_known_names_the_nearest() -> None:
    found = read_value(SEX, "femal")
    assert isinstance(found, Problem)
    assert "`female`" in str(found.help)


def test_several_members() -> None:
    kind = AnyOf(("cough", "fever"))
    assert read_value(item(kind), "Fever; cough") == frozenset({"fever", "cough"})
    assert read_value(item(kind), "none") == frozenset()
    assert isinstance(read_value(item(kind), "fever; caugh"), Problem)


@pytest.mark.parametrize(("text", "expected"), [("yes", True), ("N", False), ("True", True)])
def test_yes_and_no(text: str, expected: bool) -> None:  # noqa: FBT001
    assert read_value(item(YesNo()), text) is expected


@pytest.mark.parametrize("text", ["1", "0", "maybe", "2"])
def test_codes_for_yes_and_no_are_not_guessed(text: str) -> None:
    assert isinstance(read_value(item(YesNo()), text), Problem)


def test_days_may_be_partial_or_attested() -> None:
    assert read_value(item(Date()), "2026-03-05") == date(2026, 3, 5)
    assert read_value(item(Date()), "2026-03-05T14:30") == date(2026, 3, 5)
    assert read_value(item(Date()), "2026-02") == Range(date(2026, 2, 1), date(2026, 2, 28))
    assert read_value(item(Date()), "never") is Attested.NEVER
    assert read_value(item(Date()), "Ongoing") is Attested.ONGOING


@pytest.mark.parametrize(
    "text", ["05/03/2026", "5 March 2026", "2026-02-30", "46086", "none", "2026-03-05Z", "2026-02T10:00"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert isinstance(read_value(item(Date()), text), Problem)


def test_instants() -> None:
    assert read_value(item(Time()), "2026-03-05 14:30") == datetime(2026, 3, 5, 14, 30)  # noqa: DTZ001
    whole = Range(datetime(2026, 3, 5), datetime(2026, 3, 6))  # noqa: DTZ001
    assert whole == read_value(item(Time()), "2026-03-05")


@pytest.mark.parametrize(("text", "grade"), [("3", 3), ("Grade 4", 4), ("0", 0), ("3.0", 3)])
def test_grades(text: str, grade: int) -> None:
    assert Fraction(grade) == read_value(item(Grade()), text)


@pytest.mark.parametrize("text", ["6", "-1", "2.5", "mild"])
def test_what_is_no_grade_is_refused(text: str) -> None:
    assert isinstance(read_value(item(Grade()), text), Problem)


def test_counts_are_whole() -> None:
    assert Fraction(2) == read_value(item(Count()), "2")
    assert isinstance(read_value(item(Count()), "2.5"), Problem)
    assert isinstance(read_value(item(Count()), "-2"), Problem)


def test_completed_years_are_years() -> None:
    assert Fraction(8) == read_value(item(Completed("years")), "8")
    assert Fraction(8) == read_value(item(Completed("years")), "8 years")
    assert isinstance(read_value(item(Completed("years")), "8 months"), Problem)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.NOT_COLLECTED),
        ("NOT DONE", Reason.NOT_DONE),
        ("ND", Reason.NOT_DONE),
        ("pending", Reason.PENDING),
        ("Refused", Reason.REFUSED),
    ],
)
def test_reasons_stand_in_place_of_a_value(text: str, reason: Reason) -> None:
    assert read_value(ANC, text) is reason


def test_a_member_called_like_a_reason_is_that_member() -> None:
    found = read_value(item(OneOf(("pending", "done"))), "pending")
    assert type(found) is str


def test_a_list_in_a_cell_is_none_or_nothing() -> None:
    assert read_value(item(ListOf("lesion")), "None") is Attested.NONE
    assert isinstance(read_value(item(ListOf("lesion")), "liver"), Problem)


def test_terms_become_names() -> None:
    assert read_value(item(Text()), "Febrile neutropenia") == "febrile_neutropenia"
    assert as_name("Crohn's disease") == "crohns_disease"
    assert as_name("−1") == "-1"


def test_limits_are_read_in_the_unit_of_the_value() -> None:
    assert Fraction(1, 10) == read_limit(CREATININE, "1.1312", "mg/dL")
    assert isinstance(read_limit(CREATININE, "<1", "mg/dL"), Problem)


def test_a_number_may_carry_its_unit() -> None:
    assert unit_within("<0.1 mg/dL") == "mg/dL"
    assert unit_within("12") is None
    assert unit_within("high") is None


def test_a_long_text_is_not_repeated_at_length() -> None:
    found = read_days("x" * 10_000)
    assert isinstance(found, Problem)
    assert len(found.message) < 100


HAEMOGLOBIN = Item("hgb", Number(known("g/L")), analyte="haemoglobin")


def test_a_limit_in_another_unit_is_refused() -> None:
    found = read_limit(HAEMOGLOBIN, "16", "g/L", "uln")
    assert isinstance(found, Problem)
    assert (found.code, found.message) == ("PD724", "ULN 16 g/L of hgb is none of haemoglobin, and counts as missing")
    assert read_limit(HAEMOGLOBIN, "16", "g/dL", "uln") == read_limit(HAEMOGLOBIN, "160", "g/L", "uln") == 160000


def test_limits_of_another_specimen_are_not_those_of_blood() -> None:
    """An item that plausibly holds more creatinine than blood ever does is measured in something else."""
    urine = evolve(CREATININE, plausible=(Fraction(0), Fraction(50000)))
    assert isinstance(read_limit(CREATININE, "20000", "umol/L"), Problem)
    assert isinstance(read_limit(urine, "20000", "umol/L"), Fraction)


@pytest.mark.parametrize(
    ("clock", "read"),
    [
        ("T09", True),
        ("T23:59:60.5", True),
        (" 00:00:00", True),
        ("T24:00", True),
        ("T25:00", False),
        ("T24:30", False),
        ("T09:60", False),
        ("T09:00:61", False),
        ("T9:00", False),
    ],
)
def test_a_day_with_a_time_that_no_clock_shows_is_none(clock: str, read: bool) -> None:  # noqa: FBT001 - a case
    found = read_days(f"2026-06-01{clock}")
    assert isinstance(found, Problem) is not read
    assert not read or found == read_days("2026-06-01")
