"""`ctcae grade of ITEM`: the grade that `protocol grade` gives, at and beside every printed limit; what it refuses."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from protocol_dsl.base.analyte import plausible
from protocol_dsl.base.quantity import Unit
from protocol_dsl.base.source import Source
from protocol_dsl.base.studytime import Days
from protocol_dsl.elaborate.grading import shipped, versions
from protocol_dsl.elaborate.terms import name_of
from protocol_dsl.evaluate.doubts import settled
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.grade import grade
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING, Option
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.examples.mutate import mutate
from protocol_dsl.face import loads
from protocol_dsl.model.condition import Compare, Constant, Expression
from protocol_dsl.model.grading import Bands, Grading, Measured
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Judgement, Reading, Record
from protocol_dsl.model.vocabulary import Number
from protocol_dsl.model.walk import walk
from protocol_dsl.pipeline import load_text

DAY, BEFORE = date(2026, 6, 2), date(2026, 6, 1)
TEXT = """protocol "P"
    uses ctcae {version}

moments
    infusion is day 0

data
    x : number in {unit}{analyte}; with ULN and LLN; latest; baseline first before infusion

inclusion at infusion
    I1 "Its grade"
        ctcae grade of x as {term} at most 4
"""
TABLES = [
    pytest.param(version, one, table, id=f"{version} {one.term} {one.direction} {table.unit.code}")
    for version in versions("ctcae")
    if (shelf := shipped("ctcae", version)) is not None
    for one in shelf.gradings
    for table in one.tables
    if table.unit is not None
]
STEP = Fraction(1, 1000)


def asked(version: str, one: Grading, unit: str) -> tuple[Protocol, Expression]:
    """A protocol that asks for the grade, and the grade as it is meant."""
    analyte = f"; of {one.analyte}" if one.analyte else ""
    text = TEXT.format(version=version, unit=unit, analyte=analyte, term=name_of(one.term))
    loaded = load_text(Source("p", text))
    assert loaded.protocol is not None, loaded.diagnostics
    condition = loaded.protocol.criteria[0].condition
    assert isinstance(condition, Compare)
    return loaded.protocol, condition.left


def numbers(table: Bands) -> set[Fraction]:
    """What is printed in the bands."""
    nodes = (one for band in table.bands if band.when is not None for one in walk(band.when))
    return {one.value for one in nodes if isinstance(one, Constant) and isinstance(one.value, Fraction)}


def readings(table: Bands, one: Grading, unit: Unit) -> Iterator[Measured]:
    """At each printed number and beside it, with limits on the healthy side of the bands and among them."""
    printed = numbers(table)
    top, bottom = max(printed, default=Fraction(1)), min((n for n in printed if n > 0), default=Fraction(4))
    for lln, uln in ((top * Fraction(11, 10), top * 2), (bottom / 4, bottom / 2)):
        ends = printed | {lln, uln, *(uln + n for n in printed)}
        for value in sorted({end + step for end in ends for step in (-STEP, Fraction(0), STEP)}):
            if value > 0 and within(one, value, unit):
                yield Measured(value, unit, unit.code, lln, uln, (lln + uln) / 2, "normal")


def within(one: Grading, value: Fraction, unit: Unit) -> bool:
    """Whether a reading is plausible: `protocol grade` refuses others, and reading records does."""
    ends = plausible(one.analyte, unit)
    return ends is None or ends[0] <= value <= ends[1]


def recorded(reading: Measured, term: str, unit: Unit, *, confirmed: bool) -> Record:
    """The same as a record: the baseline the day before, and all grades confirmed or denied.

    A limit in another unit counts as missing where a table is graded, and where records are read.
    """
    ends = (reading.value, reading.lln, reading.uln, reading.baseline)
    value, low, high, before = (unit.in_base(n) if isinstance(n, Fraction) else None for n in ends)
    found = (Reading(before, Days(BEFORE, BEFORE), high, low), Reading(value, Days(DAY, DAY), high, low))
    judged = {f"{term} grade {n} on {DAY}": (Judgement(confirmed, DAY),) for n in range(6)}
    return Record("P", {"infusion": (Reading(DAY),), "x": found}, judgements=judged)


@pytest.mark.parametrize(("version", "one", "table"), TABLES)
def test_the_grade_is_that_of_the_table(version: str, one: Grading, table: Bands) -> None:
    unit = table.unit
    assert unit is not None
    protocol, meant = asked(version, one, unit.code)
    for reading in readings(table, one, unit):
        found = grade(one, reading)
        may_be = []
        for confirmed in (True, False):
            record = recorded(settled(one, reading)[0], one.term, unit, confirmed=confirmed)
            env = Environment(protocol, record, DAY, {"infusion": DAY}, "infusion", DAY)
            may_be.append(evaluate(meant, env, interpret))
        if found.grade is None:
            assert all(len(options) > 1 or options[0] is ANYTHING for options in may_be), (reading, found)
            continue
        assert may_be[0] == (found.grade,), (reading, found)
        lower = (found.grade,) if not found.confirm else ()
        assert may_be[1] == lower or (found.confirm and all(is_lower(one, found.grade) for one in may_be[1]))


def is_lower(option: Option, number: int) -> bool:
    """Whether a grade that was denied left a lower one, which is not 0, or none."""
    return option is ANYTHING or (isinstance(option, Fraction) and 0 < option < number)


# --- other units of the item --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "term", "value", "number"),
    [
        ("number in /uL; of neutrophils", "neutrophil_count_decreased", "499", 4),
        ("number in /uL; of neutrophils", "neutrophil_count_decreased", "500", 3),
        ("number in ug/dL; of glucose", "hypoglycemia", "39999", 3),
        ("number in ug/dL; of glucose", "hypoglycemia", "40000", 2),
        ("number in [degF]", "fever", "102.2", 1),
        ("number in [degF]", "fever", "102.3", 2),
        ("number in s", "electrocardiogram_qt_corrected_interval_prolonged", "0.4805", None),
        ("number in s", "electrocardiogram_qt_corrected_interval_prolonged", "0.5", 2),
    ],
)
def test_the_item_may_be_in_another_unit(declared: str, term: str, value: str, number: int | None) -> None:
    """CTCAE 5.0: 500 /uL and 40 mg/dL belong to the lower grade, 102.2 degF is 39 Cel, 480.5 ms is in no band."""
    unit, _, analyte = declared.removeprefix("number in ").partition("; of ")
    text = TEXT.format(version="5.0", unit=unit, analyte=f"; of {analyte}" if analyte else "", term=term)
    protocol = loads(text).model
    condition = protocol.criteria[0].condition
    item = protocol.items["x"].kind
    assert isinstance(condition, Compare)
    assert isinstance(item, Number)
    assert item.unit is not None
    read = Reading(item.unit.in_base(Fraction(value)), Days(DAY, DAY), Fraction(10**15), Fraction(10**15))
    env = Environment(protocol, Record("P", {"x": (read,)}), DAY, {"infusion": DAY}, "infusion", DAY)
    assert evaluate(condition.left, env, interpret) == ((ANYTHING,) if number is None else (number,))


# --- what is refused ----------------------------------------------------------------------------------------------

REFUSED = """protocol "P"
    uses ctcae 5.0

