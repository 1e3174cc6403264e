"""Each check of criteria: where it speaks, and where it holds its tongue."""

import pytest

from tests.unit.checks.trial import TRIAL, checked, said


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("anc at least 1500 10*9/L", ("PD352", "1500 10*9/L")),
        ("anc at least 0.05 10*9/L", ("PD352", "0.05 10*9/L")),
        ("anc at least 0.5 /uL", ("PD352", "0.5 /uL")),
        ("lansky at least 101", ("PD352", "101")),
        ("creatinine at most 2000 umol/L", ("PD352", "2000 umol/L")),
        ("lansky at least 60 or lansky at most -1", ("PD352", "-1")),
        ("anc at least 1.25 10*9/L", ("PD353", "1.25 10*9/L")),
    ],
)
def test_a_limit_out_of_reach(rule: str, place: tuple[str, str]) -> None:
    assert [each for each in said(f'"x"\n        {rule}', "PD352", "PD353") if each[0] == place[0]] == [place]


@pytest.mark.parametrize(
    "rule",
    [
        "anc at least 0.1 10*9/L",
        "anc at most 20 10*9/L",
        "anc at least 1500 /uL",
        "anc at least 1.5 10*9/L",
        "lansky is between 0 and 100",
        "lansky at least 60.5",
        "creatinine at most 106 umol/L",
        "creatinine at most 1.5 x ULN",
        "ecog at most 200",
        "age at most 200 years",
    ],
)
def test_a_limit_within_reach(rule: str) -> None:
    assert said(f'"x"\n        {rule}', "PD352", "PD353") == []


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("Lansky score of at least 60", "lansky at least 50"),
        ("Neutrophils at least 1.5", "anc at least 1.0 10*9/L"),
        ("Neutrophils at least 1500 /uL", "anc at least 1.0 10*9/L"),
        ("Aged 18 to 65", "age is between 18 years and 60 years"),
        ("Surgery 4 weeks ago", "surgery is at least 21 days before enrolment"),
        ("No grade 3 or 4 infection", "no adverse_events where (grade at least 2)"),
        ("At least 2 of the following", "at least 1 of\n            - infection\n            - ecog at most 5"),
        ("Three of 0 to 10", "ecog is between 0 and 9"),
    ],
)
def test_a_number_that_the_rule_does_not_have(wording: str, rule: str) -> None:
    assert [code for code, _ in said(f'"{wording}"\n        {rule}', "PD354")] == ["PD354"]


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("Lansky score of at least 60", "lansky at least 60"),
        ("Lansky score of at least sixty", "lansky at least 50"),
        ("Neutrophils at least 1500 /uL", "anc at least 1.5 10*9/L"),
        ("Neutrophils at least 1,500/mm3", "anc at least 1.5 10*9/L"),
        ("Neutrophils at least 1.5 x 10^9/L within 14 days", "anc at least 1.5 10*9/L"),
        ("Neutrophils at least 1.5 within 2 weeks", "anc at least 1.5 10*9/L"),
        ("Surgery at least 28 days (4 weeks) ago", "surgery is at least 28 days before enrolment"),
        ("Surgery at least 4 weeks ago", "surgery is at least 28 days before enrolment"),
        ("Surgery at least 28 days ago", "surgery is at least 4 weeks before enrolment"),
        ("No grade 3 or 4 infection", "no adverse_events where (grade at least 3)"),
        ("No grade 3-5 infection", "no adverse_events where (grade at least 3)"),
        ("No event of grade 3 or more by CTCAE version 5.0", "no adverse_events where (grade at least 3)"),
        ("Type 2 diabetes, ECOG at most 1", "ecog at most 1"),
        ("Creatinine at most 1.5 times its upper limit", "creatinine at most 1.5 x ULN"),
        ("HER2 3+, IL-6, CYP3A4 and 24-hour urine; ECOG 1", "ecog at most 1"),
        ("No active infection for 7 days", "not infection"),
        ("18 years", "age at least 18 years"),
        ("Aged 6 months", "months_old at least 6 months"),
        ("2 of 3 signs", "at least 2 of\n            - infection\n            - ecog at most 3"),
    ],
)
def test_wording_that_says_the_same_in_other_words(wording: str, rule: str) -> None:
    assert said(f'"{wording}"\n        {rule}', "PD354") == []


BACK = "surgery is within 28 days before enrolment"


@pytest.mark.parametrize(
    ("effect", "rule"),
    [
        ("exclusion", BACK),
        ("exclusion", f"infection or {BACK}"),
        ("exclusion", f"all of\n            - infection\n            - {BACK}"),
        ("exclusion", f"not (infection or not ({BACK}))"),
        ("exclusion", f"known {BACK}"),
        ("inclusion", f"not ({BACK})"),
    ],
)
def test_a_window_that_lets_later_dates_pass(effect: str, rule: str) -> None:
    assert [place for _, place in said(f'"x"\n        {rule}', "PD356", effect=effect)] == [BACK]


