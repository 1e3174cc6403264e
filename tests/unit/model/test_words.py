"""A condition in words reads like the file, and what it says is what is meant."""

from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.base.diagnostic import render
from protocol_dsl.base.quantity import unit
from protocol_dsl.base.source import Source
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.model.condition import (
    AnyEvent,
    Applied,
    Arithmetic,
    AtLeast,
    Both,
    Compare,
    Condition,
    Consecutive,
    Constant,
    ContextOf,
    Count,
    Curve,
    Distance,
    Either,
    Expression,
    Extreme,
    Fetch,
    FieldOf,
    Followed,
    HadDlt,
    Includes,
    Judged,
    Known,
    Lasting,
    Member,
    MomentOf,
    Named,
    Not,
    Operator,
    Part,
    Policy,
    Quantifier,
    Readings,
    Recorded,
    Series,
    Shifted,
    Side,
    Sign,
    Valid,
    Window,
    Within,
)
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.record import Reason
from protocol_dsl.model.vocabulary import Choice, Item, Number, Rule
from protocol_dsl.model.walk import walk
from protocol_dsl.model.words import words, words_of_value
from protocol_dsl.pipeline import load_text

TRIALS = Path(__file__).parents[3] / "protocols" / "trials"
FILES = sorted(path.relative_to(TRIALS).as_posix() for path in TRIALS.rglob("*.protocol"))

LATEST = Choice(Rule.LATEST)


def quantity(number: str, code: str) -> Constant:
    found = unit(code)
    assert found is not None
    return Constant(Fraction(number) * found.factor, found)


def bare(number: str) -> Constant:
    return Constant(Fraction(number))


def item(name: str) -> Fetch:
    return Fetch(Series(name, LATEST, 14))


def times(left: Expression, right: Expression) -> Arithmetic:
    return Arithmetic(Operator.TIMES, left, right)


def positive(name: str) -> Condition:
    return Compare(Sign.IS, item(name), Constant("positive"))


DAYS_14 = quantity("14", "days")
FIRST_DOSE = MomentOf("first_dose")
ALT = Series("alt", LATEST, 14)
SYSTOLIC = Series(
    "systolic",
    None,
    None,
    Window(Shifted(MomentOf("enrolment"), length=DAYS_14, backwards=True), MomentOf("enrolment")),
)
QTCF = Series("qtcf", None, 14)

LEAVES = [
    ("qtcf at most 470 ms", Compare(Sign.AT_MOST, item("qtcf"), quantity("470", "ms"))),
    ("anc at least 1.5 10*9/L", Compare(Sign.AT_LEAST, item("anc"), quantity("1.5", "10*9/L"))),
    ("anc at least 1500 /uL", Compare(Sign.AT_LEAST, item("anc"), quantity("1500", "/uL"))),
    ("alt at most 2.5 x ULN", Compare(Sign.AT_MOST, Fetch(ALT), times(bare("2.5"), Fetch(ALT, Part.ULN)))),
    ("confirmed", Compare(Sign.IS, item("confirmed"), Constant(value=True))),
    ("confirmed is no", Compare(Sign.IS, item("confirmed"), Constant(value=False))),
    ("entry is 1", Compare(Sign.IS, ContextOf("entry"), bare("1"))),
    ("stage is not iv", Compare(Sign.IS_NOT, item("stage"), Constant("iv"))),
    ("stage is one of iii, iv", Member(item("stage"), ("iii", "iv"))),
    ("stage is not one of iii, iv", Not(Member(item("stage"), ("iii", "iv")))),
    ("drug is in strong", Member(FieldOf("drug"), ("a", "b"), "strong")),
    ("terms includes any of fever, chills", Includes(item("terms"), ("fever", "chills"), all=False)),
    ("terms includes all of fever, chills", Includes(item("terms"), ("fever", "chills"), all=True)),
    (
        "age is between 1 year and 21 years",
        Both(
            (
                Compare(Sign.AT_LEAST, item("age"), quantity("1", "years")),
                Compare(Sign.AT_MOST, item("age"), quantity("21", "years")),
            )
        ),
    ),
    (
        "last_radiotherapy less than 14 days before first_dose",
        Distance(Sign.LESS_THAN, item("last_radiotherapy"), DAYS_14, Side.BEFORE, FIRST_DOSE),
    ),
    (
        "consent is before first_dose",
        Compare(Sign.LESS_THAN, MomentOf("consent"), FIRST_DOSE),
    ),
    (
        "scan at least 6 months before first_dose, rounding up",
        Distance(
            Sign.AT_LEAST,
            item("scan"),
            quantity("0", "days"),
            Side.BEFORE,
            Shifted(FIRST_DOSE, months=6, backwards=True, rounding=Rounding.UP),
        ),
    ),
    (
        "time from birth_date to first_dose, rounding down at most 18 years",
        Distance(Sign.AT_MOST, Shifted(item("birth_date"), months=216), quantity("0", "days"), Side.BEFORE, FIRST_DOSE),
    ),
    (
        "scan is within 14 days before first_dose",
        Within(item("scan"), Window(Shifted(FIRST_DOSE, length=DAYS_14, backwards=True), FIRST_DOSE)),
    ),
    (
        "scan is within 14 days after first_dose",
        Within(item("scan"), Window(FIRST_DOSE, Shifted(FIRST_DOSE, length=DAYS_14))),
    ),
    (
        "scan is within 14 days of first_dose",
        Within(
            item("scan"),
            Window(Shifted(FIRST_DOSE, length=DAYS_14, backwards=True), Shifted(FIRST_DOSE, length=DAYS_14)),
        ),
    ),
    (
        "scan is from 3 days before first_dose to 14 days after first_dose",
        Within(
            item("scan"),
            Window(
                Shifted(FIRST_DOSE, length=quantity("3", "days"), backwards=True), Shifted(FIRST_DOSE, length=DAYS_14)
            ),
        ),
    ),
    ("consent is on or before first_dose", Within(MomentOf("consent"), Window(None, FIRST_DOSE))),
    ("scan is on or after first_dose", Within(item("scan"), Window(FIRST_DOSE, None))),
    ("qtcf is recorded", Recorded(Series("qtcf", LATEST, 14))),
    ("qtcf is not recorded", Not(Recorded(Series("qtcf", LATEST, 14)))),
    ('judged "other disease"', Judged("other disease", "")),
    ("judged by investigator", Judged("", "investigator")),
    ("had_dlt", HadDlt()),
    ("followed through 27 days after first_dose", Followed(FIRST_DOSE, 27)),
]

