"""The DLT definitions of six real trials, each with patients on both sides of every clause, worked out by hand.

The first dose is on 1 June 2026, which is day 1: 28 days end on 28 June, 21 days on 21 June. The definitions are
paraphrased from registry entries and papers (each protocol names its source); dates and patients are invented.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.base.studytime import Days
from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, dlt_status
from protocol_dsl.face import loads
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Event, Reading, Record, Value
from protocol_dsl.model.serial import from_json, to_json
from protocol_dsl.model.vocabulary import Number
from protocol_dsl.model.words import words

HERE = Path(__file__).parent / "dlt"
FIRST, LATER = date(2026, 6, 1), date(2026, 8, 1)
YES, NO, PENDING = DltVerdict.YES, DltVerdict.NO, DltVerdict.PENDING
ADJUDICATE, NOT_EVALUABLE = DltVerdict.ADJUDICATE, DltVerdict.NOT_EVALUABLE


def _protocol(name: str) -> Protocol:
    return loads((HERE / f"{name}.protocol").read_text(encoding="utf-8")).model


PALBOCICLIB, RIBOCICLIB, MK1454 = _protocol("palbociclib"), _protocol("ribociclib"), _protocol("mk1454")
EZN2208, TACE, CHRONO = _protocol("ezn2208"), _protocol("tace"), _protocol("chrono")


# --- patients -----------------------------------------------------------------------------------------------------


def june(day: int) -> date:
    """A day counted from the first of June: `june(31)` is 1 July."""
    return date.fromordinal(FIRST.toordinal() + day - 1)


def ae(term: str, grade: int, start: int, end: int | str, **more: Value) -> Event:
    last: Value = Attested.ONGOING if isinstance(end, str) else june(end)
    fields: dict[str, Value] = {"term": term, "grade": Fraction(grade), "start": june(start), "end": last}
    return _event({"attributed": "possible", **fields, **more})


def change(term: str, day: int, grade: int) -> Event:
    return _event({"term": term, "date": june(day), "grade": Fraction(grade)})


def dated(day: int, **more: Value) -> Event:
    return _event({"date": june(day), **more})


def _event(fields: Mapping[str, Value]) -> Event:
    return Event({name: Reading(value) for name, value in fields.items()})


def patient(
    protocol: Protocol,
    *events: Event,
    labs: Mapping[str, list[tuple[int, str]]] | None = None,
    lists: Mapping[str, tuple[Event, ...]] | None = None,
    complete: date = LATER,
    items: Mapping[str, Value] | None = None,
    **more: Value,
) -> Record:
    """A patient of whom every item has a normal reading on days 1 and 28, and what is given besides."""
    readings: dict[str, tuple[Reading, ...]] = {
        name: (Reading(value),) for name, value in {**(items or {}), **more}.items()
    }
    readings["first_dose"] = (Reading(FIRST),)
    for item, values in {**_fine(protocol), **(labs or {})}.items():
        readings[item] = tuple(_read(protocol, item, day, text) for day, text in values)
    found: dict[str, tuple[Event, ...]] = {"adverse_events": events, **(lists or {})}
    names = [name for name, item in protocol.items.items() if hasattr(item.kind, "record")]
    return Record("P", readings, found, dict.fromkeys(names, complete), context={"level": "1"})


NORMAL = {
    "neutrophils": "3.2",
    "platelets": "220",
    "temperature": "36.8",
    "creatinine": "0.8",
    "bilirubin": "0.6",
    "alt": "25",
    "ast": "25",
    "qtcf": "410",
}
ULN = {"creatinine": "1.2", "bilirubin": "1.0", "alt": "40", "ast": "40"}


def _fine(protocol: Protocol) -> dict[str, list[tuple[int, str]]]:
    return {name: [(1, text), (28, text)] for name, text in NORMAL.items() if name in protocol.items}


def _read(protocol: Protocol, item: str, day: int, text: str) -> Reading:
    kind = protocol.items[item].kind
    assert isinstance(kind, Number)
    assert kind.unit is not None
    limit = None if item not in ULN else kind.unit.in_base(Fraction(ULN[item]))
    return Reading(kind.unit.in_base(Fraction(text)), Days(june(day), june(day)), uln=limit, written=text)


def status(protocol: Protocol, record: Record, as_of: date = LATER) -> DltStatus:
    found = dlt_status(protocol, record, as_of)
    assert found is not None
    return found


Case = tuple[DltVerdict, str, tuple[Event, ...]]


def told(protocol: Protocol, record: Record, verdict: DltVerdict, clause: str, as_of: date = LATER) -> None:
    """That the verdict is this one; if it is yes or open, by this clause alone."""
    found = status(protocol, record, as_of)
    assert (found.status, found.because) == (verdict, (clause,) if clause else ()), found.why


# --- palbociclib --------------------------------------------------------------------------------------------------

DOSES = tuple(dated(day, product="palbociclib") for day in range(1, 22))
ALT = "alanine_aminotransferase_increased"
NEUTROPENIA, THROMBOCYTOPENIA = "neutrophil_count_decreased", "platelet_count_decreased"


def child(*events: Event, doses: int = 21, **lists: tuple[Event, ...]) -> Record:
    found = {"doses": DOSES[:doses], **lists}
    return patient(PALBOCICLIB, *events, lists=found, stopped_for_toxicity=Attested.NEVER, off_study=june(300))


@pytest.mark.parametrize(
    ("verdict", "clause", "events"),
    [
        (YES, "T1", (ae("rash_maculo-papular", 4, 10, 11),)),
        (NO, "", (ae("rash_maculo-papular", 4, 10, 11, attributed="unlikely"),)),
        (NO, "", (ae("rash_maculo-papular", 4, 29, 30),)),  # begun after the window
        (YES, "T2", (ae("headache", 3, 10, 10),)),
        (NO, "", (ae("headache", 2, 10, 20, intolerable=False),)),
        (NO, "", (ae("nausea", 3, 3, 6),)),  # two to four days
        (ADJUDICATE, "T2", (ae("nausea", 3, 3, 8),)),  # four to six days
        (YES, "T2", (ae("nausea", 3, 3, 10),)),
        (YES, "T2", (ae("diarrhea", 3, 3, 10, maximally_treated=True),)),
        (NO, "", (ae("diarrhea", 3, 3, 10, maximally_treated=False),)),
        (ADJUDICATE, "T2", (ae("diarrhea", 3, 3, 10),)),
        (YES, "T3", (ae("headache", 2, 5, 14, intolerable=True, action="interrupted"),)),
        (NO, "", (ae("headache", 2, 5, 14, intolerable=False, action="interrupted"),)),
        (NO, "", (ae("headache", 2, 5, 14, intolerable=True, action="no_change"),)),
        (NO, "", (ae("headache", 2, 5, 11, intolerable=True, action="interrupted"),)),  # five to seven days
        (ADJUDICATE, "T3", (ae("headache", 2, 5, 14, action="interrupted"),)),
        (YES, "T5", (ae(NEUTROPENIA, 4, 10, 11),)),
        (NO, "", (ae("lymphocyte_count_decreased", 4, 10, 11),)),
        (NO, "", (ae(NEUTROPENIA, 3, 10, 11),)),
        (YES, "T6", (ae(THROMBOCYTOPENIA, 3, 10, 11),)),
        (NO, "", (ae(THROMBOCYTOPENIA, 2, 10, 11),)),
    ],
)
def test_palbociclib_by_single_events(verdict: DltVerdict, clause: str, events: tuple[Event, ...]) -> None:
    told(PALBOCICLIB, child(*events), verdict, clause)


FEVER = ae("fever", 2, 6, 7, attributed="unlikely")
SEPSIS = ae("sepsis", 4, 7, 10, attributed="unlikely")


@pytest.mark.parametrize(
    ("verdict", "others"),
    [
        (YES, (FEVER, SEPSIS)),
        (NO, (FEVER,)),
        (NO, (SEPSIS,)),
        (NO, (ae("fever", 2, 13, 14, attributed="unlikely"), SEPSIS)),  # begun after the neutropenia had ended
        (YES, (ae("fever", 2, 1, "on", attributed="unlikely"), SEPSIS)),
        (YES, (ae("fever", 2, 12, 14, attributed="unlikely"), SEPSIS)),  # on its last day
        (NO, (ae("fever", 2, 1, 4, attributed="unlikely"), SEPSIS)),
    ],
)
def test_neutropenia_with_fever_and_sepsis(verdict: DltVerdict, others: tuple[Event, ...]) -> None:
    told(PALBOCICLIB, child(ae(NEUTROPENIA, 3, 5, 12), *others), verdict, "T4" if verdict is YES else "")


def test_a_fever_of_which_the_end_is_not_known_may_overlap() -> None:
    endless = Event(
        {name: one for name, one in ae("fever", 2, 2, 3, attributed="unlikely").fields.items() if name != "end"}
    )
    told(PALBOCICLIB, child(ae(NEUTROPENIA, 3, 5, 12), endless, SEPSIS), ADJUDICATE, "T4")


@pytest.mark.parametrize(
    ("verdict", "end", "course"),
    [
        (NO, 12, ((5, 3), (9, 1))),
        (YES, 20, ((5, 3), (14, 1))),  # eight to ten days
        (ADJUDICATE, 20, ((5, 3), (12, 1))),  # six to eight days
        (NO, 20, ((5, 1), (10, 3), (14, 1))),  # worse than grade 1 only from day 10
        (YES, 20, ((5, 3), (8, 1), (12, 2), (13, 1))),  # it rose again
        (ADJUDICATE, 20, ()),  # nothing is known of its course
        (ADJUDICATE, 20, ((6, 3), (9, 1))),  # nothing is known of its first day
    ],
)
def test_enzymes_back_to_grade_1_within_a_week(
    verdict: DltVerdict, end: int, course: tuple[tuple[int, int], ...]
) -> None:
    changes = tuple(change(ALT, day, grade) for day, grade in course)
    told(PALBOCICLIB, child(ae(ALT, 3, 5, end), grade_changes=changes), verdict, "" if verdict is NO else "T2")


@pytest.mark.parametrize(("verdict", "day"), [(YES, 20), (YES, 28), (NO, 29)])
def test_enzymes_that_rise_again_in_the_window(verdict: DltVerdict, day: int) -> None:
    changes = (change(ALT, 5, 3), change(ALT, 9, 1), change(ALT, day, 1))
    events = (ae(ALT, 3, 5, 12), ae(ALT, 1, day, day + 3))
    told(PALBOCICLIB, child(*events, grade_changes=changes), verdict, "T2" if verdict is YES else "")


def transfused(*days: int) -> tuple[Event, ...]:
    return tuple(dated(day, name="platelet_transfusion") for day in days)


@pytest.mark.parametrize(
    ("verdict", "days"),
    [
        (YES, (5, 11)),  # the fifth to the eleventh are seven days
        (NO, (5, 12)),
        (NO, (5,)),
        (NO, (5, 5)),
        (YES, (3, 12, 18)),
        (NO, (26, 29)),  # the second lies after the window
    ],
)
def test_platelets_on_two_days_in_seven(verdict: DltVerdict, days: tuple[int, ...]) -> None:
    told(PALBOCICLIB, child(procedures=transfused(*days)), verdict, "T7" if verdict is YES else "")


def test_a_transfusion_of_another_kind_does_not_count() -> None:
    given = (*transfused(5), dated(7, name="red_cell_transfusion"))
    told(PALBOCICLIB, child(procedures=given), NO, "")


def test_seventeen_doses_make_a_child_evaluable() -> None:
    assert status(PALBOCICLIB, child(doses=17)).status is NO
    assert status(PALBOCICLIB, child(doses=16)).status is NOT_EVALUABLE


def test_who_stops_for_toxicity_is_evaluable_after_few_doses() -> None:
    record = patient(PALBOCICLIB, lists={"doses": DOSES[:3]}, stopped_for_toxicity=june(4), off_study=june(300))
    assert status(PALBOCICLIB, record).status is NO


def test_nobody_is_called_not_evaluable_before_follow_up_ends() -> None:
    found = status(PALBOCICLIB, child(), june(16))
    assert (found.status, found.pending_until) == (PENDING, june(28))


# --- ribociclib ---------------------------------------------------------------------------------------------------


def adult(*events: Event, labs: Mapping[str, list[tuple[int, str]]] | None = None, **more: Value) -> Record:
    return patient(RIBOCICLIB, *events, labs=labs, items={"cycle_2": june(29), "off_study": june(300), **more})


def with_labs(**labs: list[tuple[int, str]]) -> Record:
    found = {item: [*_fine(RIBOCICLIB)[item], *readings] for item, readings in labs.items()}
    return adult(labs=found)


@pytest.mark.parametrize(
    ("verdict", "day", "held"),
    [(NO, 36, True), (YES, 37, True), (NO, 37, False), (ADJUDICATE, 37, None), (NO, 29, None)],
)
def test_cycle_2_may_begin_a_week_late(verdict: DltVerdict, day: int, held: bool | None) -> None:  # noqa: FBT001
    record = adult(cycle_2=june(day)) if held is None else adult(cycle_2=june(day), cycle_2_held_for_toxicity=held)
    told(RIBOCICLIB, record, verdict, "" if verdict is NO else "T1")


def test_cycle_2_that_has_not_begun_is_waited_for() -> None:
    """On 6 July, day 36, it may still begin in time; who has not begun it then begins on day 37 at the earliest."""
    record = adult()
    waiting = Record("P", {k: v for k, v in record.readings.items() if k != "cycle_2"}, record.lists, record.attested)
    found = status(RIBOCICLIB, waiting, june(30))
    assert (found.status, found.because, found.pending_until) == (PENDING, ("T1",), june(36))
    assert status(RIBOCICLIB, waiting, june(36)).status is ADJUDICATE  # begun, not entered, or not begun


def test_cycle_2_that_is_never_begun() -> None:
    told(RIBOCICLIB, adult(cycle_2=Attested.NEVER, cycle_2_held_for_toxicity=True), YES, "T1")
    told(RIBOCICLIB, adult(cycle_2=Attested.NEVER, cycle_2_held_for_toxicity=False), NO, "")


def test_what_happens_later_is_not_seen() -> None:
    """As of day 30 nobody knows that cycle 2 is begun on day 35."""
    found = status(RIBOCICLIB, adult(cycle_2=june(35)), june(30))
    assert (found.status, found.pending_until) == (PENDING, june(36))


@pytest.mark.parametrize(
    ("verdict", "readings"),
    [
        (YES, [(8, "0.4"), (15, "0.4"), (16, "0.8")]),
        (YES, [(8, "0.4"), (11, "0.1"), (15, "0.49"), (16, "0.8")]),
        (NO, [(7, "0.6"), (8, "0.4"), (13, "0.4"), (14, "0.5")]),  # less than seven days, however it went on between
        (ADJUDICATE, [(7, "0.6"), (8, "0.4"), (14, "0.4"), (15, "0.6")]),  # six days at least, eight at most
        (NO, [(8, "0.4"), (12, "0.6"), (15, "0.4"), (16, "0.7"), (7, "0.9")]),
        (YES, [(27, "0.4"), (28, "0.4"), (34, "0.4")]),  # begun in the window, and on past its end
        (NO, [(29, "0.4"), (40, "0.4")]),  # begun after it
    ],
)
def test_grade_4_neutropenia_for_a_week(verdict: DltVerdict, readings: list[tuple[int, str]]) -> None:
    labs = {"neutrophils": [(1, "3.2"), *readings]}
    if not any(day == 28 for day, _ in readings):
        labs["neutrophils"].append((50, "3.0"))
    temperatures = {"temperature": [(day, "36.8") for day, _ in labs["neutrophils"]]}
    told(RIBOCICLIB, adult(labs={**labs, **temperatures}), verdict, "" if verdict is NO else "T2")


def test_a_run_that_goes_on_is_waited_for_while_it_may_be_long_enough() -> None:
    labs = {"neutrophils": [(1, "3.2"), (26, "0.4")], "temperature": [(1, "36.8"), (26, "36.8")]}
    record = adult(labs=labs, cycle_2_held_for_toxicity=False)
    found = status(RIBOCICLIB, record, june(27))
    assert (found.status, found.because, found.pending_until) == (PENDING, ("T2",), june(33))
    assert status(RIBOCICLIB, record, june(40)).status is ADJUDICATE


@pytest.mark.parametrize(
    ("verdict", "clause", "labs"),
    [
        (YES, "T3", {"platelets": [(10, "24.9")]}),
        (NO, "", {"platelets": [(10, "25")]}),
        (NO, "", {"platelets": [(29, "10")]}),
        (YES, "T4", {"neutrophils": [(10, "0.9")], "temperature": [(10, "38.5")]}),
        (NO, "", {"neutrophils": [(10, "0.9")], "temperature": [(10, "38.4")]}),
        (NO, "", {"neutrophils": [(10, "1.0")], "temperature": [(10, "39.0")]}),
        (ADJUDICATE, "T4", {"neutrophils": [(10, "0.9")], "temperature": [(11, "39.0")]}),  # not read on day 10
        (YES, "T5", {"creatinine": [(10, "2.41")]}),
        (NO, "", {"creatinine": [(10, "2.4")]}),
        (YES, "T6", {"bilirubin": [(10, "3.1")], "alt": [(10, "30")], "ast": [(10, "30")]}),
        (YES, "T6", {"bilirubin": [(10, "2.0")], "alt": [(10, "121")], "ast": [(10, "30")]}),
        (YES, "T6", {"bilirubin": [(10, "2.0")], "alt": [(10, "30")], "ast": [(10, "121")]}),
        (NO, "", {"bilirubin": [(10, "2.0")], "alt": [(10, "120")], "ast": [(10, "120")]}),
        (NO, "", {"bilirubin": [(10, "1.5")], "alt": [(10, "121")], "ast": [(10, "121")]}),
        (YES, "T7", {"alt": [(10, "201")]}),
        (NO, "", {"alt": [(10, "200")]}),
        (YES, "T8", {"qtcf": [(10, "501"), (12, "510")]}),
        (YES, "T8", {"qtcf": [(10, "501"), (10, "502")]}),
        (NO, "", {"qtcf": [(10, "501"), (12, "500")]}),
        (NO, "", {"qtcf": [(10, "501"), (29, "510")]}),
    ],
)
def test_ribociclib_by_readings(verdict: DltVerdict, clause: str, labs: dict[str, list[tuple[int, str]]]) -> None:
    told(RIBOCICLIB, with_labs(**labs), verdict, clause)


@pytest.mark.parametrize(
    ("verdict", "clause", "event"),
    [
        (YES, "T9", ae("nausea", 3, 5, 9, despite_treatment=True)),
        (NO, "", ae("nausea", 3, 5, 9, despite_treatment=False)),
        (ADJUDICATE, "T9", ae("nausea", 3, 5, 9)),
        (YES, "T10", ae("headache", 3, 5, 9)),
        (NO, "", ae("headache", 2, 5, 9)),
        (NO, "", ae("alopecia", 3, 5, 9)),
        (NO, "", ae("fatigue", 3, 5, 7)),  # one to three days
        (YES, "T10", ae("fatigue", 3, 5, 9)),
        (YES, "T10", ae("fatigue", 4, 5, 6)),
        (NO, "", ae("hypokalemia", 3, 5, 9)),  # over within five days, whatever its course
        (ADJUDICATE, "T10", ae("hypokalemia", 3, 5, 20)),
    ],
)
def test_ribociclib_by_events(verdict: DltVerdict, clause: str, event: Event) -> None:
    told(RIBOCICLIB, adult(event), verdict, clause)


# --- the agonist into a tumour ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verdict", "count"), [(YES, "24.9"), (NO, "25")])
def test_grade_4_thrombocytopenia_of_any_duration(verdict: DltVerdict, count: str) -> None:
    told(MK1454, patient(MK1454, labs={"platelets": [(1, "200"), (8, count)]}), verdict, "T1" if verdict is YES else "")


@pytest.mark.parametrize(
    ("verdict", "bleeding"),
    [
        (YES, (ae("epistaxis", 1, 7, 7, clinically_significant=True),)),
        (NO, (ae("epistaxis", 1, 7, 7, clinically_significant=False),)),
        (ADJUDICATE, (ae("epistaxis", 1, 7, 7),)),
        (NO, (ae("epistaxis", 1, 11, 12, clinically_significant=True),)),
        (NO, (ae("headache", 1, 7, 7, clinically_significant=True),)),
        (NO, ()),
    ],
)
def test_grade_3_thrombocytopenia_only_with_bleeding(verdict: DltVerdict, bleeding: tuple[Event, ...]) -> None:
    record = patient(MK1454, ae(THROMBOCYTOPENIA, 3, 5, 10), *bleeding)
    told(MK1454, record, verdict, "" if verdict is NO else "T2")


def test_who_drops_out_within_21_days_is_not_evaluable() -> None:
    assert status(MK1454, patient(MK1454, complete=june(10), off_study=june(10))).status is NOT_EVALUABLE
    dropped = patient(MK1454, labs={"platelets": [(1, "200"), (8, "20")]}, complete=june(10), off_study=june(10))
    told(MK1454, dropped, YES, "T1")


# --- EZN-2208 -----------------------------------------------------------------------------------------------------


def treated(*events: Event, labs: Mapping[str, list[tuple[int, str]]] | None = None, **more: Value) -> Record:
    return patient(EZN2208, *events, labs=labs, items={"cycle_2": june(22), "off_study": june(300), **more})


@pytest.mark.parametrize(
    ("verdict", "readings"),
    [
        (YES, [(6, "38.5")]),
        (YES, [(5, "37.0"), (9, "38.6")]),
        (NO, [(6, "38.4")]),
        (ADJUDICATE, [(4, "39"), (10, "39")]),
    ],
)
def test_febrile_neutropenia_with_its_temperature(verdict: DltVerdict, readings: list[tuple[int, str]]) -> None:
    record = treated(ae("febrile_neutropenia", 3, 5, 9), labs={"temperature": readings})
    told(EZN2208, record, verdict, "" if verdict is NO else "T1")


@pytest.mark.parametrize(
    ("verdict", "readings"),
    [
        (YES, [(8, "0.4"), (13, "0.4")]),  # six days, both counted
        (NO, [(7, "0.6"), (8, "0.4"), (12, "0.4"), (13, "0.6")]),  # five days
        (ADJUDICATE, [(7, "0.6"), (9, "0.4"), (12, "0.4"), (14, "0.6")]),  # four to six days
    ],
)
def test_grade_4_neutropenia_for_more_than_five_days(verdict: DltVerdict, readings: list[tuple[int, str]]) -> None:
    record = treated(labs={"neutrophils": [(1, "3.0"), *readings, (21, "2.0")]})
    told(EZN2208, record, verdict, "" if verdict is NO else "T2")


@pytest.mark.parametrize(
    ("verdict", "clause", "record"),
    [
        (YES, "T3", treated(labs={"platelets": [(8, "24")]})),
        (NO, "", treated(labs={"platelets": [(8, "25")]})),
        (YES, "T4", treated(cycle_2=june(37))),
        (NO, "", treated(cycle_2=june(36))),
        (YES, "T5", treated(ae("headache", 3, 5, 6, from_progression=False))),
        (NO, "", treated(ae("headache", 3, 5, 6, from_progression=True))),
        (ADJUDICATE, "T5", treated(ae("headache", 3, 5, 6))),
        (NO, "", treated(ae("hypokalemia", 3, 5, 5, from_progression=False))),  # less than 24 hours
        (ADJUDICATE, "T5", treated(ae("hypokalemia", 3, 5, 6, from_progression=False))),  # up to 48 hours
        (YES, "T5", treated(ae("hypokalemia", 3, 5, 8, from_progression=False))),
    ],
)
def test_ezn2208_clause_by_clause(verdict: DltVerdict, clause: str, record: Record) -> None:
    told(EZN2208, record, verdict, clause)


# --- chemo-embolisation -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "clause", "item", "readings"),
    [
        (YES, "T1", "alt", [(8, "801"), (16, "801")]),
        (YES, "T1", "ast", [(8, "801"), (16, "801")]),
        (NO, "", "alt", [(8, "800"), (16, "800")]),
        (NO, "", "alt", [(7, "100"), (8, "801"), (12, "801"), (14, "100")]),
        (ADJUDICATE, "T1", "alt", [(7, "100"), (8, "801"), (15, "801"), (16, "100")]),  # seven to nine days
        (YES, "T2", "bilirubin", [(8, "5.0")]),
        (NO, "", "bilirubin", [(7, "1"), (8, "4.9"), (9, "1")]),
        (YES, "T2", "bilirubin", [(5, "3.0"), (13, "3.5"), (20, "3.1")]),  # fifteen days
        (NO, "", "bilirubin", [(5, "3.0"), (13, "2.9"), (20, "3.1"), (25, "1")]),
    ],
)
def test_liver_values_for_so_long(verdict: DltVerdict, clause: str, item: str, readings: list[tuple[int, str]]) -> None:
    ends = [(1, NORMAL[item]), (28, NORMAL[item])]
    told(TACE, patient(TACE, labs={item: [*ends, *readings]}), verdict, clause)


# --- by day and night ---------------------------------------------------------------------------------------------


def interrupted(start: int, end: int | str, reason: str = "toxicity") -> tuple[Event, ...]:
    last: Value = Attested.ONGOING if isinstance(end, str) else june(end)
    return (_event({"reason": reason, "start": june(start), "end": last}),)


def rhythm(*events: Event, **lists: tuple[Event, ...]) -> Record:
    return patient(CHRONO, *events, lists=lists, off_study=june(300))


@pytest.mark.parametrize(
    ("verdict", "clause", "record"),
    [
        (YES, "T1", rhythm(ae("headache", 3, 5, 6, adequately_treated=True))),
        (NO, "", rhythm(ae("headache", 3, 5, 6, adequately_treated=False))),
        (ADJUDICATE, "T1", rhythm(ae("headache", 3, 5, 6))),
        (YES, "T2", rhythm(ae(THROMBOCYTOPENIA, 4, 5, 6))),
        (NO, "", rhythm(ae(THROMBOCYTOPENIA, 3, 5, 6))),
        (YES, "T3", rhythm(ae(THROMBOCYTOPENIA, 3, 5, 6), ae("epistaxis", 1, 6, 6))),
        (NO, "", rhythm(ae(THROMBOCYTOPENIA, 3, 5, 6), ae("epistaxis", 1, 7, 7))),
        (YES, "T5", rhythm(ae("febrile_neutropenia", 3, 5, 6))),
        (NO, "", rhythm(ae("fever", 2, 5, 6))),
        (YES, "T6", rhythm(ae("anemia", 3, 5, 6))),
        (NO, "", rhythm(ae("anemia", 2, 5, 6))),
        (YES, "T7", rhythm(interruptions=interrupted(5, 14))),
        (NO, "", rhythm(interruptions=interrupted(5, 11))),
        (ADJUDICATE, "T7", rhythm(interruptions=interrupted(5, 12))),  # six to eight days
        (NO, "", rhythm(interruptions=interrupted(5, 14, "other"))),
        (NO, "", rhythm(interruptions=interrupted(22, 40))),
    ],
)
def test_by_day_and_night_clause_by_clause(verdict: DltVerdict, clause: str, record: Record) -> None:
    told(CHRONO, record, verdict, clause)


@pytest.mark.parametrize(
    ("verdict", "grade", "course"),
    [
        (YES, 4, ((8, 4), (13, 3))),  # four to six days
        (NO, 4, ((8, 4), (10, 3))),  # one to three days
        (ADJUDICATE, 4, ((8, 4), (11, 3))),  # two to four days
        (NO, 4, ((8, 4), (10, 3), (12, 4), (14, 2))),  # never three days in one go
        (NO, 3, ()),
        (ADJUDICATE, 4, ()),
    ],
)
def test_so_long_at_grade_4(verdict: DltVerdict, grade: int, course: tuple[tuple[int, int], ...]) -> None:
    changes = tuple(change(NEUTROPENIA, day, found) for day, found in course)
    record = rhythm(ae(NEUTROPENIA, grade, 8, 20), grade_changes=changes)
    told(CHRONO, record, verdict, "" if verdict is NO else "T4")


def test_an_interruption_that_goes_on_is_waited_for() -> None:
    """Begun on day 18, it has lasted more than seven days for certain on day 26, whenever on day 18 it began."""
    found = status(CHRONO, rhythm(interruptions=interrupted(18, "on")), june(22))
    assert (found.status, found.because, found.pending_until) == (PENDING, ("T7",), june(26))


# --- as data, and in words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [PALBOCICLIB, RIBOCICLIB, MK1454, EZN2208, TACE, CHRONO])
def test_the_definitions_survive_being_written_as_data(protocol: Protocol) -> None:
    assert from_json(to_json(protocol)) == protocol


def test_they_are_told_in_words() -> None:
    assert RIBOCICLIB.dlt is not None
    told_of = {one.id: words(one.condition, RIBOCICLIB.items) for one in RIBOCICLIB.dlt.clauses}
    assert told_of["T2"] == "any neutrophils within 27 days after first_dose less than 0.5 10*9/L for at least 7 days"
    assert told_of["T8"] == "any 2 qtcf within 27 days after first_dose at least 501 ms"
