"""REDCap: what cells of an export mean once the dictionary is read, one invented project for each kind of thing."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

import protocol_dsl
from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Reading, Reason
from protocol_dsl.readers.choose import read, translate
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.plain import gather
from protocol_dsl.readers.proposal import as_toml, proposal

PROTOCOL: Protocol = protocol_dsl.loads(
    """
protocol "CAP-1"
    language 1
    uses ctcae 5.0, ucum

moments
    enrolment

data
    sex            : one of female, male
    birth_date     : date
    height         : number in m; latest
    weight         : number in kg; with ULN; latest
    ecog           : number; latest
    smoker         : yes/no
    drugs          : any of aspirin, warfarin, heparin
    on_warfarin    : yes/no
    site           : text
    adverse_events : list of adverse_event

doses of abc in mg
    | level | abc |
    | 1     | 10  |
    | 2     | 20  |
    start at level 1

inclusion at enrolment
    I1 "Weight"
        weight at least 40 kg
"""
).model
HEAD = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",'
    '"Text Validation Min","Text Validation Max",Identifier?,"Branching Logic (Show field only if...)",'
    '"Required Field?","Custom Alignment","Question Number (surveys only)","Matrix Group Name","Matrix Ranking?",'
    '"Field Annotation"\n'
)
API = (
    "field_name,form_name,section_header,field_type,field_label,select_choices_or_calculations,field_note,"
    "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,identifier,branching_logic,"
    "required_field,custom_alignment,question_number,matrix_group_name,matrix_ranking,field_annotation\n"
)
ID = ("record_id", "demographics", "text", "Record ID", "", "", "")
Field = tuple[str, str, str, str, str, str, str]


def project(where: Path, fields: Iterable[Field], data: str, mapping: str = "", head: str = HEAD) -> Data:
    """A project that is read to the last row."""
    if mapping:
        (where / "mapping.toml").write_text(mapping)
    found = written(where, fields, data, head)
    assert found.rows_in == found.rows_used + found.rows_diagnosed + found.rows_aside == len(data.splitlines()) - 1
    return found


def written(where: Path, fields: Iterable[Field], data: str, head: str = HEAD) -> Data:
    """What is read of a project in files. A field: name, form, type, label, choices, validation, annotation."""
    rows = "".join(
        f'{name},{form},,{kind},"{label}","{choices}",,{validation},,,,,,,,,,"{annotation}"\n'
        for name, form, kind, label, choices, validation, annotation in (ID, *fields)
    )
    (where / "dictionary.csv").write_text(head + rows)
    (where / "data.csv").write_text(data)
    return read(PROTOCOL, where)


def readings(data: Data, item: str) -> list[tuple[Reading, ...]]:
    return [record.readings.get(item, ()) for record in data.records]


def values(data: Data, item: str) -> list[object]:
    return [one.value if one.missing is None else one.missing for each in readings(data, item) for one in each]


@pytest.mark.parametrize("head", [HEAD, API])
def test_codes_are_what_their_labels_say(head: str, tmp_path: Path) -> None:
    fields = [
        ("sex", "demographics", "radio", "Sex", "0, Female | 1, Male", "", ""),
        ("smoker", "demographics", "yesno", "Smokes", "", "", ""),
        ("site", "demographics", "dropdown", "Site", "a, St. Mary's | b, Other, unknown", "", ""),
    ]
    data = project(tmp_path, fields, "record_id,sex,smoker,site\nx-1,0,1,a\nx-2,1,0,b\n", head=head)
    assert ["x-1", "x-2"] == [one.patient for one in data.records]
    assert ["female", "male"] == values(data, "sex")
    assert [True, False] == values(data, "smoker")
    assert ["st_marys", "other_unknown"] == values(data, "site")
    assert Cell(str(tmp_path / "data.csv"), 2, "sex") == readings(data, "sex")[0][0].origin


@pytest.mark.parametrize(
    ("choices", "code", "value"),
    [
        ("0, Fully active | 1, Restricted", "1", Fraction(1)),
        ("1, 0 - Fully active | 2, 1 - Restricted", "2", Fraction(1)),  # the code is not the score
        ("1, ECOG 0 | 2, ECOG 1", "1", Fraction(0)),
        ("1, 0-1 | 2, 2 or more", "1", Reason.UNREADABLE),  # a range is no number
        ("1, Up to 1 | 2, More", "1", Reason.UNREADABLE),
    ],
)
def test_a_number_that_is_chosen_is_the_one_that_was_read(
    choices: str, code: str, value: object, tmp_path: Path
) -> None:
    fields = [("ecog", "demographics", "radio", "ECOG", choices, "", "")]
    assert [value] == values(project(tmp_path, fields, f"record_id,ecog\n1,{code}\n"), "ecog")


def test_decimals_with_a_comma_are_read_where_the_dictionary_says_so(tmp_path: Path) -> None:
    fields = [
        ("height", "demographics", "text", "Height (m, with a comma)", "", "number_comma_decimal", ""),
        ("weight", "demographics", "text", "Weight [kg]", "", "number", ""),
    ]
    data = project(tmp_path, fields, 'record_id,height,weight\n1,"1,54","52,3"\n2,"1.234,5",52.3\n')
    assert [Fraction("1.54"), Reason.UNREADABLE] == values(data, "height")
    assert [Reason.UNREADABLE, Fraction(52300)] == values(data, "weight")
    assert ["PD720", "PD720"] == [one.code for one in data.diagnostics]


def test_a_unit_that_stands_nowhere_is_not_guessed(tmp_path: Path) -> None:
    fields = [("weight", "demographics", "text", "Weight", "", "number", "")]
    data = project(tmp_path, fields, "record_id,weight\n1,52\n")
    assert ["PD721"] == [one.code for one in data.diagnostics]
    told = project(
        tmp_path, fields, "record_id,weight\n1,52\n", '[items.weight]\nfrom="demographics"\ncolumn="weight"\nunit="kg"'
    )
    assert [Fraction(52000)] == values(told, "weight")


BOXES = [("drugs", "history", "checkbox", "Drugs", "1, Aspirin | 2, Warfarin | -3, Heparin", "", "")]
WARFARIN = '[items]\non_warfarin = "history.drugs___2"\n'
BOXED = "record_id,drugs___1,drugs___2,drugs____3,history_complete\n"


def test_a_box_that_is_not_ticked_means_no_only_where_somebody_looked(tmp_path: Path) -> None:
    rows = "1,1,0,1,0\n2,0,0,0,2\n3,0,0,0,0\n4,0,1,0,1\n5,0,0,0,1\n"
    data = project(tmp_path, BOXES, BOXED + rows, WARFARIN)
    chosen: list[object] = [frozenset({"aspirin", "heparin"}), frozenset(), frozenset({"warfarin"})]
    assert chosen == values(data, "drugs")
    assert [(False,), (False,), (), (True,), ()] == [
        tuple(one.value for one in each) for each in readings(data, "on_warfarin")
    ]


@pytest.mark.parametrize("said", ['1 = "heparin"', 'Aspirin = "heparin"', 'aspirin = "heparin"'])
@pytest.mark.parametrize("where", ['from = "history"\ncolumn = "drugs"\n', ""])
def test_boxes_that_are_ticked_are_looked_up_one_by_one(said: str, where: str, tmp_path: Path) -> None:
    mapping = f"[items.drugs]\n{where}values = {{ {said} }}\n"
    data = project(tmp_path, BOXES, BOXED + "1,1,1,0,2\n2,1,0,0,2\n3,0,1,0,2\n4,0,0,0,2\n", mapping)
    chosen = [{"heparin", "warfarin"}, {"heparin"}, {"warfarin"}, set()]
    assert list(map(frozenset, chosen)) == values(data, "drugs")


def test_a_missing_data_code_that_is_ticked_is_none_of_the_choices(tmp_path: Path) -> None:
    head, row = BOXED.strip() + ",drugs___unk,drugs____999\n", "1,0,0,0,2,1,0\n2,0,0,0,2,0,1\n"
    mapping = '[missing]\nUNK = "not collected"\n"-999" = "refused"\n'
    data = project(tmp_path, BOXES, head + row, WARFARIN + mapping)
    assert [Reason.NOT_COLLECTED, Reason.REFUSED] == values(data, "drugs") == values(data, "on_warfarin")
    (tmp_path / "mapping.toml").unlink()
    undeclared = project(tmp_path, BOXES, head + row)
    assert [Reason.UNREADABLE] * 2 == values(undeclared, "drugs")


def test_missing_data_codes_say_why_there_is_no_value(tmp_path: Path) -> None:
    fields = [
        ("weight", "demographics", "text", "Weight (kg)", "", "number", ""),
        ("site", "demographics", "text", "Site", "", "", ""),
        ("birth_date", "demographics", "text", "Born", "", "date_dmy", ""),
        ("height", "demographics", "text", "Height (m)", "", "number", "@HIDDEN missing: -1, Refused | -2, Unknown"),
    ]
    text = "record_id,weight,site,birth_date,height\n1,-999,UNK,NASK,-1\n2,60,north,1980-02-01,-2\n"
    mapping = '[missing]\nUNK = "not collected"\nNASK = "not done"\n"-999" = "pending"\n'
    data = project(tmp_path, fields, text, mapping)
    assert [Reason.PENDING, Fraction(60000)] == values(data, "weight")
    assert [Reason.NOT_COLLECTED, "north"] == values(data, "site")
    assert [Reason.NOT_DONE, date(1980, 2, 1)] == values(data, "birth_date")
    assert [Reason.REFUSED, Reason.NOT_COLLECTED] == values(data, "height")
    (tmp_path / "mapping.toml").unlink()
    undeclared = project(tmp_path, fields, text)
    assert Reason.UNREADABLE in values(undeclared, "birth_date")


EVENTS = [
    ("ae_term", "adverse_events", "text", "Event", "", "", ""),
    ("ae_grade", "adverse_events", "radio", "Grade", "1, Mild | 2, Moderate | 3, Severe", "", ""),
    ("ae_start_date", "adverse_events", "text", "From", "", "date_mdy", ""),
    ("ae_end", "adverse_events", "text", "To", "", "date_mdy", ""),
    ("ae_ongoing", "adverse_events", "yesno", "Ongoing", "", "", ""),
    ("weight", "vital_signs", "text", "Weight (kg)", "", "number", ""),
    ("date_weight", "vital_signs", "text", "On", "", "date_ymd", ""),
]
REPEATED = (
    "record_id,redcap_repeat_instrument,redcap_repeat_instance,ae_term,ae_grade,ae_start_date,ae_end,ae_ongoing,"
    "adverse_events_complete,weight,date_weight,vital_signs_complete"
    """
