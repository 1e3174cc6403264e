"""Claims that once were made, each with the record, worked out by hand, that refutes it."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import frozen

from protocol_dsl.amend import alone, promise, question, settling
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.settling import settle
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.evaluate.decide import Verdict, decide
from protocol_dsl.model.record import Record
from protocol_dsl.pipeline import load_text
from tests.claims import read, refuted

FRAME = """protocol "CLAIM"
    version {version}
    uses ctcae 5.0, ucum

moments
    {moments}

data
    {data}

define
    age is completed years from birth_date to enrolment
    months_old is completed months from birth_date to enrolment
    root with score is square root of score rounded to 0.1

{section}
    I1
        {rule}
"""
DATA = {
    "birth_date": "date",
    "scan": "date",
    "seen": "time",
    "anc": "number in 10*9/L; latest",
    "creatinine": "number in mg/dL; of creatinine",
    "score": "number; plausible 0 to 100",
    "hobby": "text",
    "symptoms": "any of a, b, c, d, e, f",
    "medications": "list of medication",
    "last_visit": "date",
}
TWO = "enrolment\n    first_dose after enrolment"


@frozen
class Case:
    """Two rules that differ on a record: `said` is what each version's verdict is, worked out by hand."""

    about: str
    old: str
    new: str
    given: str
    said: str
    moments: tuple[str, str] = ("enrolment", "enrolment")
    section: tuple[str, str] = ("inclusion at enrolment", "inclusion at enrolment")
    data: tuple[tuple[str, str, str], ...] = ()
    as_of: str = "2026-08-01"

    def text(self, number: int) -> str:
        data = {**DATA, **{name: kinds[number] for name, *kinds in self.data}}
        return FRAME.format(
            version=f"{number + 1}.0",
            moments=self.moments[number],
            data="\n    ".join(f"{name} : {kind}" for name, kind in data.items()),
            section=self.section[number],
            rule=(self.old, self.new)[number],
        )

    def record(self) -> Record:
        shown = f'\nexample "the record"\n    {self.given}\n    as of {self.as_of}\n    then eligible\n'
        protocol = read(self.text(0) + shown)
        assert protocol is not None, load_text(Source("case", self.text(0) + shown), without=RUN).errors
        return protocol.examples[0].record


