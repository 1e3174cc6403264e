"""The lines that tell why a condition came to what it did: of what was joined, only the parts that decided."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Fact, Finding
from protocol_dsl.evaluate.events import begun
from protocol_dsl.evaluate.gaps import reason_of
from protocol_dsl.evaluate.horizon import horizon
from protocol_dsl.evaluate.leaves import leaf_lines, value_of, window_days
from protocol_dsl.evaluate.lookup import attested_to
from protocol_dsl.evaluate.monitor import numbers
from protocol_dsl.evaluate.quoting import Sight, event_words, gap_words, is_certain, option_words, quoted
from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Condition,
    Consecutive,
    Either,
    Known,
    MomentOf,
    Monitored,
    Not,
    Part,
    Policy,
    Readings,
    Sustained,
)
from protocol_dsl.model.idioms import ongoing_at, taken
from protocol_dsl.model.record import Reason
from protocol_dsl.model.words import words

_STANDS = {Truth.TRUE: "is met", Truth.FALSE: "is not met", Truth.UNKNOWN: "is neither met nor not met"}
_EVENTS_SHOWN = 6
_STEP = "  "


def lines(finding: Finding, sight: Sight) -> list[str]:  # noqa: C901, PLR0911 - an arm for each form
    """Why a finding is met, not met or unknown; what stands deeper is indented by two spaces."""
    condition, parts = finding.condition, finding.parts
    match condition:
        case Both() | Either() if (phrase := _phrase(finding, condition, sight)) is not None:
            return [phrase]
        case Both():
            return _told(_deciding(parts, finding.truth, Truth.FALSE), sight)
        case Either():
            return _alternatives(finding, sight)
        case AtLeast():
            return _so_many(condition, finding, sight)
        case Not():
            return lines(parts[0], sight)
        case Known():
            return _known(finding, sight)
        case Policy():
            return _policy(finding, sight)
        case AnyEvent():
            return _events(condition, finding, sight)
        case Monitored():
            having, known, unknown = numbers(finding)
            waiting = f", and of {unknown} it is not known yet" if unknown else ""
            return [f"{having} of {known} patients{waiting}; {words(condition, sight.env.protocol.items)}"]
        case Readings() | Consecutive() | Sustained():
            return _readings(condition, finding, sight)
        case _:
            return leaf_lines(finding, sight)


def _told(findings: Iterable[Finding], sight: Sight) -> list[str]:
    return list(dict.fromkeys(line for one in findings for line in lines(one, sight)))


def _deeper(told: Iterable[str]) -> list[str]:
    return [_STEP + line for line in told]


# --- logic --------------------------------------------------------------------------------------------------------


def _deciding(parts: tuple[Finding, ...], truth: Truth, alone: Truth) -> tuple[Finding, ...]:
    """The parts to be told: all, where all were needed; else those that agree with what was found."""
    if truth is not Truth.UNKNOWN and truth is not alone:
        return parts
    return tuple(part for part in parts if part.truth is truth)


def _alternatives(finding: Finding, sight: Sight) -> list[str]:
    """One branch that holds is told by itself; where none does, or some are open, each is told under its number."""
    parts, truth = finding.parts, finding.truth
    told = _deciding(parts, truth, Truth.TRUE)
    if truth is Truth.TRUE or len(parts) == 1:
        return _told(told, sight)
    if truth is Truth.FALSE:
        head = f"none of {len(parts)} alternatives is met:"
    else:
        head = f"{len(told)} of {len(parts)} alternatives {'is' if len(told) == 1 else 'are'} open:"
    return [head, *_deeper(_told(told, sight))]


def _so_many(condition: AtLeast, finding: Finding, sight: Sight) -> list[str]:
    held, unknown = (sum(part.truth is truth for part in finding.parts) for truth in (Truth.TRUE, Truth.UNKNOWN))
    not_known = f", {unknown} unknown" if unknown else ""
    are = "is" if held == 1 else "are"
    head = f"{held} of {len(finding.parts)} {are} met{not_known}; at least {condition.count} asked for:"
    wanted = {Truth.TRUE: (Truth.TRUE,), Truth.FALSE: (Truth.FALSE,), Truth.UNKNOWN: (Truth.TRUE, Truth.UNKNOWN)}
    shown = tuple(part for part in finding.parts if part.truth in wanted[finding.truth])
    return [head, *_deeper(_told(shown, sight))]


def _known(finding: Finding, sight: Sight) -> list[str]:
    inside = finding.parts[0]
    told = lines(inside, sight)
    if inside.truth is Truth.UNKNOWN and finding.truth is not Truth.UNKNOWN:
        return [f"{line}, which counts as not known" for line in told]
    return told


def _policy(finding: Finding, sight: Sight) -> list[str]:
    told = lines(finding.parts[0], sight)
    if finding.policy is None:
        return told
    treated = f'treated as {"met" if finding.policy.met else "not met"} because "{finding.policy.because}"'
    return [*told[:-1], f"{told[-1]}; {treated}"] if told else [treated]


def _phrase(finding: Finding, condition: Condition, sight: Sight) -> str | None:
    """`ongoing at enrolment` and `taken within ...`, which are one thing to the reader."""
    if finding.truth is Truth.UNKNOWN:
        return None
    day, window = ongoing_at(condition), taken(condition)
    if day is not None:
        found = value_of(day, sight)
        shown = option_words(found[0], None) if len(found) == 1 and is_certain(found[0]) else ""
        named = f" {shown}" if shown and isinstance(day, MomentOf) else ""
        return f"{words(condition)}{named} {_STANDS[finding.truth]}"
    if window is not None:
        return f"{words(condition)}{window_days(window, sight)} {_STANDS[finding.truth]}"
    return None


# --- events -------------------------------------------------------------------------------------------------------


def _events(condition: AnyEvent, finding: Finding, sight: Sight) -> list[str]:
    told: list[str] = []
    for part in finding.parts[:_EVENTS_SHOWN]:
        told += _event(condition.list, part, sight)
    if len(finding.parts) > _EVENTS_SHOWN:
        told.append(f"and {len(finding.parts) - _EVENTS_SHOWN} more of {condition.list}")
    told += [line for fact in finding.facts if (line := gap_words(fact, condition, sight)) is not None]
    return told or [_none_fits(condition, sight)]


def _event(name: str, part: Finding, sight: Sight) -> list[str]:
    if part.event is None:
        return lines(part, sight)
    env = sight.env
    around = env.around if env.event is None else (*env.around, (env.event, env.of_list))
    inner = evolve(sight, env=evolve(env, event=part.event, of_list=name, around=around, facts=[]))
    head = event_words(name, part.event)
    if isinstance(part.condition, AnyEvent) and part.condition.where is None:
        return [head]
    return [head, *_deeper(lines(part, inner))]


def _none_fits(condition: AnyEvent, sight: Sight) -> str:
    name = condition.list
    last = horizon(condition.where, sight.env)
    count = sum(begun(name, one, last, sight.env) is not Truth.FALSE for one in sight.env.record.lists.get(name, ()))
    reached = attested_to(name, sight.env)
    attested = "" if reached is None else f"; attested complete up to {reached.isoformat()}"
    if not count:
        return f"no {name} are recorded{attested}"
    if isinstance(condition.where, Not):
        return f"each of {count} {name}: {words(condition.where.inside, sight.env.protocol.items)}{attested}"
    fits = "" if condition.where is None else f" where ({words(condition.where, sight.env.protocol.items)})"
    return f"none of {count} {name}{fits}{attested}"


# --- repeated readings --------------------------------------------------------------------------------------------


def _readings(condition: Readings | Consecutive | Sustained, finding: Finding, sight: Sight) -> list[str]:
    """Every reading that was looked at, then what was asked of them; where it is unknown, what is missing."""
    name = condition.series.item
    found = [quoted(fact, sight).removeprefix(f"{name} ") for fact in _own(finding, name)]
    if any(reason_of(fact) is Reason.TOO_FEW for fact in finding.facts) and isinstance(condition, Consecutive):
        return [_too_few(condition, found)]
    if finding.truth is Truth.UNKNOWN:
        told = [line for fact in finding.facts if (line := gap_words(fact, condition, sight)) is not None]
        told += [line for part in finding.parts if part.truth is Truth.UNKNOWN for line in lines(part, sight)]
        if told:
            return list(dict.fromkeys(told))
    asked = f"{words(condition, sight.env.protocol.items)} {_STANDS[finding.truth]}"
    return [f"{name} {', '.join(found)}; {asked}" if found else asked]


def _too_few(condition: Consecutive, found: list[str]) -> str:
    """`1 of 2 qtcf found (431 ms of 2026-10-06); at least 1 more is asked for`."""
    lacking = condition.count - len(found)
    more = f"at least {lacking} more {'is' if lacking == 1 else 'are'} asked for"
    return f"{len(found)} of {condition.count} {condition.series.item} found ({', '.join(found)}); {more}"


def _own(finding: Finding, name: str) -> list[Fact]:
    each = []
    for part in finding.parts:
        own = [fact for one in _leaves(part) for fact in one.facts if fact.name == name and fact.part is Part.VALUE]
        each += own[:1]
    return each


def _leaves(finding: Finding) -> list[Finding]:
    return [leaf for part in finding.parts for leaf in _leaves(part)] if finding.parts else [finding]
