"""Each form of condition and the core form it means, worked out by hand."""

from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl.base.quantity import ONE, Unit, unit
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.model import condition as c
from protocol_dsl.model.condition import Sign
from protocol_dsl.model.record import Attested, Reason
from protocol_dsl.model.vocabulary import Choice, Rule
from tests.unit.elaborate.trial import TRIAL, codes, meant, written

DAY = 86400
LATEST = Choice(Rule.LATEST)
DAYS = unit("days")
ANC = c.Series("anc", LATEST, 14)
ALT = c.Series("alt", LATEST, 7)
ENROLMENT = c.MomentOf("enrolment")
FIRST_DOSE = c.MomentOf("first_dose")
SURGERY = c.Fetch(c.Series("surgery"))
START, END = c.FieldOf("start"), c.FieldOf("end")


def named(code: str) -> Unit:
    found = unit(code)
    assert found is not None
    return found


def item(name: str) -> c.Fetch:
    return c.Fetch(c.Series(name))


def number(value: int | str, code: str | None = None) -> c.Constant:
    """A number of a unit, in its base unit."""
    found = named(code) if code else ONE
    return c.Constant(Fraction(value) * found.factor, found if code else None)


def days(value: int) -> c.Constant:
    return c.Constant(Fraction(value * DAY), DAYS)


def years(value: int) -> c.Constant:
    return c.Constant(Fraction(value), Unit("years", (), Fraction(1)))


AGE = c.Named("age", "", c.CompletedTime("years", item("birth_date"), ENROLMENT))
FEMALE = c.Compare(Sign.IS, item("sex"), c.Constant("female"))
SMOKER = c.Compare(Sign.IS, item("smoker"), c.Constant(True))  # noqa: FBT003
FRAIL = c.Compare(Sign.AT_LEAST, item("ecog"), number(2))
SEVERE = c.Compare(Sign.AT_LEAST, c.FieldOf("grade"), number(3))
LOW = c.Compare(Sign.LESS_THAN, c.Fetch(ANC), number("1.5", "10*9/L"))


def before(length: int, anchor: c.Expression) -> c.Shifted:
    return c.Shifted(anchor, length=days(length), backwards=True)


def after(length: int, anchor: c.Expression) -> c.Shifted:
    return c.Shifted(anchor, length=days(length))


COMPARISONS = {
    "anc less than 1.5 10*9/L": LOW,
    "anc less than 1500 /uL": c.Compare(Sign.LESS_THAN, c.Fetch(ANC), number(1500, "/uL")),
    "score more than 2": c.Compare(Sign.MORE_THAN, item("score"), number(2)),
    "score >= 2": c.Compare(Sign.AT_LEAST, item("score"), number(2)),
    "score is at most 2": c.Compare(Sign.AT_MOST, item("score"), number(2)),
    "ecog is 2": c.Compare(Sign.IS, item("ecog"), number(2)),
    "worst at least 3": c.Compare(Sign.AT_LEAST, item("worst"), number(3)),
    "age at least 18 years": c.Compare(Sign.AT_LEAST, AGE, years(18)),
    "age is between 1 year and 21 years": c.Both(
        (c.Compare(Sign.AT_LEAST, AGE, years(1)), c.Compare(Sign.AT_MOST, AGE, years(21)))
    ),
    "score + 1 more than 2 * score": c.Compare(
        Sign.MORE_THAN,
        c.Arithmetic(c.Operator.PLUS, item("score"), number(1)),
        c.Arithmetic(c.Operator.TIMES, number(2), item("score")),
        (c.Series("score"),),
    ),
    # 88.4 umol/L of creatinine, at 113.12 g/mol, is 88.4 * 113.12 / 10000 mg/dL.
    "creatinine more than 88.4 umol/L": c.Compare(
        Sign.MORE_THAN,
        c.Fetch(c.Series("creatinine", LATEST)),
        c.Constant(
            Fraction("88.4") * Fraction("113.12") / 1000,
            Unit("umol/L (113.12 g/mol)", (("g", 1), ("m", -3)), Fraction("0.11312")),
        ),
    ),
    "alt more than 3 x ULN": c.Compare(
        Sign.MORE_THAN,
        c.Fetch(ALT),
        c.Arithmetic(c.Operator.TIMES, number(3), c.Fetch(ALT, c.Part.ULN)),
        (ALT,),
    ),
    "alt less than LLN": c.Compare(Sign.LESS_THAN, c.Fetch(ALT), c.Fetch(ALT, c.Part.LLN), (ALT,)),
    "alt more than 2 x baseline": c.Compare(
        Sign.MORE_THAN,
        c.Fetch(ALT),
        c.Arithmetic(
            c.Operator.TIMES,
            number(2),
            c.Fetch(c.Series("alt", Choice(Rule.LOWEST), None, c.Window(None, FIRST_DOSE))),
        ),
    ),
    "level is 2": c.Compare(Sign.IS, c.ContextOf("level"), c.Constant("2")),
    "part is expansion": c.Compare(Sign.IS, c.ContextOf("part"), c.Constant("expansion")),
    "entry at most 2": c.Compare(Sign.AT_MOST, c.ContextOf("entry"), number(2)),
}

