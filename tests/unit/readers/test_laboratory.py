"""Tables of readings: what each cell is read as, and the laboratory domains of CDISC as plain tables."""

import struct
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from protocol_dsl.model.record import Range
from protocol_dsl.readers.cdisc_laboratory import plain
from protocol_dsl.readers.laboratory import LabRow, Printed, is_laboratory, laboratory
from protocol_dsl.readers.rows import Table, load, read_csv


def table(text: str) -> Table:
    [found] = read_csv(text.encode(), "readings", "readings.csv").tables
    return found


def one(value: str, **more: str) -> LabRow:
    """The only row of a plain table."""
    cells = {"patient": "P1", "test": "K", "value": value, **more}
    [row] = laboratory(table(f"{','.join(cells)}\n{','.join(cells.values())}\n"))
    return row


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4.10", Fraction(41, 10)),
        ("1e3", Fraction(1000)),
        ("<5", Range(high=Fraction(5), high_open=True)),
        ("<=5", Range(high=Fraction(5))),
        (">5", Range(low=Fraction(5), low_open=True)),
        (">= 5", Range(low=Fraction(5))),
        ("", None),
    ],
)
def test_a_value(text: str, value: object) -> None:
    found = one(text)
    assert found.measured is not None
    assert found.measured.value == value


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"value": "n.d."}, "the value `n.d.` is no number"),
        ({"value": "5", "uln": "high"}, "`high` in uln is no number"),
        ({"value": "5", "baseline_flag": "maybe"}, "`maybe` is no flag of a baseline"),
        ({"value": "5", "direction": "up"}, "`up` is no direction, low or high"),
        ({"value": '"7,5"'}, "the value `7,5` is no number; decimals are written with a point"),
        ({"value": "NaN"}, "the value `NaN` is no number"),
        ({"value": "inf"}, "the value `inf` is no number"),
        ({"value": "1e999"}, "the value `1e999` is no number"),
        ({"value": "-999"}, "the value lies below zero"),
        ({"value": "<-1"}, "the value lies below zero"),
        ({"value": "5", "uln": "-1"}, "the upper limit lies below zero"),
        ({"value": "", "not_done": "not done (haemolysed)"}, "there is no value: not done (haemolysed)"),
    ],
)
def test_what_cannot_be_read_is_said(more: dict[str, str], why: str) -> None:
    found = one(**more)
    assert (found.measured, found.problem) == (None, why)


def test_degrees_may_lie_below_zero() -> None:
    assert one("-5", unit="Cel").measured is not None


def test_an_upper_limit_of_zero_is_none() -> None:
    """Everything is more than 20 times 0, and no grade 4."""
    found = one("30", unit="U/L", uln="0", lln="0")
    assert found.measured is not None
    assert found.measured.uln is None
    assert found.measured.lln == 0
    assert found.note == "the upper limit is 0, and counts as missing"


@pytest.mark.parametrize(
    ("units", "lln", "uln", "note"),
    [
        ({"limit_unit": "g/dL"}, 120, 160, ""),
        ({"lln_unit": "g/L", "uln_unit": "g/dL"}, 12, 160, ""),
        ({"limit_unit": "g/L", "lln_unit": "g/dL"}, 120, 16, "the lower limit lies above the upper one"),
        ({"uln_unit": "mmol/L"}, 12, None, "the upper limit is in `mmol/L`, and counts as missing"),
        ({"lln_unit": "furlong"}, None, 16, "the lower limit is in `furlong`, and counts as missing"),
    ],
)
def test_limits_may_be_in_units_of_their_own(
    units: dict[str, str], lln: int | None, uln: int | None, note: str
) -> None:
    found = one("130", unit="g/L", lln="12", uln="16", **units)
    assert found.measured is not None
    assert (found.measured.lln, found.measured.uln, found.note) == (lln, uln, note)


def test_limits_that_are_crossed_are_said() -> None:
    found = one("5", lln="8", uln="3")
    assert found.measured is not None
    assert found.note == "the lower limit lies above the upper one"


@pytest.mark.parametrize("columns", ["patient,test,value,VALUE", "patient,test,Value,value,x"])
def test_a_column_that_is_there_twice_leaves_no_row_usable(columns: str) -> None:
    cells = ["P1", "K", "4", "5", "6"][: columns.count(",") + 1]
    [row] = laboratory(table(f"{columns}\n{','.join(cells)}\n"))
    assert (row.measured, row.problem) == (None, "there are two columns `value`")


def test_columns_may_be_written_in_capitals() -> None:
    found = table("PATIENT,Test,VALUE\nP1,K,4\n")
    assert is_laboratory(found)
    assert [row.patient for row in laboratory(found)] == ["P1"]


