import os
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from protocol_dsl.base.diagnostic import Cell, Severity
from protocol_dsl.base.quantity import unit
from protocol_dsl.base.studytime import Days
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import Attested, Judgement, Reading, Reason
from protocol_dsl.model.vocabulary import Date, Item, ListOf, Moment, Number, OneOf, RecordType, Text
from protocol_dsl.readers import frames, rows
from protocol_dsl.readers.plain import Data, read, read_one

ITEMS = (
    Item("birth_date", Date()),
    Item("sex", OneOf(("female", "male"))),
    Item("anc", Number(unit("10*9/L")), plausible=(Fraction(0), Fraction(100)), uln=True),
    Item("lansky", Number()),
    Item("scan_date", Date()),
    Item("lesions", ListOf("lesion")),
    Item("adverse_events", ListOf("adverse_event")),
)
LESION = RecordType("lesion", {"site": Item("site", Text()), "size": Item("size", Number(unit("mm")))})
PROTOCOL = Protocol(
    Header("T"),
    moments={"enrolment": Moment("enrolment")},
    items={item.name: item for item in ITEMS},
    records={"lesion": LESION},
)
E9 = Fraction(10) ** 12  # 10*9/L in base units


def folder(where: Path, **files: str) -> Path:
    for name, text in files.items():
        (where / f"{name}.csv").write_bytes(text.encode())
    return where


def codes(data: Data) -> list[str]:
    return [diagnostic.code for diagnostic in data.diagnostics]


def only(data: Data, item: str) -> Reading:
    (record,) = data.records
    (found,) = record.readings[item]
    return found


def test_a_small_folder(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        patients="patient,sex,birth_date,enrolment,level,part\n"
        "P1,Female,2018-05-02,2026-06-01,−1,Dose Escalation\nP2,male,,,,\n",
        observations="patient,item,date,value,unit,lln,uln\nP1,anc,2026-05-30,1500,/uL,,7000\nP1,lansky,2026-05-30,80,,,\n",
        adverse_events="patient,term,grade,start,end,attributed,outcome\nP1,Colitis,3,2026-06-15,ongoing,probable,\n",
        attested="patient,list,complete_as_of\nP1,adverse_events,2026-07-20\n",
        missing="patient,item,reason\nP2,lansky,not done\n",
        judgements="patient,criterion,date,holds,by\nP1,I5,2026-05-31,yes,investigator A\n",
        decisions="date,proposed,decided,by,reason\n2026-08-01,escalate,stay,committee,caution\n",
    )
    data = read(PROTOCOL, path)
    assert data.diagnostics == ()
    assert (data.rows_in, data.rows_used, data.rows_diagnosed) == (9, 9, 0)
    assert data.latest_day == date(2026, 8, 1)
    one, two = data.records
    assert (one.patient, two.patient) == ("P1", "P2")
    assert dict(one.context) == {"level": "-1", "part": "dose_escalation"}
    assert one.readings["sex"][0].value == "female"
    assert one.readings["enrolment"][0].value == date(2026, 6, 1)
    day = Days(date(2026, 5, 30), date(2026, 5, 30))
    assert one.readings["anc"] == (Reading(E9 * 3 / 2, day, uln=7 * E9, written="1500 /uL"),)
    assert one.readings["anc"][0].origin == Cell(str(path / "observations.csv"), 2, "value")
    (event,) = one.lists["adverse_events"]
    assert event.fields["term"].value == "colitis"
    assert event.fields["end"].value is Attested.ONGOING
    assert "outcome" not in event.fields
    assert one.attested == {"adverse_events": date(2026, 7, 20)}
    assert one.judgements == {"I5": (Judgement(met=True, day=date(2026, 5, 31), by="investigator A"),)}
    assert two.readings["lansky"] == (Reading(missing=Reason.NOT_DONE, at_moment=True),)
    assert "birth_date" not in two.readings
    assert data.decisions[0].decided == "stay"