NAMES = {
    "sex is female": FEMALE,
    "sex is not female": c.Compare(Sign.IS_NOT, item("sex"), c.Constant("female")),
    "stage is one of iii, iv": c.Member(item("stage"), ("iii", "iv")),
    "stage is not one of iii, iv": c.Not(c.Member(item("stage"), ("iii", "iv"))),
    "worst is one of 3, 4": c.Member(item("worst"), (Fraction(3), Fraction(4))),
    "drug is aspirin": c.Compare(Sign.IS, item("drug"), c.Constant("aspirin")),
    "drug is in statins": c.Member(item("drug"), ("atorvastatin", "simvastatin"), "statins"),
    "drug is not in statins": c.Not(c.Member(item("drug"), ("atorvastatin", "simvastatin"), "statins")),
    "findings includes any of cough, fever": c.Includes(item("findings"), ("cough", "fever"), all=False),
    "findings includes all of cough, fever": c.Includes(item("findings"), ("cough", "fever"), all=True),
    "smoker": SMOKER,
    "smoker is no": c.Compare(Sign.IS, item("smoker"), c.Constant(False)),  # noqa: FBT003
    "frail": FRAIL,
    "frail is no": c.Not(FRAIL),
}

LOGIC = {
    "smoker and sex is female": c.Both((SMOKER, FEMALE)),
    "smoker or sex is female or frail": c.Either((SMOKER, FEMALE, FRAIL)),
    "not (smoker or frail)": c.Not(c.Either((SMOKER, FRAIL))),
    "known smoker": c.Known(SMOKER),
    "each of score, ecog at least 2": c.Both((c.Compare(Sign.AT_LEAST, item("score"), number(2)), FRAIL)),
    "either of score, ecog at least 2": c.Either((c.Compare(Sign.AT_LEAST, item("score"), number(2)), FRAIL)),
    'judged "other active disease"': c.Judged("other active disease", ""),
    "judged by investigator": c.Judged("", "investigator"),
    "any of\n            - smoker\n            - frail": c.Either((SMOKER, FRAIL)),
    "all of\n            - smoker\n            - frail": c.Both((SMOKER, FRAIL)),
    "none of\n            - smoker\n            - frail": c.Not(c.Either((SMOKER, FRAIL))),
    "at least 2 of\n            - smoker\n            - frail\n            - sex is female": c.AtLeast(
        2, (SMOKER, FRAIL, FEMALE)
    ),
    "all of\n            - frail\n            - smoker\n"
    '                if missing treat as not met because "x"': c.Both(
        (FRAIL, c.Policy(SMOKER, (Reason.NOT_COLLECTED,), met=False, because="x"))
    ),
}

