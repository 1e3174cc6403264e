"""Stopping rules over patients: the smallest trial on which two of them part, and that there is none."""

from collections.abc import Iterator
from functools import cache
from itertools import product
from math import comb

import pytest

from protocol_dsl.amend.boundaries import told_boundaries
from protocol_dsl.amend.change import ClauseChange, Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.report import lines, to_json
from protocol_dsl.base.source import Source
from protocol_dsl.base.truth import Truth
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.evaluate.monitor import met
from protocol_dsl.model.condition import Monitored
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import Loaded, load_text

HEAD = """\
protocol "STOP-1"
    version 1.0
    uses ctcae 5.0

moments
    first_dose is day 0

data
    anc : number in 10*9/L; plausible 0 to 100
    response : one of complete, partial, stable
    sex : one of female, male
    adverse_events : list of adverse_event

dlt
    window from first_dose through day 27
    T1 "Grade 4"
        grade at least 4

stopping
"""
RULE = """\
    S1 "Stop"
        each patient {each}
        stops {stops}
        then stop trial
"""
BAYES = (
    "when chance of a rate above 0.3 is more than {limit}, prior 1 and 1, from {least} patients, up to {most} patients"
)
LAX, STRICT = (BAYES.format(limit=limit, least=3, most=12) for limit in ("0.9", "0.8"))
LONG = BAYES.format(limit="0.9", least=3, most=20)
SIMON, OTHER = "at 1 or fewer of 10, and at 5 or fewer of 29", "at 0 or fewer of 9, and at 5 or fewer of 29"
POOLED = """\
    S1 "Stop"
        count of adverse_events where (grade is 5) over all patients at least 2
        then stop trial
"""


def loaded(rules: str) -> Loaded:
    return load_text(Source("x", HEAD + rules), without=RUN)


@cache
def read(rules: str) -> Protocol:
    found = loaded(rules)
    assert found.protocol is not None, [one.message for one in found.errors]
    return found.protocol


def rule(each: str, stops: str) -> str:
    return RULE.format(each=each, stops=stops)


def change(old: str, new: str) -> ClauseChange:
    """The change of S1, with every witness confirmed by the interpreter."""
    found = diff(read(old), read(new))
    assert found.defects == ()
    return next(one for one in found.clauses if one.id == "S1")


def shown(one: ClauseChange) -> set[tuple[str, int, int]]:
    """The direction of each witness, how many patients it has, and how many of them count in the newer."""
    return {
        (
            witness.direction,
            sum(some.number for some in witness.trial),
            sum(some.number for some in witness.trial if some.counted[1] == "counts"),
        )
        for witness in one.witnesses
    }


def fewest(limit: float, patients: int) -> int | None:
    """By hand: with a prior of 1 and 1, P(rate > p | x of n) is P(at most x of n + 1 at rate p)."""

    def chance(having: int) -> float:
        return sum(comb(patients + 1, i) * 0.3**i * 0.7 ** (patients + 1 - i) for i in range(having + 1))

    return next((having for having in range(patients + 1) if chance(having) > limit), None)


def test_a_stricter_limit_stops_with_fewer_patients() -> None:
    first = next(n for n in range(3, 13) if fewest(0.8, n) != fewest(0.9, n))
    least = fewest(0.8, first)
    assert least is not None
    tightened, loosened = (change(rule("had_dlt", a), rule("had_dlt", b)) for a, b in ((LAX, STRICT), (STRICT, LAX)))
    assert (tightened.kind, shown(tightened)) == (Kind.TIGHTENED, {("lost", first, least)})
    assert (loosened.kind, shown(loosened)) == (Kind.LOOSENED, {("gained", first, least)})
    assert tightened.proved
    assert loosened.proved
    assert tightened.witnesses[0].trial[0].dlt == "a DLT"


def test_two_stages_stop_earlier_and_later() -> None:
    """0 of 9 stops in the newer alone, and 1 of 10 in the older alone."""
    both = change(rule("response is complete", SIMON), rule("response is complete", OTHER))
    assert (both.kind, shown(both)) == (Kind.BOTH, {("lost", 9, 0), ("gained", 10, 1)})
    assert len(both.notes) == 2


