from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType

import pytest
from attrs import evolve

from protocol_dsl.base.quantity import Unit, unit
from protocol_dsl.base.source import Source, Span
from protocol_dsl.base.studytime import Days
from protocol_dsl.model import condition as c
from protocol_dsl.model import escalation as e
from protocol_dsl.model import protocol as p
from protocol_dsl.model import record as r
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.dosing import DoseCap
from protocol_dsl.model.serial import canonical, digest, digest_of_records, from_json, structure, to_json


def known(code: str) -> Unit:
    found = unit(code)
    assert found is not None
    return found


SERIES = c.Series("anc", v.Choice(v.Rule.MEAN, 3), 14, c.Window(c.MomentOf("consent"), None))
NUMBERS = c.Arithmetic(c.Operator.OVER, c.Constant(Fraction(1, 3)), c.Fetch(SERIES, c.Part.ULN))
DAY = c.Shifted(c.MomentOf("enrolment"), 3, c.Constant(Fraction(86400), known("d")), backwards=True)
CONDITIONS: tuple[c.Condition, ...] = (
    c.Compare(c.Sign.AT_LEAST, NUMBERS, c.Constant(Fraction(3, 2), known("10*9/L")), (SERIES,)),
    c.Member(c.Fetch(c.Series("sex")), ("female", "male"), "sexes"),
    c.Member(c.FieldOf("grade"), (Fraction(3), Fraction(4))),
    c.Includes(c.Fetch(c.Series("history")), ("cough",), all=True),
    c.Distance(c.Sign.AT_LEAST, c.Fetch(c.Series("surgery")), c.Constant(Fraction(1)), c.Side.BEFORE, DAY),
    c.Within(c.Constant(date(2026, 1, 2)), c.Window(None, c.Constant(datetime(2026, 1, 2, 3)))),  # noqa: DTZ001
    c.Compare(c.Sign.IS, c.Constant(r.Attested.NEVER), c.Constant("never")),
    c.Compare(c.Sign.IS, c.Constant(value=True), c.Constant(r.Range(Fraction(1), None, low_open=True))),
    c.Compare(c.Sign.IS, c.Constant(frozenset({"b", "a"})), c.Constant(r.Range(date(2026, 1, 1), date(2026, 2, 1)))),
    c.Compare(c.Sign.LESS_THAN, c.CompletedTime("years", DAY, DAY), c.Extreme(True, NUMBERS, c.ContextOf("entry"))),  # noqa: FBT003
    c.Compare(
        c.Sign.MORE_THAN,
        c.Cases((c.Branch(c.Judged("inflammation", "investigator"), NUMBERS), c.Branch(None, c.Lasting()))),
        c.Named("age", "the age", c.Rounded(c.Count("events", c.HadDlt(), pooled=True), Fraction(1, 10)), known("a")),
    ),
    c.AtLeast(2, (c.Recorded(SERIES), c.Known(c.HadDlt()), c.Not(c.Followed(DAY, 28)))),
    c.Policy(c.Either((c.AnyEvent("events", None),)), (r.Reason.NOT_DONE,), met=False, because="so"),
    c.Both((c.Readings(c.Quantifier.EVERY, SERIES, c.HadDlt()), c.Consecutive(2, SERIES, c.HadDlt(), Fraction(7)))),
)
CLAUSES = tuple(p.Clause(f"I{n}", p.Effect.INCLUSION, "words", one) for n, one in enumerate(CONDITIONS, start=1))
KINDS: tuple[v.Kind, ...] = (
    v.YesNo(),
    v.OneOf(("a", "b")),
    v.AnyOf(("a",)),
    v.Number(known("mm[Hg]")),
    v.Number(),
    v.Count(),
    v.Completed("years"),
    v.Grade(),
    v.Date(),
    v.Time(),
    v.Text(),
    v.ListOf("event"),
)
ITEMS = {
    f"item{n}": v.Item(
        f"item{n}",
        kind,
        plausible=(Fraction(0), Fraction(1, 3)),
        choice=v.Choice(v.Rule.LATEST),
        baseline=v.BaselineRule(v.Choice(v.Rule.FIRST), "infusion"),
        complete=v.Completeness(within_days=14, because="so"),
    )
    for n, kind in enumerate(KINDS)
}
PLAN = e.EscalationPlan(
    rows=(
        e.Row((e.Cell("treated", e.Count(3, 3)),), (e.Action(e.Word.TREAT_MORE, 3),), e.Place.TOP),
        e.Row((), (e.Action(e.Word.STOP), e.Action(e.Word.DECLARE_NONE)), "7b", otherwise=True),
    ),
    cap=6,
    stagger=e.Stagger(2, 14),
    mtd=e.Mtd((e.MtdCase(e.Count(6, 6), e.Count(0, 1)),)),
    always=(
        e.Always(
            "A1",
            "never",
            e.Never(
                e.Word.ESCALATE,
                e.Both(
                    (
                        e.Comparison(
                            e.Operator.AT_LEAST,
                            e.Arithmetic(e.Operator.TIMES, e.Counted("with_dlt"), e.Whole(3)),
                            e.Counted("treated"),
                        ),
                        e.Either((e.Closed(), e.Negated(e.LevelComparison(e.Operator.IS, e.Place.TOP)))),
                    )
                ),
            ),
        ),
        e.Always("A2", "rises", e.RisesByAtMost(1)),
        e.Always("A3", "ends", e.StopsWithin(24)),
        e.Always("A4", "good", e.RecommendedImplies(e.LevelComparison(e.Operator.LESS_THAN, "7b"))),
    ),
)
RECORD = r.Record(
    "P1",
    {"anc": (r.Reading(Fraction(1, 3), Days(date(2026, 1, 1), date(2026, 1, 31)), uln=Fraction(2), written="x"),)},
    {"events": (r.Event({"term": r.Reading("fever"), "end": r.Reading(r.Attested.ONGOING)}),)},
    {"events": date(2026, 2, 1)},
    {"I5": (r.Judgement(met=True, day=date(2026, 1, 1), by="A"),)},
    {"level": "1"},
)
WHOLE = p.Protocol(
    p.Header("T", effective=date(2026, 3, 1), uses={"ctcae": "5.0"}, libraries=("organs",)),
    {"enrolment": v.Moment("enrolment", after="consent", at_most_days=28)},
    ITEMS,
    {"event": v.RecordType("event", {"term": v.Item("term", v.Text())})},
    {"drugs": v.NamedSet("drugs", "1", ("a", "b"))},
    {"age": p.Definition("age", "the age", NUMBERS), "fit": p.Definition("fit", "", c.HadDlt())},
    CLAUSES,
    (p.Gate("before each", "infusion", CLAUSES[:1]),),
    e.Ladder((e.DoseLevel("-1", (Fraction(10**6), None)),), "-1", caps=(DoseCap(Fraction(3), "cells", "infusion"),)),
    p.DltRules("infusion", 27, ("possible",), CLAUSES[1:2], evaluable=c.HadDlt(), replace=True),
    PLAN,
    CLAUSES[2:3],
    (p.PatientStatement("A5", "eligible", p.EligibleImplies(CONDITIONS[0])),),
    examples=(p.Example("one", RECORD, (("undetermined", ("E5",)),), date(2026, 3, 1)),),
    cohort_examples=(p.CohortExample("two", "1NNN", "escalate"),),
    notes=(p.Note(p.NoteKind.SOURCE, "section 5", "I1"),),
    incomplete=(p.Note(p.NoteKind.INCOMPLETE, "not public", "inclusion"),),
)