@pytest.mark.parametrize(
    "text",
    [
        "patient,anc [10*9/L],anc_date,anc_uln\nP1,1.5,2026-05-30,7\n",
        "patient,anc,anc_unit,anc_date,anc_uln\nP1,1500,/uL,2026-05-30,7000\n",
        "﻿patient,ANC,anc_unit,anc_date,anc_uln\r\nP1,1500,/uL,2026-05-30,7000\r\n",
        'patient,"anc [10*9/L]",anc_date,anc_uln\rP1,"1.5",2026-05-30,7\r',
        "patient,anc,anc_date,anc_uln\nP1,1.5 10*9/L,2026-05-30,7\n",
    ],
)
def test_a_column_may_be_written_in_several_ways(tmp_path: Path, text: str) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients=text))
    assert data.diagnostics == ()
    found = only(data, "anc")
    assert (found.value, found.uln) == (E9 * 3 / 2, 7 * E9)
    assert found.date == Days(date(2026, 5, 30), date(2026, 5, 30))


def test_one_file_alone_is_the_patients(tmp_path: Path) -> None:
    path = tmp_path / "screening.csv"
    path.write_text("patient,sex\nP1,male\n", encoding="utf-8")
    assert only(read(PROTOCOL, path), "sex").value == "male"


def test_an_item_that_ends_like_a_suffix_is_itself(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients="patient,scan_date\nP1,2026-01-02\n"))
    assert only(data, "scan_date").value == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("cells", "code", "column", "dated"),
    [
        ("P1,anc,2026-05-30,1.5,furlongs,,", "PD722", "unit", True),
        ("P1,anc,2026-05-30,1500,10*9/L,,", "PD724", "value", True),
        ("P1,anc,30.05.2026,1.5,10*9/L,,", "PD725", "date", False),
        ("P1,anc,2026-05-30,1.5,,,", "PD721", "value", True),
        ('P1,anc,2026-05-30,"1,5",10*9/L,,', "PD720", "value", True),
        ("P1,sex,2026-05-30,other,,,", "PD726", "value", True),
        ("P1,lesions,2026-05-30,liver,,,", "PD712", "value", True),
        ("P1,anc,2026-05-30,1,5,10*9/L,,", "PD706", None, True),
        ("P1,anc,2026-05-30,1.5,10*9/L", "PD706", None, True),
    ],
)
def test_a_row_that_cannot_be_used_keeps_its_place(
    tmp_path: Path,
    cells: str,
    code: str,
    column: str | None,
    dated: bool,  # noqa: FBT001
) -> None:
    head = "patient,item,date,value,unit,lln,uln\n"
    path = folder(tmp_path, patients="patient\nP1\n", observations=head + cells + "\n")
    data = read(PROTOCOL, path)
    assert codes(data) == [code]
    assert data.diagnostics[0].primary.where == Cell(str(path / "observations.csv"), 2, column)
    assert data.diagnostics[0].severity is Severity.ERROR
    (found,) = data.records[0].readings[cells.split(",")[1]]
    assert (found.value, found.missing) == (None, Reason.UNREADABLE)
    assert (found.date is not None) == dated
    assert (data.rows_in, data.rows_used, data.rows_diagnosed) == (2, 1, 1)


@pytest.mark.parametrize(
    ("cells", "code", "help_"),
    [
        ("P11,anc,2026-05-30,1.5,10*9/L", "PD710", "`P1` is near"),
        (",anc,2026-05-30,1.5,10*9/L", "PD710", "patients.csv"),
        ("P1,ancs,2026-05-30,1.5,10*9/L", "PD712", "`anc` is near"),
    ],
)
def test_a_row_about_nobody_or_nothing_is_told(tmp_path: Path, cells: str, code: str, help_: str) -> None:
    path = folder(tmp_path, patients="patient\nP1\n", observations=f"patient,item,date,value,unit\n{cells}\n")
    data = read(PROTOCOL, path)
    assert codes(data) == [code]
    assert help_ in str(data.diagnostics[0].help)
    assert data.rows_diagnosed == 1


