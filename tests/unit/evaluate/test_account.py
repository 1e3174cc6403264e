"""What an explanation says, word for word; every expectation was written by hand."""

from datetime import date
from fractions import Fraction
from textwrap import dedent

import pytest

from protocol_dsl.evaluate.account import account, accounted, as_html
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Judgement, Range, Reason, Record
from tests.trials_by_hand import (
    ENROLMENT,
    decided,
    event,
    excluding,
    including,
    missing,
    number,
    patient,
    trial,
    word,
)


def told(protocol: Protocol, record: Record, as_of: date = ENROLMENT) -> list[str]:
    """What is said of the one clause."""
    found = accounted(protocol, record, decided(protocol, record, as_of), full=True)
    return list(found.clauses[0].lines)


ALT = number("180 U/L", "2026-05-30", uln="45", lln="10")

SIDES = [
    (
        "qtcf at most 470 ms",
        patient(qtcf=number("485 ms", "2026-05-30")),
        ["qtcf 485 ms of 2026-05-30; at most 470 ms is not met, 15 ms above"],
    ),
    (
        "qtcf at most 470 ms",
        patient(qtcf=number("431 ms", "2026-05-30")),
        ["qtcf 431 ms of 2026-05-30; at most 470 ms is met, 39 ms below"],
    ),
    (
        "qtcf at most 470 ms",
        patient(qtcf=number("470 ms", "2026-05-30")),
        ["qtcf 470 ms of 2026-05-30; at most 470 ms is met, exactly"],
    ),
    (
        "qtcf at most 470 ms",
        patient(qtcf=number("0.431 s", "2026-05-30")),
        ["qtcf 0.431 s of 2026-05-30; at most 470 ms is met, 39 ms below"],
    ),
    (
        "alt at most 3 x ULN",
        patient(alt=ALT),
        ["alt 180 U/L of 2026-05-30 (ULN 45 U/L); at most 3 x ULN (135 U/L) is not met, 45 U/L above"],
    ),
    ("gvhd is active", patient(gvhd=word("active")), ["gvhd is active"]),
    ("gvhd is active", patient(gvhd=word("controlled")), ["gvhd is controlled, not active"]),
    ("gvhd is active", patient(gvhd=word("active", "2026-05-30")), ["gvhd is active on 2026-05-30"]),
    ("gvhd is not active", patient(gvhd=word("active")), ["gvhd is active"]),
    (
        "gvhd is one of absent, controlled",
        patient(gvhd=word("active")),
        ["gvhd is active, not one of absent, controlled"],
    ),
    ("gvhd is one of absent, controlled", patient(gvhd=word("absent")), ["gvhd is absent, one of absent, controlled"]),
    ("gilbert", patient(gilbert=word(False)), ["gilbert is no"]),  # noqa: FBT003 - a yes/no item
    (
        "fusion includes any of alk, ret",
        patient(fusion=word(frozenset({"ret"}))),
        ["fusion is ret; includes any of alk, ret is met"],
    ),
    (
        "last_surgery is less than 28 days before enrolment",
        patient(last_surgery=word(date(2026, 5, 22))),
        ["last_surgery 2026-05-22 is 10 days before enrolment 2026-06-01; less than 28 days is met"],
    ),
    (
        "last_surgery is less than 28 days before enrolment",
        patient(last_surgery=word(date(2026, 6, 2))),
        ["last_surgery 2026-06-02 is 1 day after enrolment 2026-06-01; less than 28 days is met"],
    ),
    (
        "last_surgery is at least 28 days before enrolment",
        patient(last_surgery=word(Attested.NEVER)),
        ["last_surgery is never; at least 28 days before enrolment 2026-06-01 is met"],
    ),
    (
        "scan is within 28 days before enrolment",
        patient(scan=word(date(2026, 4, 1))),
        ["scan 2026-04-01; within 28 days before enrolment (2026-05-04 to 2026-06-01) is not met"],
    ),
    (
        "age at least 18 years",
        patient(birth_date=word(date(2009, 1, 2))),
        [
            "age 17 years (birth_date 2009-01-02, enrolment 2026-06-01); at least 18 years is not met, 1 year below",
            "stops barring when enrolment is 2027-01-02 or later",
        ],
    ),
    (
        "double_dsa at most 2000",
        patient(dsa=number("1200", "2026-05-30")),
        ["double_dsa 2400 (dsa 1200 of 2026-05-30); at most 2000 is not met, 400 above"],
    ),
    (
        'judged "other disease"',
        patient(judgements={"other disease": (Judgement(met=True, day=date(2026, 5, 20), by="Dr Li"),)}),
        ['"other disease" was judged met on 2026-05-20 by Dr Li'],
    ),
    (
        "count of medications at least 2",
        patient(lists={"medications": (event(drug="x", start=date(2026, 1, 1)),)}, attested={"medications": ENROLMENT}),
        ["count of medications 1; at least 2 is not met, 1 below"],
    ),
    (
        "every qtcf at most 470 ms",
        patient(qtcf=(number("431 ms", "2026-05-29"), number("480 ms", "2026-05-30"))),
        ["qtcf 431 ms of 2026-05-29, 480 ms of 2026-05-30; every qtcf at most 470 ms is not met"],
    ),
    (
        "2 consecutive qtcf, at least 1 day apart, more than 470 ms",
        patient(qtcf=(number("475 ms", "2026-05-29"), number("480 ms", "2026-05-30"))),
        [
            (
                "qtcf 475 ms of 2026-05-29, 480 ms of 2026-05-30; "
                "2 consecutive qtcf, at least 1 day apart, more than 470 ms is met"
            )
        ],
    ),
]