DAYS_AND_WINDOWS = {
    "surgery is less than 28 days before first_dose": c.Distance(
        Sign.LESS_THAN, SURGERY, days(28), c.Side.BEFORE, FIRST_DOSE
    ),
    "surgery is at least 2 weeks after consent": c.Distance(
        Sign.AT_LEAST, SURGERY, number(2, "weeks"), c.Side.AFTER, c.MomentOf("consent")
    ),
    "surgery is at least 3 months before enrolment, rounding down": c.Distance(
        Sign.AT_LEAST, SURGERY, days(0), c.Side.BEFORE, c.Shifted(ENROLMENT, 3, backwards=True)
    ),
    "surgery is less than 1 year after enrolment, rounding up": c.Distance(
        Sign.LESS_THAN, SURGERY, days(0), c.Side.AFTER, c.Shifted(ENROLMENT, 12, rounding=Rounding.UP)
    ),
    "surgery is less than the longer of 21 days and 5 * half_life before first_dose": c.Distance(
        Sign.LESS_THAN,
        SURGERY,
        c.Extreme(larger=True, left=days(21), right=c.Arithmetic(c.Operator.TIMES, number(5), item("half_life"))),
        c.Side.BEFORE,
        FIRST_DOSE,
    ),
    "surgery is before enrolment": c.Compare(Sign.LESS_THAN, SURGERY, ENROLMENT),
    "surgery is after 2026-01-31": c.Compare(Sign.MORE_THAN, SURGERY, c.Constant(date(2026, 1, 31))),
    "surgery is never": c.Compare(Sign.IS, SURGERY, c.Constant(Attested.NEVER)),
    "surgery is enrolment": c.Compare(Sign.IS, SURGERY, ENROLMENT),
    "surgery is on or before enrolment": c.Within(SURGERY, c.Window(None, ENROLMENT)),
    "surgery is on or after enrolment": c.Within(SURGERY, c.Window(ENROLMENT, None)),
    "surgery is within 28 days before enrolment": c.Within(SURGERY, c.Window(before(28, ENROLMENT), ENROLMENT)),
    "surgery is within 28 days after enrolment": c.Within(SURGERY, c.Window(ENROLMENT, after(28, ENROLMENT))),
    "surgery is within 3 days of enrolment": c.Within(SURGERY, c.Window(before(3, ENROLMENT), after(3, ENROLMENT))),
    "surgery is within 6 months before enrolment, rounding up": c.Within(
        SURGERY, c.Window(c.Shifted(ENROLMENT, 6, backwards=True, rounding=Rounding.UP), ENROLMENT)
    ),
    "surgery is from 3 days before to 14 days after first_dose": c.Within(
        SURGERY, c.Window(before(3, FIRST_DOSE), after(14, FIRST_DOSE))
    ),
    "surgery is from consent to 1 day before first_dose": c.Within(
        SURGERY, c.Window(c.MomentOf("consent"), before(1, FIRST_DOSE))
    ),
    "surgery is within 7 days before date of anc": c.Within(
        SURGERY,
        c.Window(before(7, c.Fetch(ANC, c.Part.DATE)), c.Fetch(ANC, c.Part.DATE)),
    ),
    "life at least 1 day": c.Distance(Sign.AT_LEAST, item("birth_date"), days(1), c.Side.BEFORE, ENROLMENT),
}

SERIES = {
    "latest anc within 3 days before first_dose less than 1.5 10*9/L": c.Compare(
        Sign.LESS_THAN,
        c.Fetch(c.Series("anc", LATEST, None, c.Window(before(3, FIRST_DOSE), FIRST_DOSE))),
        number("1.5", "10*9/L"),
    ),
    "highest anc less than 1.5 10*9/L": c.Compare(
        Sign.LESS_THAN, c.Fetch(c.Series("anc", Choice(Rule.HIGHEST), 14)), number("1.5", "10*9/L")
    ),
    "mean of last 3 score at least 2": c.Compare(
        Sign.AT_LEAST, c.Fetch(c.Series("score", Choice(Rule.MEAN, 3))), number(2)
    ),
    "any anc less than 1.5 10*9/L": c.Readings(
        c.Quantifier.ANY,
        c.Series("anc", None, 14),
        c.Compare(Sign.LESS_THAN, c.Fetch(c.Series("anc", None, 14)), number("1.5", "10*9/L")),
    ),
    "no score on or before enrolment at least 2": c.Not(
        c.Readings(
            c.Quantifier.ANY,
            c.Series("score", None, None, c.Window(None, ENROLMENT)),
            c.Compare(Sign.AT_LEAST, c.Fetch(c.Series("score", None, None, c.Window(None, ENROLMENT))), number(2)),
        )
    ),
    "every alt at most 3 x ULN": c.Readings(
        c.Quantifier.EVERY,
        c.Series("alt", None, 7),
        c.Compare(
            Sign.AT_MOST,
            c.Fetch(c.Series("alt", None, 7)),
            c.Arithmetic(c.Operator.TIMES, number(3), c.Fetch(c.Series("alt", None, 7), c.Part.ULN)),
            (c.Series("alt", None, 7),),
        ),
    ),
    "2 consecutive score, at least 1 week apart, more than 2": c.Consecutive(
        2, c.Series("score"), c.Compare(Sign.MORE_THAN, item("score"), number(2)), Fraction(7)
    ),
    "date of anc is before enrolment": c.Compare(Sign.LESS_THAN, c.Fetch(ANC, c.Part.DATE), ENROLMENT),
}

