"""Tables of readings: what each cell is read as, and the laboratory domains of CDISC as plain tables."""

import struct
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from protocol_dsl.model.record import Range
from protocol_dsl.readers.cdisc_laboratory import plain
from protocol_dsl.readers.laboratory import LabRow, is_laboratory, laboratory
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
    ],
)
def test_what_cannot_be_read_is_said(more: dict[str, str], why: str) -> None:
    found = one(**more)
    assert (found.measured, found.problem) == (None, why)


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
