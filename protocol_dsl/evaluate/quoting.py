"""How facts are quoted in an explanation: value, unit and date as they were entered, and why a fact is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from attrs import frozen

from protocol_dsl.base.analyte import bridge
from protocol_dsl.base.quantity import Quantity, Unit, decimal_text, unit
from protocol_dsl.base.studytime import Days
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact
from protocol_dsl.evaluate.gaps import reason_of
from protocol_dsl.evaluate.horizon import horizon
from protocol_dsl.evaluate.lookup import attested_to
from protocol_dsl.evaluate.possible import ANYTHING, Option, exact
from protocol_dsl.model.condition import AnyEvent, Compare, Condition, Count, Named, Part, Series
from protocol_dsl.model.phrases import Teller, value_words, window_words
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason
from protocol_dsl.model.vocabulary import CONTEXT, Completed, Item, Number
from protocol_dsl.model.walk import walk
from protocol_dsl.model.words import words

_DAY = 86400
_FIELDS_SHOWN = 6
_STRAY = " (entered for nobody known)"


@frozen
class Sight:
    """What a clause was read against, and the moment it was read at in words."""

    env: Environment
    at: str

    @property
    def day(self) -> date:
        """The day at which readings are chosen."""
        day = self.env.reading_day
        return self.env.as_of if day is None else day

    @property
    def teller(self) -> Teller:
        """How the protocol of this clause is told."""
        return Teller(lambda condition, _: words(condition, self.env.protocol.items), self.env.protocol.items)


# --- values -------------------------------------------------------------------------------------------------------


def option_words(option: Option, given: Unit | None) -> str:
    """What a value may be, in the unit given."""
    return "not known" if option is ANYTHING else value_words(option, given)


def unit_of_item(item: Item | None) -> Unit | None:
    """The unit in which an item is declared."""
    match None if item is None else item.kind:
        case Number(found):
            return found
        case Completed(period):
            return unit(period)
        case _:
            return None


def unit_of_name(name: str, env: Environment) -> Unit | None:
    """The unit of an item or of a field of an event."""
    item = env.protocol.items.get(name)
    if item is None and env.event is not None:
        item = next((kind.fields[name] for kind in env.protocol.records.values() if name in kind.fields), None)
    return unit_of_item(item)


def length_words(seconds: Fraction) -> str:
    """A length of time in days where it is whole days, else in hours."""
    days = seconds / _DAY
    shown = (days, unit("days")) if days.denominator == 1 else (seconds / 3600, unit("hours"))
    return decimal_text(shown[0]) if shown[1] is None else str(Quantity(shown[0], shown[1]))


def days_words(days: Days) -> str:
    """A day, or the days that a partial date may mean."""
    return days.first.isoformat() if days.exact else f"{days.first.isoformat()} to {days.last.isoformat()}"


# --- facts --------------------------------------------------------------------------------------------------------


def quoted(fact: Fact, sight: Sight) -> str:
    """An item with all that was found for it: `qtcf 431 ms of 2026-09-01`."""
    found = [_candidate_words(fact, one, sight) for one in fact.candidates]
    return f"{fact.name} {' or '.join(dict.fromkeys(found))}"


def _candidate_words(fact: Fact, one: Candidate, sight: Sight) -> str:
    given = unit_of_name(fact.name, sight.env)
    if fact.part in (Part.ULN, Part.LLN):
        return f"{fact.part.value} {option_words(one.part(fact.part), given)}"
    if fact.part is Part.DATE:
        return f"of {option_words(one.date, None)}"
    if one.reading is None:
        return option_words(one.value, given)
    return reading_words(one.reading, given, _restated(fact, one.reading, given, sight))


def _restated(fact: Fact, reading: Reading, given: Unit | None, sight: Sight) -> str:
    """What was entered in another kind of unit, and by what it was restated: ` (1.2 mg/dL by 113.12 g/mol)`."""
    item, (_, _, written) = sight.env.protocol.items.get(fact.name), reading.written.partition(" ")
    entered = unit(written) if item is not None and item.analyte and given is not None else None
    if item is None or given is None or entered is None or reading.value is None:
        return ""
    crossing = bridge(entered, given, item.analyte)
    return "" if crossing is None else f" ({value_words(reading.value, given)} by {crossing.factor})"


def reading_words(reading: Reading, given: Unit | None, restated: str = "") -> str:
    """What was entered, and of which day: `431 ms of 2026-09-01`."""
    if reading.value is None:
        written = "without a value"
        if reading.missing is not None and reading.missing is not Reason.CONFLICTING:
            written = f'"{reading.written}", {reading.missing.value}' if reading.written else reading.missing.value
    else:
        written = f"{reading.written or value_words(reading.value, given)}{restated}"
    day = "" if reading.date is None else days_words(reading.date)
    dated = written if not day or day == written else f"{written} of {day}"
    return f"{dated}{_STRAY}" if reading.stray else dated


def event_words(name: str, event: Event) -> str:
    """An event by its fields: `medications: drug sotalol, start 2026-01-10, end ongoing`."""
    told = []
    for field, reading in event.fields.items():
        if reading.written or reading.value is not None:
            told.append(f"{field} {reading.written or value_words(reading.value or '')}")
    more = ", ..." if len(told) > _FIELDS_SHOWN else ""
    stray = _STRAY if event.stray else ""
    return f"{name}: {', '.join(told[:_FIELDS_SHOWN]) or 'an entry with nothing filled in'}{more}{stray}"


# --- why something is missing -------------------------------------------------------------------------------------


def gap_words(  # noqa: PLR0911 - a return for each kind of reason
    fact: Fact, condition: Condition, sight: Sight
) -> str | None:
    """Why a fact is not certain, in words; None where it is."""
    reason = reason_of(fact)
    if reason is None:
        return None
    if reason is Reason.NOT_ATTESTED:
        return _not_attested(fact.name, condition, sight)
    if reason in (Reason.NOT_VALID, Reason.ON_LIMIT):
        return _of_a_formula(fact, condition, sight)
    if reason is Reason.NOT_JUDGED:
        return f"{_judged_name(fact.name)} is not judged yet"
    if fact.name in sight.env.protocol.moments:
        return _moment_words(fact.name, reason)
    if fact.part in (Part.ULN, Part.LLN) and fact.candidates[0].value is not ANYTHING:
        return f"{quoted(Fact(fact.name, fact.candidates), sight)} comes without its {fact.part.value}"
    return _reason_words(fact, reason, condition, sight)


def _of_a_formula(fact: Fact, condition: Condition, sight: Sight) -> str:
    """A formula used where it is not valid, or one that comes too close to a limit to tell on which side it lies."""
    if fact.asked is not None:
        return f"{fact.name} is not valid here: {words(fact.asked, sight.env.protocol.items)}"
    sides = (condition.left, condition.right) if isinstance(condition, Compare) else ()
    given = next((one.unit for one in sides if isinstance(one, Named) and one.name == fact.name), None)
    found = option_words(fact.candidates[0].value, given)
    return f"{fact.name} {found} is on the limit, the formula is not exact"


def _reason_words(  # noqa: C901, PLR0911 - an arm for each reason
    fact: Fact, reason: Reason, condition: Condition, sight: Sight
) -> str:
    reading = fact.candidates[0].reading
    value = Fact(fact.name, fact.candidates)
    match reason:
        case Reason.STALE if reading is not None:
            return _stale(fact.name, reading, condition, sight)
        case Reason.NOT_COLLECTED:
            return _not_collected(fact.name, sight)
        case Reason.CONFLICTING if len(fact.candidates) > 1:
            return f"{_each(value, sight)} are in conflict"
        case Reason.UNREADABLE if reading is not None:
            day = "" if reading.date is None else f" of {days_words(reading.date)}"
            return f'{fact.name}{day} is written "{reading.written}", which cannot be read'
        case Reason.CONFLICTING if reading is not None:
            return f"{fact.name}{_on(reading)} is entered without a value, beside entries that say otherwise"
        case Reason.CONFLICTING if fact.name in sight.env.protocol.items or fact.name in CONTEXT:
            return f"{fact.name} has entries that contradict each other, or of which it is not certain which count"
        case Reason.CONFLICTING:
            return f"{_judged_name(fact.name)} was judged both met and not met"
        case Reason.UNDATED | Reason.IMPRECISE if _is_exact(fact):
            day = "date" if reason is Reason.UNDATED else "exact date"
            return f"{_known(value, sight)} has no {day}, so that it may not count"
        case Reason.UNDATED | Reason.IMPRECISE if fact.candidates[0].reading is None:
            return f"{fact.name} is not certain: a reading has no exact date"
        case Reason.IMPRECISE:
            return f"{quoted(value, sight)} is known only within limits"
        case _:
            return f"{fact.name}{_on(reading)} is {reason.value}"


def _is_exact(fact: Fact) -> bool:
    return any(exact(one.part(fact.part)) for one in fact.candidates)


def _known(fact: Fact, sight: Sight) -> str:
    """What was found, without what may be the case besides."""
    return quoted(Fact(fact.name, tuple(one for one in fact.candidates if exact(one.value)), fact.part), sight)


def _on(reading: Reading | None) -> str:
    return "" if reading is None or reading.date is None else f" of {days_words(reading.date)}"


def _each(fact: Fact, sight: Sight) -> str:
    return " and ".join(quoted(Fact(fact.name, (one,)), sight) for one in fact.candidates)


def _stale(name: str, reading: Reading, condition: Condition, sight: Sight) -> str:
    told = f"{name} {reading_words(reading, unit_of_name(name, sight.env))}"
    series = _left_behind(name, reading, condition, sight)
    if series is not None and series.window is not None:
        return f"{told} does not lie {window_words(series.window, sight.teller)} (stale)"
    if series is None or series.valid_days is None or reading.date is None:
        return f"{told} is too old (stale)"
    age = (sight.day - reading.date.last).days
    return f"{told} is {days_old(age)} at {sight.at}, valid for {days_counted(series.valid_days)} (stale)"


def _left_behind(name: str, reading: Reading, condition: Condition, sight: Sight) -> Series | None:
    """The series that a reading is too old for: by its age if it is that, before one that looks into a window."""
    asked = [one for one in walk(condition) if isinstance(one, Series) and one.item == name]
    age = 0 if reading.date is None else (sight.day - reading.date.last).days
    aged = (one for one in asked if one.window is None and one.valid_days is not None and age > one.valid_days)
    return next(aged, next(iter(asked), None))


def days_counted(days: int) -> str:
    """`1 day`, `14 days`."""
    return f"{days} {'day' if days == 1 else 'days'}"


def days_old(days: int) -> str:
    """`1 day old`, `37 days old`."""
    return f"{days_counted(days)} old"


def _not_collected(name: str, sight: Sight) -> str:
    later = [r for r in sight.env.record.readings.get(name, ()) if r.date is not None and r.date.first > sight.day]
    if later and sight.env.event is None:
        first = reading_words(later[0], unit_of_name(name, sight.env))
        day = sight.day.isoformat()
        at = sight.at if sight.at.endswith(day) else f"{sight.at} {day}"
        return f"{name} is not recorded by {at}; {first} is later"
    return f"{name} is not recorded"


def _not_attested(name: str, condition: Condition, sight: Sight) -> str:
    asking = (node for node in walk(condition) if isinstance(node, AnyEvent | Count) and node.list == name)
    reached = attested_to(name, sight.env)
    asked = max((horizon(node.where, sight.env) for node in asking), default=sight.env.as_of).isoformat()
    if reached is None:
        return f"{name} are not attested complete up to {asked}"
    return f"{name} are attested complete up to {reached.isoformat()} only, not up to {asked}"


def _judged_name(name: str) -> str:
    return name if name[:1].isupper() and any(letter.isdigit() for letter in name) else f'"{name}"'


def _moment_words(name: str, reason: Reason) -> str:
    if reason is Reason.OUT_OF_ORDER:
        return f"{name} breaks the order of the moments and is taken as unknown"
    if reason is Reason.CONFLICTING:
        return f"{name} is recorded with different days"
    if reason is Reason.UNREADABLE:
        return f"{name} has an entry that cannot be read"
    return f"{name} has no day yet"


def is_certain(option: Option) -> bool:
    """Whether an option is one value that can be quoted."""
    return option is not ANYTHING and not isinstance(option, Range | Attested)


def listed(parts: Iterable[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    each = list(parts)
    return each[0] if len(each) == 1 else f"{', '.join(each[:-1])} {word} {each[-1]}" if each else ""
