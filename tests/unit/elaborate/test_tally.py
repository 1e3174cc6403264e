"""Statements about the escalation: what each comes to, and where each error is found."""

import pytest

from protocol_dsl.escalation.tally import Tally, View, holds
from protocol_dsl.model.escalation import (
    Always,
    Arithmetic,
    Both,
    Claim,
    Closed,
    Comparison,
    Counted,
    Either,
    LevelComparison,
    Negated,
    Never,
    Operator,
    Place,
    RecommendedImplies,
    RisesByAtMost,
    StopsWithin,
    Whole,
    Word,
)
from tests.unit.elaborate.dosing import escalation, places
from tests.unit.elaborate.trial import written

DLTS, TREATED = Counted("with_dlt"), Counted("treated")


def always(line: str) -> tuple[Always, ...]:
    protocol, found = escalation(always=f'    A1 "a sentence"\n        {line}\n')
    assert protocol is not None, found
    assert protocol.escalation is not None
    return protocol.escalation.always


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dose rises by at most 1 level", RisesByAtMost(1)),
        ("dose rises by at most 2 levels", RisesByAtMost(2)),
        ("stops within 24 evaluable patients", StopsWithin(24)),
        (
            "never escalate when with_dlt at least 2",
            Never(Word.ESCALATE, Comparison(Operator.AT_LEAST, DLTS, Whole(2))),
        ),
        ("never de-escalate when with_dlt is 0", Never(Word.DE_ESCALATE, Comparison(Operator.IS, DLTS, Whole(0)))),
        ("never stay when with_dlt is not 1", Never(Word.STAY, Comparison(Operator.IS_NOT, DLTS, Whole(1)))),
        ("never stop when treated less than 6", Never(Word.STOP, Comparison(Operator.LESS_THAN, TREATED, Whole(6)))),
        (
            "never stop when pending more than 0",
            Never(Word.STOP, Comparison(Operator.MORE_THAN, Counted("pending"), Whole(0))),
        ),
        (
            "never escalate when with_dlt * 3 >= treated",
            Never(Word.ESCALATE, Comparison(Operator.AT_LEAST, Arithmetic(Operator.TIMES, DLTS, Whole(3)), TREATED)),
        ),
        (
            "never escalate when treated - (with_dlt + 1) <= 2",
            Never(
                Word.ESCALATE,
                Comparison(
                    Operator.AT_MOST,
                    Arithmetic(Operator.MINUS, TREATED, Arithmetic(Operator.PLUS, DLTS, Whole(1))),
                    Whole(2),
                ),
            ),
        ),
        ("never escalate when closed", Never(Word.ESCALATE, Closed())),
        ("never escalate when not closed", Never(Word.ESCALATE, Negated(Closed()))),
        ("never escalate when level is 2", Never(Word.ESCALATE, LevelComparison(Operator.IS, "2"))),
        ("never escalate when level at least 1", Never(Word.ESCALATE, LevelComparison(Operator.AT_LEAST, "1"))),
        ("never escalate when level is not top", Never(Word.ESCALATE, LevelComparison(Operator.IS_NOT, Place.TOP))),
        (
            "never escalate when closed or with_dlt is 3",
            Never(Word.ESCALATE, Either((Closed(), Comparison(Operator.IS, DLTS, Whole(3))))),
        ),
        (
            "never escalate when closed and (with_dlt is 3)",
            Never(Word.ESCALATE, Both((Closed(), Comparison(Operator.IS, DLTS, Whole(3))))),
        ),
        (
            "recommended implies all of\n            - treated at least 6\n            - with_dlt at most 1",
            RecommendedImplies(
                Both((Comparison(Operator.AT_LEAST, TREATED, Whole(6)), Comparison(Operator.AT_MOST, DLTS, Whole(1))))
            ),
        ),
        (
            "recommended implies any of\n            - treated is 6\n            - with_dlt is 0",
            RecommendedImplies(
                Either((Comparison(Operator.IS, TREATED, Whole(6)), Comparison(Operator.IS, DLTS, Whole(0))))
            ),
        ),
        (
            "recommended implies none of\n            - closed\n            - with_dlt is 3",
            RecommendedImplies(Negated(Either((Closed(), Comparison(Operator.IS, DLTS, Whole(3)))))),
        ),
    ],
)
def test_a_statement(line: str, expected: Claim) -> None:
    assert always(line) == (Always("A1", "a sentence", expected),)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("with_dlt * 3 >= treated", [False, True, True]),
        ("with_dlt at most 1", [True, True, False]),
        ("treated - with_dlt is 2", [False, True, False]),
        ("level at least 2", [True, True, True]),
        ("level less than 2", [False, False, False]),
        ("not (level is 2 and with_dlt is 2)", [True, True, False]),
    ],
)
def test_what_a_statement_says_of_three_treated_at_level_2(words: str, expected: list[bool]) -> None:
    claim = always(f"never escalate when {words}")[0].claim
    assert isinstance(claim, Never)
    views = [View(2, Tally(3 - dlts, dlts), closed=3) for dlts in (0, 1, 2)]
    assert expected == [holds(claim.when, view, ("-1", "1", "2")) for view in views]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("never escalate when with_dlt at least treted", ("PD418", "treted")),
        ("never escalate when weight at least 3", ("PD418", "weight")),
        ("never escalate when with_dlt at least 3 kg", ("PD418", "3 kg")),
        ("never escalate when with_dlt at least 1.5", ("PD418", "1.5")),
        ("never escalate when with_dlt / 3 at least 1", ("PD418", "with_dlt / 3")),
        ("never escalate when weight is recorded", ("PD418", "is recorded")),
        ("never escalate when with_dlt is one of a, b", ("PD418", "is one of a, b")),
        ("never escalate when level is one of a, b", ("PD418", "is one of a, b")),
        ("never escalate when frail", ("PD418", "frail")),
        ("never escalate when level is 9", ("PD416", "9")),
        ("never escalate when level at least 2 kg", ("PD416", "2 kg")),
        ("never escalate when closed and level is 9", ("PD416", "9")),
        ("dose rises by at most 1.5 levels", ("PD216", "1.5")),
        ("stops within 2.5 evaluable patients", ("PD216", "2.5")),
        ("recommended implies with_dlts at most 1", ("PD418", "with_dlts")),
    ],
)
def test_each_error_points_at_its_word(line: str, expected: tuple[str, str]) -> None:
    protocol, found = escalation(always=f"    A1\n        {line}\n")
    assert protocol is None
    assert places(found) == [expected]


def test_all_errors_of_several_statements_are_told() -> None:
    lines = "    A1\n        never escalate when treted is 3\n    A2\n        never stop when level is 9\n"
    assert places(escalation(always=lines)[1]) == [("PD418", "treted"), ("PD416", "9")]


def test_a_statement_about_an_escalation_that_is_not_there() -> None:
    text = 'protocol "X"\n\nalways\n    A1\n        dose rises by at most 1 level\n'
    assert [(code, place.splitlines()[0]) for code, place in places(written(text)[1])] == [("PD411", "A1")]
