"""The mapping file: what is wrong with it is said at its place, and nothing is read by half of it."""

from pathlib import Path

import pandas as pd
import pytest

import protocol_dsl
from protocol_dsl.base.diagnostic import Diagnostic, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Reason
from protocol_dsl.readers.choose import read, translate
from protocol_dsl.readers.mapping import MappingFile, read_mapping, read_text
from protocol_dsl.readers.plain import gather
from protocol_dsl.readers.proposal import as_toml, proposal

TEXT = """
protocol "MAP-1"
    language 1
    uses ctcae 5.0

moments
    enrolment

data
    sex            : one of female, male
    creatinine     : number in mg/dL; with ULN; latest
    abrupt_onset   : number; latest
    adverse_events : list of adverse_event

inclusion at enrolment
    I1 "Creatinine at most 1.5 x ULN"
        creatinine at most 1.5 x ULN
"""
PROTOCOL: Protocol = protocol_dsl.loads(TEXT).model
STUDY = {
    "dm": pd.DataFrame({"USUBJID": ["P1"], "SEX": ["F"], "RFSTDTC": ["2026-06-01"]}),
    "lb": pd.DataFrame(
        {"USUBJID": ["P1"], "LBTESTCD": ["CREAT"], "LBORRES": ["1.2"], "LBORRESU": ["mg/dL"], "LBDTC": ["2026-05-30"]}
    ),
    "qs": pd.DataFrame({"USUBJID": ["P1"], "QSTESTCD": ["MHITM01"], "QSTEST": ["ABRUPT ONSET"], "QSORRES": ["2"]}),
    "ae": pd.DataFrame({"USUBJID": ["P1"], "AETERM": ["Fever"], "AESTDTC": ["2026-06-02"]}),
}


def diagnosed(text: str) -> list[Diagnostic]:
    return list(read(PROTOCOL, STUDY, read_text(text, "mapping.toml")).diagnostics)


def place(one: Diagnostic) -> tuple[int, str]:
    assert isinstance(one.primary.where, Span)
    return one.primary.where.line, one.primary.where.text


