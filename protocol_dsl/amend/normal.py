"""One form for conditions that say the same: order, units, brackets and names of definitions play no part in it.

Each rewriting holds in Kleene's three-valued logic, for every record, with reasons for what is missing alike.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from operator import is_
from typing import Any, TypeVar

from attrs import evolve, fields

from protocol_dsl.amend.this import written
from protocol_dsl.model.condition import (
    AtLeast,
    Both,
    Compare,
    Condition,
    Constant,
    Distance,
    Either,
    Judged,
    Member,
    Named,
    Not,
    Policy,
    Sign,
    Valid,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.record import Value
from protocol_dsl.model.walk import walk

T = TypeVar("T")

_MIRRORED = {
    Sign.AT_LEAST: Sign.AT_MOST,
    Sign.AT_MOST: Sign.AT_LEAST,
    Sign.MORE_THAN: Sign.LESS_THAN,
    Sign.LESS_THAN: Sign.MORE_THAN,
    Sign.IS: Sign.IS,
    Sign.IS_NOT: Sign.IS_NOT,
}
_OPPOSITE = {
    Sign.AT_LEAST: Sign.LESS_THAN,
    Sign.LESS_THAN: Sign.AT_LEAST,
    Sign.AT_MOST: Sign.MORE_THAN,
    Sign.MORE_THAN: Sign.AT_MOST,
    Sign.IS: Sign.IS_NOT,
    Sign.IS_NOT: Sign.IS,
}


_ORDERED = (Sign.AT_LEAST, Sign.LESS_THAN, Sign.AT_MOST, Sign.MORE_THAN)


def normal(node: T) -> T:
    """A condition, or an expression, in its one form. Two of the same form come to the same on every record."""
    found: T = _normal(node)
    return found


def _normal(node: Any) -> Any:  # noqa: ANN401 - a node, a tuple of them, or what a node holds
    if isinstance(node, tuple):
        inside = tuple(map(_normal, node))
        return node if all(map(is_, inside, node)) else inside
    if not isinstance(node, Node):
        return node
    kind: Any = type(node)
    changed = {}
    for name in _within(kind):  # most of what is written is in its one form already, and is kept as it is
        was = getattr(node, name)
        now = _normal(was) if isinstance(was, (Node, tuple)) else was
        if now is not was:
            changed[name] = now
    return _here(evolve(node, **changed) if changed else node)


@cache
def _within(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - the class of a node
    return tuple(one.name for one in fields(kind) if one.name != "span")


def opposite(form: Condition) -> Condition:
    """The one form of what denies a condition that is in its one form."""
    found: Condition = _here(Not(form))
    return found


def _here(node: Any) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - an arm for each form with another spelling
    match node:
        case Named(inside=inside):
            return inside
        case Constant(unit=unit):
            return node if unit is None else evolve(node, unit=None)
        case Valid():
            return evolve(node, formula="", stated=())
        case Policy():
            return evolve(node, because="", reasons=tuple(sorted(node.reasons)))
        case Judged():
            return evolve(node, asks="")
        case Not(inside=inside):
            return _negated(inside, node)
        case Both(parts=parts) | Either(parts=parts):
            return _joined(node, parts)
        case AtLeast(count=1, parts=parts):
            return _joined(Either(parts), parts)
        case AtLeast(count=count, parts=parts) if count == len(parts):
            return _joined(Both(parts), parts)
        case AtLeast(parts=parts):
            return evolve(node, parts=tuple(sorted(parts, key=written)))
        case Member(members=(str() as one,), value=value):
            return Compare(Sign.IS, value, Constant(one))
        case Member(members=members):
            return evolve(node, members=tuple(sorted(set(members), key=repr)), set=None)
        case Compare(sign=sign, left=Constant() as left, right=right) if not isinstance(right, Constant):
            return evolve(node, sign=_MIRRORED[sign], left=right, right=left)
        case _:
            return node


def _negated(inside: Condition, node: Not) -> Condition:  # noqa: PLR0911 - an arm for each form
    match inside:
        case Not(inside=again):
            return again
        case Both(parts=parts):
            return _joined(Either(()), tuple(_here(Not(part)) for part in parts))
        case Either(parts=parts):
            return _joined(Both(()), tuple(_here(Not(part)) for part in parts))
        case Compare(sign=sign, right=Constant(value=value)) if isinstance(value, Fraction):
            # Of numbers only: a day that never came is neither before nor after another.
            return evolve(inside, sign=_OPPOSITE[sign])
        case Compare(sign=Sign.IS | Sign.IS_NOT as sign):
            return evolve(inside, sign=_OPPOSITE[sign])
        case Distance(sign=sign) if sign in _ORDERED:  # of which `never` satisfies one side and fails the other
            return evolve(inside, sign=_OPPOSITE[sign])
        case _:
            return node


def _joined(node: Both | Either, parts: tuple[Condition, ...]) -> Condition:
    """Flat, each part once, in one order; a lone part stands for itself."""
    flat: dict[Condition, None] = {}
    for part in parts:
        flat |= dict.fromkeys(part.parts if type(part) is type(node) else (part,))
    ordered = tuple(sorted(flat, key=written)) if len(flat) > 1 else tuple(flat)
    return ordered[0] if len(ordered) == 1 else evolve(node, parts=ordered)


def constants(node: object) -> tuple[Value, ...]:
    """Every value written in a condition, members included."""
    found: list[Value] = []
    for one in walk(node):
        if isinstance(one, Constant):
            found.append(one.value)
        elif isinstance(one, Member):
            found.extend(one.members)
    return tuple(found)