JUNE = "given enrolment = 2026-06-01"
NARROW = "number in mg/dL; of creatinine; plausible 0.1 to 20"
CASES = (
    # 28 days before 1 July is 3 June.
    Case(
        "a written day and one that is counted",
        "scan is within 28 days before enrolment",
        "scan is on or after 2026-05-04 and scan is on or before enrolment",
        "given enrolment = 2026-07-01, scan = 2026-05-20",
        "ineligible, eligible",
    ),
    # Three months before 1 May is 1 February; 92 days before it is 29 January.
    Case(
        "months and days",
        "scan is within 3 months before enrolment, rounding down",
        "scan is within 92 days before enrolment",
        "given enrolment = 2026-05-01, scan = 2026-01-30",
        "ineligible, eligible",
    ),
    # Three months before 31 May is 28 February rounded down, and 1 March rounded up.
    Case(
        "two roundings",
        "scan is within 3 months before enrolment, rounding down",
        "scan is within 3 months before enrolment, rounding up",
        "given enrolment = 2026-05-31, scan = 2026-02-28",
        "eligible, ineligible",
    ),
    # From 1 September to 1 March are six months, of 30, 31, 30, 31, 31 and 28 days: 181.
    Case(
        "completed months and days",
        "months_old at least 6 months",
        "birth_date is at least 182 days before enrolment",
        "given enrolment = 2026-03-01, birth_date = 2025-09-01",
        "eligible, ineligible",
    ),
    Case(
        "completed years and a written day",
        "age at least 18 years",
        "birth_date is on or before 2008-06-01",
        "given enrolment = 2026-07-01, birth_date = 2008-06-15",
        "eligible, ineligible",
    ),
    Case(
        "a moment and a written day",
        "enrolment is on or after 2026-01-01",
        "enrolment is on or after 2026-02-01",
        "given enrolment = 2026-01-15",
        "eligible, ineligible",
    ),
    Case(
        "written days",
        "scan is on or after 2024-01-01",
        "scan is on or after 2023-01-01",
        f"{JUNE}, scan = 2023-06-01",
        "ineligible, eligible",
    ),
    Case(
        "days beside a written one",
        "scan is within 5 days before 2024-01-02",
        "scan is within 4 days before 2024-01-02",
        f"{JUNE}, scan = 2023-12-28",
        "eligible, ineligible",
    ),
    Case(
        "distances in months",
        "scan is at most 6 months before enrolment, rounding down",
        "scan is at most 7 months before enrolment, rounding down",
        f"{JUNE}, scan = 2025-11-15",
        "ineligible, eligible",
    ),
    # The reading of 3 June is not there yet on 1 June.
    Case(
        "asked at another moment",
        "anc at least 1 10*9/L",
        "anc at least 1 10*9/L",
        f"{JUNE}, first_dose = 2026-06-05, anc = 2 10*9/L on 2026-06-03",
        "undetermined, eligible",
        moments=(TWO, TWO),
        section=("inclusion at enrolment", "inclusion at first_dose"),
    ),
    # 1 mg/dL of creatinine is 88.4 umol/L: 1.05 mg/dL is above it, whatever the unit that the file keeps.
    Case(
        "a number in another dimension",
        "creatinine at most 1 mg/dL",
        "creatinine at most 1 mg/dL",
        f"{JUNE}, creatinine = 1.05 mg/dL",
        "ineligible, ineligible",
        data=(("creatinine", "number in mg/dL; of creatinine", "number in mg/dL; of creatinine; latest"),),
    ),
    # The mean of 0.5 and 0.6 is 0.55.
    Case(
        "the mean of two",
        "mean of last 2 anc at most 0.5 10*9/L",
        "mean of last 2 anc at most 0.6 10*9/L",
        f"{JUNE}, anc = 0.5 10*9/L on 2026-05-23 and 0.6 10*9/L on 2026-05-25",
        "ineligible, eligible",
    ),
    Case(
        "the highest of so many days",
        "highest anc within 14 days before enrolment at least 1 10*9/L",
        "highest anc within 28 days before enrolment at least 1 10*9/L",
        f"{JUNE}, anc = 0.5 10*9/L on 2026-05-30 and 2 10*9/L on 2026-05-10",
        "ineligible, eligible",
    ),
    Case(
        "the last month only",
        "mean of anc at least 1 10*9/L",
        "mean of anc at least 1 10*9/L",
        f"{JUNE}, anc = 0.5 10*9/L on 2026-05-30 and 2 10*9/L on 2026-05-21",
        "ineligible, eligible",
        data=(("anc", "number in 10*9/L; mean of, valid for 7 days", "number in 10*9/L; mean of, valid for 14 days"),),
    ),
    # An hour before midnight is less than a day before the day, and before it.
    Case(
        "times within a day",
        "seen is at least 1 days before enrolment",
        "seen is before enrolment",
        f"{JUNE}, seen = 2026-05-31T23:00",
        "undetermined, eligible",
    ),
    Case(
        "the fifth member",
        "symptoms includes all of a, b, c, d, e",
        "symptoms includes all of a, b, c, d, f",
        f"{JUNE}, symptoms = (a, b, c, d, e)",
        "eligible, ineligible",
    ),
    Case(
        "a text that no rule names",
        "hobby is one of chess, something_else",
        "not (hobby is zebra)",
        f"{JUNE}, hobby = diving",
        "ineligible, eligible",
    ),
    # What begins by the scan is looked at as far as the scan, and what begins by both only as far as enrolment.
    Case(
        "how far a list is looked at",
        "no medications where (start is on or before scan)",
        "no medications where (start is on or before scan and start is on or before enrolment)",
        f"{JUNE}, scan = 2026-06-20\n    given medications complete to 2026-08-01\n    given medications\n"
        "        | drug | start      |\n        | a    | 2026-06-10 |",
        "ineligible, eligible",
    ),
    # One step below 1 mg/dL is nothing that is plausible, and 0.5 mg/dL is.
    Case(
        "below a limit next to the end",
        "creatinine at least 1 mg/dL",
        "creatinine at least 1 mg/dL or creatinine less than 1 mg/dL",
        f"{JUNE}, creatinine = 0.5 mg/dL",
        "ineligible, eligible",
        data=(("creatinine", NARROW, NARROW),),
    ),
    # What has no day had begun by the day it is seen from.
    Case(
        "seen on the day of enrolment",
        "no medications where (drug is a)",
        "no medications where (drug is a and not start is after enrolment)",
        f"{JUNE}\n    given medications complete to 2026-06-01\n    given medications\n"
        "        | drug |\n        | a    |",
        "ineligible, undetermined",
        as_of="2026-06-01",
    ),
)