def test_rows_of_an_unasked_item_are_one_warning(tmp_path: Path) -> None:
    text = "patient,item,date,value\n" + "P1,serum_rhubarb,2026-01-01,1\nP1,serum_rhubarb,2026-01-02,1\n"
    data = read(PROTOCOL, folder(tmp_path, patients="patient\nP1\n", observations=text))
    assert [(d.code, d.severity) for d in data.diagnostics] == [("PD712", Severity.WARNING)]
    assert data.rows_diagnosed == 2


def test_a_row_without_value_keeps_its_day(tmp_path: Path) -> None:
    text = "patient,item,date,value\nP1,lansky,2026-01-01,\n"
    data = read(PROTOCOL, folder(tmp_path, patients="patient\nP1\n", observations=text))
    assert only(data, "lansky").missing is Reason.NOT_COLLECTED
    assert only(data, "lansky").date is not None


def test_identical_rows_count_once(tmp_path: Path) -> None:
    row = "P1,lansky,2026-01-01,80\n"
    path = folder(tmp_path, patients="patient\nP1\n", observations="patient,item,date,value\n" + row + row)
    data = read(PROTOCOL, path)
    assert [(d.code, d.severity) for d in data.diagnostics] == [("PD730", Severity.WARNING)]
    assert only(data, "lansky").value == 80


def test_two_rows_of_one_patient_leave_both_values(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients="patient,sex\nP1,male\nP1,female\n"))
    assert codes(data) == ["PD711"]
    assert [reading.value for reading in data.records[0].readings["sex"]] == ["male", "female"]


def test_a_column_that_stands_twice_is_not_used(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients="patient,sex,Sex,lansky\nP1,male,female,80\n"))
    assert codes(data) == ["PD704"]
    assert data.records[0].readings["sex"][0].missing is Reason.UNREADABLE
    assert data.records[0].readings["lansky"][0].value == 80
    assert data.rows_diagnosed == 1


def test_two_columns_of_one_item_are_not_used(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients="patient,anc [10*9/L],anc [/uL]\nP1,1.5,1500\n"))
    assert codes(data) == ["PD704"]
    assert {reading.missing for reading in data.records[0].readings["anc"]} == {Reason.UNREADABLE}


def test_an_unknown_column_is_a_warning_with_the_nearest(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients="patient,lanski\nP1,80\n"))
    assert [(d.code, d.severity, d.help) for d in data.diagnostics] == [("PD705", Severity.WARNING, "`lansky` is near")]
    assert data.rows_used == 1


def test_a_short_row_of_patients_makes_its_items_unreadable(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients="patient,sex,lansky\nP1,male\n"))
    assert codes(data) == ["PD706"]
    assert only(data, "sex").missing is Reason.UNREADABLE
    assert only(data, "lansky").missing is Reason.UNREADABLE


def test_fields_of_an_event_that_cannot_be_used_are_unreadable(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        patients="patient,lesions\nP1,\nP2,none\n",
        lesions="patient,site,size,unit,colour\nP1,Left lung,12,mm,red\nP1,liver,12,,\nP9,liver,1,mm,\n",
    )
    data = read(PROTOCOL, path)
    assert codes(data) == ["PD705", "PD721", "PD710"]
    first, second, of_nobody = data.records[0].lists["lesions"]
    assert (False, False, True) == (first.stray, second.stray, of_nobody.stray)
    assert (first.fields["site"].value, first.fields["size"].value) == ("left_lung", Fraction(12, 1000))
    assert second.fields["site"].value == "liver"
    assert second.fields["size"].missing is Reason.UNREADABLE
    assert data.records[1].readings["lesions"][0].value is Attested.NONE
    assert (data.rows_in, data.rows_used, data.rows_diagnosed) == (5, 3, 2)


