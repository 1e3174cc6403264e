"""Where each patient stands as of a day: a lane for each, with the DLT window, doses, events and today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from attrs import frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.conduct.dlt import DltStatus, DltVerdict
from protocol_dsl.conduct.status import PatientState, Stage, TrialState
from protocol_dsl.evaluate.environment import Finding
from protocol_dsl.figures.calendar import Calendar
from protocol_dsl.figures.looks import DOWN, UP, WAIT
from protocol_dsl.figures.svg import (
    ASIDE,
    EDGE,
    FAINT,
    INK,
    LINE,
    PAPER,
    Lettering,
    Tone,
    TooLarge,
    box,
    drawing,
    fitted,
    group,
    heading,
    label,
    line,
    shape,
    width_of,
    wrapped,
)
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Record
from protocol_dsl.model.vocabulary import ListOf

MOST_LANES = 200
_LANE, _BAND, _HEAD = 24.0, 14.0, 26.0
_NAMES, _SAID, _WIDTH = 150.0, 210.0, 1040.0
_UNTREATED = 15  # more are only counted

_TONES: Mapping[DltVerdict, Tone] = {
    DltVerdict.NO: UP,
    DltVerdict.YES: DOWN,
    DltVerdict.PENDING: WAIT,
    DltVerdict.ADJUDICATE: WAIT,
    DltVerdict.NOT_EVALUABLE: Tone(PAPER),
}


@frozen
class Lane:
    """One patient: what is told of them, their doses, and their events (day, grade, whether it is of a DLT)."""

    state: PatientState
    doses: tuple[date, ...] = ()
    events: tuple[tuple[date, str, bool], ...] = ()


def swimmer(protocol: Protocol, state: TrialState, records: Iterable[Record], name: str) -> str | TooLarge:
    """The lanes as SVG, those of a level together, in the order of their first doses."""
    known = {record.patient: record for record in records}
    there = [one for one in state.patients if one.dosed is not None or one.enrolled is not None]
    lanes = [_lane(protocol, one, known[one.patient], state.as_of) for one in there]
    if len(lanes) > MOST_LANES:
        return TooLarge(f"there are {len(lanes)} patients, and at most {MOST_LANES} are drawn")
    treated = sorted((one for one in lanes if one.state.dosed), key=lambda one: one.state.dosed or date.max)
    others = [one for one in lanes if not one.state.dosed]
    groups = _groups(protocol, treated)
    shown = others if len(others) <= _UNTREATED else []
    if shown:
        groups.append(
            ("not treated", sorted(shown, key=lambda one: (one.state.enrolled or date.max, one.state.patient)))
        )
    title = f"{name} as of {state.as_of.isoformat()}"
    screened = sum(one.stage is Stage.SCREENED for one in state.patients if one not in there)
    return _drawn(groups, state, title, (len(others) - len(shown), screened))


def _groups(protocol: Protocol, treated: list[Lane]) -> list[tuple[str, list[Lane]]]:
    names = protocol.ladder.names if protocol.ladder else ()
    found: dict[str, list[Lane]] = {f"level {name}": [] for name in names}
    for one in treated:
        level = one.state.dlt.level if one.state.dlt else None
        found.setdefault(f"level {level}" if level else "no level known" if names else "treated", []).append(one)
    return [(name, lanes) for name, lanes in found.items() if lanes]


# --- what of a patient is drawn -----------------------------------------------------------------------------------


def _lane(protocol: Protocol, one: PatientState, record: Record, as_of: date) -> Lane:
    """Doses and graded events by the day; what is later is not seen."""
    doses = {
        day for name in _lists(protocol, "dose") for event in record.lists.get(name, ()) if (day := _day(event, "date"))
    }
    decided = [id(event) for clause in (one.dlt.clauses if one.dlt else ()) for event in _deciding(clause.body)]
    dlts = {(_day(event, "start"), _told(event)) for event in _all(record, protocol) if id(event) in decided}
    of_dlt = dlts if one.dlt is not None and one.dlt.status is DltVerdict.YES else set()
    events = []
    for event in _all(record, protocol):
        day = _day(event, "start")
        if day is not None and one.dosed is not None and one.dosed <= day <= as_of:
            events.append((day, _told(event), (day, _told(event)) in of_dlt))
    return Lane(one, tuple(sorted(day for day in doses if day <= as_of)), tuple(sorted(set(events))))


def _lists(protocol: Protocol, record: str) -> tuple[str, ...]:
    plain = {"dose": "doses", "adverse_event": "adverse_events"}[record]
    return tuple(
        dict.fromkeys((plain, *(name for name, item in protocol.items.items() if item.kind == ListOf(record))))
    )


def _all(record: Record, protocol: Protocol) -> list[Event]:
    return [event for name in _lists(protocol, "adverse_event") for event in record.lists.get(name, ())]


def _day(event: Event, field: str) -> date | None:
    one = event.fields.get(field)
    return one.value if one is not None and type(one.value) is date else None


def _told(event: Event) -> str:
    """The grade, as it is written in a mark; nothing where it is not known."""
    grade = event.fields.get("grade")
    known = grade is not None and grade.value is not None and hasattr(grade.value, "numerator")
    return str(grade.value) if known and grade is not None else "?"


def _deciding(finding: Finding | None) -> Iterator[Event]:
    """The events by which a clause is met."""
    if finding is None or finding.truth is not Truth.TRUE:
        return
    if finding.event is not None:
        yield finding.event
    for part in finding.parts:
        yield from _deciding(part)


# --- the drawing --------------------------------------------------------------------------------------------------


def _drawn(groups: list[tuple[str, list[Lane]]], state: TrialState, title: str, more: tuple[int, int]) -> str:
    head, width = heading(title, _WIDTH)
    lanes = [one for _, each in groups for one in each]
    days = _days(lanes, state.as_of)
    calendar = Calendar(min(days), max(days), EDGE + _NAMES, width - EDGE - _SAID)
    top = EDGE + 34
    bottom = top + sum(_HEAD + _LANE * len(each) for _, each in groups) + (0 if groups else _LANE)
    parts = [head, *calendar.axis(top, bottom)]
    y = top
    for named, each in groups:
        parts.append(label((EDGE, y + 18), named, Lettering(12, bold=True)))
        parts.append(line([(EDGE, y), (width - EDGE, y)]))
        y += _HEAD
        for one in each:
            said = _said(one)
            parts.append(group(f"{one.state.patient}: {said}", _one_lane(one, calendar, y, said, width)))
            y += _LANE
    if not groups:
        parts.append(label((EDGE + 8, y + 16), "nobody has come yet", ASIDE))
    parts += _today(calendar, state.as_of, top, bottom)
    below, height = _legend(lanes, bottom + 34, width, more)
    told = f"{len(lanes)} patients in lanes by level, seen from {state.as_of.isoformat()}."
    return drawing(width, height, title, told, [*parts, *below])


def _days(lanes: list[Lane], as_of: date) -> list[date]:
    """All that must find room, and a few days at either side."""
    found = [as_of]
    for one in lanes:
        window = one.state.dlt.window if one.state.dlt else None
        found += [day for day in (one.state.enrolled, one.state.dosed, *(window or ())) if day is not None]
        if one.state.dlt and one.state.dlt.pending_until:
            found.append(one.state.dlt.pending_until)
        found += [*one.doses, *(day for day, _, _ in one.events)]
    room = max((max(found) - min(found)).days // 40, 3)
    first = min(found) - timedelta(days=min(room, (min(found) - date.min).days))
    return [first, max(found) + timedelta(days=min(room, (date.max - max(found)).days))]


def _one_lane(one: Lane, calendar: Calendar, top: float, said: str, width: float) -> Iterator[str]:
    middle = top + _LANE / 2
    name = fitted(one.state.patient, _NAMES - 14, 12)
    yield label((EDGE + 8, middle + 4), name)
    yield label((width - EDGE - _SAID + 12, middle + 4), fitted(said, _SAID - 12, 11), Lettering(11))
    if one.state.enrolled is not None:
        begun = calendar.start(one.state.dosed) if one.state.dosed else calendar.right
        x = min(calendar.at(one.state.enrolled), max(begun - 6, calendar.left))
        yield box((x - 3.5, middle - 3.5, 7, 7), Tone(PAPER), edge=INK)
    dlt = one.state.dlt
    if dlt is None or dlt.window is None:
        return
    first, last = dlt.window
    last_known = max([last, *one.doses, *(day for day, _, _ in one.events)])
    yield line([(calendar.start(first), middle), (calendar.end(last_known), middle)], ink=LINE)
    yield from _window(dlt, calendar, middle)
    for day in one.doses:
        x = calendar.at(day)
        yield line([(x, middle + _BAND / 2 - 4), (x, middle + _BAND / 2 + 3)], ink=INK, width=1.4)
    yield from _marks(one, calendar, middle)


def _window(dlt: DltStatus, calendar: Calendar, middle: float) -> Iterator[str]:
    if dlt.window is None:
        return
    first, last = dlt.window
    left, right = calendar.start(first), calendar.end(last)
    frame = (left, middle - _BAND / 2, max(right - left, 2.0), _BAND)
    yield box(frame, _TONES[dlt.status], edge=INK if dlt.status is not DltVerdict.NOT_EVALUABLE else LINE, round_by=2)
    if dlt.status is DltVerdict.NOT_EVALUABLE:
        yield line([(left, middle + _BAND / 2), (right, middle - _BAND / 2)], ink=FAINT)
        yield line([(left, middle - _BAND / 2), (right, middle + _BAND / 2)], ink=FAINT)
    if dlt.pending_until is not None and dlt.pending_until > last:
        x = calendar.end(dlt.pending_until)
        yield line([(right, middle), (x, middle)], ink=INK, dashed=True)
        yield line([(x, middle - 5), (x, middle + 5)], ink=INK)


def _marks(one: Lane, calendar: Calendar, middle: float) -> Iterator[str]:
    """Events with their grades; one beside another where they would lie on each other."""
    free = 0.0
    for day, grade, of_dlt in one.events:
        x = max(calendar.at(day), free)
        free = x + 11.5
        yield from _mark(x, middle, grade, of_dlt=of_dlt)


def _mark(x: float, middle: float, grade: str, *, of_dlt: bool) -> Iterator[str]:
    if of_dlt:
        yield shape([(x, middle - 9), (x + 9, middle), (x, middle + 9), (x - 9, middle)])
    else:
        yield f'<circle cx="{x:.2f}" cy="{middle:.2f}" r="5.2" fill="{PAPER}" stroke="{INK}"/>'
    yield label((x, middle + 3.2), grade, Lettering(9, "middle", bold=of_dlt, ink=PAPER if of_dlt else INK))


def _today(calendar: Calendar, as_of: date, top: float, bottom: float) -> list[str]:
    x = calendar.end(as_of)
    return [
        line([(x, top - 4), (x, bottom)], ink=INK, width=1.6, dashed=True),
        label((x, top - 8), as_of.isoformat(), Lettering(11, "middle", bold=True)),
    ]


def _said(one: Lane) -> str:
    """What stands at the end of a lane."""
    dlt = one.state.dlt
    if dlt is None:
        eligible = one.state.eligible
        return one.state.stage.value + (f", {eligible.value}" if eligible is not None else "")
    told = {DltVerdict.YES: "DLT", DltVerdict.NO: "no DLT"}.get(dlt.status, dlt.status.value)
    parts = [f"{told} {', '.join(dlt.because)}".rstrip()]
    if dlt.pending_until is not None:
        parts[0] = f"pending until {dlt.pending_until.isoformat()}"
    if dlt.late:
        parts.append(f"late {', '.join(dlt.late)}")
    if dlt.deviation:
        parts.append("other level than assigned" if dlt.assigned != dlt.level else "levels differ")
    return "; ".join(parts)


def _legend(lanes: list[Lane], top: float, width: float, more: tuple[int, int]) -> tuple[list[str], float]:
    """What the marks mean that occur; in lines that fit."""
    seen = {one.state.dlt.status for one in lanes if one.state.dlt is not None}
    words = {
        DltVerdict.NO: "window, no DLT",
        DltVerdict.YES: "window, DLT",
        DltVerdict.PENDING: "window, pending or to be judged",
        DltVerdict.NOT_EVALUABLE: "not evaluable",
    }
    if DltVerdict.ADJUDICATE in seen:
        seen.add(DltVerdict.PENDING)
    keys = [(words[one], one) for one in words if one in seen]
    x, y = EDGE, top
    parts: list[str] = []
    for text, verdict in keys:
        parts.append(box((x, y - 10, 24, 12), _TONES[verdict], edge=INK, round_by=2))
        if verdict is DltVerdict.NOT_EVALUABLE:
            parts += [line([(x, y + 2), (x + 24, y - 10)], ink=FAINT), line([(x, y - 10), (x + 24, y + 2)], ink=FAINT)]
        parts.append(label((x + 30, y), text, Lettering(11)))
        x += 30 + width_of(text, 11) + 18
    x, y = EDGE, y + 22 if keys else y
    for text, drawn, wide in _other_keys(lanes, x, y):
        parts += drawn
        parts.append(label((x + wide, y), text, Lettering(11)))
        x += wide + width_of(text, 11) + 18
    notes = [f"{more[0]} more were enrolled and not treated"] if more[0] else []
    notes += [f"{more[1]} screened and not enrolled"] if more[1] else []
    for note in notes:
        y += 20
        parts += [label((EDGE, y), told, ASIDE) for told in wrapped(note, width - 2 * EDGE, 11)]
    return parts, y + EDGE


def _other_keys(lanes: list[Lane], left: float, y: float) -> Iterator[tuple[str, list[str], float]]:
    """The marks that occur, each where it will stand: the places follow from the words before."""
    x = left
    wanted = []
    if any(one.state.enrolled for one in lanes):
        wanted.append(("enrolled", "square"))
    if any(one.doses for one in lanes):
        wanted.append(("dose", "tick"))
    if any(not dlt for one in lanes for _, _, dlt in one.events):
        wanted.append(("event and its grade", "circle"))
    if any(dlt for one in lanes for _, _, dlt in one.events):
        wanted.append(("event of a DLT", "diamond"))
    for text, kind in wanted:
        yield text, list(_key(kind, x, y - 4)), 20.0
        x += 20 + width_of(text, 11) + 18


def _key(kind: str, x: float, middle: float) -> Iterator[str]:
    if kind == "square":
        yield box((x + 3, middle - 3.5, 7, 7), Tone(PAPER), edge=INK)
    elif kind == "tick":
        yield line([(x + 7, middle - 4), (x + 7, middle + 4)], ink=INK, width=1.4)
    else:
        yield from _mark(x + 8, middle, "3", of_dlt=kind == "diamond")
