"""ADaM, on a study of made-up patients."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import protocol_dsl
from protocol_dsl.base.studytime import Days
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Range, Record
from protocol_dsl.readers.choose import read
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.mapping import read_text
from tests.xport import written

TEXT = """
protocol "ADAM-1"
    language 1
    uses ctcae 5.0, ucum

moments
    randomisation
    first_dose is first dose of abc

data
    sex            : one of female, male
    birth_date     : date
    creatinine     : number in umol/L; with ULN; latest
    adverse_events : list of adverse_event
    doses          : list of dose

inclusion at randomisation
    I1 "Creatinine at most 1.5 x ULN"
        creatinine at most 1.5 x ULN
"""
PROTOCOL: Protocol = protocol_dsl.loads(TEXT).model
ADSL = {"USUBJID": ["P1"], "SEX": ["M"], "BRTHDT": [None], "RANDDT": ["2026-06-01"], "TRTSDT": ["2026-06-02"]}


def study(**tables: Mapping[str, Sequence[object]]) -> Data:
    frames = {name: pd.DataFrame(dict(columns)) for name, columns in {"adsl": ADSL, **tables}.items()}
    data = read(PROTOCOL, frames)
    assert data.rows_in == sum(map(len, frames.values())) == data.rows_used + data.rows_diagnosed + data.rows_aside
    return data


def lb(**columns: object) -> dict[str, list[object]]:
    given = {
        "USUBJID": "P1", "PARAMCD": "CREAT", "PARAM": "Creatinine (umol/L)", "AVAL": 88.4, "AVALC": "",
        "ADT": "2026-05-30", "ANRHI": 110.0,
    }  # fmt: skip
    return {name: [value] for name, value in (given | columns).items()}


def record(data: Data) -> Record:
    (one,) = data.records
    return one


def test_an_analysis_value_is_read_in_the_unit_of_its_parameter() -> None:
    (found,) = record(study(adlb=lb())).readings["creatinine"]
    assert ("88.4 umol/L", Days(date(2026, 5, 30), date(2026, 5, 30))) == (found.written, found.date)
    assert found.value is not None
    assert found.uln == found.value * Fraction(1100, 884)  # type: ignore[operator]


def test_a_bound_comes_before_the_number_that_was_put_in_its_place() -> None:
    (found,) = record(study(adlb=lb(AVALC="<20", AVAL=10.0))).readings["creatinine"]
    assert isinstance(found.value, Range)


def test_a_value_that_was_worked_out_is_no_reading() -> None:
    rows = {
        name: [*one, *other] for (name, one), other in zip(lb(DTYPE="").items(), lb(DTYPE="LOCF").values(), strict=True)
    }
    data = study(adlb=rows)
    assert (1, 1) == (len(record(data).readings["creatinine"]), data.rows_aside)


@pytest.mark.parametrize(
    ("flag", "first", "last"),
    [
        ("", date(2026, 6, 15), date(2026, 6, 15)),
        ("D", date(2026, 6, 1), date(2026, 6, 30)),
        ("M", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_day_that_was_imputed_is_known_as_far_as_it_was_recorded(flag: str, first: date, last: date) -> None:
    row: dict[str, list[object]] = {"USUBJID": ["P1"], "AETERM": ["Fever"], "ASTDT": ["2026-06-15"], "ASTDTF": [flag]}
    (event,) = record(study(adae=row)).lists["adverse_events"]
    assert (first if first == last else Range(first, last)) == event.fields["start"].value


def test_a_day_of_which_no_part_was_recorded_is_none() -> None:
    row: dict[str, list[object]] = {"USUBJID": ["P1"], "AETERM": ["Fever"], "ASTDT": ["2026-06-15"], "ASTDTF": ["Y"]}
    (event,) = record(study(adae=row)).lists["adverse_events"]
    assert "start" not in event.fields


def test_the_days_of_sas_are_days(tmp_path: Path) -> None:
    """24258 days after 1 January 1960 is 1 June 2026: 66 years of 365 days, 17 leap days and 151 days."""
    assert 24258 == 66 * 365 + 17 + 151
    (tmp_path / "adsl.xpt").write_bytes(written("ADSL", ("USUBJID", "SEX", "RANDDT"), [["P1", "M", 24258]]))
    (found,) = record(read(PROTOCOL, tmp_path)).readings["randomisation"]
    assert date(2026, 6, 1) == found.value


@pytest.mark.parametrize(
    ("written", "flags", "first", "last"),
    [
        ("2026-06-15 04:08:58.683000088", {}, date(2026, 6, 15), date(2026, 6, 15)),
        ("2026-06-15T23:59:00", {"ASTDTF": [""], "ASTTMF": ["H"]}, date(2026, 6, 15), date(2026, 6, 15)),
        ("2026-06-15T00:00:00", {"ASTDTF": ["D"], "ASTTMF": ["H"]}, date(2026, 6, 1), date(2026, 6, 30)),
    ],
)
def test_a_day_with_a_time_will_do_where_there_is_no_other(
    written: str, flags: dict[str, list[object]], first: date, last: date
) -> None:
    row: dict[str, list[object]] = {"USUBJID": ["P1"], "AETERM": ["Fever"], "ASTDTM": [written], **flags}
    (event,) = record(study(adae=row)).lists["adverse_events"]
    assert (first, last) == (day_of(event.fields["start"].value, "low"), day_of(event.fields["start"].value, "high"))


def day_of(value: object, end: str) -> object:
    return getattr(value, end) if isinstance(value, Range) else getattr(value, "date", lambda: value)()


def test_the_seconds_of_sas_are_times(tmp_path: Path) -> None:
    """A quarter past eight on the 24258th day after 1 January 1960, which is 1 June 2026."""
    seconds = 24258 * 86400 + 8 * 3600 + 15 * 60
    (tmp_path / "adsl.xpt").write_bytes(written("ADSL", ("USUBJID", "SEX", "TRTSDTM"), [["P1", "M", seconds]]))
    protocol = protocol_dsl.loads(TEXT.replace("first_dose is first dose of abc", "first_dose")).model
    (found,) = record(read(protocol, tmp_path)).readings["first_dose"]
    assert found.written == "2026-06-01T08:15"


def test_only_the_rows_of_single_doses_are_doses() -> None:
    rows: dict[str, list[object]] = {
        "USUBJID": ["P1"] * 2, "PARAMCD": ["DOSE", "DURD"], "EXTRT": ["ABC"] * 2, "EXDOSE": [5, 5],
        "EXDOSU": ["mg"] * 2, "ASTDT": ["2026-06-02"] * 2,
    }  # fmt: skip
    data = study(adex=rows)
    (dose,) = record(data).lists["doses"]
    assert ("5 mg", 1) == (dose.fields["amount"].written, data.rows_aside)


def test_without_a_table_of_patients_it_is_asked_for_by_its_name() -> None:
    events = {"adae": pd.DataFrame({"USUBJID": ["P1"], "AETERM": ["Fever"]})}
    found = read(PROTOCOL, events, read_text('standard = "adam"', "mapping.toml")).diagnostics
    assert ["every patient has a row in ADSL: add it"] == [one.help for one in found if one.code == "PD701"]


def test_a_folder_with_sdtm_and_adam_is_read_as_sdtm(tmp_path: Path) -> None:
    (tmp_path / "adsl.csv").write_text("USUBJID,SEX\nP1,M\n")
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\nP2,F\n")
    assert ["P2"] == [one.patient for one in read(PROTOCOL, tmp_path).records]
    (tmp_path / "mapping.toml").write_text('standard = "adam"\n')
    assert ["P1"] == [one.patient for one in read(PROTOCOL, tmp_path).records]
