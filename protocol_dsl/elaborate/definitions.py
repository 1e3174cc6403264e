"""Definitions: inlined where they are used, each with its name, so that a reader still sees it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from attrs import evolve

from protocol_dsl.base.diagnostic import Label
from protocol_dsl.base.quantity import Unit, read_number
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import cases, conditions, expressions, keyed, libraries, parameters
from protocol_dsl.elaborate.extent import DEEPEST, LARGEST, extent
from protocol_dsl.elaborate.kinds import (
    Elapsed,
    Limits,
    Typed,
    describe,
    is_bare,
    measures,
    unit_of,
)
from protocol_dsl.elaborate.scope import NOTHING, Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import defining, tree
from protocol_dsl.syntax.tree import Word

_WORKING = object()
_LONGEST = 64
"""So many definitions may stand on one another."""


def is_condition(name: str, scope: Scope, seen: tuple[str, ...] = ()) -> bool:
    """Whether a definition of that name is a condition rather than a value."""
    definition = scope.desk.definitions.get(name)
    if definition is None or name in seen or len(seen) > _LONGEST:
        return False
    body = definition.body
    if isinstance(body, defining.DefinedAs):
        return _reads_as_condition(body.condition, scope, (*seen, name))
    if isinstance(body, defining.DefinedByCases):
        return any(_reads_as_condition(case.result, scope, (*seen, name)) for case in body.cases)
    return False


def _reads_as_condition(node: tree.Node, scope: Scope, seen: tuple[str, ...]) -> bool:
    while isinstance(node, tree.Grouped):
        node = node.inside
    if isinstance(node, tree.Name):
        return is_condition(node.word.text, scope, seen)
    return isinstance(node, conditions.CONDITION_FORMS)


# --- using one ----------------------------------------------------------------------------------------------------


def use(word: Word, scope: Scope) -> Typed | None:
    """The value of a definition where it is named."""
    if is_condition(word.text, scope):
        message = f"`{word.text}` is a condition, and a value is needed here"
        place = scope.desk.definitions[word.text].name.span
        scope.error("PD209", message, word.span, others=[(place, "defined here")])
        return None
    found: Typed | None = _inlined(word.text, scope)
    return None if found is None else evolve(found, span=word.span)


def use_condition(word: Word, scope: Scope) -> core.Condition | None:
    """The condition that a definition stands for where it is named."""
    found: core.Condition | None = _inlined(word.text, scope)
    return None if found is None else evolve(found, span=word.span)


def _inlined(name: str, scope: Scope) -> Any:  # noqa: ANN401 - a value or a condition, as it is defined
    """The meaning of a definition, worked out once for each type of event that it is used on."""
    desk = scope.desk
    key = (name, scope.event.name if scope.event is not None else None)
    if desk.inlined.get(key) is _WORKING:
        _circle(name, scope)
        return None
    if key not in desk.inlined:
        desk.inlined[key] = _WORKING
        inner = evolve(scope, bare=NOTHING, bound=NOTHING, subject=None, in_always=False, trail=(*scope.trail, name))
        definition = desk.definitions[name]
        meaning = _condition if is_condition(name, scope) else _value
        found = meaning(definition, inner) if len(scope.trail) < _LONGEST else None
        desk.inlined[key] = found if _fits(found, definition, scope) else None
    return desk.inlined[key]


def _fits(found: object, definition: defining.Definition, scope: Scope) -> bool:
    """Whether the meaning is of a size that can be worked with."""
    size, depth = extent(found.core if isinstance(found, Typed) else found, scope.desk.measured)
    if size <= LARGEST and depth <= DEEPEST and len(scope.trail) < _LONGEST:
        return True
    message = f"`{definition.name.text}` comes to too much once the definitions in it are put in their places"
    scope.error("PD109", message, definition.name.span, help="use fewer definitions in one another")
    return False


def _circle(name: str, scope: Scope) -> None:
    circle = scope.trail[scope.trail.index(name) :] if name in scope.trail else (name,)
    first = min(circle)
    turn = circle.index(first)
    path = " uses ".join(f"`{step}`" for step in (*circle[turn:], *circle[:turn], first))
    place = scope.desk.definitions[first].name.span
    scope.error("PD105", f"definitions go in a circle: {path}", place, help="define one of them without the others")


def use_method(node: tree.ByMethod, scope: Scope) -> Typed | None:
    """`egfr by bedside_schwartz with height, creatinine`: a library's formula on these values."""
    methods = scope.desk.methods
    definition = methods.get((node.quantity.text, node.method.text))
    if definition is None:
        _unknown_method(node, scope)
        return None
    bound = parameters.bind_arguments(definition, node, scope)
    if bound is None:
        return None
    name = f"{node.quantity.text} by {node.method.text}"
    if name in scope.trail:
        scope.error("PD105", f"the method `{name}` uses itself", node.span, help="write it without itself")
        return None
    inner = evolve(scope, bare=NOTHING, bound=NOTHING, subject=None, in_always=False, trail=(*scope.trail, name))
    earlier = len(scope.desk.findings)
    found = _with_parameters(definition, bound, inner)
    _brought_here(earlier, node, scope)
    return None if found is None else evolve(found, span=node.span)


