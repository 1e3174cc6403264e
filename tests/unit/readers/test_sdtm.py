"""SDTM through a mapping, on studies of two or three made-up patients."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import protocol_dsl
from protocol_dsl.base.studytime import Days
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Range, Reading, Reason, Record
from protocol_dsl.readers.choose import read, readers
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.mapping import read_text

TEXT = """
protocol "SDTM-1"
    language 1
    uses ctcae 5.0, ucum

moments
    consent
    enrolment
    first_dose is first dose of abc

record adverse_event adds maximally_treated : yes/no

data
    birth_date     : date
    sex            : one of female, male
    creatinine     : number in mg/dL; with ULN and LLN; latest
    platelets      : number in 10*9/L; latest
    pulse          : number in /min; latest
    ecog           : number; latest
    response       : one of cr, pr, sd, pd, ne
    adverse_events : list of adverse_event
    doses          : list of dose
    medications    : list of medication

inclusion at enrolment
    I1 "Platelets at least 100"
        platelets at least 100 10*9/L
"""
PROTOCOL: Protocol = protocol_dsl.loads(TEXT).model
DM: dict[str, list[object]] = {"USUBJID": ["P1", "P2"], "SEX": ["F", "M"], "RFSTDTC": ["2026-06-01", "2026-06-08"]}
Frames = Mapping[str, Mapping[str, list[object]]]


def frame(domain: str, columns: Mapping[str, list[object]]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    named = {} if domain.startswith("supp") else {"DOMAIN": [domain[:2].upper()] * count}
    return pd.DataFrame({"STUDYID": ["S"] * count, **named, **columns})


def study(mapping: str = "", **tables: Mapping[str, list[object]]) -> Data:
    frames = {name: frame(name, columns) for name, columns in ({"dm": DM} | tables).items()}
    data = read(PROTOCOL, frames, read_text(mapping, "mapping.toml") if mapping else None)
    assert data.rows_in == sum(map(len, frames.values())) == data.rows_used + data.rows_diagnosed + data.rows_aside
    return data


def lb(**columns: object) -> dict[str, list[object]]:
    given = {
        "USUBJID": "P1", "LBSEQ": 1, "LBTESTCD": "CREAT", "LBORRES": "1.2", "LBORRESU": "mg/dL", "LBDTC": "2026-05-30",
    }  # fmt: skip
    return {name: [value] for name, value in (given | columns).items()}


def both(*parts: dict[str, list[object]]) -> dict[str, list[object]]:
    lengths = [len(next(iter(part.values()))) for part in parts]
    names = dict.fromkeys(name for part in parts for name in part)
    pairs = list(zip(parts, lengths, strict=True))
    return {name: [cell for part, length in pairs for cell in part.get(name, [None] * length)] for name in names}


def record(data: Data, patient: str = "P1") -> Record:
    return next(one for one in data.records if one.patient == patient)


def only(data: Data, item: str, patient: str = "P1") -> Reading:
    (found,) = record(data, patient).readings[item]
    return found


def codes(data: Data) -> list[str]:
    return [one.code for one in data.diagnostics]


def day(year: int, month: int, number: int) -> Days:
    return Days(date(year, month, number), date(year, month, number))


# --- patients -----------------------------------------------------------------------------------------------------


def test_a_folder_with_dm_is_sdtm_and_one_with_patients_is_not(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\nP1,F\n")
    assert ["P1"] == [one.patient for one in read(PROTOCOL, tmp_path).records]
    (tmp_path / "patients.csv").write_text("patient\nQ1\n")
    assert ["Q1"] == [one.patient for one in read(PROTOCOL, tmp_path).records]


def test_the_standard_binds_what_it_has_a_code_for() -> None:
    data = study(dm=DM | {"BRTHDTC": ["1980-03", ""], "RFICDTC": ["2026-05-20", "2026-05-21T10:30"]})
    assert ("female", "male") == (only(data, "sex").value, only(data, "sex", "P2").value)
    assert Range(date(1980, 3, 1), date(1980, 3, 31)) == only(data, "birth_date").value
    assert date(2026, 5, 21) == only(data, "consent", "P2").value
    assert "enrolment" not in record(data).readings


def test_an_age_says_between_which_days_somebody_was_born_and_it_is_said() -> None:
    """40 on 1 June 2026 is born from 2 June 1985, who turns 41 a day later, to 1 June 1986, who turns 40 on it."""
    data = study(dm=DM | {"AGE": [40, None], "AGEU": ["YEARS", "YEARS"]})
    assert Range(date(1985, 6, 2), date(1986, 6, 1)) == only(data, "birth_date").value
    assert "birth_date" not in record(data, "P2").readings
    assert ["PD755"] == codes(data)


def test_an_age_at_consent_or_at_the_reference_start_is_either() -> None:
    data = study(dm=DM | {"AGE": [40, 40], "AGEU": ["YEARS", "MONTHS"], "RFICDTC": ["2026-05-01", ""]})
    assert Range(date(1985, 5, 2), date(1986, 6, 1)) == only(data, "birth_date").value
    assert "birth_date" not in record(data, "P2").readings


def test_a_patient_who_is_not_in_dm_is_said() -> None:
    data = study(lb=lb(USUBJID="P9"))
    (problem,) = data.diagnostics
    assert ("PD710", "every patient has a row in DM") == (problem.code, problem.help)
    assert only(data, "creatinine").stray


def test_one_file_is_enough(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\nP1,F\n")
    assert ["P1"] == [one.patient for one in read(PROTOCOL, tmp_path / "dm.csv").records]


def test_the_place_of_a_patient_in_the_trial_is_what_the_mapping_says() -> None:
    asked = '[patients]\nlevel = { column = "ACTARMCD", values = { A2 = "2", SCRNFAIL = "" } }\ncohort = "ARMCD"\n'
    data = study(asked, dm=DM | {"ACTARMCD": ["A2", "SCRNFAIL"], "ARMCD": ["C 1", ""]})
    assert [{"level": "2", "cohort": "c_1"}, {}] == [dict(one.context) for one in data.records]


def test_the_level_is_the_arm_where_every_arm_is_called_as_a_level() -> None:
    ladder = (
        "\ndoses of abc in mg\n    | level | abc |\n    | 1     | 5   |\n    | 2     | 10  |\n    start at level 1\n"
    )
    protocol = protocol_dsl.loads(TEXT + ladder).model
    for arms, expected in ((["1", "2"], ["1", "2"]), (["1", "SCRNFAIL"], ["1", None]), (["1", "X"], [None, None])):
        data = read(protocol, {"dm": frame("dm", DM | {"ACTARMCD": list(arms)})})
        assert expected == [one.context.get("level") for one in data.records]


def test_the_rows_of_patients_who_are_left_out_are_nobody_elses() -> None:
    data = study('[patients]\nunless = { SEX = "M" }\n', lb=both(lb(USUBJID="P2"), lb(LBSEQ=2)), ae=ae(USUBJID="P2"))
    assert ["P1"] == [one.patient for one in data.records]
    assert ((), 1, 3) == (data.diagnostics, len(record(data).readings["creatinine"]), data.rows_aside)
    assert {} == dict(record(data).lists)


def test_a_row_of_who_is_left_out_is_not_used_though_an_item_of_it_is_empty() -> None:
    data = study('[patients]\nunless = { SEX = "M" }\n', dm=DM | {"BRTHDTC": ["1980-03-01", ""]})
    assert (1, 1) == (data.rows_used, data.rows_aside)


def test_a_domain_may_come_in_several_files_also_where_they_do_not_say_of_which_it_is(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\nP1,F\n")
    (tmp_path / "lbch.csv").write_text("USUBJID,LBSEQ,LBTESTCD,LBORRES,LBORRESU\nP1,1,CREAT,1.2,mg/dL\n")
    (tmp_path / "lbhe.csv").write_text("USUBJID,LBSEQ,LBTESTCD,LBORRES,LBORRESU\nP1,2,PLAT,90,10^9/L\n")
    assert {"sex", "creatinine", "platelets"} == {*record(read(PROTOCOL, tmp_path)).readings}


# --- results ------------------------------------------------------------------------------------------------------


def test_the_original_result_is_read_with_its_own_unit_range_and_place() -> None:
    row = lb(LBORNRLO="0.7", LBORNRHI="1.4", LBSTRESC="106.08", LBSTRESN=106.08, LBSTRESU="umol/L", LBSTNRHI=123.76)
    found = only(study(lb=row), "creatinine")
    assert ("1.2 mg/dL", day(2026, 5, 30)) == (found.written, found.date)
    assert (Fraction(12), Fraction(14), Fraction(7)) == (found.value, found.uln, found.lln)
    assert ("lb", 2, "LBORRES") == (found.origin.file, found.origin.row, found.origin.column)  # type: ignore[union-attr]


def test_where_there_is_no_original_result_the_standardised_one_is_read_and_named() -> None:
    row = lb(LBORRES="", LBORRESU="", LBSTRESC="1.3", LBSTRESN=1.3, LBSTRESU="mg/dL", LBSTNRHI=1.5)
    found = only(study(lb=row), "creatinine")
    assert (Fraction(13), Fraction(15)) == (found.value, found.uln)
    assert "LBSTRESC" == found.origin.column  # type: ignore[union-attr]


def test_below_the_limit_of_detection_is_a_range_although_a_number_stands_beside_it() -> None:
    found = only(study(lb=lb(LBORRES="<0.2", LBSTRESN=0.1, LBSTRESU="mg/dL")), "creatinine")
    assert Range(high=Fraction(2), high_open=True) == found.value


def test_a_range_that_changes_travels_with_its_value() -> None:
    rows = both(lb(LBORNRHI="1.2"), lb(LBSEQ=2, LBDTC="2026-06-02", LBORNRHI="1.4"))
    found = record(study(lb=rows)).readings["creatinine"]
    assert [Fraction(12), Fraction(14)] == [one.uln for one in found]


def test_not_done_is_missing_for_that_reason_on_its_day() -> None:
    found = only(study(lb=lb(LBORRES="", LBSTAT="NOT DONE", LBREASND="HAEMOLYSED")), "creatinine")
    assert (Reason.NOT_DONE, day(2026, 5, 30)) == (found.missing, found.date)


def test_a_whole_category_that_was_not_done_counts_for_its_tests_and_no_other() -> None:
    rows = both(
        lb(LBCAT="CHEMISTRY"), lb(LBSEQ=2, LBTESTCD="PLAT", LBORRES="90", LBORRESU="10^9/L", LBCAT="HEMATOLOGY")
    )
    none = lb(LBSEQ=3, LBTESTCD="LBALL", LBORRES="", LBSTAT="NOT DONE", LBCAT="CHEMISTRY", LBDTC="2026-06-03")
    found = record(study(lb=both(rows, none))).readings
    assert [None, Reason.NOT_DONE] == [one.missing for one in found["creatinine"]]
    assert [None] == [one.missing for one in found["platelets"]]


def test_a_result_without_text_is_not_collected_and_keeps_its_place() -> None:
    found = only(study(lb=lb(LBORRES="")), "creatinine")
    assert (Reason.NOT_COLLECTED, day(2026, 5, 30)) == (found.missing, found.date)


def test_a_unit_that_is_not_known_is_said_at_its_cell_and_its_row_is_unreadable() -> None:
    data = study(lb=lb(LBORRESU="mg/dl%"))
    assert Reason.UNREADABLE is only(data, "creatinine").missing
    (problem,) = data.diagnostics
    assert ("PD722", "LBORRESU", 2) == (problem.code, problem.primary.where.column, problem.primary.where.row)  # type: ignore[union-attr]


def test_a_unit_can_be_translated_by_the_mapping() -> None:
    data = study('[units]\n"mg/dl%" = "mg/dL"\n', lb=lb(LBORRESU="mg/dl%"))
    assert Fraction(12) == only(data, "creatinine").value


def test_results_in_urine_are_another_test() -> None:
    data = study(lb=both(lb(LBSPEC="URINE"), lb(LBSEQ=2, LBSPEC="SERUM", LBORRES="0.9")))
    assert Fraction(9) == only(data, "creatinine").value
    assert 1 == data.rows_aside
    urine = study('[items]\ncreatinine = { specimen = "URINE" }\n', lb=both(lb(LBSPEC="URINE"), lb(LBSPEC="SERUM")))
    assert Fraction(12) == only(urine, "creatinine").value


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026---15", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-03-01T10:30+02:00", date(2026, 3, 1), date(2026, 3, 1)),
        ("2026-03-01T-:30", date(2026, 3, 1), date(2026, 3, 1)),
        ("2026-03-01/2026-03-04", date(2026, 3, 1), date(2026, 3, 4)),
        ("2026-02/2026-03-04", date(2026, 2, 1), date(2026, 3, 4)),
    ],
)
def test_days_are_what_iso_8601_says_of_them(written: str, first: date, last: date) -> None:
    assert Days(first, last) == only(study(lb=lb(LBDTC=written)), "creatinine").date


@pytest.mark.parametrize(
    ("number", "known"), [(1, day(2026, 6, 1)), (-1, day(2026, 5, 31)), (8, day(2026, 6, 8)), (0, None)]
)
def test_a_day_that_is_only_numbered_is_counted_from_the_reference_start_without_a_day_zero(
    number: int, known: Days | None
) -> None:
    assert known == only(study(lb=lb(LBDTC="", LBDY=number)), "creatinine").date


def test_a_row_that_repeats_another_counts_once_and_one_of_another_time_is_another() -> None:
    again = study(lb=both(lb(), lb(LBSEQ=2)))
    assert (["PD730"], 1) == (codes(again), len(record(again).readings["creatinine"]))
    later = study(lb=both(lb(LBTPT="BEFORE"), lb(LBSEQ=2, LBTPT="AFTER")))
    assert ([], 2) == (codes(later), len(record(later).readings["creatinine"]))


def test_results_of_one_day_that_differ_are_both_kept() -> None:
    found = record(study(lb=both(lb(), lb(LBSEQ=2, LBORRES="1.9")))).readings["creatinine"]
    assert {Fraction(12), Fraction(19)} == {one.value for one in found}


def test_a_score_is_what_the_instrument_counts_and_not_the_word_that_was_said() -> None:
    row: dict[str, list[object]] = {
        "USUBJID": ["P1"], "RSSEQ": [1], "RSTESTCD": ["ECOG101"], "RSORRES": ["Fully active"], "RSSTRESC": ["0"],
        "RSDTC": ["2026-05-30"],
    }  # fmt: skip
    assert Fraction(0) == only(study(rs=row), "ecog").value


def test_one_assessor_is_chosen_by_the_mapping() -> None:
    rows: dict[str, list[object]] = {
        "USUBJID": ["P1", "P1"], "RSSEQ": [1, 2], "RSTESTCD": ["OVRLRESP"] * 2, "RSORRES": ["PR", "SD"],
        "RSEVAL": ["INVESTIGATOR", "INDEPENDENT ASSESSOR"], "RSDTC": ["2026-07-01"] * 2,
    }  # fmt: skip
    asked = '[items]\nresponse = { from = "RS", test = "OVRLRESP", where = { RSEVAL = "INVESTIGATOR" } }\n'
    assert "pr" == only(study(asked, rs=rows), "response").value


# --- lists --------------------------------------------------------------------------------------------------------


def ae(**columns: object) -> dict[str, list[object]]:
    given = {"USUBJID": "P1", "AESEQ": 1, "AETERM": "Low platelets", "AESTDTC": "2026-06-03", "AETOXGR": "3"}
    return {name: [value] for name, value in (given | columns).items()}


def test_an_adverse_event_is_read_with_its_grade_attribution_and_outcome() -> None:
    row = ae(AEDECOD="Platelet count decreased", AEREL="PROBABLE", AEOUT="RECOVERED/RESOLVED", AEENDTC="2026-06-09")
    (event,) = record(study(ae=row)).lists["adverse_events"]
    found = {name: one.value for name, one in event.fields.items()}
    assert {
        "term": "platelet_count_decreased",
        "grade": Fraction(3),
        "start": date(2026, 6, 3),
        "end": date(2026, 6, 9),
        "attributed": "probable",
        "outcome": "recovered",
    } == found


def test_a_value_set_of_the_mapping_adds_to_that_of_the_standard() -> None:
    asked = '[lists.adverse_events.columns]\nattributed = { values = { RELATED = "probable" } }\n'
    events = both(ae(AEREL="RELATED"), ae(AESEQ=2, AEREL="NOT RELATED"))
    told = [one.fields["attributed"].value for one in record(study(asked, ae=events)).lists["adverse_events"]]
    assert ["probable", "unrelated"] == told


def test_an_event_that_was_asked_for_and_denied_is_none_and_one_that_was_not_asked_for_may_be() -> None:
    asked_for = ae(AEPRESP="Y", AEOCCUR="N", AESTAT="")
    forgotten = ae(AESEQ=2, AEPRESP="Y", AEOCCUR="", AESTAT="NOT DONE")
    data = study(ae=both(asked_for, forgotten))
    (event,) = record(data).lists["adverse_events"]
    assert ({}, 1) == (dict(event.fields), data.rows_aside)


def test_a_filter_of_the_mapping_adds_to_that_of_the_standard() -> None:
    rows = both(ae(AEOCCUR="N", AECAT="A"), ae(AESEQ=2, AEOCCUR="Y", AECAT="B"), ae(AESEQ=3, AEOCCUR="Y", AECAT="A"))
    data = study('[lists.adverse_events]\nunless = { AECAT = "B" }\n', ae=rows)
    (event,) = record(data).lists["adverse_events"]
    assert ("ae", 4) == (event.origin.file, event.origin.row)  # type: ignore[union-attr]


def test_an_attribution_that_could_mean_several_is_said_and_unreadable() -> None:
    data = study(ae=ae(AEREL="RELATED"))
    (event,) = record(data).lists["adverse_events"]
    assert Reason.UNREADABLE is event.fields["attributed"].missing
    assert ["PD726"] == codes(data)


def test_an_event_that_had_not_ended_is_ongoing_only_where_the_table_says_so() -> None:
    (said,) = record(study(ae=ae(AEENDTC="", AEENRTPT="ONGOING"))).lists["adverse_events"]
    (unsaid,) = record(study(ae=ae(AEENDTC="", AEOUT="NOT RECOVERED/NOT RESOLVED"))).lists["adverse_events"]
    assert Attested.ONGOING is said.fields["end"].value
    assert "end" not in unsaid.fields


def test_what_was_not_coded_goes_by_what_was_written_and_is_no_drug_of_its_own() -> None:
    written: dict[str, list[object]] = {"CMTRT": ["Deltacortril", "Tums"], "CMDECOD": ["PREDNISOLONE", "UNCODED"]}
    table: dict[str, list[object]] = {"USUBJID": ["P1", "P1"], "CMSEQ": [1, 2], **written}
    both_columns, coded, chosen = (
        [one.fields for one in record(study(mapping, cm=table)).lists["medications"]]
        for mapping in (
            "",
            '[lists.medications.columns]\ndrug = "CMDECOD"\n',
            '[lists.medications]\nwhere = { CMDECOD = "UNCODED" }\n',
        )
    )
    assert ["prednisolone", "tums"] == [fields["drug"].value for fields in both_columns]
    assert [True, False] == ["drug" in fields for fields in coded]
    assert ["tums"] == [fields["drug"].value for fields in chosen]


def test_words_become_names_whatever_stands_between_them() -> None:
    row: dict[str, list[object]] = {
        "USUBJID": ["P1"],
        "CMSEQ": [1],
        "CMTRT": ["TYLENOL W/CODEINE NO. 4 (ORAL)"],
        "CMSTDTC": ["2026"],
    }
    (event,) = record(study(cm=row)).lists["medications"]
    assert "tylenol_w_codeine_no_4_oral" == event.fields["drug"].value


def test_supplemental_qualifiers_are_columns_of_their_table() -> None:
    qualifier: dict[str, list[object]] = {
        "USUBJID": ["P1"], "RDOMAIN": ["AE"], "IDVAR": ["AESEQ"], "IDVARVAL": ["1"], "QNAM": ["AEMAXT"], "QVAL": ["Y"],
    }  # fmt: skip
    asked = '[lists.adverse_events.columns]\nmaximally_treated = "AEMAXT"\n'
    data = study(asked, ae=ae(), suppae=qualifier)
    (event,) = record(data).lists["adverse_events"]
    assert event.fields["maximally_treated"].value is True
    assert (0, 0) == (data.rows_diagnosed, data.rows_aside)
    astray = study(asked, ae=ae(), suppae=qualifier | {"IDVARVAL": ["7"]})
    assert ({"PD752", "PD754"}, 1) == ({*codes(astray)}, astray.rows_diagnosed)


@pytest.mark.parametrize("link", [{"FALNKID": ["a"]}, {"FAOBJ": ["low platelets"]}])
def test_findings_about_an_event_are_columns_of_it(link: dict[str, list[object]]) -> None:
    finding: dict[str, list[object]] = {"USUBJID": ["P1"], "FASEQ": [1], "FATESTCD": ["MAXTRT"], "FAORRES": ["Y"]}
    events = both(ae(AELNKID="a"), ae(AESEQ=2, AETERM="Fever", AELNKID="b"))
    asked = '[lists.adverse_events.columns]\nmaximally_treated = "FA.MAXTRT"\n'
    data = study(asked, ae=events, faae=finding | link)
    told = [one.fields.get("maximally_treated") for one in record(data).lists["adverse_events"]]
    assert [True, None] == [one and one.value for one in told]
    assert data.rows_aside == 0


def test_a_finding_that_may_be_about_two_events_is_about_none_and_said() -> None:
    finding: dict[str, list[object]] = {
        "USUBJID": ["P1"], "FASEQ": [1], "FATESTCD": ["MAXTRT"], "FAORRES": ["Y"], "FAOBJ": ["LOW PLATELETS"],
    }  # fmt: skip
    data = study(ae=both(ae(), ae(AESEQ=2, AESTDTC="2026-07-01")), faae=finding)
    assert (["PD754"], 1) == (codes(data), data.rows_diagnosed)


def test_doses_come_from_what_was_given_and_not_from_what_was_planned() -> None:
    ex: dict[str, list[object]] = {
        "USUBJID": ["P1"], "EXSEQ": [1], "EXTRT": ["ABC"], "EXDOSE": [5], "EXDOSU": ["mg"], "EXSTDTC": ["2026-06-01"],
    }  # fmt: skip
    (dose,) = record(study(ex=ex)).lists["doses"]
    assert ("abc", date(2026, 6, 1)) == (dose.fields["product"].value, dose.fields["date"].value)
    assert "5 mg" == dose.fields["amount"].written
    ec: dict[str, list[object]] = {
        "USUBJID": ["P1"] * 3, "ECSEQ": [1, 2, 3], "ECTRT": ["ABC"] * 3, "ECDOSE": [4, 5, None], "ECDOSU": ["mg"] * 3,
        "ECSTDTC": ["2026-06-02", "2026-06-02", "2026-06-09"], "ECMOOD": ["PERFORMED", "SCHEDULED", "PERFORMED"],
        "ECOCCUR": ["Y", "", "N"],
    }  # fmt: skip
    (dose,) = record(study(ex=ex, ec=ec)).lists["doses"]
    assert "4 mg" == dose.fields["amount"].written


def test_doses_over_several_days_are_one_on_the_first_and_others_on_days_unknown_and_it_is_said() -> None:
    ex: dict[str, list[object]] = {
        "USUBJID": ["P1", "P2"], "EXSEQ": [1, 1], "EXTRT": ["ABC"] * 2, "EXSTDTC": ["2026-06-01", "2026-06-08"],
        "EXENDTC": ["2026-06-14", "2026-06-08T18:00"],
    }  # fmt: skip
    data = study(ex=ex)
    days = [[one.fields["date"].value for one in each.lists["doses"]] for each in data.records]
    assert [[date(2026, 6, 1), Range(date(2026, 6, 2), date(2026, 6, 14))], [date(2026, 6, 8)]] == days
    assert ["PD756"] == codes(data)


def test_the_completeness_of_a_list_is_what_the_mapping_says() -> None:
    cm: dict[str, list[object]] = {
        "USUBJID": ["P1", "P1", "P2"], "CMSEQ": [1, 2, 1], "CMTRT": ["A", "B", "C"],
        "CMDTC": ["2026-05-30", "2026-06-15", "2026-06-15"],
    }  # fmt: skip
    assert {} == dict(record(study(cm=cm)).attested)
    asked = '[lists.medications]\ncomplete = "CMDTC"\n'
    assert {"medications": date(2026, 6, 15)} == dict(record(study(asked, cm=cm)).attested)
    asked = '[lists.medications]\ncomplete = { column = "CMDTC", on_or_before = "RFSTDTC" }\n'
    assert {"medications": date(2026, 5, 30)} == dict(record(study(asked, cm=cm)).attested)
    assert {} == dict(record(study(asked, cm=cm), "P2").attested)


def test_entries_that_every_visit_lists_again_count_once_by_the_first() -> None:
    cm: dict[str, list[object]] = {
        "USUBJID": ["P1", "P1"], "CMSEQ": [1, 2], "CMTRT": ["A", "A"], "CMDTC": ["2026-06-15", "2026-05-30"],
    }  # fmt: skip
    asked = '[lists.medications]\nsame = ["CMTRT"]\nfirst_by = "CMDTC"\n[lists.medications.columns]\nstart = "CMDTC"\n'
    data = study(asked, cm=cm)
    (event,) = record(data).lists["medications"]
    assert (date(2026, 5, 30), 2 + 2) == (event.fields["start"].value, data.rows_used)


# --- rows ---------------------------------------------------------------------------------------------------------


def test_rows_that_nothing_asks_for_are_counted_by_what_they_are() -> None:
    data = study(lb=both(lb(), lb(LBSEQ=2, LBTESTCD="ALB")), ta={"ARMCD": ["A", "B"]})
    told = {account.file: dict(account.aside) for account in data.files}
    assert {"dm": {}, "lb": {"rows of LB that nothing asks for": 1}, "ta": {"TA, which nothing asks for": 2}} == told


def test_a_row_of_which_nobody_can_tell_the_cells_is_held_against_every_item_of_its_table(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\nP1,F\n")
    (tmp_path / "lb.csv").write_text("DOMAIN,USUBJID,LBTESTCD,LBORRES,LBORRESU\nLB,P1,PLAT,90,10^9/L\nLB,P1,PLAT\n")
    data = read(PROTOCOL, tmp_path)
    assert (3, 2, 1) == (data.rows_in, data.rows_used, data.rows_diagnosed)
    assert [None, Reason.UNREADABLE] == [one.missing for one in record(data).readings["platelets"]]


def test_the_order_of_rows_and_columns_changes_nothing() -> None:
    rows = both(both(lb(), lb(LBSEQ=2, USUBJID="P2")), lb(LBSEQ=3, LBTESTCD="PLAT", LBORRES="90", LBORRESU="10^9/L"))
    turned = {name: values[::-1] for name, values in reversed(rows.items())}
    assert study(lb=rows).records == study(lb=turned).records


def test_a_column_that_stands_twice_refuses_the_table(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX,SEX\nP1,F,M\n")
    data = read(PROTOCOL, tmp_path)
    assert (["PD704"], (str(tmp_path / "dm.csv"),)) == (codes(data), data.unread)


def test_a_file_that_cannot_be_read_stops_the_run_unless_it_is_about_no_patient(
    tmp_path: Path,
) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\nP1,F\n")
    (tmp_path / "ts.xpt").write_bytes(b"rubbish")
    spared = read(PROTOCOL, tmp_path)
    assert ((), ["warning"]) == (spared.unread, [one.severity.value for one in spared.diagnostics])
    (tmp_path / "safety.xpt").write_bytes(b"rubbish")
    assert (str(tmp_path / "safety.xpt"),) == read(PROTOCOL, tmp_path).unread


@pytest.mark.parametrize("name", ["lb.xpt", "qs.xpt", "ds.xpt", "eg.xpt", "suppae.xpt"])
def test_an_unreadable_table_of_patients_stops_the_run_although_nothing_of_it_is_seen(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\nP1,F\n")
    (tmp_path / name).write_bytes(b"rubbish")
    assert (str(tmp_path / name),) == read(PROTOCOL, tmp_path).unread


def test_every_reader_is_a_file_that_offers_itself_under_its_own_name() -> None:
    assert {"plain", "sdtm", "adam"} <= {*readers()}
    for name, one in readers().items():
        module = __import__(f"protocol_dsl.readers.{name}", fromlist=["reader"])
        assert module.reader is one


# --- tumours ------------------------------------------------------------------------------------------------------

TUMOURS = protocol_dsl.loads("""
protocol "SDTM-2"
    language 1