@pytest.mark.parametrize(
    ("rule", "record", "expected"), SIDES, ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(SIDES)]
)
def test_a_decided_condition_quotes_value_date_limit_and_margin(rule: str, record: Record, expected: list[str]) -> None:
    assert expected == told(including(rule), record)


STALE = number("431 ms", "2026-04-25")

MISSING = [
    ("dsa at most 2000", patient(), ["dsa is not recorded"]),
    (
        "dsa at most 2000",
        patient(dsa=number("30", "2026-06-03")),
        ["dsa is not recorded by enrolment 2026-06-01; 30 of 2026-06-03 is later"],
    ),
    (
        "qtcf at most 470 ms",
        patient(qtcf=STALE),
        ["qtcf 431 ms of 2026-04-25 is 37 days old at enrolment, valid for 14 days (stale)"],
    ),
    (
        "latest qtcf within 3 days before enrolment at most 470 ms",
        patient(qtcf=STALE),
        ["qtcf 431 ms of 2026-04-25 does not lie within 3 days before enrolment (stale)"],
    ),
    ("dsa at most 2000", patient(dsa=missing(Reason.PENDING, "2026-05-30")), ["dsa of 2026-05-30 is pending"]),
    ("dsa at most 2000", patient(dsa=missing(Reason.REFUSED)), ["dsa is refused"]),
    ("dsa at most 2000", patient(dsa=missing(Reason.NOT_DONE, "2026-05-30")), ["dsa of 2026-05-30 is not done"]),
    (
        "dsa at most 2000",
        patient(dsa=missing(Reason.UNREADABLE, "2026-05-30", "3OO")),
        ['dsa of 2026-05-30 is written "3OO", which cannot be read'],
    ),
    (
        "lansky at least 60",
        patient(lansky=(number("80", "2026-05-30"), number("50", "2026-05-30"))),
        ["lansky 80 of 2026-05-30 and lansky 50 of 2026-05-30 are in conflict"],
    ),
    (
        "alt at most 3 x ULN",
        patient(alt=number("31 U/L", "2026-05-30")),
        ["alt 31 U/L of 2026-05-30 comes without its ULN"],
    ),
    ("lansky at least 60", patient(lansky=number("80")), ["lansky 80 has no date, so that it may not count"]),
    (
        "lansky at least 60",
        patient(lansky=number("80", "2026-05")),
        ["lansky 80 of 2026-05-01 to 2026-05-31 has no exact date, so that it may not count"],
    ),
    (
        "last_surgery is at least 28 days before enrolment",
        patient(last_surgery=word(Range(date(2026, 5, 1), date(2026, 5, 31)))),
        ["last_surgery 2026-05-01 to 2026-05-31 is known only within limits"],
    ),
    ("scan is on or before first_dose", patient(scan=word(date(2026, 5, 1))), ["first_dose has no day yet"]),
    ("no medications", patient(), ["medications are not attested complete up to 2026-06-01"]),
    (
        "no medications",
        patient(attested={"medications": date(2026, 5, 20)}),
        ["medications are attested complete up to 2026-05-20 only, not up to 2026-06-01"],
    ),
    ('judged "other disease"', patient(), ['"other disease" is not judged yet']),
    ("judged by investigator", patient(), ["I1 is not judged yet"]),
    (
        'judged "other disease"',
        patient(
            judgements={"other disease": (Judgement(met=True, day=ENROLMENT), Judgement(met=False, day=ENROLMENT))}
        ),
        ['"other disease" was judged both met and not met'],
    ),
    (
        "2 consecutive qtcf more than 470 ms",
        patient(qtcf=number("480 ms", "2026-05-30")),
        ["1 of 2 qtcf found (480 ms of 2026-05-30); at least 1 more is asked for"],
    ),
]