COMPOUNDS = [
    ("each of hiv, hbv is positive", Both((positive("hiv"), positive("hbv")))),
    ("either of hiv, hbv is positive", Either((positive("hiv"), positive("hbv")))),
    (
        "a is positive or (b is positive and c is negative)",
        Either((positive("a"), Both((positive("b"), Compare(Sign.IS, item("c"), Constant("negative")))))),
    ),
    (
        "each of hiv, hbv is positive and (gilbert or hcv is negative)",
        Both(
            (
                Both((positive("hiv"), positive("hbv"))),
                Either(
                    (
                        Compare(Sign.IS, item("gilbert"), Constant(value=True)),
                        Compare(Sign.IS, item("hcv"), Constant("negative")),
                    )
                ),
            )
        ),
    ),
    ("not hiv is positive", Not(positive("hiv"))),
    ("known hiv is positive", Known(positive("hiv"))),
    (
        "at least 2 of (a is positive; b is positive; c is positive)",
        AtLeast(2, (positive("a"), positive("b"), positive("c"))),
    ),
    (
        "(hiv is positive, if missing treat as not met)",
        Policy(positive("hiv"), (Reason.NOT_COLLECTED,), met=False, because="only when found"),
    ),
    ("any medications where (drug is in strong)", AnyEvent("medications", Member(FieldOf("drug"), ("a",), "strong"))),
    ("any medications", AnyEvent("medications", None)),
    ("no medications", Not(AnyEvent("medications", None))),
    (
        "count of lesions where (irradiated) at least 2",
        Compare(
            Sign.AT_LEAST, Count("lesions", Compare(Sign.IS, FieldOf("irradiated"), Constant(value=True))), bare("2")
        ),
    ),
    (
        "count of deaths over all patients at least 2",
        Compare(Sign.AT_LEAST, Count("deaths", None, pooled=True), bare("2")),
    ),
    ("lasts more than 72 hours", Compare(Sign.MORE_THAN, Lasting(), quantity("72", "hours"))),
    (
        "lasts at least 2 days counting both days",
        Compare(Sign.AT_LEAST, Lasting(both_days=True), quantity("2", "days")),
    ),
    (
        "every systolic within 14 days before enrolment more than 150 mm[Hg]",
        Readings(Quantifier.EVERY, SYSTOLIC, Compare(Sign.MORE_THAN, Fetch(SYSTOLIC), quantity("150", "mm[Hg]"))),
    ),
    (
        "no qtcf more than 500 ms",
        Not(Readings(Quantifier.ANY, QTCF, Compare(Sign.MORE_THAN, Fetch(QTCF), quantity("500", "ms")))),
    ),
    (
        "2 consecutive qtcf, at least 1 week apart, more than 470 ms".replace("1 week", "7 days"),
        Consecutive(2, QTCF, Compare(Sign.MORE_THAN, Fetch(QTCF), quantity("470", "ms")), Fraction(7)),
    ),
    (
        "3 consecutive qtcf more than 470 ms",
        Consecutive(3, QTCF, Compare(Sign.MORE_THAN, Fetch(QTCF), quantity("470", "ms"))),
    ),
]


