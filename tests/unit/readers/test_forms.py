"""The plain tables in every form of file: what is the same, what is refused, and where it is said."""

import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

import protocol_dsl
from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Reason
from protocol_dsl.readers.choose import read
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.rows import load

PROTOCOL: Protocol = protocol_dsl.loads(
    """
protocol "FORM-1"
    language 1
    uses ucum

moments
    enrolment

data
    sex    : one of female, male
    anc    : number in 10*9/L; latest
    smoker : yes/no

inclusion at enrolment
    I1 "Neutrophils"
        anc at least 1.5 10*9/L
"""
).model
TABLES = {
    "patients": pd.DataFrame(
        {
            "patient": ["P1", "P2"],
            "sex": ["female", "male"],
            "enrolment": [date(2026, 6, 1), None],
            "smoker": [True, None],
        }
    ),
    "observations": pd.DataFrame(
        {
            "patient": ["P1", "P1", "P2"],
            "item": ["anc"] * 3,
            "date": [datetime(2026, 5, 1), datetime(2026, 5, 3), datetime(2026, 5, 2)],  # noqa: DTZ001 - no zone, as in files
            "value": [5.2, 1.25, None],
            "unit": ["10*9/L"] * 3,
        }
    ),
}


def csv(where: Path) -> Path:
    for name, frame in TABLES.items():
        frame.to_csv(where / f"{name}.csv", index=False)
    return where


def parquet(where: Path) -> Path:
    for name, frame in TABLES.items():
        frame.to_parquet(where / f"{name}.parquet")
    return where


def json(where: Path) -> Path:
    for name, frame in TABLES.items():
        frame.astype(object).to_json(where / f"{name}.json", orient="records", date_format="iso")
    return where


def workbook(where: Path) -> Path:
    path = where / "trial.xlsx"
    with pd.ExcelWriter(path) as book:
        for name, frame in TABLES.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return path


def database(where: Path) -> Path:
    path = where / "trial.duckdb"
    with duckdb.connect(str(path)) as opened:
        for name, frame in TABLES.items():
            frame.to_parquet(where / "one.parquet")
            opened.execute(f"create table {name} as from read_parquet('{where}/one.parquet')")
    (where / "one.parquet").unlink()
    return path


FORMS: Mapping[str, Callable[[Path], Path]] = {
    "csv": csv,
    "parquet": parquet,
    "json": json,
    "workbook": workbook,
    "database": database,
}


def said(data: Data) -> object:
    return [
        (
            one.patient,
            {name: [(each.value, each.missing, each.date) for each in all_] for name, all_ in one.readings.items()},
        )
        for one in data.records
    ]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_tables_make_the_same_records_in_every_form(form: str, tmp_path: Path) -> None:
    path = FORMS[form](tmp_path)
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    found, expected = read(PROTOCOL, path), read(PROTOCOL, TABLES)
    assert ((), ()) == (found.diagnostics, found.unread)
    assert said(expected) == said(found)
    assert (expected.rows_in, expected.rows_used) == (found.rows_in, found.rows_used) == (5, 5)
    assert found.latest_day == date(2026, 6, 1)
    assert before == {one: one.read_bytes() for one in tmp_path.iterdir()}


@pytest.mark.parametrize("form", FORMS)
def test_a_value_that_cannot_be_read_is_said_at_its_table_row_and_column(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = TABLES["observations"].assign(value=["5.2", "many", "1"])
    monkeypatch.setitem(TABLES, "observations", wrong)
    (problem,) = read(PROTOCOL, FORMS[form](tmp_path)).diagnostics
    assert isinstance(problem.primary.where, Cell)
    assert ("PD720", 3, "value") == (problem.code, problem.primary.where.row, problem.primary.where.column)
    assert "observations" in problem.primary.where.file


# --- workbooks ----------------------------------------------------------------------------------------------------


def sheet(where: Path, *rows: list[object], name: str = "patients") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = name
    for row in rows:
        book.active.append(row)
    book.save(where / f"{name}.xlsx")
    return where / f"{name}.xlsx"


def test_a_formula_that_was_never_worked_out_is_no_empty_cell(tmp_path: Path) -> None:
    path = sheet(tmp_path, ["patient", "anc [10*9/L]"], ["P1", "=1+1"], ["P2", 2])
    data = read(PROTOCOL, path)
    (problem,) = data.diagnostics
    assert Cell(str(path), 2, "anc [10*9/L]") == problem.primary.where
    assert "never worked out" in problem.message
    assert [Reason.UNREADABLE, None] == [one.readings["anc"][0].missing for one in data.records]
    assert (2, 1, 1) == (data.rows_in, data.rows_used, data.rows_diagnosed)


def test_an_error_in_a_cell_is_said(tmp_path: Path) -> None:
    data = read(PROTOCOL, sheet(tmp_path, ["patient", "sex"], ["P1", "#DIV/0!"]))
    assert ["the cell holds the error `#DIV/0!`"] == [one.message for one in data.diagnostics]


def test_words_that_a_library_takes_for_nothing_stay(tmp_path: Path) -> None:
    (table,) = load(sheet(tmp_path, ["patient", "sex"], ["P1", "NA"], ["P2", "None"])).tables
    assert ["NA", "None"] == [row.cells[1] for row in table.rows]


def test_rows_have_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    rows: list[list[object]] = [["patient", "sex", None], [None], ["P1", "male", None], ["P2", None, "over"]]
    (table,) = load(sheet(tmp_path, *rows)).tables
    assert [(3, ("P1", "male", "")), (4, ("P2", "", "over"))] == [(row.number, row.cells) for row in table.rows]


def test_a_sheet_without_a_header_is_refused_and_an_empty_one_is_nothing(tmp_path: Path) -> None:
    refused = load(sheet(tmp_path, [None], ["P1", "male"]))
    assert ["PD703"] == [one.code for one in refused.problems]
    assert ((), ()) == (load(sheet(tmp_path, [])).tables, load(sheet(tmp_path, [])).unread)


def test_a_value_at_the_end_of_the_world_does_not_hold_up_the_run(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["patient", "sex"])
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "patients.xlsx")
    (problem,) = load(tmp_path).problems
    assert ("PD701", True) == (problem.code, "empty cells" in problem.message)
    assert isinstance(problem.primary.where, Cell)
    assert (problem.primary.where.row or 0) < 200


