"""What an `always` statement claims of the escalation, as it would be written."""

from __future__ import annotations

from typing import assert_never

from protocol_dsl.model.escalation import (
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
    RecommendedImplies,
    RisesByAtMost,
    StopsWithin,
    TallyCondition,
    TallyNumber,
    Whole,
)

_SIGNS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "==": "is", "=": "is", "!=": "is not"}


def claim_words(claim: Claim) -> str:
    """`never escalate when with_dlt at least 2`."""
    match claim:
        case Never(word=word, when=when):
            return f"never {word} when {_condition(when)}"
        case RisesByAtMost(levels=levels):
            return f"dose rises by at most {levels} level{'s' * (levels != 1)}"
        case StopsWithin(patients=patients):
            return f"stops within {patients} evaluable patients"
        case RecommendedImplies(then=then):
            return f"recommended implies {_condition(then)}"
        case _:
            assert_never(claim)


def _condition(node: TallyCondition) -> str:
    match node:
        case Comparison(operator=operator, left=left, right=right):
            return f"{_number(left)} {_sign(operator)} {_number(right)}"
        case LevelComparison(operator=operator, level=level):
            return f"level {_sign(operator)} {level}"
        case Closed():
            return "closed"
        case Both(conditions=several):
            return " and ".join(map(_inside, several))
        case Either(conditions=several):
            return " or ".join(map(_inside, several))
        case Negated(condition=inside):
            return f"not {_inside(inside)}"
        case _:
            assert_never(node)


def _inside(node: TallyCondition) -> str:
    return f"({_condition(node)})" if isinstance(node, Both | Either) else _condition(node)


def _number(node: TallyNumber) -> str:
    match node:
        case Whole(value=value):
            return str(value)
        case Counted(name=name):
            return name
        case Arithmetic(operator=operator, left=left, right=right):
            return f"{_term(left)} {operator.value} {_term(right)}"
        case _:
            assert_never(node)


def _term(node: TallyNumber) -> str:
    return f"({_number(node)})" if isinstance(node, Arithmetic) else _number(node)


def _sign(operator: Operator) -> str:
    return _SIGNS.get(operator.value, operator.value)
