"""Small changes of a condition, each of which means something else: what a slip of the pen might have written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from attrs import evolve, fields, frozen

from protocol_dsl.base.quantity import ONE, decimal_text, unit
from protocol_dsl.model.condition import (
    Arithmetic,
    AtLeast,
    Both,
    Compare,
    Condition,
    Constant,
    Distance,
    Either,
    Fetch,
    Known,
    Member,
    MomentOf,
    Named,
    Not,
    Policy,
    Rounded,
    Series,
    Shifted,
    Sign,
    Valid,
    Window,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.phrases import value_words
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Item, Number

_DAY = Fraction(86400)
_FLIPS = {
    Sign.AT_LEAST: (Sign.MORE_THAN, Sign.LESS_THAN),
    Sign.MORE_THAN: (Sign.AT_LEAST, Sign.AT_MOST),
    Sign.AT_MOST: (Sign.LESS_THAN, Sign.MORE_THAN),
    Sign.LESS_THAN: (Sign.AT_MOST, Sign.AT_LEAST),
    Sign.IS: (Sign.IS_NOT,),
    Sign.IS_NOT: (Sign.IS,),
}
_MOST_MEMBERS = 6


@frozen
class Change:
    """What kind of change it is, the node as it stands, and what it becomes.

    `lost` is a condition that is dropped; `was` and `now` tell the change where the conditions read the same.
    """

    kind: str
    old: Node
    new: Node
    lost: Condition | None = None
    was: str = ""
    now: str = ""


def changes(protocol: Protocol, condition: Condition) -> Iterator[Change]:
    """Every change of one node in a condition, outermost first."""
    yield from _of_node(protocol, condition, ())


def _of_node(protocol: Protocol, node: Node, above: tuple[Node, ...]) -> Iterator[Change]:
    yield from _here(protocol, node, above)
    if _is_printed(node):
        return
    kind: Any = type(node)
    for one in fields(kind):
        value = getattr(node, one.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Node):
                yield from _of_node(protocol, part, (*above, node))


def _is_printed(node: Node) -> bool:
    """Whether what is inside is printed in CTCAE: `ctcae grade of anc` is no name of a definition."""
    return isinstance(node, Named) and not node.name.isidentifier()


def _here(protocol: Protocol, node: Node, above: tuple[Node, ...]) -> Iterator[Change]:  # noqa: C901 - an arm a form
    match node:
        case Both() | Either() | AtLeast():
            yield from _of_parts(node)
        case Not(inside=inside) | Known(inside=inside) | Policy(inside=inside):
            yield Change(_DROPPED[type(node)], node, inside)
        case Compare(sign=sign) | Distance(sign=sign):
            yield from (Change("comparison changed", node, evolve(node, sign=flipped)) for flipped in _FLIPS[sign])
        case Member(members=members) if 1 < len(members) <= _MOST_MEMBERS:
            for at, member in enumerate(members):
                named = (f"in {node.set}", f"in {node.set} without {value_words(member)}") if node.set else ("", "")
                yield Change("member left out", node, evolve(node, members=_without(members, at)), None, *named)
        case Constant() if not _is_of_a_unit(node, above):
            yield from (Change("limit shifted", node, moved) for moved in _shifted(protocol, node, above))
        case Window():
            yield from _of_window(node)
        case Valid(when=when):
            for at, condition in enumerate(when):
                yield Change("validity dropped", node, evolve(node, when=_without(when, at)), condition)
        case Series(valid_days=int() as days) if days:
            for other in (days - 1, days + 1):
                valid = f"{node.item} valid for {_days(days)}", f"valid for {_days(max(other, 0))}"
                yield Change("validity shifted", node, evolve(node, valid_days=max(other, 0)), None, *valid)
        case _:
            return


def _is_of_a_unit(constant: Constant, above: tuple[Node, ...]) -> bool:
    """Whether nobody wrote it: it turns what is written in one unit into another, and stands where that stands."""
    outer = above[-1] if above else None
    return isinstance(outer, Arithmetic) and outer.span == constant.span and outer.span.start < outer.span.end


def _days(count: int) -> str:
    return f"{count} day{'s' * (count != 1)}"


_DROPPED = {Not: "`not` dropped", Known: "`known` dropped", Policy: "policy dropped"}


def _of_parts(node: Both | Either | AtLeast) -> Iterator[Change]:
    if isinstance(node, AtLeast):
        for count in (node.count - 1, node.count + 1):
            if 0 < count <= len(node.parts):
                yield Change("count shifted", node, evolve(node, count=count))
    elif len(node.parts) > 1:
        swapped = Either(node.parts, span=node.span) if isinstance(node, Both) else Both(node.parts, span=node.span)
        yield Change("`and` and `or` swapped", node, swapped)
        for at in range(len(node.parts)):
            yield Change("part dropped", node, evolve(node, parts=_without(node.parts, at)), node.parts[at])


def _without(parts: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return parts[:at] + parts[at + 1 :]


def _of_window(window: Window) -> Iterator[Change]:
    """Ends on a day itself, a day earlier and later; ends some days away have a limit that is shifted."""
    for side in ("start", "end"):
        day = getattr(window, side)
        if isinstance(day, MomentOf | Fetch):
            for backwards in (True, False):
                moved = Shifted(day, length=Constant(_DAY, unit("days")), backwards=backwards, span=day.span)
                yield Change("window moved", window, evolve(window, **{side: moved}))  # type: ignore[arg-type]


# --- limits -----------------------------------------------------------------------------------------------------------


def _shifted(protocol: Protocol, constant: Constant, above: tuple[Node, ...]) -> Iterator[Constant]:
    """A limit one step lower and higher: by the step of what is compared with it, else by its last written digit."""
    value = constant.value
    if isinstance(value, Fraction):
        step = _step(protocol, constant, value, above)
        yield from (evolve(constant, value=value + by) for by in (-step, step))
    elif type(value) is date:
        yield from (evolve(constant, value=value + timedelta(days=by)) for by in (-1, 1))


def _step(protocol: Protocol, constant: Constant, value: Fraction, above: tuple[Node, ...]) -> Fraction:
    outer = above[-1] if above else None
    if isinstance(outer, Compare):
        other = outer.left if outer.right is constant else outer.right
        step = _recorded_step(protocol.items, other)
        if step is not None:
            return step
    measured = constant.unit or ONE
    return _last_digit(measured.of_base(value)) * measured.factor


def _recorded_step(items: Mapping[str, Item], other: Node) -> Fraction | None:
    """The step of an item, or the one a value is rounded to, in base units."""
    if isinstance(other, Rounded):
        return other.step
    item = items.get(other.series.item) if isinstance(other, Fetch) else None
    if item is None or item.step is None or not isinstance(item.kind, Number):
        return None
    return item.step * (item.kind.unit.factor if item.kind.unit else 1)


def _last_digit(value: Fraction) -> Fraction:
    """1 in the last place of the number as it would be written: 0.1 for 2.5, 1 for 100."""
    text = decimal_text(value)
    if text.startswith("about"):
        return Fraction(1, 100)
    _, _, places = text.partition(".")
    return Fraction(1, 10 ** len(places))