def test_a_judgement_that_cannot_be_read_leaves_the_criterion_unjudged(tmp_path: Path) -> None:
    text = "patient,criterion,date,holds,by\nP1,I5,2026-01-01,yes,A\nP1,I5,2026-02-01,perhaps,A\n"
    data = read(PROTOCOL, folder(tmp_path, patients="patient\nP1\n", judgements=text))
    assert codes(data) == ["PD732"]
    assert data.records[0].judgements == {}


def test_an_attestation_with_a_partial_date_reaches_to_its_first_day(tmp_path: Path) -> None:
    text = "patient,list,complete_as_of\nP1,lesions,2026-03\nP1,lesion,2026-03-01\nP1,lesions,\n"
    data = read(PROTOCOL, folder(tmp_path, patients="patient\nP1\n", attested=text))
    assert codes(data) == ["PD733", "PD725"]
    assert data.records[0].attested == {"lesions": date(2026, 3, 1)}


def test_a_reason_that_is_none_is_unreadable(tmp_path: Path) -> None:
    text = "patient,item,reason\nP1,lansky,lost in the post\n"
    data = read(PROTOCOL, folder(tmp_path, patients="patient\nP1\n", missing=text))
    assert codes(data) == ["PD731"]
    assert only(data, "lansky").missing is Reason.UNREADABLE


def test_the_latest_day_of_a_partial_date_is_its_first(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients="patient,scan_date\nP1,2026\n"))
    assert data.latest_day == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "PD703"),
        (b"\n\n", "PD703"),
        (b"id,sex\nP1,male\n", "PD703"),
        (b"patient;sex\nP1;male\n", "PD703"),
        (b"patient,patient\nP1,P1\n", "PD703"),
        (b"patient,sex\nP1,m\xe4nnlich\n", "PD702"),
        ("patient,sex\nP1,male\n".encode("utf-16"), "PD702"),
        (b"patient,sex\nP1,\0\n", "PD702"),
        (b'patient,sex\nP1,"male\n', "PD707"),
        (b'patient,sex\nP1,"ma"le\nP2,male\n', "PD707"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_told(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "patients.csv").write_bytes(content)
    data = read(PROTOCOL, tmp_path)
    assert codes(data) == [code]
    assert data.unread == (str(tmp_path / "patients.csv"),)


def test_a_cell_of_several_lines_keeps_the_count_of_lines(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients='patient,sex\n"P\n1",male\nP2,x\n'))
    (found,) = data.diagnostics
    assert found.primary.where == Cell(str(tmp_path / "patients.csv"), 4, "sex")


def test_a_folder_without_patients_is_told(tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, observations="patient,item,value\n"))
    assert (codes(data), data.unread) == (["PD701"], ("patients",))


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    for path in (tmp_path / "absent", tmp_path / "loop", tmp_path / "notes.txt", Path("a\0b"), tmp_path):
        data = read(PROTOCOL, path)
        assert (data.records, codes(data)[:1]) == ((), ["PD701"])
        assert data.unread


def test_what_is_called_a_file_and_is_none(tmp_path: Path) -> None:
    folder(tmp_path, patients="patient\nP1\n")
    (tmp_path / "observations.csv").mkdir()
    (tmp_path / "lesions.csv").symlink_to(tmp_path / "lesions.csv")
    os.mkfifo(tmp_path / "missing.csv")
    data = read(PROTOCOL, tmp_path)
    assert codes(data) == ["PD701"] * 3
    assert len(data.unread) == 3
    assert len(data.records) == 1


def test_a_file_larger_than_the_cap_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "patients.csv").open("wb") as file:
        file.truncate(rows.LARGEST + 1)
    data = read(PROTOCOL, tmp_path)
    assert codes(data) == ["PD701"]


def test_files_that_nobody_asks_for(tmp_path: Path) -> None:
    path = folder(tmp_path, patients="patient\nP1\n", leisons="patient,site\nP1,liver\n")
    (path / "README.md").write_text("not data", encoding="utf-8")
    data = read(PROTOCOL, path)
    assert [(d.code, d.severity, d.help) for d in data.diagnostics] == [
        ("PD705", Severity.WARNING, "`lesions` is near")
    ]
    assert (data.rows_in, data.rows_used, data.rows_diagnosed) == (2, 1, 1)