moments
    enrolment

data
    lesions  : list of lesion
    sizes    : list of lesion_measurement
    response : one of cr, pr, sd, pd, ne; latest

inclusion at enrolment
    I1 "Measurable"
        any sizes where (kind is target and measure is longest_diameter and diameter at least 10 mm)
    I2 "No new lesion"
        no lesions where (kind is new)
    I3 "In response"
        response is one of cr, pr
""").model
TU: dict[str, list[object]] = {
    "USUBJID": ["P1", "P1"],
    "TULNKID": ["T01", "NEW01"],
    "TUORRES": ["TARGET", "NEW"],
    "TULOC": ["LYMPH NODE", "LIVER"],
    "TUDTC": ["2026-05-01", "2026-05-30"],
}
TR: dict[str, list[object]] = {
    "USUBJID": ["P1"] * 3,
    "TRSEQ": [1, 2, 3],
    "TRLNKID": ["T01", "T01", "NEW01"],
    "TRTESTCD": ["LDIAM", "LPERP", "TUMSTATE"],
    "TRORRES": ["1.8", "1.2", "PRESENT"],
    "TRORRESU": ["cm", "cm", ""],
    "TRDTC": ["2026-05-02", "2026-05-02", "2026-05-30"],
}
RS: dict[str, list[object]] = {"USUBJID": ["P1"], "RSTESTCD": ["OVRLRESP"], "RSORRES": ["PR"], "RSDTC": ["2026-05-30"]}


def tumours(**tables: Mapping[str, list[object]]) -> Data:
    frames = {
        name: frame(name, columns) for name, columns in ({"dm": DM, "tu": TU, "tr": TR, "rs": RS} | tables).items()
    }
    data = read(TUMOURS, frames)
    assert data.rows_in == sum(map(len, frames.values())) == data.rows_used + data.rows_diagnosed + data.rows_aside
    return data


def fields(data: Data, name: str) -> list[dict[str, object]]:
    return [{field: one.value for field, one in event.fields.items()} for event in record(data).lists[name]]


def test_a_measurement_has_what_was_said_of_its_lesion() -> None:
    """1.8 cm are 18 thousandths of a metre; what has no diameter is a lesion and no measurement."""
    data = tumours()
    day = date(2026, 5, 2)
    shared = {"lesion": "t01", "kind": "target", "location": "lymph_node", "date": day}
    assert fields(data, "sizes") == [
        shared | {"measure": "longest_diameter", "diameter": Fraction(18, 1000)},
        shared | {"measure": "longest_perpendicular", "diameter": Fraction(12, 1000)},
    ]
    assert [one["kind"] for one in fields(data, "lesions")] == ["target", "new"]
    assert [one.value for one in record(data).readings["response"]] == ["pr"]
    assert codes(data) == []


def test_a_lesion_that_is_called_two_things_is_called_neither() -> None:
    twice = {name: [*cells, cells[0]] for name, cells in TU.items()} | {"TULOC": ["LYMPH NODE", "LIVER", "SPLEEN"]}
    data = tumours(tu=twice)
    assert [one.get("location") for one in fields(data, "sizes")] == [None, None]
    assert codes(data) == ["PD754"]


def test_readers_of_the_pictures_name_lesions_of_their_own() -> None:
    """The first reader calls T01 a lymph node, the second something in the liver."""
    names: list[object] = ["READER 1", "READER 1", "READER 2"]
    both_read: dict[str, list[object]] = {name: [*cells, cells[0]] for name, cells in TU.items()} | {"TUEVALID": names}
    both_read["TULOC"] = ["LYMPH NODE", "LIVER", "LIVER"]
    data = tumours(tu=both_read, tr=TR | {"TREVALID": ["READER 1", "READER 2", "READER 1"]})
    assert [one.get("location") for one in fields(data, "sizes")] == ["lymph_node", "liver"]


# --- dates and study days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "number", "told"),
    [
        ("2026-06-01", "1", []),  # the first of June is day 1
        ("2026-05-31", "-1", []),  # and there is no day 0
        ("2026-06-02", "1", ["PD757"]),
        ("2026-05-31", "0", []),
        ("2026-06", "1", []),  # a month contradicts no day in it, nor out of it
        ("2026-06-05T08:30", "5", []),
    ],
)
def test_a_date_is_held_against_its_study_day(day: str, number: str, told: list[str]) -> None:
    assert codes(study(lb=lb(LBDTC=day, LBDY=number))) == told
