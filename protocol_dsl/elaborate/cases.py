"""Definitions by cases: the first that applies gives the value."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import arithmetic, conditions, expressions
from protocol_dsl.elaborate.kinds import Elapsed, Symbol, Typed
from protocol_dsl.elaborate.scope import NOTHING, Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import defining, tree


def values(body: defining.DefinedByCases, scope: Scope) -> Typed | None:
    """The value of the first case that applies. In a formula, the conditions still see values with their units."""
    outer = evolve(scope, bare=NOTHING)
    whens = [conditions.condition(case.when, outer) if case.when is not None else None for case in body.cases]
    results = [_result(case.result, scope) for case in body.cases]
    unsound = any(case.when is not None and when is None for case, when in zip(body.cases, whens, strict=True))
    present = [result for result in results if result is not None]
    if not _ends_with_otherwise(body, scope) or unsound or len(present) < len(results):
        return None
    alike = same_kind(present, scope)
    if alike is None:
        return None
    branches = tuple(
        core.Branch(when, result.core, span=case.span)
        for case, when, result in zip(body.cases, whens, alike, strict=True)
    )
    return evolve(merged(alike), core=core.Cases(branches, span=body.span), span=body.span)


def _result(node: tree.Node, scope: Scope) -> Typed | None:
    """A value, or a bare word that names nothing and so is a result of its own."""
    if isinstance(node, tree.Name) and node.word.text not in scope.names:
        return symbol(node.word.text, node.span)
    found = expressions.expression(node, scope)
    if found is not None and isinstance(found.kind, Elapsed):
        message = "a span of time cannot be one of several results"
        scope.error("PD206", message, node.span, help="define it by itself, and compare it in the condition")
        return None
    return found


def symbol(word: str, span: Span) -> Typed:
    """A word as a result."""
    return Typed(core.Constant(word, span=span), Symbol(word), span)


def same_kind(results: Sequence[Typed], scope: Scope) -> Sequence[Typed] | None:
    """The results as one kind: words become members of it; None where they differ, with an error."""
    words = [result.kind.word for result in results if isinstance(result.kind, Symbol)]
    if len(words) == len(results):
        kind = v.YesNo() if set(words) <= {"yes", "no"} else v.OneOf(tuple(dict.fromkeys(words)))
        return [_as_member(result, word, kind) for result, word in zip(results, words, strict=True)]
    for result in results:
        if isinstance(result.kind, Symbol):
            scope.unknown(tree.Word(result.kind.word, span=result.span), scope.names)
            return None
    return results if all(arithmetic.agree(results[0], other, scope) for other in results[1:]) else None


def _as_member(result: Typed, word: str, kind: v.OneOf | v.YesNo) -> Typed:
    value = word == "yes" if isinstance(kind, v.YesNo) else word
    return evolve(result, core=core.Constant(value, span=result.span), kind=kind)


def merged(results: Sequence[Typed]) -> Typed:
    """What can be said of whichever result it is."""
    limits = results[0].limits
    for other in results[1:]:
        limits = arithmetic.hull(limits, other.limits)
    return evolve(results[0], limits=limits, series=None, item=None)


def _ends_with_otherwise(body: defining.DefinedByCases, scope: Scope) -> bool:
    early = [case for case in body.cases[:-1] if case.when is None]
    if early:
        message = "cases after `otherwise` are never reached"
        scope.error("PD217", message, early[0].span, help="put `otherwise` last")
        return False
    if body.cases[-1].when is not None:
        message = "these cases do not say what holds otherwise"
        scope.error("PD217", message, body.cases[-1].span, help="end with a case `... otherwise`")
        return False
    return True


def conditional(body: defining.DefinedByCases, scope: Scope) -> core.Condition | None:
    """A condition by cases, as one condition.

    Where it is unknown which case applies, it still holds if all that may apply do.
    """
    whens = [conditions.condition(case.when, scope) for case in body.cases if case.when is not None]
    results = conditions.every((case.result for case in body.cases), scope)
    sound = [when for when in whens if when is not None]
    if not _ends_with_otherwise(body, scope) or results is None or len(sound) < len(whens):
        return None
    found = results[-1]
    for when, result in zip(reversed(sound), reversed(results[:-1]), strict=True):
        chosen = core.Both((when, result), span=body.span)
        other = core.Both((core.Not(when, span=body.span), found), span=body.span)
        whichever = core.Both((result, found), span=body.span)
        found = core.Either((chosen, other, whichever), span=body.span)
    return found