@pytest.mark.parametrize(
    ("rule", "record", "expected"), MISSING, ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(MISSING)]
)
def test_an_open_condition_says_what_is_missing_and_why(rule: str, record: Record, expected: list[str]) -> None:
    assert expected == told(including(rule), record, date(2026, 6, 5))


# --- logic --------------------------------------------------------------------------------------------------------


def test_a_branch_that_holds_is_told_alone() -> None:
    record = patient(gvhd=word("active"), gilbert=word(value=False))
    assert ["gvhd is active"] == told(excluding("gilbert or gvhd is active"), record)


def test_where_no_branch_holds_each_is_told() -> None:
    record = patient(gvhd=word("active"), gilbert=word(value=False))
    expected = ["none of 2 alternatives is met:", "  gilbert is no", "  gvhd is active, not absent"]
    assert expected == told(including("gilbert or gvhd is absent"), record)


def test_of_open_branches_only_the_open_are_told() -> None:
    expected = ["1 of 2 alternatives is open:", "  gvhd is not recorded"]
    assert expected == told(including("gilbert or gvhd is absent"), patient(gilbert=word(value=False)))


def test_so_many_of_several() -> None:
    rule = "at least 2 of\n    - gilbert\n    - gvhd is active\n    - dsa more than 2000"
    expected = ["1 of 3 is met, 1 unknown; at least 2 asked for:", "  gilbert is yes", "  dsa is not recorded"]
    assert expected == told(excluding(rule), patient(gilbert=word(value=True), gvhd=word("absent")))


def test_an_event_that_counts_is_quoted_with_what_made_it_count() -> None:
    medication = event(drug="sotalol", start=date(2026, 1, 10), end=Attested.ONGOING)
    expected = [
        "medications: drug sotalol, start 2026-01-10, end ongoing",
        "  drug is sotalol",
        "  ongoing at enrolment 2026-06-01 is met",
    ]
    rule = "any medications where (drug is sotalol and ongoing at enrolment)"
    assert expected == told(excluding(rule), patient(lists={"medications": (medication,)}))


def test_where_no_event_counts_it_is_said_how_far_the_list_is_attested() -> None:
    record = patient(
        lists={"medications": (event(drug="x", start=date(2026, 1, 1)),)}, attested={"medications": ENROLMENT}
    )
    expected = ["none of 1 medications where (drug is sotalol); attested complete up to 2026-06-01"]
    assert expected == told(excluding("any medications where (drug is sotalol)"), record)


def test_what_every_event_must_be_is_told_without_a_double_negation() -> None:
    record = patient(
        lists={"medications": (event(drug="apixaban", start=date(2025, 1, 1)),)}, attested={"medications": ENROLMENT}
    )
    expected = ["each of 1 medications: drug is apixaban; attested complete up to 2026-06-01"]
    assert expected == told(including("every medications has (drug is apixaban)"), record)


def test_a_guard_that_is_unknown_is_told_first() -> None:
    text = 'exclusion at enrolment\n    E1 "Pregnant"\n        applies when sex is female\n        gvhd is active\n'
    expected = ["whether it applies is unknown:", "  sex is not recorded", "gvhd is active"]
    assert expected == told(trial(text), patient(gvhd=word("active")))


# --- the whole ----------------------------------------------------------------------------------------------------

WHOLE = trial(
    """\
inclusion at enrolment
    I1 "Lansky at least 60"
        lansky at least 60
    I2 "QTcF at most 470 ms"
        qtcf at most 470 ms
exclusion at enrolment
    E1 "Surgery less than 28 days before"
        last_surgery is less than 28 days before enrolment
    E2 "Pregnant, or antibodies"
        applies when sex is female
        dsa more than 2000
    E3 "More than 2000 antibodies"
        dsa more than 2000
        if missing treat as not met because "measured only in relapse"
"""
)


def text(record: Record, *, full: bool = False) -> str:
    return account(WHOLE, record, decided(WHOLE, record), rules="9f3c0011" * 8, inputs="4b1e2233" * 8, full=full)