def test_frames_are_read_like_files(tmp_path: Path) -> None:
    csv = {
        "patients": "patient,lansky,scan_date,level\nP1,80,2026-01-02,1\nP2,,,\n",
        "observations": "patient,item,date,value,unit\nP1,anc,2026-05-30,1.1,10*9/L\nP2,anc,2026-05-30,x,10*9/L\n",
    }
    frames = {
        "patients": pd.DataFrame(
            {
                "patient": ["P1", "P2"],
                "lansky": [80.0, None],
                "scan_date": [pd.Timestamp("2026-01-02"), pd.NaT],
                "level": pd.array([1, None], dtype="Int64"),
            }
        ),
        "observations": pd.DataFrame(
            {
                "patient": ["P1", "P2"],
                "item": ["anc", "anc"],
                "date": [date(2026, 5, 30)] * 2,
                "value": [1.1, "x"],
                "unit": ["10*9/L"] * 2,
            }
        ),
    }
    from_files, from_frames = read(PROTOCOL, folder(tmp_path, **csv)), read(PROTOCOL, frames)
    assert from_frames.records == from_files.records
    assert codes(from_frames) == codes(from_files) == ["PD720"]
    assert from_frames.diagnostics[0].primary.where == Cell("observations", 3, "value")


def test_json_and_parquet_are_read_like_csv(tmp_path: Path) -> None:
    expected = read(PROTOCOL, folder(tmp_path, patients="patient,lansky\nP1,80.10\n")).records
    (tmp_path / "patients.csv").unlink()
    (tmp_path / "patients.json").write_text('[{"patient": "P1", "lansky": 80.10}]', encoding="utf-8")
    assert [r.readings["lansky"][0].value for r in read(PROTOCOL, tmp_path).records] == [
        expected[0].readings["lansky"][0].value
    ]
    (tmp_path / "patients.json").unlink()
    pd.DataFrame({"patient": ["P1"], "lansky": [80.1]}).to_parquet(tmp_path / "patients.parquet")
    assert read(PROTOCOL, tmp_path).records[0].readings["lansky"][0].value == Fraction("80.1")
    whole = tmp_path / "all.json"
    whole.write_text('{"patients": [{"patient": "P1", "lansky": "80.10"}], "missing": []}', encoding="utf-8")
    assert read(PROTOCOL, whole).records[0].readings == expected[0].readings
    whole.write_text('{"patients": 3}', encoding="utf-8")
    assert codes(read(PROTOCOL, whole))[0] == "PD701"


def test_one_record_from_texts() -> None:
    data = read_one(PROTOCOL, {"lansky": "80", "anc": "1500", "anc_unit": "/uL", "anc_date": "2026-05-30"})
    assert only(data, "anc").value == E9 * 3 / 2
    assert only(data, "lansky").value == 80
    assert codes(read_one(PROTOCOL, {"lansky": "eighty", "patient": "P7"})) == ["PD720"]


def test_a_latest_day_far_from_all_others_is_doubted(tmp_path: Path) -> None:
    days = "".join(f"P1,lansky,2026-01-{day:02},80\n" for day in range(1, 31))
    head = "patient,item,date,value\n"
    sober = read(PROTOCOL, folder(tmp_path, patients="patient\nP1\n", observations=head + days))
    assert sober.diagnostics == ()
    text = head + "P1,lansky,2206-01-31,80\n" + days
    data = read(PROTOCOL, folder(tmp_path, observations=text))
    assert [(d.code, d.severity) for d in data.diagnostics] == [("PD742", Severity.WARNING)]
    assert data.diagnostics[0].primary.where == Cell(str(tmp_path / "observations.csv"), 2, "date")
    assert (data.rows_used, data.latest_day) == (32, date(2206, 1, 31))


