"""Clauses said otherwise: rewritings that keep the meaning."""
# ruff: noqa: ANN401 - nodes of whatever kind

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypeAlias, TypeVar

from attrs import evolve, fields

from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Branch,
    Cases,
    Compare,
    Condition,
    Consecutive,
    Constant,
    Distance,
    Either,
    Fetch,
    Member,
    Named,
    Not,
    Part,
    Readings,
    Sign,
    Within,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Effect, Protocol
from protocol_dsl.model.vocabulary import Completed, Count, Grade, Number, OneOf

T = TypeVar("T")
Rewrite: TypeAlias = Callable[[Clause, Protocol, Random], Clause | None]

_OPPOSITE = {
    Sign.AT_LEAST: Sign.LESS_THAN,
    Sign.LESS_THAN: Sign.AT_LEAST,
    Sign.AT_MOST: Sign.MORE_THAN,
    Sign.MORE_THAN: Sign.AT_MOST,
}
_MIRRORED = {
    Sign.AT_LEAST: Sign.AT_MOST,
    Sign.AT_MOST: Sign.AT_LEAST,
    Sign.MORE_THAN: Sign.LESS_THAN,
    Sign.LESS_THAN: Sign.MORE_THAN,
    Sign.IS: Sign.IS,
    Sign.IS_NOT: Sign.IS_NOT,
}
_LOOSER = {
    Sign.AT_LEAST: Sign.AT_LEAST,
    Sign.MORE_THAN: Sign.AT_LEAST,
    Sign.AT_MOST: Sign.AT_MOST,
    Sign.LESS_THAN: Sign.AT_MOST,
}


def replaced(node: T, old: Node, new: Node) -> T:
    """The node with the one that is `old` changed, and no other that is equal to it."""
    if node is old:
        return new  # type: ignore[return-value]
    if isinstance(node, tuple):
        return tuple(replaced(part, old, new) for part in node)  # type: ignore[return-value]
    if not isinstance(node, Node):
        return node
    kind: Any = type(node)
    inner = {one.name: replaced(getattr(node, one.name), old, new) for one in fields(kind) if one.name != "span"}
    return evolve(node, **inner)


# --- what keeps the meaning -------------------------------------------------------------------------------------------


def _somewhere(at: Callable[[Any, Protocol], Node | None]) -> Rewrite:
    """A rewriting of one node of the rule, picked at random among those that it can be done to."""

    def rewritten(clause: Clause, protocol: Protocol, random: Random) -> Clause | None:
        found = [(one, new) for one in _outside_values(clause.condition) if (new := at(one, protocol)) is not None]
        if not found:
            return None
        old, new = random.choice(found)
        return evolve(clause, condition=replaced(clause.condition, old, new))

    return rewritten


def _outside_values(condition: Condition) -> Iterator[Node]:
    """The conditions that a rule is joined of, and what is compared in them.

    What a policy speaks of is left alone: for whom it decides hangs on how that is said. So are several readings.
    """
    yield condition
    if isinstance(condition, Both | Either | AtLeast):
        for part in condition.parts:
            yield from _outside_values(part)
    elif isinstance(condition, Not):
        yield from _outside_values(condition.inside)
    elif isinstance(condition, AnyEvent) and condition.where is not None:
        yield from _outside_values(condition.where)


def _reversed(node: Any, _: Protocol) -> Node | None:
    return evolve(node, parts=node.parts[::-1]) if isinstance(node, Both | Either | AtLeast) else None


def _de_morgan(node: Any, _: Protocol) -> Node | None:
    match node:
        case Both(parts=parts):
            return Not(Either(tuple(map(Not, parts))))
        case Either(parts=parts):
            return Not(Both(tuple(map(Not, parts))))
        case _:
            return None


def _is_condition(node: object) -> bool:
    return isinstance(
        node, Both | Either | AtLeast | Not | Compare | Member | Distance | Within | AnyEvent | Readings | Consecutive
    )


def _twice_denied(node: Any, _: Protocol) -> Node | None:
    return Not(Not(node)) if _is_condition(node) else None


def _said_twice(node: Any, _: Protocol) -> Node | None:
    return Both((node, node)) if _is_condition(node) else None


def _absorbed(node: Any, _: Protocol) -> Node | None:
    return Either((node, Both((node, Not(node))))) if _is_condition(node) else None


def _counted(node: Any, _: Protocol) -> Node | None:
    match node:
        case Both(parts=parts):
            return AtLeast(len(parts), parts)
        case Either(parts=parts):
            return AtLeast(1, parts)
        case _:
            return None


def _uncounted(node: Any, _: Protocol) -> Node | None:
    """So many at least, as every way to pick so many."""
    match node:
        case AtLeast(count=2, parts=(a, b, c)):
            return Either((Both((a, b)), Both((a, c)), Both((b, c))))
        case AtLeast(count=2, parts=parts):
            return Either(tuple(Both((a, b)) for at, a in enumerate(parts) for b in parts[at + 1 :]))
        case _:
            return None


def _bracketed(node: Any, _: Protocol) -> Node | None:
    """Neighbours taken together."""
    if isinstance(node, Both | Either) and len(node.parts) > 2:
        return evolve(node, parts=(evolve(node, parts=node.parts[:2]), *node.parts[2:]))
    return None


def _distributed(node: Any, _: Protocol) -> Node | None:
    """`a and (b or c)` as `(a and b) or (a and c)`, and the other way round."""
    if isinstance(node, Both | Either) and len(node.parts) > 1:
        outer, inner = (Either, Both) if isinstance(node, Both) else (Both, Either)
        for at, part in enumerate(node.parts):
            if isinstance(part, outer) and len(part.parts) > 1:
                rest = (*node.parts[:at], *node.parts[at + 1 :])
                return outer(tuple(inner((*rest, one)) for one in part.parts))
    return None


