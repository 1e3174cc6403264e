"""Every reader against files that are broken, hostile or in disorder: a word at its place, and nothing worse.

Nothing is raised, memory is not filled, no file is changed, and where less is known than was written, it is said.
"""

import csv
import gzip
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.sheet import Sheet
from protocol_dsl.cli.console import no_formula
from protocol_dsl.cli.main import main
from protocol_dsl.cli.outputs import csv_text
from protocol_dsl.readers.choose import read
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.mapping import MappingFile
from tests import fhir
from tests.conformance.test_readers import (
    MAPPINGS,
    OF_FHIR,
    PROTOCOL,
    TEXT,
    WRITERS,
    Fever,
    Patient,
    Result,
    bare,
    frames,
    resources,
)
from tests.xport import from_frame

PATIENTS = [
    Patient(
        "P1",
        "female",
        "2026-06-01",
        (
            Result("creatinine", "1.1", "mg/dL", "2026-05-30", "1.2"),
            Result("creatinine", "<0.4", "mg/dL", "2026-05", ""),
            Result("weight", "61", "kg", "2026-05-30", ""),
        ),
        (Fever("2", "2026-04-01", "possible"), Fever("1", "2026-03", "unrelated")),
    ),
    Patient(
        "P2", "male", "2026-06-02", (Result("weight", "39", "kg", "2026-05-30", ""),), (Fever("3", "2026-05", ""),)
    ),
]
"""Invented; each has something in every table."""

Tables = Mapping[str, pd.DataFrame]


# --- the forms ----------------------------------------------------------------------------------------------------


def as_csv(folder: Path, tables: Tables) -> None:
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)


def as_json(folder: Path, tables: Tables) -> None:
    for name, frame in tables.items():
        frame.to_json(folder / f"{name}.json", orient="records")


def as_parquet(folder: Path, tables: Tables) -> None:
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)


def as_workbook(folder: Path, tables: Tables) -> None:
    with pd.ExcelWriter(folder / "all.xlsx") as book:
        for name, frame in tables.items():
            frame.to_excel(book, sheet_name=name, index=False)


def as_database(folder: Path, tables: Tables) -> None:
    import duckdb

    with duckdb.connect(str(folder / "all.duckdb")) as base:
        for name, frame in tables.items():
            base.register("held", frame)
            base.execute(f'create table "{name}" as select * from held')  # noqa: S608 - our own names
            base.unregister("held")


def as_transport(folder: Path, tables: Tables) -> None:
    for name, frame in tables.items():
        columns = {str(column): list(frame[column]) for column in frame.columns}
        (folder / f"{name}.xpt").write_bytes(from_frame(name.upper(), columns))


def lines_of(name: str, frame: pd.DataFrame) -> list[str]:
    head = {
        "datasetJSONVersion": "1.1.0",
        "name": name.upper(),
        "records": len(frame),
        "columns": [{"name": column, "dataType": "string"} for column in frame.columns],
    }
    return [json.dumps(one) for one in (head, *frame.to_numpy().tolist())]


def as_dataset(folder: Path, tables: Tables) -> None:
    for name, frame in tables.items():
        head, *rows = map(json.loads, lines_of(name, frame))
        (folder / f"{name}.json").write_text(json.dumps({**head, "rows": rows}))


def as_lines(folder: Path, tables: Tables) -> None:
    for name, frame in tables.items():
        (folder / f"{name}.ndjson").write_text("\n".join(lines_of(name, frame)) + "\n")


def as_compressed(folder: Path, tables: Tables) -> None:
    for name, frame in tables.items():
        (folder / f"{name}.dsjc").write_bytes(gzip.compress("\n".join(lines_of(name, frame)).encode()))