1,,,,,,,,,,,
1,adverse_events,1,Fever,2,2026-06-01,2026-06-03,0,2,,,
1,adverse_events,2,Rash,1,2026-06-05,,1,0,,,
1,vital_signs,1,,,,,,,60.5,2026-05-30,2
1,vital_signs,2,,,,,,,61,2026-06-30,2
2,vital_signs,1,,,,,,,70,2026-06-30,2
"""
)


def test_repeated_instruments_are_entries_and_readings_of_their_days(tmp_path: Path) -> None:
    data = project(tmp_path, EVENTS, REPEATED)
    one, two = data.records
    assert [(Fraction(60500), "2026-05-30"), (Fraction(61000), "2026-06-30")] == [
        (each.value, str(each.date.first)) for each in one.readings["weight"] if each.date
    ]
    first, second = one.lists["adverse_events"]
    assert ("fever", Fraction(2), date(2026, 6, 3)) == tuple(
        first.fields[name].value for name in ("term", "grade", "end")
    )
    assert Attested.ONGOING == second.fields["end"].value
    assert "adverse_events" not in two.lists
    assert ((), 6) == (data.diagnostics, data.rows_used)


def test_a_row_that_repeats_an_instance_counts_once_and_is_said(tmp_path: Path) -> None:
    doubled = REPEATED + "2,vital_signs,2,,,,,,,70,2026-06-30,2\n"
    data = project(tmp_path, EVENTS, doubled)
    assert ["PD730"] == [one.code for one in data.diagnostics]
    assert [2, 1] == [len(each) for each in readings(data, "weight")]


LONGITUDINAL = """record_id,redcap_event_name,weight,date_weight,level
a,screening_arm_1,60,2026-05-01,
a,visit_1_arm_1,62,2026-06-01,2
b,screening_arm_1,70,2026-05-02,
b,visit_1_arm_1,,,1
b,visit_2_arm_1,,,2
"""
LEVELS = [*EVENTS[5:], ("level", "allocation", "dropdown", "Level", "1, Level 1 | 2, Level 2", "", "")]


def test_events_are_told_apart_where_a_mapping_asks(tmp_path: Path) -> None:
    data = project(tmp_path, LEVELS, LONGITUDINAL)
    assert [Fraction(60000), Fraction(62000), Fraction(70000)] == values(data, "weight")
    mapping = """