LB = """USUBJID,LBTESTCD,LBCAT,LBSPEC,LBSTRESC,LBSTRESN,LBSTRESU,LBSTNRLO,LBSTNRHI,LBNRIND,LBBLFL,LBDTC
P1,ALT,CHEMISTRY,SERUM,90,90,U/L,0,40,HIGH,Y,2026-01-01
P1,ALT,CHEMISTRY,SERUM,250,250,U/L,0,40,HIGH,,2026-02-01
P1,GLUC,URINALYSIS,,12,12,mmol/L,,,,,2026-02-01
P1,PLAT,HEMATOLOGY,BLOOD,<20,,10^9/L,150,400,LOW,,2026-02-01
"""


def test_sdtm_takes_the_baseline_from_its_flagged_row() -> None:
    found = plain(table(LB))
    assert found is not None
    rows = list(laboratory(found))
    assert [row.test for row in rows] == ["ALT", "ALT", "GLUC in urine", "PLAT"]
    assert [row.number for row in rows] == [2, 3, 4, 5]
    second, last = rows[1].measured, rows[3].measured
    assert second is not None
    assert (second.baseline, second.baseline_flag, second.uln) == (Fraction(90), "high", Fraction(40))
    assert last is not None
    assert last.value == Range(high=Fraction(20), high_open=True)


def rows_of(text: str) -> list[LabRow]:
    found = plain(table(text))
    assert found is not None
    return list(laboratory(found))


BASELINES = "USUBJID,LBTESTCD,LBSTRESC,LBSTRESN,LBSTRESU,LBNRIND,LBLOBXFL,LBBLFL\n"


@pytest.mark.parametrize(
    ("flagged", "baseline", "note"),
    [
        ("P1,ALT,90,90,U/L,HIGH,,Y\n", Fraction(90), ""),
        ("P1,ALT,90,90,U/L,HIGH,,Y\nP1,ALT,90,90,U/L,HIGH,,Y\n", Fraction(90), ""),
        ("P1,ALT,80,80,U/L,HIGH,Y,\nP1,ALT,90,90,U/L,HIGH,,Y\n", Fraction(90), ""),
        (
            "P1,ALT,90,90,U/L,HIGH,,Y\nP1,ALT,40,40,U/L,NORMAL,,Y\n",
            None,
            "the baseline is left aside: rows that are flagged as baseline differ",
        ),
        ("P1,ALT,1.5,1.5,ukat/L,HIGH,,Y\n", None, "the baseline is left aside: it is in `ukat/L`"),
        ("P1,ALT,<5,,U/L,NORMAL,,Y\n", None, "the baseline is left aside: `<5` is no exact number"),
        ("P2,ALT,90,90,U/L,HIGH,,Y\n", None, ""),
    ],
)
def test_the_baseline_of_sdtm(flagged: str, baseline: Fraction | None, note: str) -> None:
    last = rows_of(f"{BASELINES}{flagged}P1,ALT,250,250,U/L,HIGH,,\n")[-1]
    assert last.measured is not None
    assert (last.measured.baseline, last.note) == (baseline, note)


def test_below_a_bound_is_no_exact_number_though_one_stands_beside_it() -> None:
    [row] = rows_of("USUBJID,LBTESTCD,LBSTRESC,LBSTRESN,LBSTRESU\nP1,PLAT,<20,20,10^9/L\n")
    assert row.value == "<20"


def test_a_test_that_was_not_done_says_why() -> None:
    [row] = rows_of("USUBJID,LBTESTCD,LBSTRESC,LBSTAT,LBREASND\nP1,K,,NOT DONE,HAEMOLYSED\n")
    assert row.problem == "there is no value: not done (HAEMOLYSED)"


def test_a_column_of_cdisc_that_is_there_twice_leaves_no_row_usable() -> None:
    [row] = rows_of("USUBJID,LBTESTCD,LBSTRESC,LBSTRESC\nP1,K,4,5\n")
    assert (row.measured, row.problem) == (None, "there are two columns `LBSTRESC`")


@pytest.mark.parametrize(
    ("avalu", "param", "lbstresu", "unit"),
    [
        ("g/dL", "Hemoglobin (g/L)", "mmol/L", "g/dL"),
        ("", "Hemoglobin (g/dL)", "g/L", "g/dL"),
        ("", "Alkaline phosphatase (ALP)", "U/L", "U/L"),
        ("", "Mean corpuscular volume (f/L)", "", "f/L"),
        ("", "Hemoglobin", "", ""),
    ],
)
def test_the_unit_of_the_analysis_value(avalu: str, param: str, lbstresu: str, unit: str) -> None:
    [row] = rows_of(f"USUBJID,PARAMCD,AVAL,AVALU,PARAM,LBSTRESU\nP1,HGB,9,{avalu},{param},{lbstresu}\n")
    assert row.unit == unit