def test_a_whole_protocol_comes_back() -> None:
    back = from_json(to_json(WHOLE))
    assert back == WHOLE
    assert (back.examples, back.cohort_examples, back.notes) == (WHOLE.examples, WHOLE.cohort_examples, WHOLE.notes)
    assert to_json(back) == to_json(WHOLE)
    assert digest(back) == digest(WHOLE)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_every_form_of_condition_comes_back(clause: p.Clause) -> None:
    assert structure(canonical(clause), p.Clause) == clause


def test_a_record_comes_back() -> None:
    assert structure(canonical(RECORD), r.Record) == RECORD


def test_a_place_plays_no_part_in_the_digest() -> None:
    span = Span(Source("f", "text"), 0, 4)
    moved = evolve(WHOLE, criteria=tuple(evolve(clause, span=span) for clause in CLAUSES))
    assert digest(moved) == digest(WHOLE)


def test_notes_and_examples_play_no_part_in_the_digest() -> None:
    assert digest(evolve(WHOLE, examples=(), notes=(), cohort_examples=())) == digest(WHOLE)


def test_the_order_of_declarations_plays_no_part_in_the_digest() -> None:
    turned = dict(reversed(list(ITEMS.items())))
    assert digest(evolve(WHOLE, items=MappingProxyType(turned))) == digest(WHOLE)


def test_wording_order_of_criteria_and_limits_count() -> None:
    reworded = evolve(WHOLE, criteria=(evolve(CLAUSES[0], wording="other"), *CLAUSES[1:]))
    turned = evolve(WHOLE, criteria=CLAUSES[::-1])
    shifted = evolve(WHOLE, header=evolve(WHOLE.header, version="2.1"))
    assert len({digest(one) for one in (WHOLE, reworded, turned, shifted)}) == 4


def test_a_word_and_an_attestation_are_told_apart() -> None:
    said = r.Record("P1", {"surgery": (r.Reading(r.Attested.NEVER),)})
    word = r.Record("P1", {"surgery": (r.Reading("never"),)})
    assert digest_of_records([said]) != digest_of_records([word])
    assert digest_of_records([said, word]) != digest_of_records([word, said])


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"edition": 99}',
        '{"edition": 1, "protocol": 3}',
        '{"edition": 1, "protocol": {"class": "Protocol"}}',
        "x",
    ],
)
def test_what_is_no_protocol_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no protocol|no Protocol|Expecting"):
        from_json(text)
