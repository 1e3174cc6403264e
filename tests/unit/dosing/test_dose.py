"""Doses worked by hand: each kind of calculation, and each reason to refuse one."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl import load, loads
from protocol_dsl.base.studytime import Days
from protocol_dsl.dosing.dose import Outcome
from protocol_dsl.model.record import Range, Reading, Record
from tests.unit.dosing.trial import DAY, PER_KG, amount, dose, trial, weighed

FLAT = """\
doses of agent in mg
    | level | agent |
    | 1     | 50    |
    | 2     | 112.5 |
    start at level 1
"""
PER_M2 = """\
doses of agent in mg/m2
    | level | agent |
    | 1     | 40    |
    | 2     | 75    |
    start at level 1
    based on bsa
"""
BANDS = """\
doses of agent in mg
    | level |
    | 1     |
    | 2     |
    start at level 1
    banded by weight
        | weight in kg         | level 1 | level 2 |
        | under 10             | 5       | 10      |
        | from 10 to under 20  | 10      | 20      |
        | 20 or more           | 20      | 40      |
"""
BY_AGE = """\
doses of agent in mg
    | level |
    | 1     |
    | 2     |
    start at level 1
    banded by age and weight
        | age in years | weight in kg | level 1 | level 2 |
        | under 12     | under 20     | 1       | 2       |
        | under 12     | 20 or more   | 3       | 4       |
        | 12 or more   | any          | 5       | 6       |
"""
TWO = """\
doses of agent, partner in mg
    | level | agent in mg/kg | partner |
    | 1     | 1              | -       |
    | 2     | 2              | 50      |
    start at level 1
    based on weight for agent
    rounded down to 5 mg for agent
    cap 40 mg per dose for agent
    refuse below 20 mg
"""
BSA = {"bsa": "1.73", "bsa_unit": "m2", "bsa_date": "2026-05-30"}


def test_per_kg_shows_each_step() -> None:
    found = dose(trial(), weighed())
    assert (found.outcome, str(found.amount), found.why) == (Outcome.AMOUNT, "52 mg", "")
    assert [step.text for step in found.steps] == [
        "level 2: 2 mg/kg",
        "weight 26 kg of 2026-05-30 is 2 days old at infusion 2026-06-01, valid for 7 days",
        "2 mg/kg x 26 kg = 52 mg",
    ]
    assert [step.rule for step in found.steps] == ["table of levels", "based on weight", "based on weight"]


def test_a_dose_may_be_based_on_a_definition() -> None:
    found = dose(trial(PER_KG.replace("on weight", "on lean_weight")), weighed("30"))
    assert str(found.amount) == "48 mg"  # 2 mg/kg x 0.8 x 30 kg
    assert "lean_weight is 24 kg" in [step.text for step in found.steps]


@pytest.mark.parametrize(
    ("section", "facts", "level", "expected"),
    [
        (FLAT, {}, "2", "112.5 mg"),
        (PER_M2, BSA, "2", "129.75 mg"),  # 75 x 1.73
        (PER_M2 + "    cap bsa at 1.5 m2\n", BSA, "2", "112.5 mg"),  # 75 x 1.5
        (PER_M2 + "    cap bsa at 17300 cm2\n", BSA, "2", "129.75 mg"),  # the cap is just reached
        (BANDS, weighed("9.99"), "1", "5 mg"),
        (BANDS, weighed("10"), "1", "10 mg"),
        (BANDS, weighed("19.999"), "2", "20 mg"),
        (BANDS, weighed("20"), "2", "40 mg"),
        (BY_AGE, weighed("19", birth_date="2014-06-02"), "1", "1 mg"),  # 12 tomorrow
        (BY_AGE, weighed("19", birth_date="2014-06-01"), "1", "5 mg"),  # 12 today
        (BY_AGE, weighed("20", birth_date="2014-06-02"), "2", "4 mg"),
        (BY_AGE, {"birth_date": "2010-01-01"}, "2", "6 mg"),  # from 12 on the weight does not matter
    ],
)
def test_amounts(section: str, facts: Mapping[str, str], level: str, expected: str) -> None:
    assert amount(trial(section), facts, level) == expected


@pytest.mark.parametrize(
    ("settings", "weight", "level", "expected"),
    [
        (("cap 50 mg per dose",), "26", "2", "50 mg"),
        (("cap 50 mg per dose",), "25", "2", "50 mg"),
        (("cap 0.05 g per dose",), "24", "2", "48 mg"),
        (("rounded down to 5 mg",), "26", "2", "50 mg"),
        (("rounded up to 5 mg",), "26", "2", "55 mg"),
        (("rounded up to 5 mg",), "25", "2", "50 mg"),  # 50 needs no rounding
        (("rounded to 5 mg, halves down",), "26.25", "2", "50 mg"),  # 52.5
        (("rounded to 5 mg, halves up",), "26.25", "2", "55 mg"),
        (("rounded to 5 mg, halves down",), "26.26", "2", "55 mg"),  # 52.52
        (("rounded to 5 mg, halves up",), "26.24", "2", "50 mg"),  # 52.48
        (("rounded up to 5 mg", "cap 52 mg per dose"), "26", "2", "50 mg"),  # 55 would pass the cap
        (("rounded up to 5 mg", "cap 52 mg per dose"), "99", "2", "50 mg"),  # from the cap down
        (("rounded down to whole tablets of 25 mg and 100 mg",), "88", "2", "175 mg"),  # of 176 mg
        (("rounded up to whole tablets of 4 mg and 10 mg",), "16.5", "1", "18 mg"),  # 10 and 2 x 4; 17 cannot be made
        (("rounded down to whole vials of 4 mg and 10 mg",), "7.5", "1", "4 mg"),  # neither 7 nor 6 nor 5 can be made
    ],
)
def test_settings(settings: tuple[str, ...], weight: str, level: str, expected: str) -> None:
    assert amount(trial(PER_KG, *settings), weighed(weight), level) == expected


SURFACE = """\
protocol "SURFACE"
    uses library body_size