def _unknown_method(node: tree.ByMethod, scope: Scope) -> None:
    whole = Word(f"{node.quantity.text} by {node.method.text}", span=node.span)
    library = libraries.shipping(node.quantity.text, node.method.text)
    if library is None or library in scope.desk.header.libraries:
        scope.unknown(whole, [f"{quantity} by {method}" for quantity, method in scope.desk.methods], "method")
        return
    message = f"the method `{whole.text}` is in the library `{library}`, which is not used"
    scope.error("PD101", message, node.span, help=f"add `uses library {library}` to the header")


def _brought_here(earlier: int, node: tree.ByMethod, scope: Scope) -> None:
    """What was found wrong inside a formula of another file is told where the formula is used."""
    findings = scope.desk.findings
    for one in list(findings)[earlier:]:
        place = one.primary.where
        if isinstance(place, Span) and place.source != node.span.source:
            del findings[one]
            here = Label(node.span, "used here")
            findings.setdefault(evolve(one, primary=here, others=(one.primary, *one.others)))


# --- what one means -----------------------------------------------------------------------------------------------


def _condition(definition: defining.Definition, scope: Scope) -> core.Condition | None:
    body = definition.body
    if isinstance(body, defining.DefinedByCases):
        return cases.conditional(body, scope)
    return conditions.condition(body.condition, scope) if isinstance(body, defining.DefinedAs) else None


def _value(definition: defining.Definition, scope: Scope) -> Typed | None:
    bound = parameters.bind_by_name(definition, scope)
    return None if bound is None else _with_parameters(definition, bound, scope)


def _with_parameters(definition: defining.Definition, bound: Mapping[str, Typed], scope: Scope) -> Typed | None:
    bare = parameters.as_bare(definition, bound, scope)
    unit = expressions.unit_named(definition.unit, scope) if definition.unit is not None else None
    if bare is None or (definition.unit is not None and unit is None):
        return None
    inner = evolve(scope, bare=bare, bound=bound)
    found = _body(definition, unit, inner)
    if found is None or isinstance(found.kind, Elapsed):
        return None if found is None else evolve(found, declared=definition.name.span)
    sized = _in_unit(found, unit, definition, scope)
    if sized is None:
        return None
    rounded = _rounded(sized, definition, scope)
    valid = None if rounded is None else _where_valid(rounded, definition, inner)
    return None if valid is None else _named(valid, definition)


def _body(definition: defining.Definition, unit: Unit | None, scope: Scope) -> Typed | None:
    body = definition.body
    if isinstance(body, defining.DefinedByCases):
        return cases.values(body, scope)
    if isinstance(body, defining.DefinedByTable):
        return keyed.table(definition, body, unit, scope)
    return expressions.expression(body.condition, scope)