def test_another_kind_of_table_is_compared_by_its_numbers() -> None:
    """Two stages say nothing of 3 patients, of whom 2 are enough for the chance; of 10, none are enough for it."""
    assert fewest(0.9, 3) == 2
    both = change(rule("response is complete", SIMON), rule("response is complete", LAX))
    assert (both.kind, shown(both)) == (Kind.BOTH, {("lost", 3, 2), ("gained", 10, 0)})


def test_more_patients_are_spoken_of() -> None:
    """Of 13 the older says nothing; the newer stops or goes on."""
    both = change(rule("had_dlt", LAX), rule("had_dlt", LONG))
    assert both.kind is Kind.BOTH
    assert {("gained", 13), ("lost", 13)} == {one[:2] for one in shown(both)}
    assert {one.old for one in both.witnesses} == {"unknown"}


@pytest.mark.parametrize(
    ("was", "now", "kind", "found"),
    [
        ("response is complete", "response is one of complete, partial", Kind.LOOSENED, {("gained", 10, 2)}),
        ("response is complete", "not (response is one of partial, stable)", Kind.SAME, set()),
        (
            "where (sex is female) response is complete",
            "where (not (sex is male)) response is complete",
            Kind.SAME,
            set(),
        ),
    ],
)
def test_who_counts_is_asked_of_one_record(was: str, now: str, kind: Kind, found: set[tuple[str, int, int]]) -> None:
    one = change(rule(was, SIMON), rule(now, SIMON))
    assert (one.kind, one.proved, shown(one)) == (kind, True, found)
    assert ("who counts is another" in one.notes) is bool(found)


def test_who_counts_and_the_boundary_may_both_be_others() -> None:
    one = change(rule("response is complete", SIMON), rule("response is one of complete, partial", OTHER))
    assert one.notes[0] == "who counts is another"
    assert one.notes[1].startswith("the boundary stops earlier of 9 patients (of 9: never -> 0 or fewer)")
    assert ("lost", 9, 0) in shown(one)


def test_a_rule_over_one_part_leaves_others_out() -> None:
    one = change(rule("where (sex is female) had_dlt", LAX), rule("had_dlt", LAX))
    assert one.kind is Kind.BOTH
    lost = next(witness for witness in one.witnesses if not witness.gained)
    assert {("left out", "counts"), ("left out", "does not count")} == {some.counted for some in lost.trial}


def test_who_is_looked_at_may_hang_on_a_dlt() -> None:
    one = change(
        rule("where (had_dlt) response is complete", SIMON), rule("where (had_dlt) response is complete", OTHER)
    )
    assert (one.kind, shown(one)) == (Kind.BOTH, {("lost", 9, 0), ("gained", 10, 1)})
    assert {some.dlt for witness in one.witnesses for some in witness.trial} == {"a DLT"}


def test_a_rule_that_never_stops_is_compared_as_well() -> None:
    """Of one patient with a rate beyond 0.3 the chance is 1 - 0.3^2 = 0.91, which is not more than 0.99."""
    never = BAYES.format(limit="0.99", least=1, most=1)
    one = change(rule("had_dlt", never), rule("had_dlt", LAX))
    assert (one.kind, shown(one)) == (Kind.TIGHTENED, {("lost", 3, 2)})


def test_those_who_are_not_evaluable_count_where_no_dlt_is_asked_about() -> None:
    one = change(rule("had_dlt", LAX), rule("anc less than 1 10*9/L", LAX))
    dlts = {some.dlt for witness in one.witnesses for some in witness.trial}
    assert one.kind is Kind.BOTH
    assert "not evaluable" in dlts


def test_only_what_is_missing_may_make_a_difference() -> None:
    one = change(rule("anc less than 1 10*9/L", LAX), rule("known anc less than 1 10*9/L", LAX))
    assert one.kind is Kind.MISSING
    assert {one.whole for one in one.witnesses} == {False}


