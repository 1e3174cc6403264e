"""A row that belongs to nobody we know lets nobody through."""

from pathlib import Path

import pytest

from protocol_dsl import Protocol, loads

TEXT = """protocol "STRAY"
    language 1
    version 1.0

data
    platelets  : number in 10*9/L; plausible 1 to 2000; latest
    steroids   : number in mg; latest
    treatments : list of prior_treatment; complete to last_visit because "asked for at every visit"
    last_visit : date

inclusion
    I1 "Platelets of at least 75"
        platelets at least 75 10*9/L

exclusion
    E1 "Earlier cells"
        any treatments where (class is cells and start is on or after 2026-01-01)
    E2 "Steroids above 10 mg"
        steroids more than 10 mg
        if missing treat as not met because "recorded only when given"
"""
PATIENTS = "patient,last_visit\nA,2026-06-01\nB,2026-06-01\n"
OBSERVED = "patient,item,date,value,unit\nA,platelets,2026-05-30,90,10*9/L\nB,platelets,2026-05-30,90,10*9/L\n"
TREATED = "patient,class,start\nA,chemotherapy,2026-02-01\n"


def screened(folder: Path, observed: str = "", treated: str = "") -> dict[str, tuple[str, tuple[str, ...]]]:
    return screened_with(folder, OBSERVED + observed, TREATED + treated)


def screened_with(folder: Path, observed: str, treated: str = TREATED) -> dict[str, tuple[str, tuple[str, ...]]]:
    for name, text in (("patients", PATIENTS), ("observations", observed), ("treatments", treated)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    protocol: Protocol = loads(TEXT)
    records = protocol.read(folder).records
    found = (protocol.screen(record, as_of="2026-06-01") for record in records)
    return {one.patient: (one.verdict.value, one.because) for one in found}


def test_without_strays_both_are_eligible(tmp_path: Path) -> None:
    assert {"A": ("eligible", ()), "B": ("eligible", ())} == screened(tmp_path)


def test_an_event_of_nobody_may_be_anybodys(tmp_path: Path) -> None:
    found = screened(tmp_path, treated="C,cells,2026-03-01\n")
    assert {"A": ("undetermined", ("E1",)), "B": ("undetermined", ("E1",))} == found


def test_an_event_of_nobody_that_would_bar_nobody_changes_nothing(tmp_path: Path) -> None:
    found = screened(tmp_path, treated="C,chemotherapy,2026-03-01\nC,cells,2025-12-31\n")
    assert {"A": ("eligible", ()), "B": ("eligible", ())} == found


def test_more_strays_than_are_told_apart_hold_the_list_open(tmp_path: Path) -> None:
    many = "".join(f"C,chemotherapy,{1900 + number}-03-01\n" for number in range(101))
    found = screened(tmp_path, treated=many)
    assert {"A": ("undetermined", ("E1",)), "B": ("undetermined", ("E1",))} == found


def test_a_reading_of_nobody_keeps_a_policy_from_those_who_have_none(tmp_path: Path) -> None:
    found = screened(tmp_path, observed="A,steroids,2026-05-30,5,mg\nA\u200b,steroids,2026-05-28,20,mg\n")
    assert {"A": ("eligible", ()), "B": ("undetermined", ("E2",))} == found


ELIGIBLE, OPEN, BARRED = ("eligible", ()), ("undetermined", ("I1",)), ("ineligible", ("I1",))


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("C,platelets,2026-05-31,20,10*9/L\n", OPEN),  # may be the latest of either
        ("C,platelets,2026-05-29,20,10*9/L\n", ELIGIBLE),  # the latest of nobody
        ("C,platelets,2026-05-31,80,10*9/L\n", ELIGIBLE),  # whoever's it is, they are above 75
        ("C,platelets,,20,10*9/L\n", OPEN),
        ("C,platelets,2026-05-31,many,10*9/L\n", OPEN),
        ("C,platelets,2026-06-02,20,10*9/L\n", ELIGIBLE),  # after the day from which all is seen
        ("".join(f"C,platelets,2026-05-31,{80 + number},10*9/L\n" for number in range(101)), OPEN),
    ],
)
def test_a_reading_of_nobody_may_be_anybodys(
    observed: str, expected: tuple[str, tuple[str, ...]], tmp_path: Path
) -> None:
    assert {"A": expected, "B": expected} == screened(tmp_path, observed=observed)


def test_a_reading_of_nobody_bars_nobody_and_clears_nobody(tmp_path: Path) -> None:
    low = "A,platelets,2026-05-30,60,10*9/L\n"
    observed = OBSERVED.replace("A,platelets,2026-05-30,90,10*9/L\n", low)
    assert screened_with(tmp_path, observed) == {"A": BARRED, "B": ELIGIBLE}
    assert screened_with(tmp_path, observed + "C,platelets,2026-05-31,90,10*9/L\n") == {"A": OPEN, "B": ELIGIBLE}


def test_a_day_of_nobody_completes_no_list(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient\nA\n", encoding="utf-8")
    (tmp_path / "observations.csv").write_text(
        "patient,item,date,value,unit\nA,platelets,2026-05-30,90,10*9/L\nC,last_visit,2026-06-01,2026-06-01,\n",
        encoding="utf-8",
    )
    protocol = loads(TEXT)
    (record,) = protocol.read(tmp_path).records
    found = protocol.screen(record, as_of="2026-06-01")
    assert ("undetermined", ("E1",)) == (found.verdict.value, found.because)


@pytest.mark.parametrize(("item", "because"), [("platlets", "I1"), ("steroid", "E2")])
def test_a_misspelt_item_keeps_the_place_of_the_one_that_is_near(item: str, because: str, tmp_path: Path) -> None:
    found = screened(tmp_path, observed=f"A,{item},2026-05-31,20,mg\n")
    assert {"A": ("undetermined", (because,)), "B": ("eligible", ())} == found


def test_an_item_of_another_version_is_not_taken_for_a_moment(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient,infusion\nA,2026-06-01\n", encoding="utf-8")
    (tmp_path / "observations.csv").write_text(
        "patient,item,date,value\nA,infection,2026-05-30,absent\n", encoding="utf-8"
    )
    protocol = loads(TEXT.replace("data\n", "moments\n    infusion\n\ndata\n", 1))
    (record,) = protocol.read(tmp_path).records
    assert 1 == len(record.readings["infusion"])