def test_a_workbook_of_a_standard_is_recognised_by_its_sheets(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "study.xlsx") as book:
        pd.DataFrame({"USUBJID": ["P1"], "SEX": ["F"]}).to_excel(book, sheet_name="DM", index=False)
        pd.DataFrame({"USUBJID": ["P1"], "LBTESTCD": ["ANC"]}).to_excel(book, sheet_name="LB", index=False)
    (record,) = read(PROTOCOL, tmp_path / "study.xlsx").records
    assert "female" == record.readings["sex"][0].value


# --- databases ----------------------------------------------------------------------------------------------------


def test_a_view_reaches_nothing_beyond_its_database(tmp_path: Path) -> None:
    path = database(tmp_path)
    secret = tmp_path / "secret.txt"
    secret.write_text("a,b\n1,2\n")
    with duckdb.connect(str(path)) as opened:
        opened.execute(f"create view observations2 as from read_csv('{secret}')")
    loaded = load(path)
    assert {"patients", "observations"} == {table.name for table in loaded.tables}
    (problem,) = loaded.problems
    assert ("PD701", f"{path}[observations2]") == (problem.code, loaded.unread[0])


def test_a_view_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protocol_dsl.readers.duckdb_tables.MOST_CELLS", 50_000)
    path = database(tmp_path)
    with duckdb.connect(str(path)) as opened:
        opened.execute("create view much as select range as x from range(1000000000000)")
    (problem,) = load(path).problems
    assert "`much` has more than 50,000 cells" == problem.message


@pytest.mark.parametrize("ending", ["duckdb", "parquet", "xlsx", "json"])
@pytest.mark.parametrize("part", [0, 40, 2000])
def test_a_file_that_was_cut_off_is_refused(ending: str, part: int, tmp_path: Path) -> None:
    forms = {"duckdb": database, "parquet": parquet, "xlsx": workbook, "json": json}
    (tmp_path / "whole").mkdir()
    forms[ending](tmp_path / "whole")
    whole = next(iter(sorted((tmp_path / "whole").iterdir()))).read_bytes()
    path = tmp_path / f"patients.{ending}"
    path.write_bytes(whole[: min(part, len(whole) - 1)])
    data = read(PROTOCOL, path)
    assert "PD701" in {one.code for one in data.diagnostics}
    assert (str(path),) == data.unread


# --- what is not there --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "module", "extra"),
    [("parquet", "pyarrow.parquet", "readers"), ("workbook", "openpyxl", "readers"), ("database", "duckdb", "duckdb")],
)
def test_a_library_that_is_not_there_is_named_with_its_extra(
    form: str, module: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = FORMS[form](tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    data = read(PROTOCOL, path)
    assert {f'pip install "protocol-dsl[{extra}]"'} == {one.help for one in data.diagnostics if one.code == "PD701"}
    assert data.unread


@pytest.mark.parametrize("ending", ["xls", "ods", "sas7bdat", "tsv"])
def test_a_table_in_a_form_that_is_not_read_is_said(ending: str, tmp_path: Path) -> None:
    csv(tmp_path)
    (tmp_path / f"medications.{ending}").write_bytes(b"x")
    (problem,) = read(PROTOCOL, tmp_path).diagnostics
    assert ("PD705", True) == (problem.code, bool(problem.help))
    assert load(tmp_path / f"medications.{ending}").unread


def test_whole_numbers_beside_empty_cells_stay_whole(tmp_path: Path) -> None:
    long = pd.array([9007199254740993, None], dtype="Int64")
    pd.DataFrame({"patient": long, "sex": ["male", "female"]}).to_parquet(tmp_path / "patients.parquet")
    (table,) = load(tmp_path).tables
    assert ["9007199254740993", ""] == [row.cells[0] for row in table.rows]


def test_exact_decimals_have_no_more_places_than_they_need(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "t.duckdb")) as opened:
        opened.execute("create table patients as select 'P1' patient, 48.100::decimal(18, 3) anc, '10*9/L' anc_unit")
    data = read(PROTOCOL, tmp_path / "t.duckdb")
    assert ["48.1 10*9/L"] == [one.written for one in data.records[0].readings["anc"]]
    assert Fraction(481, 10) * 10**12 == data.records[0].readings["anc"][0].value