def test_not_eligible_in_full() -> None:
    record = patient(
        lansky=number("80", "2026-05-30"),
        qtcf=STALE,
        sex=word("male"),
        last_surgery=word(date(2026, 5, 22)),
    )
    expected = """\
        not eligible: E1 bars, I2 is open
          E1 Surgery less than 28 days before
             last_surgery 2026-05-22 is 10 days before enrolment 2026-06-01; less than 28 days is met
             stops barring when enrolment is 2026-06-19 or later
          I2 QTcF at most 470 ms
             qtcf 431 ms of 2026-04-25 is 37 days old at enrolment, valid for 14 days (stale)
          policies used: E3 (treated as not met because "measured only in relapse")
          2 clear, 1 not applicable (E2: sex is male, not female)
        HAND-1 version 1.0, rules 9f3c0011, inputs 4b1e2233, engine 0.1.0, as of 2026-06-01
        """
    assert dedent(expected) == text(record)


def test_undetermined_says_what_would_settle_it() -> None:
    record = patient(lansky=number("80", "2026-05-30"), last_surgery=word(Attested.NEVER), sex=word("female"))
    expected = """\
        undetermined: I2 and E2 are open
          I2 QTcF at most 470 ms
             qtcf is not recorded
          E2 Pregnant, or antibodies
             dsa is not recorded
          would settle it: dsa and qtcf
          policies used: E3 (treated as not met because "measured only in relapse")
          3 clear
        HAND-1 version 1.0, rules 9f3c0011, inputs 4b1e2233, engine 0.1.0, as of 2026-06-01
        """
    assert dedent(expected) == text(record)


def test_eligible_is_short_unless_asked_for_in_full() -> None:
    record = patient(
        lansky=number("80", "2026-05-30"),
        qtcf=number("431 ms", "2026-05-30"),
        dsa=number("300", "2026-05-30"),
        last_surgery=word(Attested.NEVER),
        sex=word("male"),
    )
    expected = """\
        eligible
          4 clear, 1 not applicable (E2: sex is male, not female)
        HAND-1 version 1.0, rules 9f3c0011, inputs 4b1e2233, engine 0.1.0, as of 2026-06-01
        """
    assert dedent(expected) == text(record)
    assert "  I2 QTcF at most 470 ms\n     qtcf 431 ms of 2026-05-30; at most 470 ms is met, 39 ms below\n" in text(
        record, full=True
    )
    assert "  E2 Pregnant, or antibodies\n     does not apply: sex is male, not female\n" in text(record, full=True)


def test_an_incomplete_section_keeps_anyone_from_being_eligible() -> None:
    protocol = trial(
        'inclusion at enrolment\n    I1 "a"\n        dsa at most 2000\n    incomplete "criteria 2 on are not public"\n'
    )
    record = patient(dsa=number("300", "2026-05-30"))
    found = accounted(protocol, record, decided(protocol, record))
    assert found.verdict == "undetermined: nothing bars, but the criteria are not known in full (inclusion)"
    assert 'incomplete: inclusion, "criteria 2 on are not public"' in found.closing


def test_a_list_that_the_file_calls_complete_is_named_with_its_reason() -> None:
    protocol = excluding("any adverse_events where (grade at least 3)")
    record = patient(last_visit=word(ENROLMENT))
    found = accounted(protocol, record, decided(protocol, record))
    assert found.closing[0] == (
        'policies used: E1 (adverse_events complete to last_visit because "sites enter events at every visit")'
    )


@pytest.mark.parametrize(
    ("asked", "duration"),
    [
        # from some hour of the 12th to some hour of the 15th: between two and four days
        ("lasts more than 36 hours", "more than 48 hours to less than 96 hours"),
        ("lasts more than 1 day", "more than 2 days to less than 4 days"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_is_asked_for(asked: str, duration: str) -> None:
    colitis = event(term="colitis", grade=Fraction(3), start=date(2026, 5, 12), end=date(2026, 5, 15))
    protocol = excluding(f"any adverse_events where (grade is 3 and {asked})")
    lines = told(protocol, patient(lists={"adverse_events": (colitis,)}))
    assert f"  its duration {duration} (start 2026-05-12, end 2026-05-15); {asked} is met" in lines
    assert "  grade is 3" in lines


# --- what comes from data is harmless -----------------------------------------------------------------------------

HOSTILE = 'x\n\u202e<script>alert("1")</script>'


def test_text_from_data_stays_on_its_line_and_shows_what_cannot_be_seen() -> None:
    record = patient(dsa=missing(Reason.UNREADABLE, "2026-05-30", HOSTILE))
    found = told(including("dsa at most 2000"), record)
    assert found == [
        'dsa of 2026-05-30 is written "x<U+000A><U+202E><script>alert("1")</script>", which cannot be read'
    ]


def test_html_escapes_what_comes_from_data() -> None:
    protocol = including("dsa at most 2000")
    record = patient(dsa=missing(Reason.UNREADABLE, "2026-05-30", HOSTILE))
    html = as_html(protocol, record, decided(protocol, record))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
