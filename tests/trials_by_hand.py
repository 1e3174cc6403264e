"""Small protocols and records written down in tests: a text, and readings by item."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from textwrap import indent

from protocol_dsl.base.diagnostic import render
from protocol_dsl.base.quantity import Quantity, read_number, unit
from protocol_dsl.base.source import Source
from protocol_dsl.base.studytime import Days, read_day
from protocol_dsl.evaluate.decide import ClauseDecision, Decision, decide
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.possible import ANYTHING, Option
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import EMPTY, Event, Judgement, Reading, Reason, Record, Value
from protocol_dsl.pipeline import load_text

ENROLMENT = date(2026, 6, 1)
NOBODY = Record("P1")
BARE = Protocol(Header("HAND-0"))

HEAD = """\
protocol "HAND-1"
    language 1
    version 1.0
    uses ctcae 5.0, ucum

moments
    consent
    enrolment after consent, at most 28 days
    first_dose is day 1 after enrolment

record medication
    drug  : text
    start : date
    end   : date

data
    birth_date   : date
    sex          : one of female, male
    gvhd         : one of absent, controlled, active
    gilbert      : yes/no
    alt          : number in U/L; with ULN and LLN; plausible 0 to 10000; latest, valid for 14 days
    qtcf         : number in ms; plausible 200 to 800; latest, valid for 14 days
    dsa          : number; plausible 0 to 100000; latest, valid for 28 days
    lansky       : number; plausible 0 to 100; latest, valid for 7 days
    scan         : date
    last_surgery : date
    last_visit   : date
    fusion       : any of alk, ret
    medications  : list of medication
    adverse_events : list of adverse_event; complete to last_visit because "sites enter events at every visit"

define
    age is completed years from birth_date to enrolment
    double_dsa "twice the antibodies" is 2 * dsa
"""


def trial(criteria: str, more: str = "") -> Protocol:
    """A protocol with these criteria; sections to follow them in `more`."""
    loaded = load_text(Source("hand.protocol", f"{HEAD}\n{criteria}\n{more}"))
    assert loaded.protocol is not None, render(loaded.errors, "plain")
    return loaded.protocol


def excluding(rule: str, below: str = "") -> Protocol:
    """A protocol with one exclusion, E1, at enrolment."""
    return trial(f'exclusion at enrolment\n    E1 "as written"\n{indent(rule, " " * 8)}\n{indent(below, " " * 8)}')


def including(rule: str, below: str = "") -> Protocol:
    """A protocol with one inclusion, I1, at enrolment."""
    return trial(f'inclusion at enrolment\n    I1 "as written"\n{indent(rule, " " * 8)}\n{indent(below, " " * 8)}')


def on(day: str | None) -> Days | None:
    """A day, or the days a partial one may mean."""
    return None if day is None else read_day(day)


def number(text: str, day: str | None = None, *, uln: str | None = None, lln: str | None = None) -> Reading:
    """A reading of a number with a unit, as in `31 U/L`."""
    digits, _, code = text.partition(" ")
    value = read_number(digits)
    found = unit(code) if code else None
    assert value is not None
    factor = found.factor if found else Fraction(1)
    base = Quantity(value, found).base if found else value
    limits = [None if one is None else Fraction(one) * factor for one in (uln, lln)]
    return Reading(base, on(day), limits[0], limits[1], None, text)


def word(value: Value, day: str | None = None) -> Reading:
    """A reading of anything else."""
    written = value.isoformat() if isinstance(value, date) else value if isinstance(value, str) else ""
    return Reading(value, on(day), written=written)


def missing(reason: Reason, day: str | None = None, written: str = "") -> Reading:
    """An entry without a value."""
    return Reading(None, on(day), missing=reason, written=written)


def event(**fields: Value) -> Event:
    """An event with these fields."""
    return Event({name: word(value) for name, value in fields.items()})


def patient(
    *,
    lists: Mapping[str, tuple[Event, ...]] = EMPTY,
    attested: Mapping[str, date] = EMPTY,
    judgements: Mapping[str, tuple[Judgement, ...]] = EMPTY,
    context: Mapping[str, str] = EMPTY,
    enrolment: date | None = ENROLMENT,
    **readings: Reading | tuple[Reading, ...],
) -> Record:
    """A record with these readings, enrolled on 2026-06-01 unless said otherwise."""
    known = {name: found if isinstance(found, tuple) else (found,) for name, found in readings.items()}
    if enrolment is not None:
        known["enrolment"] = (word(enrolment),)
    return Record("P1", known, lists, attested, judgements, context)


def asked(  # noqa: PLR0913 - what a condition is read against
    record: Record = NOBODY,
    *,
    at: date | None = ENROLMENT,
    as_of: date = ENROLMENT,
    moments: Mapping[str, Option] = EMPTY,
    moment: str | None = "enrolment",
    protocol: Protocol = BARE,
    policies: bool = True,
    event: Event | None = None,
) -> Environment:
    """What a condition or a value is read against: at enrolment, seen from that day, unless said otherwise."""
    known = {"enrolment": ANYTHING if at is None else at, **moments}
    return Environment(protocol, record, as_of, known, moment, at, "E1", policies, event, "events" if event else "")


def decided(protocol: Protocol, record: Record, as_of: date = ENROLMENT, *, policies: bool = True) -> Decision:
    """The decision as of a day, the day of enrolment unless said otherwise."""
    return decide(protocol, record, as_of, policies=policies)


def clause(protocol: Protocol, record: Record, as_of: date = ENROLMENT) -> ClauseDecision:
    """The decision on the one criterion of a protocol."""
    return decided(protocol, record, as_of).clauses[0]