moments
    infusion is first dose of agent

data
    weight : number in kg; plausible 2 to 200; latest, valid for 7 days
    height : number in cm; plausible 40 to 230; latest, valid for 28 days
    given  : list of dose

define
    surface in m2 is bsa by mosteller with height, weight

doses of agent in mg/m2
    | level | agent |
    | 1     | 40    |
    | 2     | 75    |
    start at level 1
    based on surface
"""
HEIGHT = {"height_unit": "cm", "height_date": "2026-05-10"}


@pytest.mark.parametrize(
    ("setting", "weight", "height", "expected"),
    [
        ("", "40", "160", "100 mg"),  # the root of 40 x 160 / 3600 is 4 / 3, exactly
        ("rounded down to 5 mg", "40", "160", "100 mg"),
        ("rounded down to 5 mg", "70", "170", "135 mg"),  # 75 x 1.81812 = 136.36
        ("rounded to 1 mg, halves up", "70", "170", "136 mg"),
        ("cap surface at 1.5 m2", "70", "170", "112.5 mg"),  # then the surface itself does not matter
        (
            "",
            "70",
            "170",
            "the formula of surface is not exact to the last digit, and nothing says how the amount is rounded",
        ),
    ],
)
def test_by_a_formula_for_the_surface(setting: str, weight: str, height: str, expected: str) -> None:
    protocol = loads(SURFACE + (f"    {setting}\n" if setting else ""))
    assert amount(protocol, weighed(weight, height=height, **HEIGHT)) == expected


def test_a_stale_height_refuses_a_dose_by_surface() -> None:
    protocol = loads(SURFACE + "    rounded down to 5 mg\n")
    old = {**HEIGHT, "height_date": "2026-05-03"}
    found = dose(protocol, weighed("70", height="170", **old))
    assert [(gap.item, gap.reason.value) for gap in found.missing] == [("height", "stale")]
    assert found.settles == ("a reading of height from 2026-05-04 to 2026-06-01",)


def test_whole_pieces_are_counted() -> None:
    found = dose(trial(PER_KG, "rounded down to whole tablets of 25 mg and 100 mg"), weighed("88"))
    assert [(count, str(size)) for count, size in found.pieces] == [(1, "100 mg"), (3, "25 mg")]
    assert found.called == "tablets"


def test_what_is_rounded_past_the_next_level_is_withheld() -> None:
    found = dose(trial(PER_KG, "rounded up to 50 mg"), weighed("20"), "1")
    assert found.outcome is Outcome.WITHHELD  # 20 mg would become 50 mg, and level 2 calls for 40 mg
    assert found.why == "rounding makes it 50 mg, more than the 40 mg that level 2 calls for"
    assert amount(trial(PER_KG, "rounded up to 50 mg"), weighed("20"), "3") == "100 mg"  # no level above


def test_what_is_rounded_to_nothing_is_withheld() -> None:
    found = dose(trial(PER_KG, "rounded down to 50 mg"), weighed("20"), "1")
    assert (found.outcome, found.amount) == (Outcome.WITHHELD, None)


def test_less_than_the_least_amount_is_withheld() -> None:
    protocol = trial(PER_KG, "refuse below 20 mg")
    assert dose(protocol, weighed("19.9"), "1").outcome is Outcome.WITHHELD
    assert amount(protocol, weighed("20"), "1") == "20 mg"


def test_products_have_rules_of_their_own() -> None:
    protocol = trial(TWO)
    first = protocol.dose(weighed("26"), level="1", infusion=DAY)
    second = protocol.dose(weighed("26"), level="2", infusion=DAY)
    assert [(one.product, str(one.amount)) for one in first] == [("agent", "25 mg"), ("partner", "0 mg")]
    assert [(one.product, str(one.amount)) for one in second] == [("agent", "40 mg"), ("partner", "50 mg")]


def test_a_cap_per_day_is_told_for_what_it_is() -> None:
    single = dose(trial(PER_KG, "cap 50 mg per day"), weighed())
    assert single.steps[-1].text == "cut off at 50 mg; what else is given in the same day is not counted here"
    daily = dose(trial(PER_KG.replace("mg/kg", "mg/kg/d"), "cap 50 mg per day"), weighed())
    assert (str(daily.amount), daily.steps[-1].text) == ("50 mg/d", "cut off at 50 mg/d")
    units = dose(trial(PER_KG.replace("mg/kg", "U/kg"), "cap 50 U per day"), weighed())
    assert units.steps[-1].text == "cut off at 50 U; what else is given in the same day is not counted here"


def test_a_cap_of_nothing_withholds() -> None:
    assert dose(trial(PER_KG, "cap 0 mg per dose"), weighed()).outcome is Outcome.WITHHELD


def test_a_level_may_give_none() -> None:
    found = dose(trial(PER_KG.replace("| 1     | 1     |", "| 1     | -     |")), {}, "1")
    assert (found.outcome, str(found.amount)) == (Outcome.AMOUNT, "0 mg")  # no weight is needed for nothing


# --- refused ----------------------------------------------------------------------------------------------------------


def test_the_last_valid_day_gives_and_the_next_refuses() -> None:
    assert amount(trial(), weighed(day="2026-05-25")) == "52 mg"  # 7 days old
    found = dose(trial(), weighed(day="2026-05-24"))
    assert (found.outcome, found.amount) == (Outcome.UNKNOWN, None)
    assert found.why == "weight 26 kg of 2026-05-24 is 8 days old at infusion 2026-06-01, valid for 7 days (stale)"
    assert found.settles == ("a reading of weight from 2026-05-25 to 2026-06-01",)
    assert [(gap.item, gap.reason.value) for gap in found.missing] == [("weight", "stale")]


def test_a_weight_of_the_day_after_does_not_count() -> None:
    assert dose(trial(), weighed(day="2026-06-02")).outcome is Outcome.UNKNOWN


def test_without_a_weight_it_is_refused() -> None:
    found = dose(trial(), {})
    assert (found.outcome, found.why) == (Outcome.UNKNOWN, "weight is not recorded")


def test_readings_in_conflict_refuse_unless_they_lead_to_the_same() -> None:
    page = "patient,item,date,value,unit\nP,weight,2026-05-30,{},kg\nP,weight,2026-05-30,{},kg\n"
    protocol = trial(PER_KG, "rounded down to 5 mg")
    assert from_readings(protocol, page.format("26", "27"))[0] == Outcome.AMOUNT  # 52 and 54 are both 50 mg
    outcome, why = from_readings(protocol, page.format("26", "28"))  # 50 and 55 mg
    assert outcome == Outcome.UNKNOWN
    assert why == (
        "weight 26 kg of 2026-05-30 and weight 28 kg of 2026-05-30 are in conflict: it may come to 50 mg or to 55 mg"
    )


def from_readings(protocol: object, text: str) -> tuple[Outcome, str]:
    import io

    import pandas as pd

    from protocol_dsl.face import Protocol

    assert isinstance(protocol, Protocol)
    frames = {"patients": pd.DataFrame({"patient": ["P"]}), "observations": pd.read_csv(io.StringIO(text), dtype=str)}
    (record,) = protocol.read(frames).records
    (found,) = protocol.dose(record, level="2", infusion=DAY)
    return found.outcome, found.why


def test_a_weight_below_a_limit_tells_no_amount() -> None:
    found = dose(trial(), weighed("<26"))
    assert (found.outcome, found.amount) == (Outcome.UNKNOWN, None)


def test_a_range_is_not_withheld_by_its_ends_alone() -> None:
    """Rounded up to 20 mg, 10 kg and 20.01 kg pass what level 2 calls for; 20 kg are given 20 mg."""
    of = trial(PER_KG.replace("| 2     | 2     |", "| 2     | 1.5   |"), "rounded up to 20 mg")
    past_next = [dose(of, weighed(weight), level="1").outcome for weight in ("10", "20.01")]
    assert [Outcome.WITHHELD] * 2 == past_next
    assert amount(of, weighed("20"), level="1") == "20 mg"
    day = date(2026, 5, 30)
    weight = Reading(Range(Fraction(10_000), Fraction(20_010)), Days(day, day))
    (found,) = of.dose(Record("P", {"weight": (weight,)}), level="1", infusion=DAY)
    assert (found.outcome, found.amount) == (Outcome.UNKNOWN, None)


def test_where_a_formula_is_not_valid_nothing_would_settle_it() -> None:
    found = dose(trial(PER_KG.replace("on weight", "on grown_weight")), {"birth_date": "2015-01-01"})
    assert (found.outcome, found.settles) == (Outcome.UNKNOWN, ())
    assert found.why == "grown_weight is not valid here: age at least 18 years"


def test_a_later_weight_is_told_with_one_day() -> None:
    why = dose(trial(), weighed(day="2026-06-02")).why
    assert why == "weight is not recorded by infusion 2026-06-01; 26 kg of 2026-06-02 is later"


def test_bands_that_cannot_be_told_apart_are_not_named() -> None:
    found = dose(trial(BANDS), {})
    assert [step.text for step in found.steps][-1] == "level 2: not known"


def test_a_day_that_is_not_known_whole_may_be_too_old() -> None:
    assert dose(trial(), weighed(day="2026-05")).outcome is Outcome.UNKNOWN


def test_an_implausible_weight_is_refused() -> None:
    text = "patient,item,date,value,unit\nP,weight,2026-05-30,2600,kg\n"
    assert from_readings(trial(), text)[0] == Outcome.UNKNOWN


def test_the_level_must_be_on_record() -> None:
    assert dose(trial(), weighed(), None).why == "no level is on record"
    assert amount(trial(), weighed(level="3"), None) == "130 mg"
    assert amount(trial(), weighed(assigned_level="3"), None) == "130 mg"
    differs = dose(trial(), weighed(level="3", assigned_level="2"), None)
    assert differs.why == "the level is on record differently: 2 and 3"
    assert dose(trial(), weighed(level="7"), None).outcome is Outcome.UNKNOWN


def test_a_level_that_is_not_in_the_table_is_misuse() -> None:
    with pytest.raises(ValueError, match="there is no level `9`; the levels are 1, 2, 3"):
        trial().dose(weighed(), level="9", infusion=DAY)


def test_without_a_day_of_dosing_it_is_refused() -> None:
    (found,) = trial().dose(weighed(), level="2")
    assert (found.outcome, found.settles) == (Outcome.UNKNOWN, ("the day of infusion",))


def test_a_size_that_is_not_said_is_refused() -> None:
    found = dose(trial(PER_KG.replace("    based on weight\n", "")), weighed())
    assert found.why == "the doses are in `mg/kg`, and no setting `based on ...` says what that is multiplied with"


def test_an_amount_without_end_needs_rounding() -> None:
    thirds = PER_KG.replace("on weight", "on third")
    head = "define\n    third in kg is weight / 3\n\n"
    assert amount(trial(head + thirds), weighed("10")) == (
        "the amount has no last decimal, and nothing says how it is rounded"
    )
    assert amount(trial(head + thirds, "rounded down to 1 mg"), weighed("10")) == "6 mg"  # 2 x 10 / 3
    assert amount(trial(head + thirds), weighed("9")) == "6 mg"


def test_a_dose_section_that_is_incomplete_gives_nothing() -> None:
    found = dose(trial(PER_KG, 'incomplete "the fourth level"'), weighed())
    assert (found.outcome, found.settles) == (Outcome.UNKNOWN, ("the rest of it",))


# --- shipped ----------------------------------------------------------------------------------------------------------


def test_first_doses_are_those_that_were_recorded() -> None:
    """The invented records of NCT06631391 give each first dose as weight times level."""
    protocol = load("nct06631391")
    data = protocol.read("protocols/trials/nct06631391/records")
    checked = 0
    for record in data.records:
        for found in protocol.dose(record, as_of="2025-11-20"):
            if found.amount is None:
                continue
            on_file = [
                event.fields["amount"].value
                for event in record.lists["doses"]
                if event.fields["date"].value == found.day
            ]
            assert on_file == [found.amount.base]
            checked += 1
    assert checked >= 8


def test_a_cap_is_reached_in_the_shipped_trial() -> None:
    protocol = load("nk_ped_01")
    (found,) = protocol.dose(weighed("120"), level="3", infusion=DAY)  # 3e7 x 120 = 3.6e9
    assert str(found.amount) == "3000000000 cells"
    assert found.steps[-1].text == "cut off at 3.0e9 cells"
