"""Values by name: members of an enumeration, names of an open vocabulary, sets of names."""

from __future__ import annotations

from collections.abc import Iterable

from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import comparisons, expressions, terms
from protocol_dsl.elaborate.kinds import Typed, describe, is_day
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.record import Attested, Value
from protocol_dsl.syntax import tree
from protocol_dsl.syntax.tree import Word

_ATTESTED = {word.value: word for word in Attested}


def equals(sign: core.Sign, subject: Typed, value: tree.Node, scope: Scope) -> core.Condition | None:
    """`is` and `is not`: a name against the kind of the subject, anything else as a comparison."""
    if isinstance(subject.kind, v.OneOf | v.Text | v.YesNo | v.AnyOf) or _is_attested(subject, value):
        member = constant_member(subject, value, scope)
        if member is None:
            return None
        right = core.Constant(member, span=value.span)
        return core.Compare(sign, subject.core, right, span=subject.span.join(value.span))
    limit = expressions.expression(value, scope.about(subject))
    return None if limit is None else comparisons.compare(sign, subject, limit, scope)


def _is_attested(subject: Typed, value: tree.Node) -> bool:
    return is_day(subject.kind) and isinstance(value, tree.Name) and value.word.text in _ATTESTED


def constant_member(subject: Typed, node: tree.Node, scope: Scope) -> Value | None:
    """A written value of the kind of the subject, as in `is iv` or `is one of 3, 4`."""
    if is_day(subject.kind) and isinstance(node, tree.Name):
        return _ATTESTED.get(node.word.text) or one_of_these(node.word, subject, tuple(_ATTESTED), scope)
    if isinstance(node, tree.Name):
        return member(subject, node.word, scope)
    if isinstance(subject.kind, v.Text) and isinstance(node, tree.Quantity) and node.unit is None:
        return node.number.text
    return _constant_value(subject, node, scope)


def member(subject: Typed, word: Word, scope: Scope) -> Value | None:
    """A name as a value of the kind of the subject."""
    match subject.kind:
        case v.OneOf(members):
            return one_of_these(word, subject, members, scope)
        case v.Text():
            terms.check(subject, word, scope)
            return _text(word, scope)
        case v.YesNo():
            found = one_of_these(word, subject, ("yes", "no"), scope)
            return None if found is None else found == "yes"
        case v.AnyOf():
            message = f"`{subject.span.text}` can have several values at once"
            scope.error("PD206", message, word.span, help=f"ask `includes any of {word.text}`")
            return None
        case _:
            message = f"a name is compared with {describe(subject.kind)}"
            scope.error("PD206", message, word.span, others=[(subject.span, describe(subject.kind))])
            return None


def one_of_these(word: Word, subject: Typed, members: tuple[str, ...], scope: Scope) -> str | None:
    """The name where it is a member of what is asked."""
    others = ((subject.span, "asked here"), (subject.declared, "declared here"))
    return listed(subject.span.text, word, members, scope, others)


def listed(
    name: str, word: Word, members: tuple[str, ...], scope: Scope, others: Iterable[tuple[Span, str]]
) -> str | None:
    """The name where it is one of the members; else an error with the nearest."""
    if word.text in members:
        return word.text
    meant = nearest(word.text, members)
    cure = f"`{meant}` may be meant" if meant else "its values are " + ", ".join(f"`{one}`" for one in members[:12])
    scope.error("PD205", f"`{word.text}` is no value of `{name}`", word.span, others=others, help=cure)
    return None


def _text(word: Word, scope: Scope) -> str | None:
    if word.text not in scope.desk.sets:
        return word.text
    message = f"`{word.text}` is a set, and a set is no single name"
    scope.error("PD205", message, word.span, help=f"ask `is in {word.text}`")
    return None


def _constant_value(subject: Typed, node: tree.Node, scope: Scope) -> Value | None:
    found = expressions.expression(node, scope.about(subject))
    if found is None:
        return None
    compared = comparisons.compare(core.Sign.IS, subject, found, scope)
    if isinstance(compared, core.Compare) and isinstance(compared.right, core.Constant):
        return compared.right.value
    if compared is not None:
        scope.error("PD206", "a written value is needed here", node.span, help="write a name, a number or a day")
    return None


def one_of(subject: Typed, node: tree.OneOf, scope: Scope) -> core.Condition | None:
    """`is one of iii, iv`."""
    if isinstance(subject.kind, v.AnyOf):
        names = ", ".join(value.span.text for value in node.values)
        message = f"`{subject.span.text}` can have several values at once"
        scope.error("PD206", message, node.span, help=f"ask `includes any of {names}`")
        return None
    comparisons.needs_ctcae(subject, scope)
    found = tuple(constant_member(subject, value, scope) for value in node.values)
    members = tuple(value for value in found if value is not None)
    if len(members) < len(found):
        return None
    return core.Member(subject.core, members, span=subject.span.join(node.span))


def in_set(subject: Typed, node: tree.InSet | tree.NotInSet, scope: Scope) -> core.Condition | None:
    """`is in cyp3a4_strong`."""
    found = scope.desk.sets.get(node.set.text)
    if found is None:
        scope.unknown(node.set, scope.desk.sets, "set", "PD107")
        return None
    if isinstance(subject.kind, v.OneOf):
        alien = [name for name in found.members if name not in subject.kind.members]
        if alien:
            one_of_these(Word(alien[0], span=node.set.span), subject, subject.kind.members, scope)
            return None
    elif not isinstance(subject.kind, v.Text):
        message = f"a set holds names, and this is {describe(subject.kind)}"
        scope.error("PD206", message, subject.span, others=[(subject.declared, "declared here")])
        return None
    return core.Member(subject.core, found.members, found.name, span=subject.span.join(node.span))


def includes(subject: Typed, node: tree.IncludesAny | tree.IncludesAll, scope: Scope) -> core.Condition | None:
    """`includes any of fever, chills`."""
    if not isinstance(subject.kind, v.AnyOf):
        message = f"`{subject.span.text}` has one value at a time"
        others = [(subject.span, describe(subject.kind)), (subject.declared, "declared here")]
        scope.error("PD206", message, node.span, others=others, help="ask `is` or `is one of`")
        return None
    found = [one_of_these(word, subject, subject.kind.members, scope) for word in node.members]
    members = tuple(name for name in found if name is not None)
    if len(members) < len(found):
        return None
    whole = isinstance(node, tree.IncludesAll)
    return core.Includes(subject.core, members, whole, span=subject.span.join(node.span))