def _in_unit(found: Typed, unit: Unit | None, definition: defining.Definition, scope: Scope) -> Typed | None:
    """The result in the declared unit. A formula's bare number takes it; anything else must measure the same."""
    if unit is None:
        return found
    theirs = unit_of(found.kind)
    if theirs is not None and theirs.same_kind(unit):
        return evolve(found, kind=v.Number(unit))
    place = definition.unit.span if definition.unit is not None else definition.name.span
    if theirs is not None or not is_bare(found.kind):
        message = f"`{definition.name.text}` is declared in `{unit.code}`, and its value is not"
        said = measures(theirs) if theirs is not None else describe(found.kind)
        scope.error("PD214", message, found.span, said, others=[(place, measures(unit))])
        return None
    if not definition.parameters:
        message = f"`{definition.name.text}` is declared in `{unit.code}`, and its value is a bare number"
        cure = "write the unit with the number, or say `with` which values, in which units, the formula is made of"
        scope.error("PD203", message, found.span, "no unit", others=[(place, measures(unit))], help=cure)
        return None
    return times(found, unit)


def times(found: Typed, unit: Unit) -> Typed:
    """A bare number as so much of a unit."""
    value = found.core
    if unit.factor != 1:
        factor = core.Constant(unit.factor, span=found.span)
        value = core.Arithmetic(core.Operator.TIMES, value, factor, span=found.span)
    if unit.zero:
        zero = core.Constant(unit.zero, span=found.span)
        value = core.Arithmetic(core.Operator.PLUS, value, zero, span=found.span)
    return evolve(found, core=value, kind=v.Number(unit), limits=in_base(found.limits, unit))


def in_base(limits: Limits, unit: Unit) -> Limits:
    """A range that is given in a unit, in base units."""
    low = None if limits.low is None else unit.in_base(limits.low)
    high = None if limits.high is None else unit.in_base(limits.high)
    return Limits(low, high)


def _rounded(found: Typed, definition: defining.Definition, scope: Scope) -> Typed | None:
    written, again = definition.body.rounded, definition.body.rounded_again
    if again:
        message = "it is said a second time what this is rounded to"
        scope.error("PD225", message, again[0].span, help="leave one of them out")
        return None
    if written is None:
        return found
    if not isinstance(found.kind, v.Number) and not is_bare(found.kind):
        message = f"only a number is rounded, and this is {describe(found.kind)}"
        scope.error("PD216", message, written.span, help="leave `rounded to` out")
        return None
    step = read_number(written.text)
    if step is None or step <= 0:
        scope.error("PD216", f"`{written.text}` is no step to round to", written.span, help="write `rounded to 0.1`")
        return None
    unit = unit_of(found.kind)
    factor, zero = (unit.factor, unit.zero) if unit is not None else (Fraction(1), Fraction(0))
    size = step * factor
    rounded: core.Expression = core.Rounded(_moved(found.core, core.Operator.MINUS, zero), size, span=found.span)
    return evolve(found, core=_moved(rounded, core.Operator.PLUS, zero), limits=_near(found.limits, size, zero))


def _moved(inside: core.Expression, operator: core.Operator, zero: Fraction) -> core.Expression:
    """A temperature counted from the zero of its unit, or back from it: multiples of 5 [degF] are none of the base."""
    return core.Arithmetic(operator, inside, core.Constant(zero), span=inside.span) if zero else inside


def _near(limits: Limits, step: Fraction, zero: Fraction) -> Limits:
    """A range that still holds what is in it once it is rounded."""
    low = None if limits.low is None else (limits.low - zero) // step * step + zero
    return Limits(low, None if limits.high is None else -((zero - limits.high) // step) * step + zero)


def _where_valid(found: Typed, definition: defining.Definition, scope: Scope) -> Typed | None:
    """The value where the formula is valid. The conditions see values with their units, as cases do."""
    lines = definition.body.valid
    if not lines:
        return found
    written = [line.condition for line in lines if isinstance(line, defining.ValidWhen)]
    when = conditions.every(written, evolve(scope, bare=NOTHING))
    if when is None:
        return None
    stated = tuple(line.text.text for line in lines if isinstance(line, defining.ValidOnlyFor))
    name = definition.name.text + (f" by {definition.method.text}" if definition.method is not None else "")
    return evolve(found, core=core.Valid(name, found.core, tuple(when), stated, span=found.span))


def _named(found: Typed, definition: defining.Definition) -> Typed:
    label = definition.label.text if definition.label is not None else ""
    name = definition.name.text
    inside = core.Named(name, label, found.core, unit_of(found.kind), span=definition.name.span)
    return Typed(inside, found.kind, found.span, definition.name.span, limits=found.limits)
