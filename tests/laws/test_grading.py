"""Laws of grading: the quick way is the interpreter's, units change nothing, and knowing more changes no grade."""

from fractions import Fraction
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.quantity import unit
from protocol_dsl.elaborate.grading import shipped, versions
from protocol_dsl.evaluate.grade import Graded, grade
from protocol_dsl.evaluate.grade_many import Catalogue, grade_rows
from protocol_dsl.evaluate.quick_bands import QuickBands
from protocol_dsl.model.grading import FLAGS, Grading, Measured, System
from protocol_dsl.model.record import Range
from protocol_dsl.readers.laboratory import COLUMNS, laboratory
from protocol_dsl.readers.rows import Row, Table

GRADINGS = [one for version in versions("ctcae") for one in getattr(shipped("ctcae", version), "gradings", ())]
QUICK = QuickBands()

numbers = st.one_of(
    st.sampled_from([Fraction(text) for text in ("0.05", "0.5", "1", "1.5", "2", "3", "7.4", "8", "40", "80", "500")]),
    st.decimals("0.001", "2000", places=3).map(Fraction),
)
values = st.one_of(numbers, numbers.map(lambda n: Range(high=n, high_open=True)), numbers.map(lambda n: Range(low=n)))


@st.composite
def readings(draw: st.DrawFn, grading: Grading) -> Measured:
    """A reading in a unit of the grading, with some of its limits."""
    code = draw(st.sampled_from([table.unit.code for table in grading.tables if table.unit] or [""]))
    maybe = st.none() | numbers
    return Measured(
        draw(values),
        unit(code) if code else None,
        code,
        draw(maybe),
        draw(maybe),
        draw(maybe),
        draw(st.none() | st.sampled_from([*FLAGS, "abnormal"])),
        draw(st.none() | st.integers(-100, 100).map(Fraction)),
    )


@st.composite
def graded(draw: st.DrawFn) -> tuple[Grading, Measured]:
    grading = draw(st.sampled_from(GRADINGS))
    return grading, draw(readings(grading))


@given(graded(), st.none() | st.sampled_from(list(System)))
@settings(max_examples=500)
def test_the_quick_way_says_what_the_interpreter_says(drawn: tuple[Grading, Measured], system: System | None) -> None:
    assert grade(*drawn, system, QUICK) == grade(*drawn, system)


OTHERS = {"g/L": "mg/mL", "g/dL": "mg/mL", "10*9/L": "/uL", "10*3/uL": "10*6/L", "mmol/L": "umol/L", "mg/dL": "g/L"}


@given(graded())
@settings(max_examples=300)
def test_restating_a_reading_in_another_unit_changes_nothing(drawn: tuple[Grading, Measured]) -> None:
    """M5, at the limits too: every number of the row is restated, and the bands are read in the same system."""
    grading, reading = drawn
    other = unit(OTHERS.get(reading.unit_text, "")) if reading.unit_text in OTHERS else None
    if other is None or reading.unit is None or not reading.unit.same_kind(other):
        return
    factor = reading.unit.factor / other.factor
    restated = evolve(
        reading,
        value=_times(reading.value, factor),
        unit=other,
        unit_text=other.code,
        lln=_times(reading.lln, factor),
        uln=_times(reading.uln, factor),
        baseline=_times(reading.baseline, factor),
    )
    for system in System:
        assert grade(grading, restated, system).grade == grade(grading, reading, system).grade


def _times(number: Any, factor: Fraction) -> Any:  # noqa: ANN401 - a number, a range of numbers or None
    if isinstance(number, Range):
        return evolve(number, low=_times(number.low, factor), high=_times(number.high, factor))
    return None if number is None else number * factor


@given(graded(), numbers)
@settings(max_examples=300)
def test_an_exact_value_within_a_range_has_the_grade_of_the_range(
    drawn: tuple[Grading, Measured], number: Fraction
) -> None:
    """A grade that a range such as `<5` has is the grade of every number in it, where nothing else is filled in."""
    grading, reading = drawn
    value = reading.value
    if not isinstance(value, Range) or (value.high is not None and number >= value.high):
        return
    if value.low is not None and number < value.low:
        return
    found = grade(grading, reading).grade
    change = reading.change
    if found is not None and (change is not None or reading.baseline is None):
        exact = grade(grading, evolve(reading, value=number))
        assert exact.grade == found or "not plausible" in exact.because  # as 40 mmol/L of potassium


CATALOGUES = [Catalogue(found) for version in versions("ctcae") if (found := shipped("ctcae", version)) is not None]

limits = st.sampled_from(["", "0.5", "3.5", "7.4", "40", "150", "n.a.", "-1"])
cells = st.fixed_dictionaries(
    {
        "test": st.sampled_from(
            ["K", "ALT", "HGB", "WBC", "PLAT", "CREAT", "BILI", "GLUC", "ALB", "QTCF", "COLOR", ""]
        ),
        "term": st.sampled_from(["", "", "", "Anemia", "Hyperkalemia", "Fever"]),
        "value": st.sampled_from(["<0.1", "<=5", ">400", "", "n.d.", "7,5", "-3"])
        | st.decimals("0.01", "600", places=2).map(str),
        "unit": st.sampled_from(["", "mmol/L", "g/L", "g/dL", "mg/dL", "10^9/L", "G/L", "U/L", "parsecs", "umol/L"]),
        "lln": limits,
        "uln": limits,
        "baseline": limits,
        "baseline_flag": st.sampled_from(["", "NORMAL", "HIGH", "LOW", "ABNORMAL", "maybe"]),
        "change": st.sampled_from(["", "-25", "30"]),
        "direction": st.sampled_from(["", "", "low", "high"]),
    }
)


@given(st.lists(cells, min_size=1, max_size=6), st.sampled_from(CATALOGUES), st.none() | st.sampled_from(list(System)))
@settings(max_examples=100)
def test_a_table_has_row_by_row_what_the_interpreter_says(
    drawn: list[dict[str, str]], catalogue: Catalogue, system: System | None
) -> None:
    """Every row twice, so that what is kept of a reading is met again; only gradings that the row stands for."""
    written = [tuple(one.get(name, "") for name in COLUMNS) for one in drawn + drawn]
    rows = [Row(number, row) for number, row in enumerate(written, start=2)]
    read = list(laboratory(Table("lb", "lb", COLUMNS, tuple(rows))))
    expected: list[tuple[int, str | None, Graded]] = []
    for row in read:
        named = catalogue.named(row.term) or catalogue.named(row.test)
        found = [one for one in named if row.direction in (None, one.direction)]
        for one in found:
            none = Graded(None, row.problem)
            expected.append((row.number, one.term, none if row.measured is None else grade(one, row.measured, system)))
        if not found:
            expected.append((row.number, None, Graded(None, "")))
    graded = list(grade_rows(read, catalogue, system))
    assert expected == [
        (one.row.number, one.grading and one.term, one.graded if one.grading else evolve(one.graded, because=""))
        for one in graded
    ]
    assert all(one.because for one in graded)