def is_number(value: Any, protocol: Protocol) -> bool:
    """Whether a number is looked up, as it was recorded."""
    if isinstance(value, Named):
        return is_number(value.inside, protocol)
    if not isinstance(value, Fetch) or value.part is not Part.VALUE or value.series.item not in protocol.items:
        return False
    return isinstance(protocol.items[value.series.item].kind, Number | Count | Grade | Completed)


def _not_the_other(node: Any, protocol: Protocol) -> Node | None:
    match node:
        case Compare(sign=sign, left=left, right=Constant()) if sign in _OPPOSITE and is_number(left, protocol):
            return Not(evolve(node, sign=_OPPOSITE[sign]))
        case _:
            return None


def _not_so_far(node: Any, _: Protocol) -> Node | None:
    return Not(evolve(node, sign=_OPPOSITE[node.sign])) if isinstance(node, Distance) else None


def _mirrored(node: Any, _: Protocol) -> Node | None:
    match node:
        case Compare(sign=sign, left=left, right=Constant() as right) if not isinstance(left, Constant):
            return evolve(node, sign=_MIRRORED[sign], left=right, right=left)
        case _:
            return None


def _other_unit(node: Any, _: Protocol) -> Node | None:
    """The unit in which a limit is written plays no part; its value is in the base unit."""
    match node:
        case Compare(right=Constant(unit=given) as right) if given is not None:
            return evolve(node, right=evolve(right, unit=None))
        case _:
            return None


def _with_a_looser(node: Any, protocol: Protocol) -> Node | None:
    """A limit with a looser one beside it."""
    match node:
        case Compare(sign=sign, left=left, right=Constant()) if sign in _LOOSER and is_number(left, protocol):
            return Both((node, evolve(node, sign=_LOOSER[sign])))
        case _:
            return None


def _one_by_one(node: Any, _: Protocol) -> Node | None:
    match node:
        case Member(value=value, members=members) if len(members) > 1:
            return Either(tuple(Compare(Sign.IS, value, Constant(one)) for one in members))
        case _:
            return None


def _all_the_others(node: Any, protocol: Protocol) -> Node | None:
    """A member denied, as one of all the others."""
    match node:
        case Compare(
            sign=Sign.IS | Sign.IS_NOT as sign, left=Fetch(series=series) as left, right=Constant(value=value)
        ) if series.item in protocol.items:
            kind = protocol.items[series.item].kind
            if isinstance(kind, OneOf) and len(kind.members) > 1:
                others = Member(left, tuple(one for one in kind.members if one != value))
                return others if sign is Sign.IS_NOT else Not(others)
    return None


def _by_name(node: Any, _: Protocol) -> Node | None:
    """What is compared, by a definition of its own."""
    return evolve(node, left=Named("as_defined", "", node.left)) if isinstance(node, Compare) else None


def _in_place(node: Any, _: Protocol) -> Node | None:
    """A definition written out where it is used."""
    match node:
        case Compare(left=Named(inside=inside)):
            return evolve(node, left=inside)
        case _:
            return None


def _either_way(node: Any, protocol: Protocol) -> Node | None:
    """A limit by a table whose rows all say the same."""
    match node:
        case Compare(left=left, right=Constant() as right) if is_number(left, protocol):
            when = evolve(node, sign=Sign.AT_LEAST)
            return evolve(node, right=Cases((Branch(when, right), Branch(None, right))))
        case _:
            return None


def _two_edges(node: Any, _: Protocol) -> Node | None:
    match node:
        case Within(window=window) if window.start is not None and window.end is not None:
            ends = (evolve(window, end=None), evolve(window, start=None))
            return Both(tuple(evolve(node, window=one) for one in ends))
        case _:
            return None


def _guard_as_implication(clause: Clause, _: Protocol, __: Random) -> Clause | None:
    if clause.guard is None:
        return None
    if clause.effect in (Effect.INCLUSION, Effect.GATE):
        return evolve(clause, guard=None, condition=Either((Not(clause.guard), clause.condition)))
    return evolve(clause, guard=None, condition=Both((clause.guard, clause.condition)))


def _reworded(clause: Clause, _: Protocol, __: Random) -> Clause | None:
    return evolve(clause, wording=f"{clause.wording}, that is to say")


def _renamed(clause: Clause, _: Protocol, __: Random) -> Clause | None:
    return evolve(clause, id=f"{clause.id}9", renamed_from=clause.id)


REWRITES: dict[str, Rewrite] = {
    "order": _somewhere(_reversed),
    "de morgan": _somewhere(_de_morgan),
    "double negation": _somewhere(_twice_denied),
    "said twice": _somewhere(_said_twice),
    "absorbed": _somewhere(_absorbed),
    "counted": _somewhere(_counted),
    "every way to pick": _somewhere(_uncounted),
    "bracket": _somewhere(_bracketed),
    "distributed": _somewhere(_distributed),
    "not the other comparison": _somewhere(_not_the_other),
    "not so far": _somewhere(_not_so_far),
    "mirrored": _somewhere(_mirrored),
    "other unit": _somewhere(_other_unit),
    "a looser limit beside it": _somewhere(_with_a_looser),
    "members one by one": _somewhere(_one_by_one),
    "all other members": _somewhere(_all_the_others),
    "by a definition": _somewhere(_by_name),
    "definition in place": _somewhere(_in_place),
    "table of one limit": _somewhere(_either_way),
    "two edges": _somewhere(_two_edges),
    "guard as implication": _guard_as_implication,
    "reworded": _reworded,
    "renamed": _renamed,
}
"""By what is done. What a rewriting cannot be done to is None."""