def test_cells_of_frames_may_hold_anything() -> None:
    frame = pd.DataFrame(
        {
            "patient": ["P1", "P2"],
            "lansky": pd.array([80, None], dtype="Int64"),
            "adverse_events": [["none"], None],
            "enrolment": [pd.Timestamp("2026-06-01 10:30"), None],
        }
    )
    data = read(PROTOCOL, {"patients": frame})
    assert data.diagnostics == ()
    one, two = data.records
    assert one.readings["enrolment"][0].value == date(2026, 6, 1)
    assert one.readings["adverse_events"][0].value is Attested.NONE
    assert two.readings == {}


def test_an_array_in_a_frame_is_a_list_of_values() -> None:
    """Parquet hands lists over as arrays; none of them may count as an empty cell."""
    lists = [["fever", "chills"], ["fever"], []]
    tables = [
        frames.table(pd.DataFrame({"terms": pd.Series([form(one) for one in lists], dtype=object)}), "x", "x")
        for form in (list, np.array)
    ]
    assert tables[0] == tables[1]
    assert ("fever;chills",) == tables[1].rows[0].cells


def test_a_workbook_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "patients.xlsx").write_bytes(b"PK nothing")
    data = read(PROTOCOL, tmp_path)
    assert codes(data) == ["PD701"]  # whether or not there is a program that reads workbooks
    assert data.unread


@pytest.mark.parametrize(
    ("csv", "found"),
    [
        ("patient,level\nP1,1\nP1,2\n", ""),
        ("patient,level\nP1,1\nP1,2\nP1,1\n", ""),
        ("patient,level,lansky\nP1,1,80\nP1,1,90\n", "1"),
        ("patient,level,level\nP1,1,2\n", ""),
    ],
)
def test_a_place_that_rows_differ_on_is_not_the_first_of_them(csv: str, found: str, tmp_path: Path) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients=csv))
    assert {"level": found} == dict(data.records[0].context)
    assert data.diagnostics


def test_a_column_without_a_name_is_nobody_s_day_or_unit(tmp_path: Path) -> None:
    """As pandas writes the index of a frame."""
    lists = folder(tmp_path, patients="patient\nP1\n", doses=",patient,product,date\n0,P1,cells,2026-06-01\n")
    data = read(PROTOCOL, lists)
    assert data.records[0].lists["doses"][0].fields["date"].value == date(2026, 6, 1)
    assert codes(data) == ["PD705"]


@pytest.mark.parametrize("column", ["size [[in_i]]", "size [in_i]"])
def test_the_brackets_of_a_unit_may_be_those_of_the_header(tmp_path: Path, column: str) -> None:
    """UCUM writes an inch as `[in_i]`; it is 25.4 mm."""
    path = folder(tmp_path, patients="patient\nP1\n", lesions=f"patient,site,{column}\nP1,lung,2\n")
    data = read(PROTOCOL, path)
    (lesion,) = data.records[0].lists["lesions"]
    assert (lesion.fields["size"].value, codes(data)) == (Fraction(508, 10000), [])


@pytest.mark.parametrize("column", ["anc [[degF]]", "anc [degF]"])
def test_a_bracketed_unit_of_another_kind_is_said(tmp_path: Path, column: str) -> None:
    data = read(PROTOCOL, folder(tmp_path, patients=f"patient,{column}\nP1,2\n"))
    assert [one.message for one in data.diagnostics if "degF" in one.message]


@pytest.mark.parametrize("word", ["ongoing", "never", "Never"])
def test_what_is_on_file_began_on_a_day(word: str, tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        patients="patient\nP1\n",
        adverse_events=f"patient,term,grade,start,end\nP1,Colitis,3,{word},ongoing\n",
    )
    data = read(PROTOCOL, path)
    (event,) = data.records[0].lists["adverse_events"]
    assert (codes(data), event.fields["start"].missing) == (["PD725"], Reason.UNREADABLE)
    assert event.fields["end"].value is Attested.ONGOING
