"""Statements that always hold of an escalation, and the small language of counts they are written in."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from protocol_dsl.base.quantity import read_number
from protocol_dsl.elaborate import expressions
from protocol_dsl.elaborate.scope import Scope
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
    TallyCondition,
    TallyNumber,
    Whole,
    Word,
)
from protocol_dsl.syntax import logic, sections, tree

COUNTS = ("treated", "with_dlt", "pending")
_SIGNS = {
    tree.Sign.AT_LEAST: Operator.AT_LEAST,
    tree.Sign.AT_MOST: Operator.AT_MOST,
    tree.Sign.MORE_THAN: Operator.MORE_THAN,
    tree.Sign.LESS_THAN: Operator.LESS_THAN,
}
_ARITHMETIC = {tree.Add: Operator.PLUS, tree.Subtract: Operator.MINUS, tree.Multiply: Operator.TIMES}
_MOVES = {
    "escalate": Word.ESCALATE,
    "de-escalate": Word.DE_ESCALATE,
    "stay": Word.STAY,
    "stop": Word.STOP,
}


@frozen
class Asked:
    """What may be asked about: the levels (None where the ladder cannot be read) and the counts."""

    levels: tuple[str, ...] | None
    counts: tuple[str, ...] = COUNTS


def always(clause: sections.Clause, asked: Asked, scope: Scope) -> Iterator[Always]:
    """The statements of one clause."""
    wording = clause.wording.text if clause.wording is not None else ""
    for line in clause.lines:
        claim = _claim(line, asked, scope)
        if claim is not None:
            yield Always(clause.id.text, wording, claim, span=clause.span)


def _claim(line: tree.Node, asked: Asked, scope: Scope) -> Claim | None:
    match line:
        case sections.NeverWhen(move=move, when=when):
            condition = _condition(when, asked, scope)
            return None if condition is None else Never(_MOVES[move], condition, span=line.span)
        case sections.RecommendedImplies(condition=condition):
            then = _condition(condition, asked, scope)
            return None if then is None else RecommendedImplies(then, span=line.span)
        case sections.RisesBy(levels=number):
            levels = expressions.whole(number, scope, least=0)
            return None if levels is None else RisesByAtMost(levels, span=line.span)
        case sections.StopsWithin(patients=number):
            patients = expressions.whole(number, scope)
            return None if patients is None else StopsWithin(patients, span=line.span)
        case _:
            return None


def _condition(  # noqa: C901, PLR0911 - an arm for each form
    node: tree.Node, asked: Asked, scope: Scope
) -> TallyCondition | None:
    match node:
        case logic.Conjunction(parts=parts):
            return _joined(Both, parts, asked, scope)
        case logic.Disjunction(parts=parts):
            return _joined(Either, parts, asked, scope)
        case logic.AllOf(bullets=bullets):
            return _joined(Both, tuple(bullet.condition for bullet in bullets), asked, scope)
        case logic.AnyOf(bullets=bullets):
            return _joined(Either, tuple(bullet.condition for bullet in bullets), asked, scope)
        case logic.Negation(inside=inside):
            return _negated(_condition(inside, asked, scope))
        case logic.NoneOf(bullets=bullets):
            return _negated(_joined(Either, tuple(bullet.condition for bullet in bullets), asked, scope))
        case tree.Grouped(inside=inside):
            return _condition(inside, asked, scope)
        case tree.Name(word=tree.Word(text="closed")):
            return Closed(span=node.span)
        case logic.Comparison(subject=tree.Name(word=tree.Word(text="level")), predicate=predicate):
            return _about_level(predicate, asked, scope)
        case logic.Comparison(subject=subject, predicate=predicate):
            return _compared(subject, predicate, asked, scope)
        case tree.Name(word=word):
            scope.unknown(word, (*asked.counts, "level", "closed"), "count", "PD418")
        case _:
            _refuse(node, scope)
    return None


def _joined(
    kind: type[Both | Either], parts: tuple[tree.Node, ...], asked: Asked, scope: Scope
) -> TallyCondition | None:
    found = [_condition(part, asked, scope) for part in parts]
    present = tuple(one for one in found if one is not None)
    return kind(present) if len(present) == len(found) else None


def _negated(found: TallyCondition | None) -> TallyCondition | None:
    return None if found is None else Negated(found)


def _sign(predicate: tree.Node) -> tuple[Operator, tree.Node] | None:
    match predicate:
        case tree.Compares(sign=sign, limit=limit):
            return _SIGNS[sign], limit
        case tree.Equals(value=value):
            return Operator.IS, value
        case tree.Differs(value=value):
            return Operator.IS_NOT, value
        case _:
            return None


def _about_level(predicate: tree.Node, asked: Asked, scope: Scope) -> TallyCondition | None:
    found = _sign(predicate)
    if found is None:
        _refuse(predicate, scope)
        return None
    operator, limit = found
    name = _name(limit)
    if name in (Place.TOP.value, Place.LOWEST.value):
        return LevelComparison(operator, Place(name), span=predicate.span)
    if asked.levels is not None and name not in asked.levels:
        known = ", ".join(f"`{level}`" for level in (*asked.levels, "top", "lowest"))
        scope.error("PD416", f"`{name}` is no level of the ladder", limit.span, help=f"the levels are {known}")
        return None
    return LevelComparison(operator, name, span=predicate.span)


def _name(limit: tree.Node) -> str:
    match limit:
        case tree.Name(word=word) | tree.Quantity(number=word, unit=None):
            return word.text
        case tree.Quantity(number=number, unit=tree.Word(text=letters)):
            return number.text + letters  # `7b` in a table; in a condition its letter stands apart, as a unit does
        case _:
            return limit.span.text


def _compared(subject: tree.Node, predicate: tree.Node, asked: Asked, scope: Scope) -> TallyCondition | None:
    found = _sign(predicate)
    if found is None:
        _refuse(predicate, scope)
        return None
    left, right = _number(subject, asked, scope), _number(found[1], asked, scope)
    if left is None or right is None:
        return None
    return Comparison(found[0], left, right, span=subject.span.join(predicate.span))


def _number(node: tree.Node, asked: Asked, scope: Scope) -> TallyNumber | None:
    match node:
        case tree.Name(word=word) if word.text in asked.counts:
            return Counted(word.text, span=node.span)
        case tree.Name(word=word):
            scope.unknown(word, (*asked.counts, "level", "closed"), "count", "PD418")
            return None
        case tree.Quantity(number=number, unit=None):
            value = read_number(number.text)
            if value is not None and value.denominator == 1:
                return Whole(int(value), span=node.span)
        case tree.Grouped(inside=inside):
            return _number(inside, asked, scope)
        case tree.Add() | tree.Subtract() | tree.Multiply():
            left, right = _number(node.left, asked, scope), _number(node.right, asked, scope)
            both = left is not None and right is not None
            return Arithmetic(_ARITHMETIC[type(node)], left, right, span=node.span) if both else None  # type: ignore[arg-type]
        case _:
            pass
    _refuse(node, scope)
    return None


def _refuse(node: tree.Node, scope: Scope) -> None:
    message = "a statement about escalation speaks of the counts at the level just treated"
    cure = "compare `treated`, `with_dlt`, `pending` or `level`, as in `with_dlt * 3 >= treated`"
    scope.error("PD418", message, node.span, help=cure)