@pytest.mark.parametrize("solved", [True, False], ids=["solver", "partition"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.about)
def test_a_difference_that_was_denied(case: Case, solved: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    if not solved:
        without_solver(monkeypatch)
    versions = tuple(read(case.text(number)) for number in (0, 1))
    assert versions[0] is not None
    assert versions[1] is not None
    pair, record, as_of = (versions[0], versions[1]), case.record(), date.fromisoformat(case.as_of)
    assert ", ".join(decide(one, record, as_of).verdict.value for one in pair) == case.said
    assert list(refuted(diff(*pair), pair, record, as_of, whole=False)) == []


def without_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the solver is not installed."""
    for module in (question, alone, settling, promise):
        monkeypatch.setattr(module, "available", lambda: False)


NEVER = (
    # What was said never to be, and a record by which it is.
    (
        "scan is within 28 days before enrolment and scan is before 2026-05-04",
        "given enrolment = 2026-05-15, scan = 2026-05-01",
    ),
    (
        "age at least 18 years and birth_date is after 2008-06-01",
        "given enrolment = 2026-07-01, birth_date = 2008-06-15",
    ),
    ("months_old at least 300 months", "given enrolment = 2026-06-01, birth_date = 1980-01-01"),
    ("age at least 140 years", "given enrolment = 2026-06-01, birth_date = 1880-01-01"),
    ("enrolment is on or after 2027-01-01", "given enrolment = 2027-02-01"),
    (
        "time from scan to enrolment less than 14 days and scan is one of 2026-05-01, 2026-05-04",
        "given enrolment = 2026-05-10, scan = 2026-05-01",
    ),
    ("hobby is not one of chess, something_else", "given enrolment = 2026-06-01, hobby = diving"),
    ("symptoms includes all of a, b, c, d, e", "given enrolment = 2026-06-01, symptoms = (a, b, c, d, e)"),
    (
        "mean of last 2 anc at least 1 10*9/L",
        "given enrolment = 2026-06-01, anc = 2 10*9/L on 2026-05-30 and 2 10*9/L on 2026-05-29",
    ),
)


@pytest.mark.parametrize("solved", [True, False], ids=["solver", "partition"])
@pytest.mark.parametrize(("rule", "given"), NEVER, ids=[rule for rule, _ in NEVER])
def test_what_was_said_never_to_be(rule: str, given: str, solved: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    if not solved:
        without_solver(monkeypatch)
    case = Case("", rule, rule, given, "eligible, eligible")
    found = load_text(Source("near.protocol", case.text(0)), without=RUN, proved=True)
    assert found.protocol is not None
    assert decide(found.protocol, case.record(), date.fromisoformat(case.as_of)).verdict is Verdict.ELIGIBLE
    assert not {one.code for one in found.diagnostics} & {"PD370", "PD371"}


def test_a_sum_is_settled_by_both() -> None:
    """60 and 2 come to 62, which is not more than 62; 60 and 3 come to more."""
    case = Case("", "score + prior_lines more than 62", "", JUNE, "", data=(("prior_lines", "count", ""),))
    protocol = read(case.text(0))
    assert protocol is not None
    told = {one.item: one.matters for one in settle(protocol, case.record(), date(2026, 8, 1)).missing}
    assert told["score"] is not False
    assert told["prior_lines"] is not False


def test_a_root_is_settled_by_what_it_is_taken_of() -> None:
    """The roots of 49 and 64 are 7 and 8."""
    case = Case("", "root at least 7.1", "", JUNE, "")
    protocol = read(case.text(0))
    assert protocol is not None
    assert [one.matters for one in settle(protocol, case.record(), date(2026, 8, 1)).missing] == [True]


def test_what_says_which_readings_count_is_settled_too() -> None:
    """Without the scan nobody knows which readings lie before it."""
    scanned = "(latest anc within 3 months before scan, rounding up) less than 1 10*9/L"
    rule = f"all of\n            - {scanned}\n            - score at least 3"
    case = Case("", rule, "", JUNE, "")
    protocol = read(case.text(0))
    assert protocol is not None
    told = {one.item: one.matters for one in settle(protocol, case.record(), date(2026, 8, 1)).missing}
    assert told["scan"] is not False
