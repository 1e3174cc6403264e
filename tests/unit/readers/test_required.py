"""Patients without a usable entry for what the protocol calls required."""

from pathlib import Path

import pytest

from protocol_dsl.face import loads

PROTOCOL = loads(
    """\
protocol "REQ-1"
    language 1
    uses ucum

moments
    enrolment

data
    birth_date : date; required
    alt        : number in U/L; required; latest, valid for 7 days
    sex        : one of female, male
    doses      : list of dose; required

inclusion at enrolment
    I1 "All of it"
        alt at most 40 U/L and birth_date is on or before enrolment and sex is female and no doses
"""
)


@pytest.mark.parametrize(
    ("tables", "wanting"),
    [
        # Nothing of what is required, and one thing that is not.
        ({"patients": "patient,sex\nA,female\n"}, ["`alt`: `A`", "`birth_date`: `A`", "`doses`: `A`"]),
        # An entry counts from whichever file it comes, a part of a date too, a word on a list too.
        (
            {
                "patients": "patient,birth_date\nA,2018-05\n",
                "observations": "patient,item,date,value,unit\nA,alt,2026-05-30,31,U/L\n",
                "attested": "patient,list,complete_as_of\nA,doses,2026-05-30\n",
            },
            [],
        ),
        # A value that cannot be read, and the reason why there is none, are no entry; another reading makes up for it.
        (
            {
                "patients": "patient,birth_date\nA,02/30/2018\nB,2018-05-02\n",
                "observations": "patient,item,date,value,unit\n"
                "A,alt,2026-05-30,31,furlong\nB,alt,2026-05-30,31,furlong\nB,alt,2026-05-29,31,U/L\n",
                "missing": "patient,item,reason\nA,birth_date,refused\n",
                "doses": "patient,product,date\nA,cells,2026-05-30\nB,cells,2026-05-30\n",
            },
            ["`alt`: `A`", "`birth_date`: `A`"],
        ),
    ],
)
def test_patients_without_a_usable_entry(tmp_path: Path, tables: dict[str, str], wanting: list[str]) -> None:
    for name, table in tables.items():
        (tmp_path / f"{name}.csv").write_text(table, encoding="utf-8")
    found = [one.message for one in PROTOCOL.read(tmp_path).diagnostics if one.code == "PD713"]
    assert wanting == sorted(f"{one.split(' is required')[0]}:{one.rpartition(':')[2]}" for one in found)


def test_many_patients_have_one_diagnostic(tmp_path: Path) -> None:
    rows = "".join(f"P{number},female,31 U/L,none\n" for number in range(8))
    (tmp_path / "patients.csv").write_text(f"patient,sex,alt,doses\n{rows}", encoding="utf-8")
    found = [one.message for one in PROTOCOL.read(tmp_path).diagnostics if "birth_date" in one.message]
    assert found == [
        "`birth_date` is required, and 8 patients have no usable entry: `P0`, `P1`, `P2`, `P3`, `P4` and 3 more"
    ]


def test_where_a_file_is_not_read_nothing_is_called_missing(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient,sex\nA,female\n", encoding="utf-8")
    (tmp_path / "observations.csv").write_text("patient,item\nA,alt\n", encoding="utf-8")
    data = PROTOCOL.read(tmp_path)
    assert data.unread
    assert "PD713" not in {one.code for one in data.diagnostics}
