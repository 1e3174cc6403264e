"""Which version is in force at consent, worked out by hand; and what is said where that is not known."""

from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.evaluate.decide import Verdict
from protocol_dsl.evaluate.in_force import in_force, judged
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Range, Reading, Record
from protocol_dsl.pipeline import load_text
from protocol_dsl.readers.data import Approved

TEXT = """\
protocol "IN-1"
    version {version} effective {effective}

moments
    consent
    enrolment after consent

data
    anc : number in 10*9/L

inclusion at enrolment
    I1
        anc at least {limit} 10*9/L
"""


def version(number: str, effective: str, limit: str) -> Protocol:
    found = load_text(Source("x", TEXT.format(version=number, effective=effective, limit=limit))).protocol
    assert found is not None
    return found


VERSIONS = (version("1.0", "2026-01-01", "1.5"), version("2.0", "2026-03-01", "1.0"), version("3.0", "2026-05-01", "2"))
SITES = (Approved("07", "2.0", date(2026, 4, 1)), Approved("", "3.0", date(2026, 6, 1)))


def patient(consent: object, site: str = "", anc: int = 1) -> Record:
    readings = {"anc": (Reading(Fraction(anc * 10**12), at_moment=True),), "enrolment": (Reading(date(2026, 7, 1)),)}
    given = {} if consent is None else {"consent": (Reading(consent),)}  # type: ignore[arg-type]
    return Record("P", {**readings, **given}, context={"site": site} if site else {})


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        (date(2025, 12, 31), []),
        (date(2026, 1, 1), ["1.0"]),
        (date(2026, 2, 28), ["1.0"]),
        (date(2026, 3, 1), ["2.0"]),
        (date(2026, 5, 1), ["3.0"]),
        (Range(date(2026, 2, 1), date(2026, 3, 31)), ["1.0", "2.0"]),
        (Range(date(2026, 3, 1), date(2026, 4, 30)), ["2.0"]),
        (None, ["1.0", "2.0", "3.0"]),
    ],
)
def test_the_head_of_the_files_says_from_when(consent: object, expected: list[str]) -> None:
    found = in_force(VERSIONS, (), patient(consent))
    assert expected == [one.header.version for one in found.versions]
    assert ("consent" in found.unknown) == (len(expected) > 1)


@pytest.mark.parametrize(
    ("site", "consent", "expected", "unknown"),
    [
        ("07", date(2026, 3, 15), ["1.0"], ()),  # approved there in April
        ("07", date(2026, 4, 1), ["2.0"], ()),
        ("09", date(2026, 4, 1), ["1.0"], ()),  # where nobody approved it
        ("09", date(2026, 6, 1), ["3.0"], ()),  # in force everywhere
        ("07", date(2026, 5, 15), ["2.0"], ()),  # the row goes before the head of the file
        ("", date(2026, 4, 1), ["1.0", "2.0"], ("site",)),  # at 07, or at one that no row names
    ],
)
def test_a_site_goes_by_its_own_approvals(
    site: str, consent: date, expected: list[str], unknown: tuple[str, ...]
) -> None:
    found = in_force(VERSIONS, SITES, patient(consent, site))
    assert (expected, unknown) == ([one.header.version for one in found.versions], found.unknown)


def test_without_the_site_each_that_may_be_in_force_is() -> None:
    sites = (*SITES, Approved("09", "2.0", date(2026, 5, 1)))
    found = in_force(VERSIONS, sites, patient(date(2026, 4, 15)))
    assert (["1.0", "2.0"], ("site",)) == ([one.header.version for one in found.versions], found.unknown)


@pytest.mark.parametrize(
    ("consent", "limit", "verdict"),
    [
        (date(2026, 2, 1), "1.2", Verdict.INELIGIBLE),
        (date(2026, 4, 1), "1.2", Verdict.ELIGIBLE),
        (None, "1.2", Verdict.UNDETERMINED),  # the versions differ
        (None, "9", Verdict.UNDETERMINED),  # and here they do not, but it may have been before the first of them
        (Range(date(2025, 12, 31), date(2026, 1, 1)), "9", Verdict.UNDETERMINED),  # as here
        (Range(date(2026, 1, 1), date(2026, 12, 31)), "9", Verdict.ELIGIBLE),
        (date(2025, 1, 1), "9", Verdict.UNDETERMINED),  # none was in force
    ],
)
def test_versions_that_differ_leave_it_undetermined(consent: object, limit: str, verdict: Verdict) -> None:
    record = patient(consent)
    value = (Reading(Fraction(limit) * 10**12, at_moment=True),)
    record = Record("P", {**record.readings, "anc": value}, context=record.context)
    read = {one.header.version: (one, record) for one in VERSIONS}
    assert verdict is judged(read, in_force(VERSIONS, (), record), date(2026, 7, 1)).verdict


def test_where_the_first_version_is_approved_site_by_site_none_may_be_in_force_at_an_unknown_one() -> None:
    found = in_force(VERSIONS[:1], (Approved("07", "1.0", date(2026, 1, 1)),), patient(date(2026, 2, 1)))
    assert ([VERSIONS[0]], ("site",), True) == (list(found.versions), found.unknown, found.none)