def test_a_rule_that_comes_or_goes_is_shown_where_it_stops() -> None:
    other = POOLED.replace("S1", "S2")
    added, removed = (
        next(one for one in diff(read(a), read(b)).clauses if one.id == "S1")
        for a, b in ((other, other + rule("had_dlt", LAX)), (other + rule("response is complete", SIMON), other))
    )
    assert (added.kind, [(w.direction, sum(p.number for p in w.trial)) for w in added.witnesses]) == (
        Kind.ADDED,
        [("lost", 3)],
    )
    assert (removed.kind, [(w.direction, sum(p.number for p in w.trial)) for w in removed.witnesses]) == (
        Kind.REMOVED,
        [("gained", 10)],
    )


def test_a_count_of_events_is_held_against_a_table_by_small_trials() -> None:
    """Two deaths of one patient meet the count and not the table; that there is no more is not claimed."""
    one = change(POOLED, rule("any adverse_events where (grade is 5)", LAX))
    assert one.kind is Kind.LOOSENED or one.kind is Kind.BOTH
    assert not one.proved
    assert min(sum(some.number for some in witness.trial) for witness in one.witnesses if witness.gained) == 1


def tables(most: int) -> Iterator[Monitored]:
    """Every table for one or two patients, of either kind."""
    each = read(rule("had_dlt", LAX)).stopping[0].condition
    assert isinstance(each, Monitored)
    for limits in product((None, 0, 1, 2), repeat=most):
        kept = tuple((n, limit) for n, limit in enumerate(limits, 1) if limit is not None)
        if kept:
            yield from (Monitored(each.each, kept, fewer=fewer) for fewer in (False, True))


def test_what_is_said_of_boundaries_is_so_at_every_number() -> None:
    words = {
        "stops earlier": (Truth.FALSE, Truth.TRUE),
        "stops later": (Truth.TRUE, Truth.FALSE),
    }
    for old, new in product(tables(2), repeat=2):
        told = tuple(told_boundaries(old, new))
        for word, way in words.items():
            some = any((met(old, k, n), met(new, k, n)) == way for n in (1, 2) for k in range(n + 1))
            assert any(line.startswith(word) for line in told) is some


def test_what_follows_from_a_rule_is_told_where_it_is_another() -> None:
    was = rule("had_dlt", LAX)
    one = change(was, was.replace("then stop trial", "then review"))
    assert (one.kind, one.witnesses) == (Kind.BOTH, ())
    assert one.notes == ("what follows is another: stop trial -> review",)


def test_the_trial_is_told_and_written() -> None:
    old, new = read(rule("had_dlt", LAX)), read(rule("had_dlt", STRICT))
    found = diff(old, new)
    assert any(
        "4 patients: 2 who count (a DLT), 2 who do not (no DLT): not met -> met" in one for one in lines(found, new)
    )
    data = to_json(found, new)["clauses"][0]
    assert [(some["patients"], some["dlt"], some["old"]) for some in data["witnesses"][0]["trial"]] == [
        (2, "a DLT", "counts"),
        (2, "no DLT", "does not count"),
    ]
    assert data["notes"] == list(found.clauses[0].notes)


def test_a_rule_over_patients_is_paired_with_what_it_was_called() -> None:
    new = rule("had_dlt", STRICT).replace('S1 "Stop"', 'S9 renamed from S1 "Too much"')
    found = diff(read(rule("had_dlt", LAX)), read(new)).clauses
    assert [(one.id, one.kind, one.guessed) for one in found] == [("S9", Kind.TIGHTENED, "")]


@pytest.mark.parametrize(
    "line", ["applies when sex is male", "unless sex is male", 'if missing treat as met because "x"']
)
def test_a_line_that_such_a_rule_has_no_place_for_is_an_error(line: str) -> None:
    found = loaded(rule("had_dlt", LAX) + f"        {line}\n")
    assert ["PD440"] == [one.code for one in found.errors]