def test_adam_without_a_column_of_baselines_takes_the_flagged_row() -> None:
    _, last = rows_of(
        "USUBJID,PARAMCD,PARAM,AVAL,ANRIND,ABLFL\nP1,ALT,ALT (U/L),90,HIGH,Y\nP1,ALT,ALT (U/L),250,HIGH,\n"
    )
    assert last.measured is not None
    assert (last.measured.baseline, last.measured.baseline_flag) == (Fraction(90), "high")


def test_adam_names_terms_and_has_grades() -> None:
    [row] = rows_of(
        "USUBJID,PARAMCD,AVAL,ATOXDSCL,ATOXDSCH,ATOXGRL,ATOXGRH,ATOXGR\nP1,K,2.9,Hypokalemia,Hyperkalemia,3,0,-3\n"
    )
    assert row.terms == ("Hypokalemia", "Hyperkalemia")
    assert row.printed == Printed("3", "0", "-3")


def test_adam_takes_the_unit_from_the_parameter() -> None:
    found = plain(
        table(
            "USUBJID,PARAMCD,PARAM,AVAL,ANRLO,ANRHI,BASE,BNRIND,ADT\n"
            "P1,K,Potassium (mmol/L),2.9,3.5,5.1,4.0,NORMAL,2026-01-01\n"
        )
    )
    assert found is not None
    [row] = laboratory(found)
    assert row.measured is not None
    assert (row.unit, row.measured.lln, row.measured.baseline) == ("mmol/L", Fraction(7, 2), Fraction(4))


def test_a_plain_table_is_none_of_cdisc() -> None:
    assert plain(table("patient,test,value\nP1,K,4\n")) is None


def test_parquet_is_read_as_csv_is(tmp_path: Path) -> None:
    written = tmp_path / "lb.csv"
    written.write_text(LB, encoding="utf-8")
    pd.read_csv(written).to_parquet(tmp_path / "lb.parquet")
    found = []
    for file in ("lb.csv", "lb.parquet"):
        [loaded] = load(tmp_path / file).tables
        as_plain = plain(loaded)
        assert as_plain is not None
        found.append([(row.patient, row.test, row.measured) for row in laboratory(as_plain)])
    assert found[0] == found[1]


def record(text: str) -> bytes:
    return text.encode().ljust(80)


def member(kind: str, more: str) -> bytes:
    return record(f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{more}")


def transport(names: list[str], rows: list[list[bytes]]) -> bytes:
    """A SAS transport file, version 5 (SAS, TS-140), of columns of 8 bytes: characters, but for LBSTRESN."""
    fields = b"".join(
        struct.pack(
            ">hhhh8s40s8shhh2s8shhl52s",
            *(1 if name == "LBSTRESN" else 2, 0, 8, number),
            *(name.encode().ljust(8), b" " * 40, b" " * 8, 0, 0, 0, b"  ", b" " * 8, 0, 0, 8 * (number - 1), b""),
        )
        for number, name in enumerate(names, start=1)
    )
    data = b"".join(cell for row in rows for cell in row)
    stamp = "01JAN26:00:00:00"
    head = record(f"{'SAS':<8}{'SAS':<8}{'SASLIB':<8}{'9.1':<8}{'X':<8}{'':<24}{stamp}") + record(stamp)
    about = record(f"{'SAS':<8}{'LB':<8}{'SASDATA':<8}{'9.1':<8}{'X':<8}{'':<24}{stamp}") + record(stamp)
    return b"".join(
        [
            member("LIBRARY", "0" * 30),
            head,
            member("MEMBER", "000000000000000001600000000140"),
            member("DSCRPTR", "0" * 30),
            about,
            member("NAMESTR", f"{len(names):010d}".ljust(30, "0")),
            fields.ljust(-(-len(fields) // 80) * 80),
            member("OBS", "0" * 30),
            data.ljust(-(-len(data) // 80) * 80),
        ]
    )


def test_sas_transport_is_read_and_its_zeros_are_zeros(tmp_path: Path) -> None:
    names = ["USUBJID", "LBTESTCD", "LBSTRESC", "LBSTRESN"]
    two, none = bytes([0x41, 0x20, 0, 0, 0, 0, 0, 0]), bytes(8)  # 2 and 0 in IBM's form
    rows = [[b"P1      ", b"K       ", text.ljust(8), number] for text, number in ((b"2", two), (b"0", none))]
    (tmp_path / "lb.xpt").write_bytes(transport(names, rows))
    [loaded] = load(tmp_path / "lb.xpt").tables
    found = plain(loaded)
    assert found is not None
    assert [row.value for row in laboratory(found)] == ["2", "0"]
