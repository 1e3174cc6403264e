"""Examples of patients, as records worked out by hand."""

from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl.base.studytime import Days
from protocol_dsl.model.protocol import Example
from protocol_dsl.model.record import Attested, Judgement, Range, Reading, Reason, Value
from tests.unit.elaborate.trial import TRIAL, written

CRITERIA = "\nexclusion at enrolment\n    E1\n        smoker\n    E2\n        judged by investigator\n"


def examples(*lines: str) -> tuple[Example, ...]:
    text = "".join(f"    {line}\n" for line in lines)
    protocol, found = written(f'{TRIAL}{CRITERIA}\nexample "first"\n{text}')
    assert protocol is not None, found
    return protocol.examples


def codes(*lines: str) -> list[str]:
    text = "".join(f"    {line}\n" for line in lines)
    return [one.code for one in written(f'{TRIAL}{CRITERIA}\nexample "first"\n{text}    then eligible\n')[1]]


def readings(given: str, name: str) -> tuple[Reading, ...]:
    return examples(f"given {given}", "then eligible")[0].record.readings.get(name, ())


VALUES: list[tuple[str, str, Value]] = [
    ("anc = 1.5 10*9/L", "anc", Fraction("1.5e12")),
    ("anc = 1500 /uL", "anc", Fraction("1.5e12")),
    # 88.4 umol/L of creatinine, at 113.12 g/mol, in g/m3.
    ("creatinine = 88.4 umol/L", "creatinine", Fraction("88.4") * Fraction("113.12") / 1000),
    ("half_life = 4 hours", "half_life", Fraction(4 * 3600)),
    ("score = 60", "score", Fraction(60)),
    ("worst = 2", "worst", Fraction(2)),
    ("smoker = no", "smoker", False),
    ("stage = iv", "stage", "iv"),
    ("drug = aspirin", "drug", "aspirin"),
    ("findings = (cough, fever)", "findings", frozenset({"cough", "fever"})),
    ("findings = none", "findings", frozenset()),
    ("surgery = 2026-05-31", "surgery", date(2026, 5, 31)),
    ("surgery = 2026-02", "surgery", Range(date(2026, 2, 1), date(2026, 2, 28))),
    ("surgery = never", "surgery", Attested.NEVER),
    ("enrolment = 2026-06-01", "enrolment", date(2026, 6, 1)),
    ("score = below 3", "score", Range(None, Fraction(3), high_open=True)),
    ("score = above 3", "score", Range(Fraction(3), None, low_open=True)),
]


@pytest.mark.parametrize(("given", "name", "value"), VALUES)
def test_a_given_value_is_in_base_units_and_as_fresh_as_can_be(given: str, name: str, value: Value) -> None:
    found = readings(given, name)
    assert [(value, True, None)] == [(one.value, one.at_moment, one.date) for one in found]


def test_limits_are_in_the_unit_of_the_value() -> None:
    found = readings("alt = 180 U/L (ULN 45, LLN 5)", "alt")[0]
    assert found.value is not None
    assert (found.value, Fraction(4)) == (Fraction(4) * (found.uln or 0), Fraction(180, 45))
    assert found.uln == 9 * (found.lln or 0)


def test_readings_with_days_keep_them() -> None:
    found = readings("score = 1 on 2026-05-30 and 2 on 2026-05", "score")
    assert [
        (Fraction(1), Days(date(2026, 5, 30), date(2026, 5, 30)), False),
        (Fraction(2), Days(date(2026, 5, 1), date(2026, 5, 31)), False),
    ] == [(one.value, one.date, one.at_moment) for one in found]


def test_missing_is_no_entry_and_missing_with_a_reason_is_one_without_value() -> None:
    assert () == readings("score = missing", "score")
    assert [(None, Reason.PENDING)] == [
        (one.value, one.missing) for one in readings("score = missing because pending", "score")
    ]


def test_judgements_stand_under_their_text_or_their_criterion() -> None:
    found = examples('given judged "other disease" = met, E2 = not met', "then not eligible because E1, E2")[0]
    assert {"other disease": (Judgement(True),), "E2": (Judgement(False),)} == dict(found.record.judgements)  # noqa: FBT003
    assert (("not eligible", ("E1", "E2")),) == found.expected


def test_the_place_in_the_trial_is_kept_as_written() -> None:
    found = examples("given level = 2, part = expansion", "then eligible")[0].record
    assert {"level": "2", "part": "expansion"} == dict(found.context)


