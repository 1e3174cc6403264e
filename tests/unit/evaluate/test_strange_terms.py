from datetime import date
from pathlib import Path

import pytest

from protocol_dsl.conduct.dlt import DltVerdict, dlt_status
from protocol_dsl.face import loads

TRIAL = """protocol "P"
    uses ctcae {version}

moments
    infusion is day 0

data
    adverse_events : list of adverse_event

define
    set ours version 1 is macrophage_activation, platelet_count_decreased

dlt
    window from infusion through day 27
    T1 "Ours, or grade 4"
        term is in ours or grade at least 4 or term is cytopenia_of_ours
"""


UNKNOWN = "; what asks for its term is unknown"


def said(tmp_path: Path, version: str, *terms: str) -> list[tuple[int | None, str, str | None]]:
    (tmp_path / "patients.csv").write_text("patient,infusion\nP1,2026-06-01\n")
    rows = "".join(f'P1,"{term}",4,2026-06-10\n' for term in terms)
    (tmp_path / "adverse_events.csv").write_text(f"patient,term,grade,start\n{rows}")
    data = loads(TRIAL.format(version=version)).read(tmp_path)
    assert len(data.records[0].lists["adverse_events"]) == len(terms)
    found = [one for one in data.diagnostics if one.code == "PD714"]
    assert {one.severity.value for one in found} <= {"warning"}
    return [(one.primary.where.row, one.message, one.help) for one in found]  # type: ignore[union-attr]


def test_a_term_of_the_version_is_not_spoken_of(tmp_path: Path) -> None:
    assert said(tmp_path, "5.0", "Anemia", "FEBRILE NEUTROPENIA", "Cardiac disorders - Other, specify", "") == []


def test_each_strange_term_is_told_once_at_its_first_row(tmp_path: Path) -> None:
    assert said(tmp_path, "5.0", "Anemai", "Anemia", "anemai", "Thrombocytopenia", "Tiredness of spirit") == [
        (2, f"`anemai` is no term of CTCAE 5.0 (2 rows){UNKNOWN}", "`anemia` may be meant, and rules go by that name"),
        (
            5,
            f"`thrombocytopenia` is no term of CTCAE 5.0; 6.0 has it{UNKNOWN}",
            "`platelet_count_decreased` may be meant, and rules go by that name",
        ),
        (6, f"`tiredness_of_spirit` is no term of CTCAE 5.0{UNKNOWN}", "rules go by the names of CTCAE"),
    ]


def test_a_term_that_the_protocol_names_is_its_own(tmp_path: Path) -> None:
    assert said(tmp_path, "5.0", "macrophage activation", "Cytopenia of ours") == []


def test_a_term_of_another_version_is_told_of_even_where_a_set_has_it(tmp_path: Path) -> None:
    (one,) = said(tmp_path, "6.0", "Platelet count decreased")
    assert one[1] == f"`platelet_count_decreased` is no term of CTCAE 6.0; 4.03 and 5.0 have it{UNKNOWN}"


@pytest.mark.parametrize(
    ("term", "grade", "expected"),
    [
        ("Platelet count decreased", 4, DltVerdict.YES),
        ("Anemia", 4, DltVerdict.NO),
        ("Thrombocytopenia", 4, DltVerdict.ADJUDICATE),  # the same under another name, or something else
        ("Thrombocytopenia", 3, DltVerdict.NO),  # whatever it is, it is of grade 3
    ],
)
def test_a_dlt_is_not_missed_under_another_name(tmp_path: Path, term: str, grade: int, expected: DltVerdict) -> None:
    text = TRIAL.format(version="5.0").replace(
        "term is in ours or grade at least 4 or term is cytopenia_of_ours",
        "term is platelet_count_decreased and grade at least 4",
    )
    (tmp_path / "patients.csv").write_text("patient,infusion\nP1,2026-06-01\n")
    (tmp_path / "adverse_events.csv").write_text(f'patient,term,grade,start\nP1,"{term}",{grade},2026-06-10\n')
    (tmp_path / "attested.csv").write_text("patient,list,complete_as_of\nP1,adverse_events,2026-08-01\n")
    face = loads(text)
    (record,) = face.read(tmp_path).records
    status = dlt_status(face.model, record, date(2026, 8, 1))
    assert status is not None
    assert expected is status.status
