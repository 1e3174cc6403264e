"""Stopping rules over patients: no trial speaks against what is said of two of them."""

from datetime import date
from fractions import Fraction

from attrs import evolve
from hypothesis import strategies as st

from protocol_dsl.amend.diff import diff
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import Standing, decide_clause, environment
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Reading, Record
from tests.law import law
from tests.unit.amend.test_monitored import read

CONDITIONS = (
    "response is complete",
    "response is one of complete, partial",
    "anc less than 1 10*9/L",
    "known sex is female",
    "sex is female",
    "had_dlt",
    "any adverse_events where (grade at least 4)",
)
WHO = st.builds("{}({}) {} ({})".format, st.sampled_from(("", "not ")), *(
    st.sampled_from(CONDITIONS), st.sampled_from(("and", "or")), st.sampled_from(CONDITIONS)
))  # fmt: skip
STOPS = st.one_of(
    st.sampled_from(
        ("at 0 or fewer of 1, and at 1 or fewer of 4", "at 1 or fewer of 2, and at 1 or fewer of 5",
         "at 0 or fewer of 3, and at 3 or fewer of 5")
    ),
    st.builds(
        "when chance of a rate above 0.5 is more than {}, prior 1 and 1, from {} patients, up to 4 patients".format,
        st.sampled_from(("0.6", "0.8")), st.integers(min_value=1, max_value=3),
    ),
)  # fmt: skip
EACH = st.builds("{}{}".format, st.one_of(st.just(""), st.builds("where ({}) ".format, WHO)), WHO)
RULES = st.tuples(EACH, EACH, STOPS, STOPS, st.booleans())
DLTS = st.sampled_from((Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, None))
DAY = date(2026, 12, 1)


def rule(each: str, stops: str) -> Protocol:
    return read(f'    S1 "Stop"\n        each patient {each}\n        stops {stops}\n        then stop trial\n')


def given(value: object) -> tuple[Reading, ...]:
    return () if value is None else (Reading(value, at_moment=True),)  # type: ignore[arg-type]


def patient(response: str | None, anc: int | None, sex: str | None, grade: int | None) -> Record:
    """With nothing that is None, and with no event at grade 0."""
    low = None if anc is None else Fraction(anc * 10**11)
    readings = {
        "response": given(response),
        "anc": given(low),
        "sex": given(sex),
        "first_dose": given(date(2026, 1, 1)),
    }
    if grade is None:
        return Record("P", readings)
    event = Event({"grade": Reading(Fraction(grade), at_moment=True), "start": Reading(DAY, at_moment=True)})
    return Record("P", readings, {"adverse_events": (event,) * (grade > 0)}, {"adverse_events": DAY})


PATIENTS = st.lists(
    st.tuples(
        st.builds(
            patient,
            st.sampled_from(("complete", "partial", "stable", None)), st.sampled_from((5, 15, None)),
            st.sampled_from(("female", "male", None)), st.sampled_from((0, 3, 4, None)),
        ),
        DLTS,
    ),
    max_size=6,
)  # fmt: skip
RANK = {Standing.BARS: 0, Standing.OPEN: 1, Standing.CLEARS: 2}


def standing(protocol: Protocol, trial: list[tuple[Record, Truth | None]]) -> int:
    everyone = tuple(evolve(record, patient=f"P{at}") for at, (record, _) in enumerate(trial))
    dlts = {f"P{at}": dlt for at, (_, dlt) in enumerate(trial) if dlt is not None}
    nobody, clause = Record(""), protocol.stopping[0]
    env = environment(protocol, nobody, DAY, moments_of(protocol, nobody, {})[0], clause)
    return RANK[decide_clause(clause, evolve(env, everyone=everyone, dlts=dlts)).standing]


@law(RULES, st.lists(PATIENTS, min_size=10, max_size=10), times=6, at_length=150)
def test_no_trial_speaks_against_what_is_said(
    pair: tuple[str, str, str, str, bool], trials: list[list[tuple[Record, Truth | None]]]
) -> None:
    each, other, stops, later, alike = pair
    old, new = rule(each, stops), rule(each if alike else other, later)
    found = diff(old, new)
    assert found.defects == ()
    change = next((one for one in found.clauses if one.id == "S1"), None)
    shown = {one.gained for one in change.witnesses} if change is not None else set()
    if change is None or change.proved:
        for trial in trials:
            was, now = standing(old, trial), standing(new, trial)
            assert was == now or (now > was) in shown, (pair, trial)