Write = Callable[[Path, Tables], None]
FORMS: Mapping[str, tuple[str, Write]] = {
    "plain csv": ("plain", as_csv),
    "plain json": ("plain", as_json),
    "plain parquet": ("plain", as_parquet),
    "plain xlsx": ("plain", as_workbook),
    "plain duckdb": ("plain", as_database),
    "sdtm csv": ("sdtm", as_csv),
    "sdtm xpt": ("sdtm", as_transport),
    "sdtm json": ("sdtm", as_dataset),
    "sdtm ndjson": ("sdtm", as_lines),
    "sdtm dsjc": ("sdtm", as_compressed),
    "sdtm parquet": ("sdtm", as_parquet),
    "adam csv": ("adam", as_csv),
    "redcap csv": ("redcap", as_csv),
    "omop csv": ("omop", as_csv),
    "omop duckdb": ("omop", as_database),
}
OF_FILES = [*FORMS, "fhir json", "fhir ndjson", "fhir gz"]
SEALED = {"plain parquet", "plain xlsx", "plain duckdb", "sdtm json", "sdtm dsjc", "sdtm parquet", "omop duckdb",
          "fhir json", "fhir gz", "plain json"}  # fmt: skip
"""Forms whose end is marked, so that what is cut off cannot be taken for the whole."""


def write(form: str, folder: Path, change: Callable[[Tables], Tables] = lambda tables: tables) -> MappingFile | None:
    """The patients in a form of data, perhaps changed; and the mapping that goes with it."""
    folder.mkdir(exist_ok=True)
    if form.startswith("fhir"):
        write_fhir(form, folder, resources(PATIENTS))
        return OF_FHIR
    name, writer = FORMS[form]
    writer(folder, change(frames(WRITERS[name](PATIENTS))))
    return MAPPINGS.get(name)


def write_fhir(form: str, folder: Path, these: list[fhir.Json]) -> None:
    if form == "fhir json":
        fhir.as_bundle(folder / "all.json", these)
        return
    fhir.as_lines(folder, these)
    for path in [*folder.iterdir()] if form == "fhir gz" else []:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()


def told(data: Data) -> list[object]:
    return sorted((bare(one) for one in data.records), key=repr)


def accounted(data: Data) -> bool:
    return data.rows_in == data.rows_used + data.rows_diagnosed + data.rows_aside


@pytest.fixture(scope="module")
def expected() -> list[object]:
    return told(read(PROTOCOL, frames(WRITERS["plain"](PATIENTS))))