@pytest.mark.parametrize(
    ("effect", "rule"),
    [
        ("inclusion", BACK),
        ("exclusion", f"not ({BACK})"),
        ("exclusion", f"infection\n        unless {BACK}"),
        ("exclusion", "surgery is less than 28 days before enrolment"),
        ("exclusion", "surgery is on or before enrolment"),
        ("exclusion", "any adverse_events where (start is within 28 days before enrolment)"),
    ],
)
def test_a_window_that_lets_nobody_pass(effect: str, rule: str) -> None:
    assert said(f'"x"\n        {rule}', "PD356", effect=effect) == []


TREAT = 'if missing treat as {} because "sites say so"'


@pytest.mark.parametrize(
    ("effect", "treated", "expected"),
    [("exclusion", "not met", 1), ("exclusion", "met", 0), ("inclusion", "not met", 0)],
)
def test_a_policy_that_lets_an_exclusion_pass(effect: str, treated: str, expected: int) -> None:
    clause = f'"x"\n        infection\n        {TREAT.format(treated)}'
    assert len(said(clause, "PD355", effect=effect)) == expected


def test_an_exclusion_that_asks_is_not_weakened() -> None:
    assert said('"x"\n        infection\n        if missing ask', "PD355", effect="exclusion") == []


@pytest.mark.parametrize(
    ("rule", "said", "until"),
    [
        ("age at most 18 years", "18 years", "the 19th birthday"),
        ("age more than 1 year", "1 year", "the 2nd birthday"),
        ("age is between 1 year and 21 years", "21 years", "the 22nd birthday"),
        ("age is 10 years", "10 years", "the 11th birthday"),
        ("age is not 22 years", "22 years", "the 23rd birthday"),
        ("months_old at most 6 months", "6 months", "7 months are complete"),
    ],
)
def test_an_age_that_lasts_until_the_next_birthday(rule: str, said: str, until: str) -> None:
    found = checked(f'{TRIAL}inclusion at enrolment\n    C1 "x"\n        {rule}\n')
    assert [one.message.partition(", since")[0] for one in found if one.code == "PD357"] == [
        f"{said} in C1 lasts until the day before {until}"
    ]


@pytest.mark.parametrize("rule", ["age at least 18 years", "age less than 18 years", "ecog at most 1"])
def test_an_age_that_begins_or_ends_on_the_birthday_itself(rule: str) -> None:
    assert said(f'"x"\n        {rule}', "PD357") == []


def test_one_note_for_each_criterion_with_such_an_age() -> None:
    clause = '"x"\n        age at most 18 years or age is 60 years\n    C2 "y"\n        age at most 60 years'
    assert said(clause, "PD357") == [("PD357", "18 years"), ("PD357", "60 years")]


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("inclusion\n    I1\n        infection\n", {"birth_date", "surgery", "sex"}),
        (
            "exclusion\n    E1\n        any adverse_events where (grade at least 3)\n        unless sex is male\n",
            {"surgery"},
        ),
        ("exclusion\n    E1\n        applies when sex is male\n        date of anc is before surgery\n", {"ecog"}),
    ],
)
def test_items_that_nothing_uses(text: str, unused: set[str]) -> None:
    kept = {"birth_date", "surgery", "sex", "ecog"}
    found = {one.message.split("`")[1] for one in checked(TRIAL + text) if one.code == "PD351"}
    used = {name for name in kept if name in text or name == "birth_date"}
    assert unused - {"birth_date"} <= found
    assert used.isdisjoint(found)


def test_what_a_declaration_needs_is_used() -> None:
    text = TRIAL.replace("list of adverse_event", 'list of adverse_event; complete to last_visit because "each visit"')
    assert "last_visit" not in " ".join(one.message for one in checked(text) if one.code == "PD351")
    assert "last_visit" in " ".join(one.message for one in checked(TRIAL) if one.code == "PD351")


def test_assumptions_and_incomplete_sections_are_listed() -> None:
    text = (
        TRIAL + 'inclusion at enrolment\n    incomplete "not public"\n    I1\n        infection\n'
        '        assumed because "as elsewhere"\n        source "none"\n'
    )
    found = [(one.code, one.severity.value) for one in checked(text) if one.code.startswith("PD39")]
    assert found == [("PD391", "warning"), ("PD390", "note")]