moments
    infusion is day 0

data
    k    : number in mmol/L; of potassium; with ULN and LLN; latest
    anc  : number in 10*9/L; with LLN; latest
    hgb  : number in g/dL; of haemoglobin; latest
    alt  : number in U/L; of alt; with ULN and LLN; latest
    temp : number in kg; latest
    sex  : one of female, male

inclusion at infusion
    I1 "Asked"
        ctcae grade of {asked}
"""


@pytest.mark.parametrize(
    ("asked_for", "message", "cure"),
    [
        (
            "k at most 1",
            "nothing says by which term of CTCAE 5.0 `k` is graded",
            "write `as hyperkalemia` or `as hypokalemia`",
        ),
        (
            "k as hyponatremia at most 1",
            "`hyponatremia` is graded from sodium, and `k` is declared `of potassium`",
            "name another term",
        ),
        (
            "anc as hyponatremia at most 1",
            "`hyponatremia` is graded from sodium, and `anc` does not say what it measures",
            "declare it `of sodium`, or name another term",
        ),
        (
            "k as hypokalaemia at most 1",
            "`hypokalaemia` is not graded from a number in CTCAE 5.0",
            "`hypokalemia` may be meant",
        ),
        (
            "k as hyperglycemia at most 1",
            "`hyperglycemia` is not graded from a number in CTCAE 5.0; 4.03 and 6.0 can",
            "`hypoglycemia` may be meant",
        ),
        (
            "hgb as anemia at most 1",
            "the bands of `Anemia` speak of the lower limit, and `hgb` declares none",
            "declare it `with LLN`",
        ),
        (
            "alt at most 1",
            "the bands of `Alanine aminotransferase increased` speak of the baseline, and `alt` declares none",
            "declare it as in `baseline latest before infusion`",
        ),
        ("temp as fever at most 1", "`temp` is measured in `kg`, and the bands of `Fever` are in `Cel`", None),
        ("sex as fever at most 1", "`sex` is no number, and only numbers are graded", None),
    ],
)
def test_what_cannot_be_graded_is_refused(asked_for: str, message: str, cure: str | None) -> None:
    found = [one for one in load_text(Source("p", REFUSED.format(asked=asked_for))).diagnostics if one.code == "PD243"]
    assert [(one.message, one.help) for one in found] == [(message, cure)]


def test_an_item_is_known_by_its_name_too() -> None:
    assert load_text(Source("p", REFUSED.format(asked="anc at most 1"))).protocol is not None


def test_without_a_version_a_reading_has_no_grade() -> None:
    text = REFUSED.format(asked="anc at most 1").replace("    uses ctcae 5.0\n", "")
    assert [one.code for one in load_text(Source("p", text)).diagnostics if one.severity == "error"] == ["PD112"]


def test_printed_bands_are_not_changed_to_try_examples() -> None:
    text = (
        REFUSED.format(asked="anc at most 1")
        + '\nexample "fine"\n    given anc = 3 10*9/L (LLN 2)\n    then eligible\n'
    )
    protocol = loads(text).model
    told = {(one.was, one.now) for one in mutate(protocol).mutants}
    assert told == {
        ("ctcae grade of anc at most 1", f"ctcae grade of anc {now}")
        for now in ("less than 1", "more than 1", "at most 0", "at most 2")
    }


@pytest.mark.parametrize(
    ("value", "baseline", "may_be"),
    [
        ("1.5", "0.8", (2,)),
        ("1.5", "1.4", (0,)),
        ("1.5", None, (3, 2, 0)),
        ("6.1", None, (3,)),
        ("12.1", None, (4,)),
    ],
)
def test_a_baseline_that_is_missing_leaves_the_grade_open(
    value: str, baseline: str | None, may_be: tuple[int, ...]
) -> None:
    """CTCAE 5.0, creatinine, ULN 2: above 1.5 and 3 times limit or baseline 2 and 3, above 6 times the limit 4.

    The infusion is on the day before, and the baseline up to then.
    """
    text = TEXT.format(version="5.0", unit="mg/dL", analyte="; of creatinine", term="creatinine_increased")
    protocol = loads(text).model
    condition, item = protocol.criteria[0].condition, protocol.items["x"].kind
    assert isinstance(condition, Compare)
    assert isinstance(item, Number)
    assert item.unit is not None
    limits = (item.unit.in_base(Fraction(2)), item.unit.in_base(Fraction(1)))
    found = [(BEFORE, baseline)] * (baseline is not None) + [(DAY, value)]
    read = tuple(Reading(item.unit.in_base(Fraction(text or 0)), Days(day, day), *limits) for day, text in found)
    env = Environment(protocol, Record("P", {"x": read}), DAY, {"infusion": BEFORE})
    assert set(evaluate(condition.left, env, interpret)) == set(may_be)


AGED = """protocol "P"
    uses ctcae 5.0