@pytest.fixture
def unchanged(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Called once the files are there: at the end of the test they are as they were."""
    before: dict[Path, str] = {}

    def digests() -> dict[Path, str]:
        found = (path for path in sorted(tmp_path.rglob("*")) if path.is_file())
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}

    yield lambda: before.update(digests())
    assert before == digests()


# --- in order and in disorder -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", OF_FILES)
def test_a_form_of_files_makes_no_difference_and_no_file_is_changed(
    form: str, tmp_path: Path, expected: list[object], unchanged: Callable[[], None]
) -> None:
    mapping = write(form, tmp_path)
    unchanged()
    data = read(PROTOCOL, tmp_path, mapping)
    assert ((), expected) == (data.unread, told(data))
    assert accounted(data)


def shuffled(tables: Tables) -> Tables:
    """Columns and rows in another order, the same one each time; the description of an export keeps its own."""
    dice = random.Random(5)  # noqa: S311 - an order, not a secret
    found = {}
    for name, frame in tables.items():
        columns = [*frame.columns]
        dice.shuffle(columns)
        mixed = frame[columns].sample(frac=1, random_state=3)
        found[name] = frame if name == "dictionary" else mixed.reset_index(drop=True)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_columns_and_rows_makes_no_difference(form: str, tmp_path: Path, expected: list[object]) -> None:
    mapping = write(form, tmp_path, shuffled)
    assert expected == told(read(PROTOCOL, tmp_path, mapping))


@pytest.mark.parametrize("form", ["fhir json", "fhir ndjson"])
def test_the_order_of_resources_and_elements_makes_no_difference(
    form: str, tmp_path: Path, expected: list[object]
) -> None:
    write_fhir(form, tmp_path, [dict(reversed(one.items())) for one in reversed(resources(PATIENTS))])
    assert expected == told(read(PROTOCOL, tmp_path, OF_FHIR))


def doubled(tables: Tables) -> Tables:
    keep = {"dictionary", "patients", "dm", "adsl", "person"}
    return {name: frame if name in keep else pd.concat([frame, frame]) for name, frame in tables.items()}


@pytest.mark.parametrize("form", [one for one in FORMS if one != "redcap csv"])
def test_what_stands_there_twice_counts_once_and_is_said(form: str, tmp_path: Path, expected: list[object]) -> None:
    mapping = write(form, tmp_path, doubled)
    data = read(PROTOCOL, tmp_path, mapping)
    assert expected == told(data)
    assert data.rows_diagnosed >= len(resources(PATIENTS)) // 3
    assert {"PD730"} == {one.code for one in data.diagnostics}


@pytest.mark.parametrize("form", ["fhir json", "fhir ndjson"])
def test_resources_that_stand_there_twice_count_once(form: str, tmp_path: Path, expected: list[object]) -> None:
    named = [{"id": f"x{number}", **one} for number, one in enumerate(resources(PATIENTS))]
    write_fhir(form, tmp_path, [*named, *named])
    data = read(PROTOCOL, tmp_path, OF_FHIR)
    assert expected == told(data)
    assert (2 * len(named), len(named)) == (data.rows_in, data.rows_aside)


TEXTS = [one for one in OF_FILES if one.split()[1] in {"csv", "json", "ndjson"}]


# --- broken -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", OF_FILES)
@pytest.mark.parametrize("part", [0.0, 0.4, 0.97])
def test_what_is_cut_off_is_said(form: str, part: float, tmp_path: Path) -> None:
    """Of each file in turn only the first part is left."""
    mapping = write(form, tmp_path)
    whole = {path: path.read_bytes() for path in sorted(tmp_path.iterdir())}
    for path, data in whole.items():
        path.write_bytes(data[: int(part * len(data))])
        found = read(PROTOCOL, tmp_path, mapping)
        assert accounted(found)
        if form in SEALED or part == 0.0:
            assert str(path) in {name.partition("[")[0] for name in found.unread} or (
                not found.records and found.unread
            )
            assert any(one.severity is Severity.ERROR for one in found.diagnostics)
        path.write_bytes(data)


@pytest.mark.parametrize("form", OF_FILES)
def test_bytes_that_are_not_what_the_name_says_are_said(form: str, tmp_path: Path) -> None:
    mapping = write(form, tmp_path)
    for path in sorted(tmp_path.iterdir()):
        data = path.read_bytes()
        for other in (b"\0" * 300, b"PK\x03\x04" + bytes(range(256)), b"%PDF-1.7\n", b"\x1f\x8b\x08\0" + b"\xff" * 50):
            path.write_bytes(other)
            found = read(PROTOCOL, tmp_path, mapping)
            if path.name == "ds.csv" and not found.unread:  # read as a table without rows: then the moment has no day
                assert not any("randomisation" in one.readings for one in found.records)
                continue
            assert found.unread
            assert any(one.severity is Severity.ERROR for one in found.diagnostics)
        path.write_bytes(data)


@pytest.mark.parametrize("form", [*TEXTS])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_text_in_another_encoding_is_refused_at_its_line(form: str, encoding: str, tmp_path: Path) -> None:
    mapping = write(form, tmp_path)
    for path in sorted(path for path in tmp_path.iterdir() if path.stem != "dictionary"):
        text = path.read_text(encoding="utf-8")
        path.write_bytes(text.replace("P1", "P1é").encode(encoding))
        found = read(PROTOCOL, tmp_path, mapping)
        said = [one for one in found.diagnostics if one.severity is Severity.ERROR]
        assert str(path) in found.unread
        assert any("UTF-8" in one.message or "null byte" in one.message for one in said)
        path.write_text(text, encoding="utf-8")


WRONG = [
    "x" * 10_000,
    "9" * 400,
    "1e999",
    "-",
    "NaN",
    "\x00",
    "\x1b[31m",
    "1,1",
    "２",
    "١",
    "\u202e1.1",
    "{}",
    "[]",
    "None",
]


@pytest.mark.parametrize(
    "form", ["plain csv", "plain json", "sdtm csv", "sdtm ndjson", "adam csv", "redcap csv", "omop csv"]
)
def test_a_cell_of_the_wrong_kind_keeps_its_place_and_is_said(form: str, tmp_path: Path) -> None:
    """Every cell of every column at once is something else."""
    for number, wrong in enumerate(WRONG):

        def spoilt(tables: Tables, wrong: str = wrong) -> Tables:
            kept = {"patient", "USUBJID", "person_id", "record_id", "item", "LBTESTCD", "VSTESTCD", "PARAMCD"}
            apart = {"dictionary", "patients", "dm", "ds", "adsl", "person"}
            return {
                name: frame
                if name in apart
                else frame.assign(
                    **{str(c): wrong for c in frame.columns if c not in kept and not str(c).startswith("redcap")}
                )
                for name, frame in tables.items()
            }

        folder = tmp_path / str(number)
        mapping = write(form, folder, spoilt)
        data = read(PROTOCOL, folder, mapping)
        assert accounted(data) or data.unread
        assert data.diagnostics
        assert not any(one.value for record in data.records for one in record.readings.get("creatinine", ()))


# --- gigantic -----------------------------------------------------------------------------------------------------

DEEP = b"[" * 200_000
OBJECTS = b'{"a":' * 200_000


@pytest.mark.parametrize("name", ["lb.json", "lb.ndjson", "lb.dsjc", "Observation.ndjson", "bundle.json", "b.json.gz"])
@pytest.mark.parametrize("deep", [DEEP, OBJECTS])
def test_what_nests_without_end_is_refused(name: str, deep: bytes, tmp_path: Path) -> None:
    form = "sdtm csv" if name.startswith("lb") else "fhir ndjson"
    mapping = write(form, tmp_path)
    (tmp_path / "lb.csv").unlink(missing_ok=True)
    (tmp_path / name).write_bytes(gzip.compress(deep) if name.endswith((".gz", ".dsjc")) else deep)
    data = read(PROTOCOL, tmp_path, mapping)
    assert str(tmp_path / name) in data.unread


@pytest.mark.parametrize("name", ["lb.ndjson", "Observation.ndjson", "lb.csv", "o.ndjson.gz"])
def test_a_line_of_100_megabytes_is_refused_by_a_limit_that_is_said(name: str, tmp_path: Path) -> None:
    mapping = write("sdtm csv" if name.startswith("lb") else "fhir json", tmp_path)
    (tmp_path / "lb.csv").unlink(missing_ok=True)
    line = b'{"resourceType": "' + b"x" * 100_000_000 + b'"}\n'
    head = lines_of("lb", pd.DataFrame({"USUBJID": []}))[0].encode() + b"\n"
    start = head if name == "lb.ndjson" else b"USUBJID,LBTESTCD\n" if name == "lb.csv" else b""
    (tmp_path / name).write_bytes(gzip.compress(line, 1) if name.endswith(".gz") else start + line)
    data = read(PROTOCOL, tmp_path, mapping)
    assert str(tmp_path / name) in data.unread
    assert any("16,777,216" in one.message or "quotes" in one.message for one in data.diagnostics)


@pytest.mark.parametrize("name", ["lb.json", "bundle.json", "b.json.gz"])
def test_a_file_too_large_to_be_read_at_once_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("protocol_dsl.readers.dataset_json.LARGEST_JSON", 3000)
    monkeypatch.setattr("protocol_dsl.readers.fhir_files.LARGEST_BUNDLE", 3000)
    mapping = write("sdtm csv" if name.startswith("lb") else "fhir ndjson", tmp_path)
    (tmp_path / "lb.csv").unlink(missing_ok=True)
    held = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [], "x": "x" * 5000}).encode()
    (tmp_path / name).write_bytes(gzip.compress(held) if name.endswith(".gz") else held)
    data = read(PROTOCOL, tmp_path, mapping)
    assert [str(tmp_path / name)] == [*data.unread]
    assert any("3,000 bytes to be read at once" in one.message for one in data.diagnostics)


def test_a_workbook_of_a_few_bytes_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    """A thousand times 1 MiB of nothing, compressed once and pointed to by its directory as a thousand files."""
    write("plain csv", tmp_path)
    (tmp_path / "observations.csv").unlink()
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * 2**20)
        for number in range(1000):
            same = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml")
            first = packed.infolist()[0]
            same.compress_type, same.CRC = first.compress_type, first.CRC
            same.compress_size, same.file_size, same.header_offset = first.compress_size, first.file_size, 0
            packed.filelist.append(same)
        packed._didModify = True  # type: ignore[attr-defined]  # noqa: SLF001 - the directory is written at the end
    (tmp_path / "observations.xlsx").write_bytes(book.getvalue())
    data = read(PROTOCOL, tmp_path)
    assert len(book.getvalue()) < 2**20
    assert any("unpacks to more" in one.message for one in data.diagnostics)
    assert data.unread


@pytest.mark.parametrize("form", ["plain csv", "sdtm csv", "fhir json"])
@pytest.mark.parametrize("name", ["more.zip", "lb.csv.gz"])
def test_what_is_packed_is_not_unpacked_and_that_is_said(form: str, name: str, tmp_path: Path) -> None:
    mapping = write(form, tmp_path)
    (tmp_path / name).write_bytes(gzip.compress(b"\0" * 2**20))
    said = read(PROTOCOL, tmp_path, mapping).diagnostics
    assert [("PD705", str(tmp_path / name))] == [(one.code, one.primary.where.file) for one in said]  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '[{"patient": "P1", "sex": "male", "sex": "female"}]'])
def test_a_key_that_stands_twice_is_not_one_of_both(text: str, tmp_path: Path) -> None:
    (tmp_path / "patients.json").write_text(text)
    data = read(PROTOCOL, tmp_path)
    assert "PD704" in {one.code for one in data.diagnostics}
    assert data.unread


# --- on the way out -----------------------------------------------------------------------------------------------

CODE = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", CODE)
def test_a_value_never_becomes_code(text: str) -> None:
    cells = [
        cell
        for row in csv.reader(io.StringIO(csv_text(Sheet("t", (text, "b"), ((text, "-0.5"),))), newline=""))
        for cell in row
    ]
    assert not any(cell[:1] in "=+-@\t\r\n＝＋－＠" for cell in cells if cell != "-0.5")
    assert "-0.5" in cells
    assert no_formula(text).startswith("'")
    assert "\r" not in csv_text(Sheet("t", ("a",), ((f"x{text}",),)))  # which would end a row


@pytest.mark.parametrize("form", ["plain csv", "sdtm csv", "fhir json"])
def test_what_screening_writes_holds_no_formula(form: str, tmp_path: Path) -> None:
    evil = "=cmd|' /C calc'!A0"
    study, out = tmp_path / "study", tmp_path / "out.csv"
    write(form, study)
    for path in study.iterdir():
        path.write_text(path.read_text().replace("P1", evil.replace('"', "")))
    if form != "plain csv":
        (study / "mapping.toml").write_text(
            '[moments]\nrandomisation = "ResearchSubject.period.start"\n' if form == "fhir json" else ""
        )
    (tmp_path / "trial.protocol").write_text(TEXT)
    main(["screen", str(tmp_path / "trial.protocol"), "--data", str(study), "--out", str(out), "--as-of", "2026-12-31"])
    rows = [*csv.reader(io.StringIO(out.read_text(encoding="utf-8")))]
    assert any(evil in cell for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


@pytest.mark.parametrize("form", ["plain csv", "fhir json"])
def test_a_table_is_not_written_over_the_data(
    form: str, tmp_path: Path, unchanged: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    write(form, tmp_path / "study")
    (tmp_path / "trial.protocol").write_text(TEXT)
    unchanged()
    first = min((tmp_path / "study").iterdir())
    told_out = str(first.with_suffix(first.suffix))
    status = main(["screen", str(tmp_path / "trial.protocol"), "--data", str(tmp_path / "study"), "--out", told_out])
    assert (2, True) == (status, "data" in capsys.readouterr().err)


def test_no_fault_of_the_program_itself_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command line: what is broken in each form ends in a word, and never in PD099."""
    (tmp_path / "trial.protocol").write_text(TEXT)
    for form in OF_FILES:
        study = tmp_path / form.replace(" ", "_")
        write(form, study)
        last = max(study.iterdir())
        last.write_bytes(last.read_bytes()[:-9] + b'\xff\xfe{["')
        status = main(["screen", str(tmp_path / "trial.protocol"), "--data", str(study)])
        printed = capsys.readouterr()
        assert "PD099" not in printed.err + printed.out
        assert 0 != status