def test_a_sourced_and_whole_section_is_not() -> None:
    text = TRIAL + 'inclusion at enrolment\n    I1\n        infection\n        source "section 5"\n'
    assert [one for one in checked(text) if one.code.startswith("PD39")] == []


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("Lansky at least 60", "lansky more than 60"),
        ("Lansky more than 60", "lansky at least 60"),
        ("Lansky > 60", "lansky at least 60"),
        ("Lansky ≥60", "lansky more than 60"),
        ("Lansky not lower than 60", "lansky more than 60"),
        ("Lansky no more than 60", "lansky less than 60"),
        ("Younger than 18", "age at most 18 years"),
        ("Surgery more than 28 days ago", "surgery is at least 28 days before enrolment"),
        ("Neither below 60", "not (lansky at most 60)"),
        ("Lansky at least 60, ECOG below 2", "lansky at least 60 and ecog at most 2"),
    ],
)
def test_a_limit_on_the_other_side_than_the_wording_has_it(wording: str, rule: str) -> None:
    assert [code for code, _ in said(f'"{wording}"\n        {rule}', "PD360")] == ["PD360"]


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("Lansky at least 60", "lansky at least 60"),
        ("Lansky not less than 60", "lansky at least 60"),
        ("No Lansky below 60", "lansky at least 60"),
        ("Lansky more than 60", "not (lansky at most 60)"),
        ("Surgery at least 28 days ago", "not (surgery is less than 28 days before enrolment)"),
        ("Over 28 days since surgery", "surgery is at least 28 days before enrolment"),
        ("Lansky at least 60", "lansky is between 60 and 100"),
        ("Lansky at least 60", "lansky is 60"),
        (
            "Lansky at least 60, or more than 60 with ECOG 1",
            "lansky at least 60 or (lansky more than 60 and ecog is 1)",
        ),
        ("Lansky at least 50", "lansky more than 60"),
    ],
)
def test_a_limit_on_the_same_side(wording: str, rule: str) -> None:
    assert said(f'"{wording}"\n        {rule}', "PD360") == []


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("Creatinine at most 2 mg/L", "creatinine at most 2 mg/dL"),
        ("Creatinine at most 2 mmol/L", "creatinine at most 2 mg/dL"),
        ("Surgery at least 4 weeks ago", "surgery is at least 4 days before enrolment"),
        ("Aged 6 years", "months_old at least 6 months"),
        ("Neutrophils at least 1.5 x 10^6/L", "anc at least 1.5 10*9/L"),
    ],
)
def test_a_unit_that_the_rule_does_not_have(wording: str, rule: str) -> None:
    assert [code for code, _ in said(f'"{wording}"\n        {rule}', "PD363")] == ["PD363"]


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("Creatinine at most 2 mg/dl", "creatinine at most 2 mg/dL"),
        ("Neutrophils at least 1.5 x 10^9/L", "anc at least 1.5 10*9/L"),
        ("Neutrophils at least 1500 /mm3", "anc at least 1500 /uL"),
        ("Neutrophils at least 1.5 within 14 days", "anc at least 1.5 10*9/L"),
        ("Creatinine at most 2 x ULN", "creatinine at most 2 x ULN"),
        ("Surgery at least 28 days (4 weeks) ago", "surgery is at least 28 days before enrolment"),
        ("Creatinine at most 2 mg/dL per 1.73 m2", "creatinine at most 2 mg/L"),
        ("Creatinine at most 2 mg in a dL", "creatinine at most 2 mg/dL"),
        ("Creatinine at most 2 a day", "creatinine at most 2 mg/dL"),
        ("18 years", "age at least 18 years"),
    ],
)
def test_a_unit_that_the_rule_has_too(wording: str, rule: str) -> None:
    assert said(f'"{wording}"\n        {rule}', "PD363") == []


MOMENTS = """\
protocol "T"

moments
    consent
    enrolment after consent, at least 3 days, at most 28 days
    infusion after enrolment, at most 14 days

data
    anc : number in 10*9/L; latest, valid for 14 days

inclusion at enrolment
    C1
        {rule}
"""


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("consent is within 2 days before enrolment", True),
        ("consent is within 3 days before enrolment", False),
        ("consent is at least 29 days before enrolment", True),
        ("consent is at least 28 days before enrolment", False),
        ("consent is at least 42 days before infusion", False),  # 28 and 14
        ("consent is at least 43 days before infusion", True),
        ("consent is less than 3 days before infusion", True),
        ("infusion is on or before consent", True),
        ("infusion is on or before enrolment", False),  # the same day will do
        ("latest anc within 2 days before infusion at least 1 10*9/L", False),
        ("latest anc from 1 day after enrolment to 3 days after enrolment at least 1 10*9/L", True),
        ("latest anc from 3 days before consent to consent at least 1 10*9/L", False),
    ],
)
def test_a_window_that_the_moments_rule_out(rule: str, found: bool) -> None:  # noqa: FBT001 - a case
    told = checked(MOMENTS.format(rule=rule))
    assert [one.message for one in told if one.severity == "error"] == []
    assert found == ("PD378" in {one.code for one in told})
