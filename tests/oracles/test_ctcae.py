"""CTCAE grades as admiral's published tests and runs on real laboratory readings have them, every row."""

from collections import Counter
from pathlib import Path

import pytest

from protocol_dsl.elaborate.grading import shipped, versions
from protocol_dsl.evaluate.grade_many import Catalogue, GradedRow, grade_rows
from protocol_dsl.model.grading import System
from protocol_dsl.readers.laboratory import laboratory
from protocol_dsl.readers.rows import Row, Table

HERE = Path(__file__).parent

DECLARED = {
    "10^8/L": "the source compares the names of units; we convert them, and 0.49 10*8/L is 0.049 10*9/L",
    "mmol/L": "the source has haemoglobin in g/L and g/dL only; CTCAE prints mmol/L too, and mass and amount convert",
}
"""Units in which we give a grade and the source does not: why."""

CATALOGUES = {
    version: Catalogue(found) for version in versions("ctcae") if (found := shipped("ctcae", version)) is not None
}


def lines(name: str) -> list[dict[str, str]]:
    """The rows of an oracle file; its first line says where it is from."""
    _, head, *rest = (HERE / name).read_text("utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in rest]


def graded(line: dict[str, str], system: str) -> list[GradedRow]:
    """What comes of a row, read as a row of a plain table."""
    table = Table("oracle", "oracle", ("patient", *line), (Row(2, ("P1", *line.values())),))
    return list(grade_rows(laboratory(table), CATALOGUES[line["version"]], System(system)))


def disagreements(name: str) -> list[tuple[dict[str, str], str, GradedRow]]:
    """The rows of an oracle file that we grade otherwise, with the system of units."""
    return [
        (line, system, one)
        for line in lines(name)
        for system in line.get("systems", line.get("system", "")).split("+")
        for one in graded(line, system)
        if ("" if one.graded.grade is None else str(one.graded.grade)) != line["grade"]
    ]


@pytest.mark.parametrize("name", ["ctcae_lab_cases.tsv", "ctcae_real_lab_grades.tsv"])
def test_every_grade_is_that_of_the_source(name: str) -> None:
    assert [
        (line, system, one.graded)
        for line, system, one in disagreements(name)
        if line["grade"] or line["unit"] not in DECLARED
    ] == []


def test_each_declared_exception_is_still_needed() -> None:
    names = ("ctcae_lab_cases.tsv", "ctcae_real_lab_grades.tsv")
    met = {line["unit"] for name in names for line, _, _ in disagreements(name)}
    assert met == set(DECLARED)


def test_versions_of_a_pair_differ_as_they_do_in_the_source() -> None:
    assert [(line, one.graded) for line, _, one in disagreements("ctcae_version_shift_pairs.tsv")] == []


def test_units_of_a_pair_differ_as_they_do_in_the_source() -> None:
    """The pairs come without the baseline, without which 4.03 has no grade 0 of creatinine."""
    found = disagreements("ctcae_unit_system_pairs.tsv")
    assert [
        (line, one.graded)
        for line, _, one in found
        if (line["version"], line["term"], line["grade"]) != ("4.03", "Creatinine increased", "0")
        or one.graded.because != "the baseline is missing: grade 0 or none"
    ] == []


def test_each_of_a_pair_tells_what_it_was_read_with() -> None:
    told: dict[tuple[str, ...], set[str]] = {}
    for line in lines("ctcae_unit_system_pairs.tsv"):
        for one in graded(line, line["system"]):
            told.setdefault((line["specimen"], line["version"], line["term"]), set()).add(one.graded.because)
    assert {len(reasons) for reasons in told.values()} == {2}


def test_the_oracles_reach_every_version_and_grade() -> None:
    met = Counter((line["version"], line["grade"]) for line in lines("ctcae_lab_cases.tsv"))
    assert set(met) == {(version, grade) for version in CATALOGUES for grade in ("", "0", "1", "2", "3", "4")}