EVENTS = {
    "any adverse_events where (grade at least 3)": c.AnyEvent("adverse_events", SEVERE),
    "no adverse_events": c.Not(c.AnyEvent("adverse_events", None)),
    "no adverse_events where (grade at least 3)": c.Not(c.AnyEvent("adverse_events", SEVERE)),
    "every adverse_events where (hospital) has (grade at least 3)": c.Not(
        c.AnyEvent(
            "adverse_events",
            c.Both((c.Compare(Sign.IS, c.FieldOf("hospital"), c.Constant(True)), c.Not(SEVERE))),  # noqa: FBT003
        )
    ),
    "count of adverse_events where (grade at least 3) at least 2": c.Compare(
        Sign.AT_LEAST, c.Count("adverse_events", SEVERE), number(2)
    ),
    "count of scans within 28 days before enrolment is 0": c.Compare(
        Sign.IS,
        c.Count("scans", c.Within(c.FieldOf("date"), c.Window(before(28, ENROLMENT), ENROLMENT))),
        number(0),
    ),
    "any scans where (width at least 10 mm and kind is ct)": c.AnyEvent(
        "scans",
        c.Both(
            (
                c.Compare(Sign.AT_LEAST, c.FieldOf("width"), number(10, "mm")),
                c.Compare(Sign.IS, c.FieldOf("kind"), c.Constant("ct")),
            )
        ),
    ),
    # A field goes before an item of the same name; what is no field is looked up outside.
    "any medications where (drug is in statins and smoker)": c.AnyEvent(
        "medications",
        c.Both((c.Member(c.FieldOf("drug"), ("atorvastatin", "simvastatin"), "statins"), SMOKER)),
    ),
    "any adverse_events where (lasts more than 72 hours)": c.AnyEvent(
        "adverse_events", c.Compare(Sign.MORE_THAN, c.Lasting(), number(72, "hours"))
    ),
    "any adverse_events where (lasts at least 3 days counting both days)": c.AnyEvent(
        "adverse_events", c.Compare(Sign.AT_LEAST, c.Lasting(both_days=True), days(3))
    ),
    "any adverse_events where (ongoing at enrolment)": c.AnyEvent(
        "adverse_events",
        c.Both(
            (
                c.Within(START, c.Window(None, ENROLMENT)),
                c.Either(
                    (
                        c.Compare(Sign.IS, END, c.Constant(Attested.ONGOING)),
                        c.Within(END, c.Window(ENROLMENT, None)),
                    )
                ),
            )
        ),
    ),
    "any scans where (taken within 7 days before enrolment)": c.AnyEvent(
        "scans", c.Within(c.FieldOf("date"), c.Window(before(7, ENROLMENT), ENROLMENT))
    ),
    "any medications where (taken within 14 days before enrolment)": c.AnyEvent(
        "medications",
        c.Both(
            (
                c.Within(START, c.Window(None, ENROLMENT)),
                c.Either(
                    (
                        c.Within(START, c.Window(before(14, ENROLMENT), ENROLMENT)),
                        c.Either(
                            (
                                c.Compare(Sign.IS, END, c.Constant(Attested.ONGOING)),
                                c.Within(END, c.Window(before(14, ENROLMENT), None)),
                            )
                        ),
                    )
                ),
            )
        ),
    ),
    "any medications where (end is ongoing)": c.AnyEvent(
        "medications", c.Compare(Sign.IS, END, c.Constant(Attested.ONGOING))
    ),
}

ALL = COMPARISONS | NAMES | LOGIC | DAYS_AND_WINDOWS | SERIES | EVENTS


@pytest.mark.parametrize("text", ALL)
def test_a_condition_means_its_core_form(text: str) -> None:
    assert ALL[text] == meant(text)


def test_time_from_birth_holds_up_to_the_birthday_and_on_it() -> None:
    extra = "    span is time from birth_date to enrolment, rounding up\n"
    eighteenth = c.Shifted(item("birth_date"), 216, rounding=Rounding.UP)
    assert c.Distance(Sign.AT_MOST, eighteenth, days(0), c.Side.BEFORE, ENROLMENT) == meant(
        "span at most 18 years", extra
    )


def test_readings_that_belong_together_have_one_order_in_every_process() -> None:
    """Sets of names are in another order in each process, and the digest of the rules would be too."""
    early, late = "(latest anc within 3 days before enrolment)", "(latest anc within 9 days before first_dose)"
    one, other = (meant(f"{a} + {b} at most 2 * {b} + {a}") for a, b in ((early, late), (late, early)))
    assert isinstance(one, c.Compare)
    assert isinstance(other, c.Compare)
    assert 2 == len(one.together)
    assert one.together == other.together


def test_a_count_over_all_patients_belongs_to_a_stopping_rule() -> None:
    counted = "count of adverse_events over all patients at least 2"
    protocol, found = written(f"{TRIAL}\nstopping\n    S1\n        {counted}\n        then stop trial\n")
    assert protocol is not None, found
    count = c.Count("adverse_events", None, pooled=True)
    assert protocol.stopping[0].condition == c.Compare(Sign.AT_LEAST, count, number(2))
    assert codes(counted) == ["PD318"]
