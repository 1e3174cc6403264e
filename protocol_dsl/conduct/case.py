"""One treated patient under the DLT rules, seen from a day."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import evolve, frozen

from protocol_dsl.evaluate.course import CHANGE
from protocol_dsl.evaluate.decide import environment
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.lookup import attested_to, day_of
from protocol_dsl.evaluate.moments import Moments
from protocol_dsl.model.condition import AnyEvent, Both, Count
from protocol_dsl.model.protocol import Clause, DltRules, Effect, Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.model.vocabulary import ListOf
from protocol_dsl.model.walk import walk

NOTHING = Clause("", Effect.DLT, "", Both(()))
"""A clause that asks nothing, for what is asked of the record as a whole."""


@frozen
class Case:
    """One treated patient under the rules."""

    protocol: Protocol
    rules: DltRules
    record: Record
    as_of: date
    moments: Moments
    first: date

    @property
    def last(self) -> date:
        """The last day of the window."""
        return self.first + timedelta(days=min(self.rules.last_day, (date.max - self.first).days))


def environment_of(case: Case, clause: Clause) -> Environment:
    """What a clause is read against."""
    return environment(case.protocol, case.record, case.as_of, case.moments, clause)


def lists_of(case: Case) -> tuple[str, ...]:
    """The lists that the clauses ask about, and what makes a patient evaluable."""
    asked = [clause.condition for clause in case.rules.clauses]
    asked += [] if case.rules.evaluable is None else [case.rules.evaluable]
    named = [one.list for condition in asked for one in walk(condition) if isinstance(one, AnyEvent | Count)]
    events = [] if case.rules.events is None else [case.rules.events]
    changes = [name for name, item in case.protocol.items.items() if item.kind == ListOf(CHANGE)]
    return tuple(dict.fromkeys([*events, *named, *changes]))


def as_attested(case: Case) -> Case:
    """As if the lists that are asked about were complete: what is then unknown is so for another reason."""
    attested = {**case.record.attested, **dict.fromkeys(lists_of(case), date.max)}
    return evolve(case, record=evolve(case.record, attested=attested))


def reached(case: Case, name: str) -> date | None:
    """The last day to which a list is known to be complete."""
    return attested_to(name, environment_of(case, NOTHING))


def through_window(case: Case, but: str | None = None) -> Case:
    """With the lists that are complete through the window taken as complete: what comes later is not asked about.

    One of them may keep the day to which it is: that of events, where it is asked how far follow-up went.
    """
    known = {name: reached(case, name) for name in lists_of(case) if name != but}
    whole = [name for name, day in known.items() if day is not None and day >= case.last]
    return evolve(case, record=evolve(case.record, attested={**case.record.attested, **dict.fromkeys(whole, date.max)}))


def ended(case: Case) -> bool:
    """Whether the patient has left."""
    day = left_on(case)
    return day is not None and day <= case.as_of


def left_on(case: Case) -> date | None:
    """The day on which the patient left, where that is recorded: the first of those that end follow-up."""
    return min((day for _, day in endings(case)), default=None)


def endings(case: Case) -> list[tuple[str, date]]:
    """What ended follow-up, and when, the first before the others."""
    env = environment_of(case, NOTHING)
    found = [(item, day) for item in case.rules.endings if (day := day_of(item, env)) is not None]
    return sorted(found, key=lambda one: one[1])
