"""Forms of file: SAS transport and Dataset-JSON as they should be, and as they should not."""

import gzip
import json
import zlib
from pathlib import Path

import pytest

from protocol_dsl.readers.rows import Loaded, load
from tests.xport import written

COLUMNS = ("USUBJID", "AESEQ", "AETERM")
ROWS: list[list[str | int | float | None]] = [
    ["P1", 1, "Fever"],
    ["P1", 2, "Décès"],
    ["P2", None, ""],
    ["P3", 0, "-0.5"],
]


def dataset(**changes: object) -> dict[str, object]:
    columns = [{"name": name, "dataType": "string"} for name in COLUMNS]
    return {"datasetJSONVersion": "1.1.0", "records": 4, "name": "AE", "columns": columns, "rows": ROWS, **changes}


def in_folder(folder: Path, name: str, data: bytes) -> Loaded:
    (folder / name).write_bytes(data)
    return load(folder)


def lines(held: dict[str, object]) -> bytes:
    head = {key: value for key, value in held.items() if key != "rows"}
    each = [json.dumps(one) for one in (head, *ROWS)]
    return "\n".join(each).encode()


FORMS = {
    "ae.xpt": written("AE", COLUMNS, ROWS),
    "ae.json": json.dumps(dataset()).encode(),
    "ae.ndjson": lines(dataset()),
    "ae.dsjc": gzip.compress(lines(dataset())),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_forms_of_a_data_set_give_the_same_rows(name: str, tmp_path: Path) -> None:
    loaded = in_folder(tmp_path, name, FORMS[name])
    (table,) = loaded.tables
    assert ((), ()) == (loaded.problems, loaded.unread)
    assert (COLUMNS, "ae") == (table.columns, table.name)
    expected = [("P1", "1", "Fever"), ("P1", "2", "Décès"), ("P2", "", ""), ("P3", "0", "-0.5")]
    assert expected == [row.cells for row in table.rows]
    assert [2, 3, 4, 5] == [row.number for row in table.rows]


def test_a_transport_file_that_is_cut_off_is_refused_unless_a_row_ends_there(tmp_path: Path) -> None:
    """The format does not say how many rows there are, so that nobody can tell where one ends with its record."""
    whole = written("AE", COLUMNS, [["P1", number, "x" * 90] for number in range(5)])
    head, length = len(whole) - 560, 2 + 8 + 90  # five rows of 100 bytes fill seven records of 80
    for end in range(80, len(whole), 80):
        loaded = in_folder(tmp_path, "ae.xpt", whole[:end])
        ends_with_a_row = end >= head and (end - head) % length == 0
        assert bool(loaded.unread) is not ends_with_a_row, end


def test_a_transport_file_cut_within_a_record_is_refused(tmp_path: Path) -> None:
    loaded = in_folder(tmp_path, "ae.xpt", FORMS["ae.xpt"][:-7])
    assert ["PD701"] == [problem.code for problem in loaded.problems]


def test_a_transport_file_without_rows_is_a_table_without_rows(tmp_path: Path) -> None:
    (table,) = in_folder(tmp_path, "ae.xpt", written("AE", COLUMNS, [])).tables
    assert (COLUMNS, ()) == (table.columns, table.rows)


def test_two_data_sets_in_one_transport_file_are_refused(tmp_path: Path) -> None:
    whole = FORMS["ae.xpt"]
    loaded = in_folder(tmp_path, "ae.xpt", whole + whole[240:])
    assert "2 data sets" in loaded.problems[0].message


def test_a_cell_of_another_alphabet_costs_its_row_and_no_other(tmp_path: Path) -> None:
    latin = FORMS["ae.xpt"].replace("Décès".encode(), "Décès".encode("latin-1") + b"  ")
    loaded = in_folder(tmp_path, "ae.xpt", latin)
    assert [True, False, True, True] == [row.sound for row in loaded.tables[0].rows]
    (problem,) = loaded.problems
    assert ("PD702", 3, "AETERM") == (problem.code, problem.primary.where.row, problem.primary.where.column)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (dataset(records=5), "PD701"),
        (dataset(columns=[]), "PD703"),
        (dataset(columns=[{"label": "x"}]), "PD703"),
        (dataset(rows={"a": 1}), "PD703"),
        (dataset(rows=[1, 2, 3, 4]), "PD703"),
    ],
)
def test_a_data_set_that_is_not_what_it_says_is_refused(held: dict[str, object], code: str, tmp_path: Path) -> None:
    loaded = in_folder(tmp_path, "ae.json", json.dumps(held).encode())
    assert ([code], ()) == ([problem.code for problem in loaded.problems], loaded.tables)
    assert loaded.unread


def test_a_row_that_is_too_short_is_unsound_and_said(tmp_path: Path) -> None:
    loaded = in_folder(tmp_path, "ae.json", json.dumps(dataset(rows=[["P1", 1, "x"], ["P2"]], records=2)).encode())
    assert [True, False] == [row.sound for row in loaded.tables[0].rows]
    assert ["PD706"] == [problem.code for problem in loaded.problems]


@pytest.mark.parametrize(
    ("name", "data", "row"),
    [
        ("ae.ndjson", b'{"datasetJSONVersion": "1.1"}\n[1,', 2),
        ("ae.ndjson", FORMS["ae.ndjson"] + b"\n[\xff]", 6),
        ("ae.ndjson", b"[1]\n[2]", 1),
        ("ae.dsjc", FORMS["ae.dsjc"][:-20], None),
        ("ae.dsjc", b"rubbish", None),
    ],
)
def test_lines_that_are_broken_are_refused_with_their_number(
    name: str, data: bytes, row: int | None, tmp_path: Path
) -> None:
    loaded = in_folder(tmp_path, name, data)
    assert row == loaded.problems[0].primary.where.row  # type: ignore[union-attr]
    assert loaded.unread


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protocol_dsl.readers.dataset_json.LARGEST", 1000)
    bomb = zlib.compress(b" " * 100_000)
    loaded = in_folder(tmp_path, "ae.dsjc", bomb)
    assert "unpacks to more" in loaded.problems[0].message


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zipfile

    monkeypatch.setattr("protocol_dsl.readers.workbook.LARGEST", 1000)
    with zipfile.ZipFile(tmp_path / "ae.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 100_000)
    assert "unpacks to more" in load(tmp_path).problems[0].message


def test_a_parquet_of_endless_rows_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.setattr("protocol_dsl.readers.parquet.MOST_CELLS", 1000)
    pd.DataFrame({"USUBJID": ["P1"] * 2000}).to_parquet(tmp_path / "ae.parquet")
    assert "more than 1,000 cells" in load(tmp_path).problems[0].message


def test_what_is_read_is_not_changed(tmp_path: Path) -> None:
    for name, data in FORMS.items():
        in_folder(tmp_path, name, data)
        assert data == (tmp_path / name).read_bytes()
