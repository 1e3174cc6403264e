"""What a protocol states besides its clauses, and where two versions state something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeVar, get_args

from attrs import evolve, fields

from protocol_dsl.amend.change import Said
from protocol_dsl.amend.claimed_words import claim_words
from protocol_dsl.amend.normal import normal
from protocol_dsl.amend.promises import promises
from protocol_dsl.amend.tallied import how_changed
from protocol_dsl.base.quantity import decimal_text
from protocol_dsl.model.condition import Condition, Expression, Named
from protocol_dsl.model.escalation import Count, DoseLevel, EscalationPlan, Ladder, Place, Setting, wording
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import DltRules, Modification, Protocol
from protocol_dsl.model.vocabulary import (
    AnyOf,
    Item,
    ListOf,
    Moment,
    NamedSet,
    Number,
    OneOf,
    RecordType,
)
from protocol_dsl.model.words import words, words_of_value

T = TypeVar("T")
Teach = Callable[[T], str]


def stated(old: Protocol, new: Protocol) -> tuple[Said, ...]:
    """What was added, removed or changed, section by section; what is said of it is enough to tell the two apart."""
    return (*_by_section(old, new), *_claims(old, new), *promises(old, new))


def _by_section(old: Protocol, new: Protocol) -> Iterator[Said]:
    for section, tell in _SECTIONS.items():
        yield from (one for one in _named(section, tell(old), tell(new)) if not _means_the_same(one, old, new))
        if section == "sets":
            yield from _defined(old, new)


def _means_the_same(one: Said, old: Protocol, new: Protocol) -> bool:
    """Whether what is told by its condition, as it is written, says the same in its one form."""
    if one.section == "dlt" and one.name == "evaluable":
        was, now = (None if side.dlt is None else side.dlt.evaluable for side in (old, new))
        return was is not None and now is not None and normal(was) == normal(now)
    if one.section == "modifications":
        done = [{some.clause.id: _done(some) for some in side.modifications}.get(one.name) for side in (old, new)]
        return done[0] is not None and done[0] == done[1]
    return False


def _done(one: Modification) -> object:
    return None if one.until is None else normal(one.until), one.step, one.most


def _claims(old: Protocol, new: Protocol) -> Iterator[Said]:
    """The `always` statements about the escalation."""
    before, after = (
        {one.id: one.claim for one in (() if version.escalation is None else version.escalation.always)}
        for version in (old, new)
    )
    told = [{name: claim_words(claim) for name, claim in some.items()} for some in (before, after)]
    for one in _named("always", told[0], told[1]):
        if one.old is None or one.new is None:
            yield one
        else:
            how, shown = how_changed(before[one.name], after[one.name], (old, new))
            yield evolve(one, how=how, shown=shown)


def _named(section: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Said]:
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if was != now:
            yield Said(section, name, was, now)


def _header(protocol: Protocol) -> dict[str, str]:
    header = protocol.header
    told = {"title": header.title, "sponsor": header.sponsor, "phase": header.phase, "registry": header.registry}
    return {name: text for name, text in told.items() if text}


def _uses(protocol: Protocol) -> dict[str, str]:
    """Scales and libraries: what they say is part of what the protocol says."""
    header = protocol.header
    told = {name: version or "used" for name, version in header.uses.items() if name not in header.libraries}
    return told | {f"library {name}": header.uses.get(name) or "used" for name in header.libraries}


def _incomplete(protocol: Protocol) -> dict[str, str]:
    return {note.about or "file": note.text for note in protocol.incomplete}


def _moments(protocol: Protocol) -> dict[str, str]:
    return {name: _moment(one) for name, one in protocol.moments.items()}


def _moment(one: Moment) -> str:
    told = [
        one.label,
        f"every dose of {one.every_dose_of}" if one.every_dose_of else "",
        f"first dose of {one.first_dose_of}" if one.first_dose_of else "",
        f"day {one.study_day}" if one.study_day is not None else "",
        f"after {one.after}" if one.after else "",
        f"at least {one.at_least_days} days" if one.at_least_days is not None else "",
        f"at most {one.at_most_days} days" if one.at_most_days is not None else "",
    ]
    return ", ".join(filter(None, told)) or "declared"


def _items(protocol: Protocol) -> dict[str, str]:
    found = {name: _item(one) for name, one in protocol.items.items()}
    for record in protocol.records.values():
        found |= {f"{record.name}.{name}": _item(one) for name, one in record.fields.items()}
    return found


def _item(one: Item) -> str:
    """The declaration, much as it is written."""
    told = [_kind(one), f"of {one.analyte}" if one.analyte else ""]
    limits = [name for name, has in (("ULN", one.uln), ("LLN", one.lln)) if has]
    told.append(f"with {' and '.join(limits)}" if limits else "")
    if one.plausible is not None:
        told.append(f"plausible {decimal_text(one.plausible[0])} to {decimal_text(one.plausible[1])}")
    told.append(f"recorded to {decimal_text(one.step)}" if one.step is not None else "")
    if one.choice is not None:
        told.append(one.choice.rule.value + (f" of last {one.choice.last}" if one.choice.last else ""))
    if one.valid_days is not None:
        told.append(f"valid for {one.valid_days} {'day' if one.valid_days == 1 else 'days'}")
    if one.baseline is not None:
        told.append(f"baseline {one.baseline.choice.rule.value} before {one.baseline.before}")
    if one.complete is not None:
        within = f"within {one.complete.within_days} days"
        told.append(f"complete to {one.complete.to}" if one.complete.to else f"complete {within}")
    told += ["required" if one.required else "", f"judged by {one.judged_by}" if one.judged_by else ""]
    return "; ".join(filter(None, told))


def _kind(one: Item) -> str:
    match one.kind:
        case OneOf(members=members):
            return f"one of {', '.join(members)}"
        case AnyOf(members=members):
            return f"any of {', '.join(members)}"
        case Number(unit=unit):
            return "number" if unit is None else f"number in {unit.code}"
        case ListOf(record=record):
            return f"list of {record}"
        case kind:
            return _KINDS.get(type(kind).__name__, type(kind).__name__.lower())


_KINDS = {"YesNo": "yes/no"}


def _records(protocol: Protocol) -> dict[str, str]:
    def told(one: RecordType) -> str:
        return f"with {', '.join(one.fields)}"

    return {name: told(one) for name, one in protocol.records.items()}


def _sets(protocol: Protocol) -> dict[str, str]:
    def told(one: NamedSet) -> str:
        return f"version {one.version}: {', '.join(one.members)}"

    return {name: told(one) for name, one in protocol.sets.items()}


def _defined(old: Protocol, new: Protocol) -> Iterator[Said]:
    """The definitions that say something else in their one form, told in the units in which they are written."""
    was, now = old.definitions, new.definitions
    for name in dict.fromkeys((*now, *was)):
        if name in was and name in now and normal(was[name].inside) == normal(now[name].inside):
            continue
        sides = [None if name not in some else _meant(some[name].inside) for some in (was, now)]
        yield Said("definitions", name, sides[0], sides[1])


def _meant(node: Condition | Expression) -> str:
    """What is defined, in words, with what it is made of written out."""
    inside: Any = _written_out(node)
    return words(inside) if isinstance(inside, get_args(Condition)) else words_of_value(inside)


def _written_out(node: Any) -> Any:  # noqa: ANN401 - a node, a tuple of them, or what a node holds
    """Without the names of definitions: what stands in their place may be what differs."""
    if isinstance(node, tuple):
        return tuple(map(_written_out, node))
    if isinstance(node, Named):
        return _written_out(node.inside)
    if not isinstance(node, Node):
        return node
    return evolve(node, **{one.name: _written_out(getattr(node, one.name)) for one in fields(type(node))})


def _doses(protocol: Protocol) -> dict[str, str]:
    ladder = protocol.ladder
    if ladder is None:
        return {}
    found = {f"level {level.name}": _level(level, ladder) for level in ladder.levels}
    found |= {"order of levels": ", ".join(ladder.names), "start": f"at level {ladder.start}"}
    settings = evolve(ladder, levels=(), start="")
    return found | _fields_of(settings, skip=("levels", "start", "columns"))


def _level(level: DoseLevel, ladder: Ladder) -> str:
    amounts = zip(ladder.columns, level.amounts, strict=False)
    told = [
        f"{column.name} {'none' if amount is None else decimal_text(amount)} {column.unit}".rstrip()
        for column, amount in amounts
    ]
    return ", ".join(told) or ", ".join(decimal_text(a) for a in level.amounts if a is not None) or "no amount"


def _dlt(protocol: Protocol) -> dict[str, str]:
    rules = protocol.dlt
    if rules is None:
        return {}
    found = {"window": f"from {rules.start} through day {rules.last_day}", "attributed": ", ".join(rules.attributed)}
    if rules.evaluable is not None:
        found["evaluable"] = words(_written_out(rules.evaluable), protocol.items)
    return found | _replaced(rules)


def _timing(protocol: Protocol) -> dict[str, str]:
    return {} if protocol.timing is None else _fields_of(protocol.timing, skip=())


def _parts(protocol: Protocol) -> dict[str, str]:
    found = {one.name: _settings(one, skip=("name",)) or "declared" for one in protocol.parts}
    agreed = protocol.recommended
    return found | ({} if agreed is None else {"recommended level": _settings(agreed, skip=())})


def _gates(protocol: Protocol) -> dict[str, str]:
    return {one.label: f"at {one.moment}" for one in protocol.gates}


def _modifications(protocol: Protocol) -> dict[str, str]:
    """What is done where a clause is met; when it is met is compared as for other clauses."""
    found = {}
    for one in protocol.modifications:
        until = "" if one.until is None else f"hold until {words(_written_out(one.until), protocol.items)}, then "
        most = "" if one.most is None else f", at most {one.most} reductions"
        found[one.clause.id] = f"{until}{one.step}{most}"
    return found


def _settings(node: Node, *, skip: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {value}" for name, value in _fields_of(node, skip=skip).items())


def _replaced(rules: DltRules) -> dict[str, str]:
    found = {"patients who are not evaluable": "replaced" if rules.replace else "not replaced"}
    found |= {"events": rules.events} if rules.events else {}
    return found | ({"follow-up ends": ", ".join(rules.endings)} if rules.endings else {})


def _escalation(protocol: Protocol) -> dict[str, str]:
    return {} if protocol.escalation is None else _planned(protocol.escalation)


def _planned(plan: EscalationPlan) -> dict[str, str]:
    """A plan line by line; of one in stages, the lines of each."""
    found = {"family": plan.family}
    for stage in plan.stages:
        found[f"stage {stage.name}"] = "to the end" if stage.until is None else f"until {stage.until}"
        found |= {f"stage {stage.name}, {name}": said for name, said in _planned(stage.plan).items()}
    if plan.stages:
        return found
    found |= _fields_of(plan, skip=("rows", "always", "family", "settings", "stages", "first_row"))
    for one in plan.settings:
        key, text = f"setting {one.key}", _setting(one)
        found[key] = f"{found[key]}; {text}" if key in found else text
    for number, row in enumerate(plan.rows, 1):
        cells = [f"{cell.column} {_plain(cell.count)}" for cell in row.cells]
        place = "" if row.level is Place.ANY else f" at {row.level}"
        found[f"row {number}"] = f"{', '.join(cells) or 'otherwise'}{place}: {wording(row.then)}"
    return found


def _setting(one: Setting) -> str:
    """A line of a family of designs as it is written, where it is; its blanks alone do not say what they are."""
    written = " ".join(one.span.text.split())
    return written if all(value in written for value in one.values) and written else " ".join(one.values) or "given"


def _fields_of(node: Node, *, skip: tuple[str, ...]) -> dict[str, str]:
    """What else a node says, by the names of its fields."""
    told = {one.name: getattr(node, one.name) for one in fields(type(node)) if one.name not in (*skip, "span")}
    return {name.replace("_", " "): _plain(value) for name, value in told.items() if value not in (None, "", (), False)}


def _plain(value: object) -> str:
    """A setting in few words: the names of its fields, and what stands in them."""
    if isinstance(value, tuple):
        return "; or ".join(map(_plain, value))
    if isinstance(value, Fraction):
        return decimal_text(value)
    if isinstance(value, Count):
        most = "or more" if value.at_most is None else f"to {value.at_most}"
        return f"{value.at_least}" if value.at_least == value.at_most else f"{value.at_least} {most}"
    if isinstance(value, Node) and type(value).__str__ is object.__str__:
        inside = {one.name: getattr(value, one.name) for one in fields(type(value)) if one.name != "span"}
        return ", ".join(f"{name} {_plain(held)}" for name, held in inside.items() if held is not None)
    return str(value)


_SECTIONS: Mapping[str, Callable[[Protocol], Mapping[str, str]]] = {
    "header": _header,
    "uses": _uses,
    "incomplete": _incomplete,
    "moments": _moments,
    "data": _items,
    "records": _records,
    "sets": _sets,
    "doses": _doses,
    "dlt": _dlt,
    "escalation": _escalation,
    "gates": _gates,
    "timing": _timing,
    "parts": _parts,
    "modifications": _modifications,
}