@pytest.mark.parametrize(
    ("text", "code", "line", "what", "cure"),
    [
        ("[items]\nsex = DM", "PD750", 2, "D", "texts stand in quotes"),
        ("[item]\nsex = 'DM.SEX'", "PD750", 1, "item", "`items` is near"),
        ("standard = 3", "PD750", 1, "standard", "write a text"),
        ("standard = 'sdmt'", "PD750", 1, "sdmt", "`sdtm` is near"),
        ("[items]\nsex = 'DM'", "PD750", 2, "sex", '"LB.CREAT"'),
        ("[items.sex]\nfrom = 'DM'\ncolum = 'SEX'", "PD750", 3, "colum", "`column` is near"),
        ("[items.sex]\nvalues = { M = 1 }", "PD750", 2, "M", "write a text"),
        ("[items]\nsex = { from = 'DM', colum = 'SEX' }", "PD750", 2, "colum", "`column` is near"),
        ("[lists.adverse_events]\ncomplete = { on_or_before = 'RFSTDTC' }", "PD750", 2, "complete", "column"),
        ("[items]\nsexx = 'DM.SEX'", "PD751", 2, "sexx", "`sex` is near"),
        ("[lists.adverse_event]\nfrom = 'AE'", "PD751", 1, "lists.adverse_event", "`adverse_events` is near"),
        ("[lists.adverse_events.columns]\ngrad = 'AETOXGR'", "PD751", 2, "grad", "`grade` is near"),
        ("[items.sex]\nfrom = 'DN'\ncolumn = 'SEX'", "PD752", 2, "DN", "there are `DM`"),
        ("[items.sex]\nfrom = 'DM'\ncolumn = 'SXE'", "PD752", 3, "SXE", "`SEX` is near"),
        ("[items.creatinine]\nfrom = 'LB'\ntest = 'CRAET'", "PD752", 3, "CRAET", "`CREAT` is near"),
        ("[items.creatinine]\nwhere = { LBFATS = 'Y' }", "PD752", 2, "LBFATS", None),
        ("[items.creatinine]\nwhere = { LBORRESU = 'mg/dl.' }", "PD752", 2, "mg/dl.", "`MG/DL` is near"),
        ("[items.creatinine]\nspecimen = 'SERUM'", "PD752", 2, "specimen", None),
        ("[items.creatinine]\ncolumn = 'LBORRES'", "PD752", 1, "items.creatinine", 'from = "LB"'),
        ("[lists.adverse_events.columns]\ngrade = 'AETOXG'", "PD752", 2, "AETOXG", None),
        ("[lists.adverse_events]\ncomplete = 'RFENDTC'", "PD752", 2, "RFENDTC", "`RFSTDTC` is near"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text: str, code: str, line: int, what: str, cure: str | None) -> None:
    found = [one for one in diagnosed(text) if one.code.startswith("PD75")]
    assert [code] == [one.code for one in found]
    assert (line, what) == place(found[0])
    assert cure is None or cure in (found[0].help or "")


def test_an_error_of_the_mapping_stops_the_run_and_a_code_that_has_not_occurred_does_not() -> None:
    assert read(PROTOCOL, STUDY, read_text("[items]\nsexx = 'DM.SEX'", "m.toml")).unread == ("m.toml",)
    absent = read(PROTOCOL, STUDY, read_text("[items]\ncreatinine = { from = 'LB', test = 'XYZ' }", "m.toml"))
    assert ((), [Severity.WARNING]) == (absent.unread, [one.severity for one in absent.diagnostics])
    assert "creatinine" not in absent.records[0].readings


@pytest.mark.parametrize("data", [b"\xff", b"[items\n", b"a = [" * 5000, b"x" * 1_000_001, b"\0"])
def test_rubbish_in_the_place_of_a_mapping_is_said(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(data)
    assert ["PD750"] == [one.code for one in read_mapping(path).problems]


def test_a_mapping_that_is_not_there_is_said(tmp_path: Path) -> None:
    found = read(PROTOCOL, STUDY, tmp_path / "nowhere.toml")
    assert (["PD750"], 0) == ([one.code for one in found.diagnostics], len(found.records))


def test_the_mapping_beside_the_data_is_used_unless_another_is_given(tmp_path: Path) -> None:
    for name, table in STUDY.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "mapping.toml").write_text('[items]\nabrupt_onset = "QS.MHITM01"\n')
    (tmp_path / "other.toml").write_text("")
    assert "abrupt_onset" in read(PROTOCOL, tmp_path).records[0].readings
    assert "abrupt_onset" not in read(PROTOCOL, tmp_path, tmp_path / "other.toml").records[0].readings


def test_a_mapping_beside_a_plain_folder_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient,sex\nP1,female\n")
    (tmp_path / "mapping.toml").write_text('[items]\nsex = "DM.SEX"\n')
    assert ["PD750"] == [one.code for one in read(PROTOCOL, tmp_path).diagnostics]


def test_texts_that_stand_for_nothing_are_nothing() -> None:
    study = STUDY | {"dm": STUDY["dm"].assign(SEX="NA")}
    assert ["PD726"] == [one.code for one in read(PROTOCOL, study).diagnostics]
    told = read(PROTOCOL, study, read_text('blank = "NA"', "m.toml"))
    assert ((), {}) == (told.diagnostics, {k: v for k, v in told.records[0].readings.items() if k == "sex"})


# --- what is proposed ---------------------------------------------------------------------------------------------


def proposed(mapping: MappingFile | None = None) -> str:
    reader, translated = translate(PROTOCOL, STUDY, mapping)
    data = gather(PROTOCOL, translated.loaded, translated.origins, translated.told_in)
    return as_toml(proposal(PROTOCOL, reader, translated, data, {}))


def test_reading_by_what_is_proposed_is_reading_without_a_mapping() -> None:
    mapping = read_text(proposed(), "mapping.toml")
    assert () == mapping.problems
    assert read(PROTOCOL, STUDY).records == read(PROTOCOL, STUDY, mapping).records
    assert [] == [one.message for one in read(PROTOCOL, STUDY, mapping).diagnostics if one.code == "PD752"]


def test_a_value_set_alone_goes_with_those_columns_that_are_there() -> None:
    text = '[lists.adverse_events.columns]\nterm = { values = { "LOW PLATELETS" = "platelet_count_decreased" } }\n'
    assert "AEDECOD" not in STUDY["ae"].columns
    assert "PD752" not in [one.code for one in read(PROTOCOL, STUDY, read_text(text, "m.toml")).diagnostics]


def test_what_is_proposed_again_is_the_same() -> None:
    given = read_text('[items]\nabrupt_onset = "QS.MHITM01"\n[moments]\nenrolment = "DM.RFSTDTC"\n', "m.toml")
    once = proposed(given)
    assert once == proposed(read_text(once, "m.toml"))


def test_what_each_item_finds_and_what_has_nothing_stands_beside_it() -> None:
    text = proposed()
    assert "[items.creatinine]  # 1 row of 1 patient; in mg/dL; 1.2 mg/dL\n" in text
    assert 'perhaps enrolment = "DM.RFSTDTC"' in text
    assert 'perhaps abrupt_onset = "QS.MHITM01"' in text
    assert "adverse_events, grade, end, attributed, outcome, serious, action: AE has no column" in text


def test_codes_for_what_is_missing_say_why_in_every_form_of_data() -> None:
    mapping = read_text("[missing]\nUNK = 'refused'", "mapping.toml")
    (one,) = read(PROTOCOL, {**STUDY, "dm": STUDY["dm"].assign(SEX="UNK")}, mapping).records
    assert [Reason.REFUSED] == [each.missing for each in one.readings["sex"]]
    (two,) = read(PROTOCOL, {**STUDY, "ae": STUDY["ae"].assign(AETERM="UNK")}, mapping).records
    assert "term" not in two.lists["adverse_events"][0].fields  # and not a term that is called so


def test_what_a_mapping_says_of_all_items_stays_in_what_is_proposed() -> None:
    reader, translated = translate(PROTOCOL, STUDY)
    data = gather(PROTOCOL, translated.loaded, translated.origins)
    kept = {"blank": ("NA", "."), "units": {"mg%": "mg/dL"}, "missing": {"UNK": "refused"}}
    again = read_text(as_toml(proposal(PROTOCOL, reader, translated, data, kept)), "mapping.toml")
    assert (kept["blank"], kept["units"], kept["missing"]) == (again.blank, again.units, again.missing)
    assert () == again.problems