moments
    infusion is day 0
    visit after infusion

data
    alt : number in U/L; of alt; with ULN; latest, valid for 7 days; baseline latest before infusion

inclusion at visit
    I1 "Its grade"
        ctcae grade of alt at most 1
"""


def test_a_reading_that_is_too_old_is_told_by_its_age_and_not_by_the_days_of_the_baseline() -> None:
    facts = {"infusion": "2026-06-01", "visit": "2026-06-08"}
    found = loads(AGED).screen({**facts, "alt": "130", "alt_unit": "U/L", "alt_uln": "40", "alt_date": "2026-05-31"})
    assert "alt 130 U/L of 2026-05-31 is 8 days old at visit, valid for 7 days (stale)" in found.explain()


def graded_as(asked: str, alt: str, baseline: str | None = None) -> str:
    """What the explanation says of the grade of an alt of the day of the visit."""
    given = {"infusion": "2026-06-01", "visit": "2026-06-08"}
    readings = pd.DataFrame(
        [
            {"patient": "P", "item": "alt", "date": day, "value": value, "unit": "U/L", "uln": "40"}
            for day, value in (("2026-06-01", baseline), ("2026-06-08", alt))
            if value is not None
        ]
    )
    protocol = loads(AGED.replace("at most 1", asked))
    [record] = protocol.read({"patients": pd.DataFrame([{"patient": "P", **given}]), "observations": readings}).records
    return protocol.screen(record).explain()


def test_a_grade_is_told_with_its_band_the_limits_and_the_baseline() -> None:
    """The reading of the day of the infusion is its baseline: above the upper limit, so that multiples of it count."""
    assert (
        "ctcae grade of alt 0 (no band applies; alt 130 U/L of 2026-06-08, ULN 40 U/L; "
        "baseline alt 90 U/L of 2026-06-01, ULN 40 U/L, infusion 2026-06-01); at least 1 is not met"
        in graded_as("at least 1", "130", "90")
    )
    assert (
        "ctcae grade of alt 2 (the baseline is not high and alt more than 3 x ULN; alt 130 U/L of 2026-06-08, "
        "ULN 40 U/L; baseline alt 30 U/L of 2026-06-01, ULN 40 U/L, infusion 2026-06-01); at most 1 is not met"
        in graded_as("at most 1", "130", "30")
    )


def test_a_reading_of_the_day_itself_is_its_own_baseline() -> None:
    facts = {"infusion": "2026-06-01", "visit": "2026-06-01", "alt": 130, "alt_unit": "U/L", "alt_uln": 40}
    found = loads(AGED.replace("at most 1", "at least 1")).screen({**facts, "alt_date": "2026-06-01"}).explain()
    assert "no band applies; alt 130 U/L of 2026-06-01, ULN 40 U/L; baseline alt 130 U/L of 2026-06-01" in found
