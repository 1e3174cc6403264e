"""What holds of calendar arithmetic for all days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.base.studytime import (
    Days,
    Rounding,
    completed_months,
    completed_years,
    needs_rounding,
    read_day,
    read_time,
    shift,
)

ERA = timedelta(days=146_097)  # 400 Gregorian years, a whole number of weeks
EARLIEST, LATEST = date(1600, 1, 1), date(2300, 12, 31)
MONTH_ENDS = st.dates(EARLIEST, date(2300, 1, 1)).map(lambda day: day.replace(day=1) - timedelta(days=1))
LEAP_DAYS = st.integers(400, 574).filter(lambda n: n % 25 or n % 100 == 0).map(lambda n: date(4 * n, 2, 29))
DAYS = st.dates(EARLIEST, LATEST) | MONTH_ENDS | LEAP_DAYS
YEARS = st.integers(-90, 90)
MONTHS = st.integers(-1000, 1000)
ROUNDINGS = st.sampled_from(Rounding)


def birthday(born: date, age: int) -> date:
    """The day someone turns `age`; whoever was born on 29 February does so on 1 March where there is no such day."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


@given(DAYS, DAYS)
def test_completed_years_are_the_birthdays_so_far(born: date, today: date) -> None:
    age = completed_years(born, today)
    assert birthday(born, age) <= today < birthday(born, age + 1)


@given(DAYS, YEARS)
def test_age_rises_on_the_birthday_and_not_the_day_before(born: date, age: int) -> None:
    day = birthday(born, age)
    assert (age - 1, age) == (completed_years(born, day - timedelta(days=1)), completed_years(born, day))


@given(DAYS, DAYS, DAYS)
def test_spans_never_shrink_as_time_passes(start: date, one: date, two: date) -> None:
    earlier, later = sorted((one, two))
    assert completed_years(start, earlier) <= completed_years(start, later)
    assert completed_months(start, earlier) <= completed_months(start, later)
    assert completed_years(earlier, start) >= completed_years(later, start)
    assert completed_months(earlier, start) >= completed_months(later, start)


@given(DAYS, DAYS)
def test_a_year_is_complete_with_its_twelfth_month(start: date, end: date) -> None:
    assert completed_years(start, end) == completed_months(start, end) // 12


@given(DAYS, DAYS)
def test_four_hundred_years_later_nothing_has_changed(start: date, end: date) -> None:
    assert completed_years(start, end) == completed_years(start + ERA, end + ERA)
    assert completed_months(start, end) == completed_months(start + ERA, end + ERA)


@given(DAYS, MONTHS, st.integers(-5000, 5000), ROUNDINGS)
def test_a_shift_is_the_same_four_hundred_years_later(day: date, months: int, days: int, rounding: Rounding) -> None:
    here, there = (shift(start, months=months, days=days, rounding=rounding) for start in (day, day + ERA))
    assert here + ERA == there


@given(DAYS, MONTHS)
def test_months_are_complete_when_the_day_shifted_up_is_reached(day: date, months: int) -> None:
    reached = shift(day, months=months, rounding=Rounding.UP)
    before = reached - timedelta(days=1)
    assert (months - 1, months) == (completed_months(day, before), completed_months(day, reached))


@given(DAYS, MONTHS)
def test_roundings_differ_by_a_day_exactly_where_one_is_needed(day: date, months: int) -> None:
    down, up = (shift(day, months=months, rounding=rounding) for rounding in (Rounding.DOWN, Rounding.UP))
    needed = needs_rounding(day, months)
    assert (timedelta(days=needed), needed) == (up - down, down.day != day.day)


@given(DAYS, DAYS, MONTHS, ROUNDINGS)
def test_shifting_keeps_the_order_of_days(one: date, two: date, months: int, rounding: Rounding) -> None:
    earlier, later = sorted((one, two))
    assert shift(earlier, months=months, rounding=rounding) <= shift(later, months=months, rounding=rounding)


@given(DAYS, MONTHS)
def test_there_and_back_ends_at_most_three_days_off(day: date, months: int) -> None:
    down = shift(shift(day, months=months, rounding=Rounding.DOWN), months=-months, rounding=Rounding.DOWN)
    up = shift(shift(day, months=months, rounding=Rounding.UP), months=-months, rounding=Rounding.UP)
    if needs_rounding(day, months):
        assert 1 <= (day - down).days <= 3
    else:
        assert day == down == up


@given(DAYS, YEARS, ROUNDINGS)
def test_a_year_is_twelve_months(day: date, years: int, rounding: Rounding) -> None:
    assert shift(day, years=years, rounding=rounding) == shift(day, months=12 * years, rounding=rounding)


@given(DAYS, st.integers(-5000, 5000), ROUNDINGS)
def test_shifting_by_days_is_addition(day: date, days: int, rounding: Rounding) -> None:
    assert day + timedelta(days=days) == shift(day, days=days, rounding=rounding)


@given(st.dates(), st.integers(), st.integers(), st.integers(), ROUNDINGS)
def test_no_shift_leaves_the_calendar(day: date, years: int, months: int, days: int, rounding: Rounding) -> None:
    assert date.min <= shift(day, years=years, months=months, days=days, rounding=rounding) <= date.max


@given(st.dates())
def test_reading_a_day_undoes_writing_it(day: date) -> None:
    assert Days(day, day) == read_day(day.isoformat())


@given(st.datetimes())
def test_reading_a_time_undoes_writing_it(time: object) -> None:
    assert (time, time) == read_time(str(time).replace(" ", "T"))


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_a_shorter_date_holds_every_longer_one(day: date, length: int) -> None:
    read = read_day(day.isoformat()[:length])
    assert read is not None
    assert read.first <= day <= read.last


@given(st.text(alphabet="0123456789-T:. ") | st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    read = read_time(text)
    assert read is None or read[0] <= read[1]
    if (day := read_day(text)) is not None:
        assert day.first <= day.last
