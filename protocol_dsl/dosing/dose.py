"""The amount of a product for one patient on one day, with every step; or why there is none, and what would settle it.

Values are fetched by the rules of their items at the moment of the dose. Where they are not certain there is no amount,
unless whatever they may be leads to the same one. No policy line speaks for a dose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import product as combinations
from typing import Any

from attrs import evolve, frozen

from protocol_dsl.base.quantity import Quantity
from protocol_dsl.base.truth import Truth
from protocol_dsl.dosing.facts import fact_words, remedy
from protocol_dsl.dosing.occasions import Occasion, level_on_record, occasions
from protocol_dsl.dosing.plan import Plan, plan, products, unit_of
from protocol_dsl.dosing.reckon import PAST_NEXT, Level, Reckoned, Step, reckon, told
from protocol_dsl.dosing.telling import as_data, lines
from protocol_dsl.evaluate.environment import Environment, Fact
from protocol_dsl.evaluate.gaps import Gap, name_of, reason_of
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING, Option, Possible
from protocol_dsl.evaluate.quoting import option_words
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.model.condition import Cases, Expression
from protocol_dsl.model.protocol import NoteKind, Protocol
from protocol_dsl.model.record import EMPTY, Range, Record
from protocol_dsl.model.words import words


class Outcome(StrEnum):
    """Whether there is an amount; `withheld` is by a rule of the protocol, `unknown` for want of facts."""

    AMOUNT = "amount"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


@frozen
class Dose:
    """What is to be given of a product, or why that is not said.

    `amount` is there with the outcome `amount` alone. `pieces` counts whole pieces by size, `called` says of what.
    `settles` says what would
    have to be recorded, `missing` which items lack, and why.
    """

    patient: str
    product: str
    level: str | None
    moment: str | None
    day: date | None
    outcome: Outcome
    amount: Quantity | None = None
    pieces: tuple[tuple[int, Quantity], ...] = ()
    called: str = ""
    steps: tuple[Step, ...] = ()
    why: str = ""
    settles: tuple[str, ...] = ()
    missing: tuple[Gap, ...] = ()
    sources: tuple[str, ...] = ()

    def explain(self) -> str:
        """The amount and each step to it in words."""
        return "\n".join(lines(self)) + "\n"

    def to_json(self) -> dict[str, Any]:
        """The dose as data, numbers as texts of exact decimals."""
        return as_data(self)


@frozen
class _Case:
    """One product for one patient on one occasion."""

    protocol: Protocol
    plan: Plan
    env: Environment
    blank: Dose

    @property
    def at(self) -> str:
        """The moment and its day in words."""
        day = self.env.at or self.env.as_of
        return f"{self.env.moment} {day}" if self.env.moment else f"the as-of date {day}"


def doses(
    protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date] = EMPTY, level: str | None = None
) -> tuple[Dose, ...]:
    """The dose of each product on each occasion: those of `at`, else those on record by `as_of`, else the first.

    Without a `level` it is the one on record. Raises ValueError where a level is given that the table does not have.
    """
    ladder = protocol.ladder
    if ladder is None:
        return ()
    if level is not None and level not in ladder.names:
        message = f"there is no level `{level}`; the levels are {', '.join(ladder.names)}"
        raise ValueError(message)
    named, why = (level, "") if level is not None else level_on_record(protocol, record)
    found = []
    for product in products(ladder):
        for occasion in occasions(protocol, record, product, as_of, at):
            blank = Dose(record.patient, product, named, occasion.moment, occasion.day, Outcome.UNKNOWN)
            found.append(_dose(protocol, record, as_of, occasion, evolve(blank, why=why, sources=_sources(protocol))))
    return tuple(found)


def _sources(protocol: Protocol) -> tuple[str, ...]:
    return tuple(one.text for one in protocol.notes if one.about == "doses" and one.kind is NoteKind.SOURCE)


def _dose(protocol: Protocol, record: Record, as_of: date, occasion: Occasion, blank: Dose) -> Dose:
    unready = _unready(protocol, occasion, blank)
    if unready is not None:
        return unready
    found = plan(protocol, blank.product)
    if isinstance(found, str):
        return evolve(blank, why=found, settles=("a dose section that says so",))
    env = Environment(
        protocol, record, as_of, occasion.moments, occasion.moment, occasion.day if occasion.moment else None,
        policies=False,
    )  # fmt: skip
    return _reckoned(_Case(protocol, found, env, blank))


def _unready(protocol: Protocol, occasion: Occasion, blank: Dose) -> Dose | None:
    """Why nothing can be reckoned at all; None where it can."""
    for note in protocol.incomplete:
        if note.about == "doses":
            return evolve(blank, why=f"the dose section is incomplete: {note.text}", settles=("the rest of it",))
    if occasion.day is None:
        why = f"the day of {occasion.moment} is not known, or contradicts the other moments"
        return evolve(blank, why=why, settles=(f"the day of {occasion.moment}",))
    if blank.level is None:
        return evolve(blank, settles=("the level on record, or the level named",))
    return None


# --- what it is reckoned from -------------------------------------------------------------------------------------


def _reckoned(case: _Case) -> Dose:
    ladder = case.protocol.ladder
    names = () if ladder is None else ladder.names
    place = names.index(case.blank.level or "")
    written = case.plan.levels[place]
    if written is None:
        step = Step(f"level {names[place]} gives none of {case.plan.product}", "table of levels")
        none = Quantity(Fraction(0), case.plan.amount)
        return evolve(case.blank, outcome=Outcome.AMOUNT, amount=none, steps=(step,))
    above = case.plan.levels[place + 1] if place + 1 < len(names) else None
    given = _values(written, case)
    following: Possible = (None,) if above is None else _values(above, case)  # type: ignore[assignment]
    of_levels = tuple(case.env.facts)
    sizes: Possible = (None,) if case.plan.basis is None else _values(case.plan.basis.value, case)  # type: ignore[assignment]
    facts = _once(case.env.facts)
    steps = (*_level_steps(case, written, given, of_levels), *_size_steps(case, sizes, facts, of_levels))
    next_name = names[place + 1] if above is not None else ""
    scenarios = list(_scenarios(case, given, following, sizes, next_name))
    if any(isinstance(one, Range) and not one.narrow for one in sizes) and _past_next(scenarios):
        scenarios.append(None)  # of a range both ends may be rounded past the next level, and a size between them not
    return _settled(case, scenarios, steps, facts)


def _past_next(scenarios: Iterable[Reckoned | None]) -> bool:
    return any(one is not None and one.withheld.startswith(PAST_NEXT) for one in scenarios)


def _once(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    found: list[Fact] = []
    for fact in facts:
        if fact not in found:
            found.append(fact)
    return tuple(found)


def _values(expression: Expression, case: _Case) -> Possible:
    return evaluate(expression, case.env, interpret)


def _ends(option: Option | None) -> tuple[Fraction | None, ...]:
    """What a number may be at the least and at the most; nothing where that is not known."""
    if option is None or isinstance(option, Fraction):
        return (option,)
    if isinstance(option, Range) and isinstance(option.low, Fraction) and isinstance(option.high, Fraction):
        return (option.low, option.high)
    return ()


def _scenarios(
    case: _Case, given: Possible, following: Possible, sizes: Possible, next_name: str
) -> Iterator[Reckoned | None]:
    """The amount at each end of what the values may be; it never falls between them. None where one is not known."""
    for dose, above, size in combinations(given, following, sizes):
        ends = (_ends(dose), _ends(above), _ends(size))
        if not all(ends) or any(one is not None and one <= 0 for one in ends[2]):
            yield None
            continue
        for low, high, measured in combinations(*ends):
            if low is not None:
                yield reckon(case.plan, Level(case.blank.level or "", low, high, next_name), measured)


def _settled(case: _Case, scenarios: list[Reckoned | None], steps: tuple[Step, ...], facts: tuple[Fact, ...]) -> Dose:
    blank = evolve(case.blank, steps=steps)
    sure = [one for one in scenarios if one is not None]
    results = {(one.amount, bool(one.withheld)) if not one.withheld else (None, True) for one in sure}
    if len(sure) < len(scenarios) or len(results) != 1:
        return _unsettled(case, blank, sure, facts)
    first = sure[0]
    told_apart = any(reason_of(fact) is not None for fact in facts)
    same = "whichever of these it is, the result is the same"
    if not told_apart:
        same = f"the formula of {case.plan.rule.based_on} is not exact to the last digit, which makes no difference"
    last = (Step(same, "every possibility is reckoned"),) if len({one.steps for one in sure}) > 1 else ()
    blank = evolve(blank, steps=(*steps, *first.steps, *last))
    if first.withheld:
        return evolve(blank, outcome=Outcome.WITHHELD, why=first.withheld)
    amount = Quantity(case.plan.amount.of_base(first.amount), case.plan.amount)
    rounding = case.plan.rule.rounding
    unit = case.plan.amount if rounding is None else unit_of(rounding.unit)
    called = "" if rounding is None else rounding.pieces
    pieces = tuple((count, Quantity(size, unit)) for count, size in first.pieces)
    return evolve(blank, outcome=Outcome.AMOUNT, amount=amount, pieces=pieces, called=called, why="")


def _unsettled(case: _Case, blank: Dose, sure: list[Reckoned], facts: tuple[Fact, ...]) -> Dose:
    lacking = [(fact, reason) for fact in facts if (reason := reason_of(fact)) is not None]
    missing = tuple(dict.fromkeys(Gap(name_of(fact), reason) for fact, reason in lacking))
    why = "; ".join(dict.fromkeys(fact_words(fact, case.plan, case.env, case.at) for fact, _ in lacking))
    amounts = sorted({one.amount for one in sure if not one.withheld})
    if not lacking:
        return _on_the_edge(case, blank, amounts)
    if len(amounts) > 1:
        why += f": it may come to {told(amounts[0], case.plan.amount)} or to {told(amounts[-1], case.plan.amount)}"
    cures = (remedy(fact, reason, case.env) for fact, reason in lacking)
    settles = tuple(dict.fromkeys(cure for cure in cures if cure is not None))
    return evolve(blank, why=why, missing=missing, settles=settles)


def _on_the_edge(case: _Case, blank: Dose, amounts: list[Fraction]) -> Dose:
    """Every fact is there, and yet the amount cannot be told: a formula is not exact, or gives nothing of use."""
    name = case.plan.rule.based_on
    if not amounts:
        return evolve(blank, why=f"`{name}` has no value above 0", settles=(f"a value of {name} above 0",))
    if case.plan.rule.rounding is None:
        why = f"the formula of {name} is not exact to the last digit, and nothing says how the amount is rounded"
        return evolve(blank, why=why, settles=("a setting `rounded ...` in the dose section",))
    ends = " or ".join(told(one, case.plan.amount) for one in amounts) + ("" if len(amounts) > 1 else " or withheld")
    why = f"the formula of {name} is not exact enough to tell whether the amount is {ends}"
    return evolve(blank, why=why, settles=("the judgement of people, between the two",))


# --- steps --------------------------------------------------------------------------------------------------------


def _level_steps(case: _Case, written: Expression, given: Possible, facts: tuple[Fact, ...]) -> Iterator[Step]:
    """The dose of the level, and the band that gives it."""
    level, by = case.blank.level, case.plan.rule.banded_by
    dose = " or ".join(told(one, case.plan.given) for one in given if isinstance(one, Fraction)) or "not known"
    rule = f"banded by {' and '.join(by)}" if by else "table of levels"
    if isinstance(written, Cases):
        for fact in _once(facts):
            yield Step(fact_words(fact, case.plan, case.env, case.at), rule)
        applies = [
            words(branch.when, case.protocol.items) if branch.when is not None else "otherwise"
            for branch in written.branches
            if branch.when is None or interpret(branch.when, case.env).truth is not Truth.FALSE
        ]
        band = "" if ANYTHING in given else f", {' or '.join(applies[: len(given)])}"
        yield Step(f"level {level}{band}: {dose}", rule)
    else:
        yield Step(f"level {level}: {dose}", rule)


def _size_steps(case: _Case, sizes: Possible, facts: tuple[Fact, ...], before: tuple[Fact, ...]) -> Iterator[Step]:
    """What the dose is multiplied with, and what that rests on."""
    basis = case.plan.basis
    if basis is None:
        return
    rule = f"based on {basis.name}"
    for fact in facts:
        if fact not in before:
            yield Step(fact_words(fact, case.plan, case.env, case.at), rule)
    if case.plan.rule.basis is not None and ANYTHING not in sizes:
        yield Step(f"{basis.name} is {' or '.join(option_words(one, basis.unit) for one in sizes)}", rule)
