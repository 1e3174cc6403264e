"""The parameters of a formula: inside it they are bare numbers in the stated units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve

from protocol_dsl.base.analyte import bridge
from protocol_dsl.base.quantity import Unit
from protocol_dsl.elaborate import comparisons, expressions
from protocol_dsl.elaborate.kinds import Elapsed, Limits, Typed, describe, is_bare, measures, periods, unit_of
from protocol_dsl.elaborate.scope import NOTHING, Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import defining, tree


def bind_by_name(definition: defining.Definition, scope: Scope) -> Mapping[str, Typed] | None:
    """Each parameter with what its name stands for."""
    found = {parameter.name.text: expressions.named(parameter.name, scope) for parameter in definition.parameters}
    sound = {name: value for name, value in found.items() if value is not None}
    return sound if len(sound) == len(found) else None


def bind_arguments(definition: defining.Definition, node: tree.ByMethod, scope: Scope) -> Mapping[str, Typed] | None:
    """Each parameter with the argument in its place; a method used without `with` takes values of the same names."""
    if not node.arguments:
        words = tuple(evolve(parameter.name, span=node.span) for parameter in definition.parameters)
    else:
        words = node.arguments
    if len(words) != len(definition.parameters):
        wanted = ", ".join(parameter.name.text for parameter in definition.parameters)
        message = f"`{node.quantity.text} by {node.method.text}` takes {len(definition.parameters)} values"
        scope.error("PD218", message, node.span, help=f"name these, in this order: {wanted}")
        return None
    # what is a bare number in the formula around it is given on with its unit
    measured = evolve(scope, bare=NOTHING)
    values = [expressions.named(word, measured) for word in words]
    bound = {p.name.text: value for p, value in zip(definition.parameters, values, strict=True) if value is not None}
    return bound if len(bound) == len(definition.parameters) else None


def as_bare(definition: defining.Definition, bound: Mapping[str, Typed], scope: Scope) -> Mapping[str, Typed] | None:
    """The parameters as bare numbers; those that are no numbers stay as they are."""
    found: dict[str, Typed] = {}
    for parameter in definition.parameters:
        value = _bare(parameter, bound[parameter.name.text], scope)
        if value is not None:
            found[parameter.name.text] = value
    return found if len(found) == len(definition.parameters) else None


def _bare(parameter: defining.Parameter, value: Typed, scope: Scope) -> Typed | None:
    if parameter.unit is None:
        return _without_unit(parameter, value, scope)
    unit = expressions.unit_named(parameter.unit, scope)
    if unit is None:
        return None
    if isinstance(value.kind, v.Completed) and periods(v.Number(unit)) == value.kind.period:
        return evolve(value, kind=v.Number(None), series=None)
    measured = _measured_so(value, unit)
    if measured is not None:
        return _over(measured, unit)
    theirs = unit_of(value.kind)
    if theirs is None or not comparisons.needs_analyte(value, theirs, unit, parameter.span, scope):
        message = f"`{parameter.name.text}` is taken in `{unit.code}`, and it is not measured so"
        others = [(value.declared, describe(value.kind))]
        cure = _AS_YEARS if isinstance(value.kind, Elapsed) else None
        scope.error("PD214", message, parameter.span, measures(unit), others=others, help=cure)
    return None


_AS_YEARS = "define it as `completed years from ... to ...`, or declare it as `number in years`"


def _measured_so(value: Typed, unit: Unit) -> Typed | None:
    """The value as one of the unit's kind, where it is one, or is one by what is known of its analyte."""
    theirs = unit_of(value.kind)
    if theirs is None or theirs.same_kind(unit):
        return value if theirs is not None else None
    crossing = bridge(theirs, unit, value.item.analyte if value.item is not None else None)
    return None if crossing is None else _times(value, crossing.base)


def _without_unit(parameter: defining.Parameter, value: Typed, scope: Scope) -> Typed | None:
    unit = unit_of(value.kind)
    if unit is not None:
        message = f"the formula does not say in which unit it takes `{parameter.name.text}`"
        others = [(value.declared, describe(value.kind))]
        cure = f"write `{parameter.name.text} in {unit.code}`"
        scope.error("PD203", message, parameter.span, others=others, help=cure)
        return None
    if is_bare(value.kind) or isinstance(value.kind, v.Completed):
        return evolve(value, kind=v.Number(None), series=None)
    return value


def _times(value: Typed, factor: Fraction) -> Typed:
    """A value in base units of another kind, by what is known of its analyte."""
    by = core.Constant(factor, span=value.span)
    found = core.Arithmetic(core.Operator.TIMES, value.core, by, span=value.span)
    low, high = (None if end is None else end * factor for end in (value.limits.low, value.limits.high))
    return evolve(value, core=found, limits=Limits(low, high))


def _over(value: Typed, unit: Unit) -> Typed:
    limits, found = value.limits, value.core
    if unit.zero:
        zero = core.Constant(unit.zero, span=value.span)
        found = core.Arithmetic(core.Operator.MINUS, found, zero, span=value.span)
    if unit.factor != 1:
        factor = core.Constant(unit.factor, span=value.span)
        found = core.Arithmetic(core.Operator.OVER, found, factor, span=value.span)
    low = None if limits.low is None else unit.of_base(limits.low)
    high = None if limits.high is None else unit.of_base(limits.high)
    return evolve(value, core=found, kind=v.Number(None), series=None, limits=Limits(low, high))