@pytest.mark.parametrize(("told", "condition"), LEAVES + COMPOUNDS, ids=[told for told, _ in LEAVES + COMPOUNDS])
def test_a_condition_is_told_as_a_protocol_writes_it(told: str, condition: Condition) -> None:
    assert told == words(condition)


EXPRESSIONS = [
    (
        "the shorter of 21 days and 5 * half_life",
        Extreme(larger=False, left=quantity("21", "days"), right=times(bare("5"), FieldOf("half_life"))),
    ),
    ("the larger of 2 and weight", Extreme(larger=True, left=bare("2"), right=item("weight"))),
    ("a - (b - c)", Arithmetic(Operator.MINUS, item("a"), Arithmetic(Operator.MINUS, item("b"), item("c")))),
    ("a - b - c", Arithmetic(Operator.MINUS, Arithmetic(Operator.MINUS, item("a"), item("b")), item("c"))),
    ("a * (b + c)", times(item("a"), Arithmetic(Operator.PLUS, item("b"), item("c")))),
    ("a * b ^ 2", times(item("a"), Arithmetic(Operator.POWER, item("b"), bare("2")))),
    ("(a * b) ^ -2", Arithmetic(Operator.POWER, times(item("a"), item("b")), bare("-2"))),
    ("(-2) ^ (ln of a)", Arithmetic(Operator.POWER, bare("-2"), Applied(Curve.LN, item("a")))),
    ("square root of (a * b)", Applied(Curve.SQUARE_ROOT, times(item("a"), item("b")))),
    ("a / cube root of b", Arithmetic(Operator.OVER, item("a"), Applied(Curve.CUBE_ROOT, item("b")))),
    ("log10 of a", Valid("f", Applied(Curve.LOG10, Valid("g", item("a"), (), ("x",))), (HadDlt(),))),
    ("a / (b / c)", Arithmetic(Operator.OVER, item("a"), Arithmetic(Operator.OVER, item("b"), item("c")))),
    ("a / (b * c)", Arithmetic(Operator.OVER, item("a"), times(item("b"), item("c")))),
    ("egfr", Named("egfr", "bedside Schwartz", bare("1"))),
    ("date of anc", Fetch(Series("anc", LATEST, 14), Part.DATE)),
    ("first_dose - 14 days", Shifted(FIRST_DOSE, length=DAYS_14, backwards=True)),
    ("latest anc on or before first_dose", Fetch(Series("anc", LATEST, None, Window(None, FIRST_DOSE)))),
]


@pytest.mark.parametrize(("told", "expression"), EXPRESSIONS, ids=[told for told, _ in EXPRESSIONS])
def test_an_expression_is_told_as_a_protocol_writes_it(told: str, expression: Expression) -> None:
    assert told == words_of_value(expression)


def test_a_choice_is_told_where_it_is_not_the_items_own() -> None:
    declared = Item("anc", Number(unit("10*9/L")), choice=Choice(Rule.HIGHEST), valid_days=14)
    assert words_of_value(item("anc"), {"anc": declared}) == "latest anc"


# --- what is told is what is meant --------------------------------------------------------------------------------


def load(text: str) -> Protocol:
    found = load_text(Source("told.protocol", text))
    assert found.protocol is not None, render(found.errors, "plain")
    return found.protocol


def fits_one_line(clause: Clause) -> bool:
    """Whether its condition has a form in one line, and stands in one place of the file."""
    forms = {type(node) for node in walk(clause.condition)}
    return not forms & {AtLeast, Policy, Followed} and not (
        isinstance(clause.condition, Judged) and not clause.condition.what
    )


@pytest.mark.parametrize("name", FILES)
def test_what_is_told_of_a_shipped_criterion_means_the_same(name: str) -> None:
    text = (TRIALS / name).read_text(encoding="utf-8")
    protocol = load(text)
    told = text
    replaced = [c for c in protocol.criteria if fits_one_line(c) and "unless" not in c.condition.span.text]
    assert len(replaced) > 5
    for clause in sorted(replaced, key=lambda c: -c.condition.span.start):
        span = clause.condition.span
        told = told[: span.start] + words(clause.condition, protocol.items) + told[span.end :]
    again = {clause.id: clause.condition for clause in load(told).criteria}
    assert {c.id: c.condition for c in replaced} == {c.id: again[c.id] for c in replaced}