def test_a_table_gives_events() -> None:
    found = examples(
        "given adverse_events",
        "    | term  | grade | start      | end     |",
        "    | fever | 3     | 2026-06-02 | ongoing |",
        "    | rash  |       | 2026-06    |         |",
        "given adverse_events complete to 2026-06-30",
        "as of 2026-07-01",
        "then no dlt",
    )[0]
    events = found.record.lists["adverse_events"]
    assert [
        {"term": "fever", "grade": Fraction(3), "start": date(2026, 6, 2), "end": Attested.ONGOING},
        {"term": "rash", "start": Range(date(2026, 6, 1), date(2026, 6, 30))},
    ] == [{name: reading.value for name, reading in event.fields.items()} for event in events]
    assert (date(2026, 6, 30), date(2026, 7, 1)) == (found.record.attested["adverse_events"], found.as_of)


def test_a_list_said_to_hold_nothing_is_complete_to_the_last_day_spoken_of() -> None:
    found = examples("given adverse_events = none, enrolment = 2026-06-01, surgery = 2026-01-02", "then eligible")[0]
    assert ((), date(2026, 6, 1)) == (found.record.lists["adverse_events"], found.record.attested["adverse_events"])


def test_like_takes_over_what_is_given_and_later_lines_go_before_it() -> None:
    second = '\n\nexample "second"\n    like "first"\n    given score = 2\n    then eligible\n'
    text = f'{TRIAL}{CRITERIA}\nexample "first"\n    given score = 1, ecog = 1\n    then eligible{second}'
    protocol, found = written(text)
    assert protocol is not None, found
    assert [(Fraction(2), Fraction(1))] == [
        (one.record.readings["score"][0].value, one.record.readings["ecog"][0].value)
        for one in protocol.examples
        if one.label == "second"
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("given scor = 1", ["PD101"]),
        ("given age = 5", ["PD108"]),
        ("given stage = v", ["PD205"]),
        ("given anc = 1.5", ["PD203"]),
        ("given anc = 1.5 kg", ["PD214"]),
        ("given score = 1.5 kg", ["PD204"]),
        ("given worst = 7", ["PD323"]),
        ("given ecog = 1.5", ["PD323"]),
        ("given sex = 2026-01-01", ["PD323"]),
        ("given surgery = 2026-02-30", ["PD505"]),
        ("given E9 = met", ["PD101"]),
        ("given E2 = 5", ["PD323"]),
        ("given adverse_events = fever", ["PD323"]),
        ('like "nobody"', ["PD320"]),
    ],
)
def test_a_given_that_does_not_fit_is_told(line: str, expected: list[str]) -> None:
    assert expected == codes(line)


def test_a_column_that_the_record_lacks_is_told() -> None:
    assert ["PD110"] == codes("given adverse_events", "    | term | gade |", "    | rash | 2    |")


def test_a_cohort_example_keeps_its_history_and_its_move() -> None:
    protocol, found = written('protocol "X"\n\ncohort example "a"\n    given history = "1NTN"\n    then treat 3 more\n')
    assert protocol is not None, found
    assert [("1NTN", "treat 3 more")] == [(one.history, one.expected) for one in protocol.cohort_examples]


COUNTED = """\
protocol "X"

doses of agent
    | level |
    | 1     |
    | 2     |
    start at level 1

escalation by table
    cohort of 3, up to 3 per level
    decide, exactly one row applies
        | treated | with_dlt | crs    | then     |
        | 3       | 0        | 0 to 1 | escalate |
        | 3       | 0        | 2 to 3 | stop     |
        | 3       | 1 to 3   | any    | stop     |

cohort example "a"
    given history = "1NNN 2NNN", {counts}
    then stop
"""


def test_a_cohort_example_keeps_counts() -> None:
    protocol, found = written(COUNTED.format(counts='crs = "0,2"'))
    assert protocol is not None, found
    assert [(("crs", (0, 2)),)] == [one.counts for one in protocol.cohort_examples]


@pytest.mark.parametrize("counts", ['crx = "0,2"', 'crs = "0,many"', "crs = 2", 'crs = "1 2"', 'crs = ""'])
def test_a_count_that_cannot_be_read_is_told(counts: str) -> None:
    protocol, found = written(COUNTED.format(counts=counts))
    assert protocol is None
    assert ["PD322"] == [one.code for one in found]


def test_who_expects_ineligible_is_told_not_eligible_and_never_eligible() -> None:
    _, found = written(f'{TRIAL}{CRITERIA}\nexample "first"\n    given smoker = yes\n    then ineligible\n')
    assert [(one.code, one.help) for one in found] == [("PD321", "write `not eligible`")]