[items.weight]
from = "vital_signs"
column = "weight"
date = "date_weight"
where = { redcap_event_name = "visit_1_arm_1" }
"""
    assert [Fraction(62000)] == values(project(tmp_path, LEVELS, LONGITUDINAL, mapping), "weight")


def test_a_record_that_says_two_things_of_its_place_has_none(tmp_path: Path) -> None:
    data = project(tmp_path, LEVELS, LONGITUDINAL)
    assert ["2", ""] == [one.context.get("level", "") for one in data.records]
    (said,) = data.diagnostics
    assert "record `b` has several values of `level`" in said.message


def test_a_row_of_another_width_is_said_and_keeps_its_place(tmp_path: Path) -> None:
    data = project(tmp_path, LEVELS, LONGITUDINAL + "c,screening_arm_1,80\n")
    assert ["PD706"] == [one.code for one in data.diagnostics if one.code != "PD711"]
    assert [Reason.UNREADABLE] == [one.missing for one in readings(data, "weight")[2]]


@pytest.mark.parametrize(
    ("mapping", "code", "cure"),
    [
        ('[items]\nweight = "vital_sign.weight"', "PD752", "`vital_signs` is near"),
        ('[items]\nweight = "vital_signs.wieght"', "PD752", "`weight` is near"),
        ('[missing]\nUNK = "unknown"', "PD750", "write a reason"),
        ('[mising]\nUNK = "refused"', "PD750", "`missing` is near"),
    ],
)
def test_a_mapping_is_held_against_the_project(mapping: str, code: str, cure: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(mapping)
    data = written(tmp_path, LEVELS, LONGITUDINAL)
    problem = next(one for one in data.diagnostics if one.code == code)
    assert cure in (problem.help or "")
    assert data.unread


def test_what_is_proposed_reads_the_same(tmp_path: Path) -> None:
    before = project(tmp_path, EVENTS, REPEATED)
    reader, translated = translate(PROTOCOL, tmp_path)
    found = proposal(PROTOCOL, reader, translated, gather(PROTOCOL, translated.loaded, translated.origins), {})
    after = project(tmp_path, EVENTS, REPEATED, as_toml(found))
    assert (before.records, before.diagnostics) == (after.records, after.diagnostics)


def test_a_table_without_the_record_is_said(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("patient,weight\n1,60\n")
    (tmp_path / "arm.csv").write_text("arm_num,name\n1,A\n")
    rows = ",".join((ID[0], ID[1], "", ID[2], ID[3], *[""] * 13))
    (tmp_path / "dictionary.csv").write_text(API + rows)
    nobody = read(PROTOCOL, tmp_path)
    assert ["PD703"] == [one.code for one in nobody.diagnostics]
    assert nobody.unread
    (tmp_path / "data.csv").write_text("record_id,redcap_event_name\n1,a\n,b\n")
    data = read(PROTOCOL, tmp_path)
    assert ["PD705", "PD710"] == sorted(one.code for one in data.diagnostics)
    assert data.rows_in == 3 == data.rows_used + data.rows_diagnosed + data.rows_aside


def test_codes_that_two_dictionaries_tell_otherwise_are_not_used(tmp_path: Path) -> None:
    fields = [("sex", "demographics", "radio", "Sex", "0, Female | 1, Male", "", "")]
    rows = "record_id,sex\n1,0\n"
    project(tmp_path, fields, rows)
    turned = 'sex,demographics,,radio,Sex,"0, Male | 1, Female",,,,,,,,,,,,\n'
    (tmp_path / "older.csv").write_text(API + turned)
    data = read(PROTOCOL, tmp_path)
    assert ["PD704"] == [one.code for one in data.diagnostics]
    assert [()] == readings(data, "sex")


def test_a_row_of_the_dictionary_that_is_torn_explains_nothing(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("record_id,sex\n1,1\n")
    torn = "sex,demographics,,radio,Sex,1, Female | 2, Male,,,,,,,,,,,,\n"
    (tmp_path / "dictionary.csv").write_text(API + ",".join((ID[0], ID[1], "", ID[2], *[""] * 14)) + "\n" + torn)
    data = read(PROTOCOL, tmp_path)
    assert ["PD706"] == [one.code for one in data.diagnostics]
    assert "sex" not in data.records[0].readings


def test_a_field_that_may_be_meant_is_named_and_another_measure_is_not(tmp_path: Path) -> None:
    fields = [
        ("wieght", "vital_signs", "text", "Weight (kg)", "", "number", ""),
        ("enrolmet", "visits", "text", "Enrolled", "", "date_ymd", ""),
    ]
    project(tmp_path, fields, "record_id,wieght,enrolmet\n1,60,2026-06-01\n")
    unbound = translate(PROTOCOL, tmp_path)[1].unbound
    assert 'perhaps weight = "vital_signs.wieght"' in unbound["weight"]
    assert 'perhaps enrolment = "visits.enrolmet"' in unbound["enrolment"]
    right = [("weight", *fields[0][1:]), fields[1]]
    project(tmp_path, right, "record_id,weight,enrolmet\n1,60,2026-06-01\n")
    assert "perhaps" not in translate(PROTOCOL, tmp_path)[1].unbound["height"]
