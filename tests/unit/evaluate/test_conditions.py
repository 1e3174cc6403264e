"""What a condition comes to on one record, form by form, at each limit and beside it."""

from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact
from protocol_dsl.evaluate.gaps import Gap, gaps, rests_only_on
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.model.condition import (
    AtLeast,
    Both,
    Compare,
    Condition,
    Constant,
    Distance,
    Either,
    Fetch,
    FieldOf,
    HadDlt,
    Includes,
    Judged,
    Known,
    Member,
    MomentOf,
    Not,
    Part,
    Policy,
    Recorded,
    Series,
    Side,
    Sign,
    Window,
    Within,
)
from protocol_dsl.model.record import Attested, Judgement, Range, Reading, Reason, Value
from protocol_dsl.model.vocabulary import Choice, Rule
from tests.trials_by_hand import ENROLMENT, asked, missing, number, on, patient, word

F = Fraction
T, N, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
DAY = 86400
DSA = Series("dsa", Choice(Rule.LATEST))
FETCHED = Fetch(DSA)
MARK = {
    T: Compare(Sign.IS, Constant(F(1)), Constant(F(1))),
    N: Compare(Sign.IS, Constant(F(1)), Constant(F(2))),
    U: Compare(Sign.IS, Fetch(Series("nothing")), Constant(F(1))),
}


def truth(condition: Condition, env: Environment | None = None) -> Truth:
    return interpret(condition, env or asked()).truth


def recorded(value: Value) -> Environment:
    return asked(patient(dsa=word(value, "2026-05-20")))


# --- and, or, not, at least so many -------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "right"), list(product(Truth, repeat=2)))
def test_and_is_the_worse_and_or_the_better_of_two(left: Truth, right: Truth) -> None:
    rank = [N, U, T]
    worse, better = sorted((left, right), key=rank.index)
    parts = (MARK[left], MARK[right])
    assert (worse, better) == (truth(Both(parts)), truth(Either(parts)))


@pytest.mark.parametrize(("inside", "expected"), [(T, N), (N, T), (U, U)])
def test_not(inside: Truth, expected: Truth) -> None:
    assert expected is truth(Not(MARK[inside]))


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((T, N, N), N),
        ((T, T, N), T),
        ((T, T, T), T),
        ((T, U, N), U),
        ((U, U, N), U),
        ((U, N, N), N),
        ((T, T, U), T),
    ],
)
def test_at_least_two_of_three(marks: tuple[Truth, ...], expected: Truth) -> None:
    assert expected is truth(AtLeast(2, tuple(MARK[mark] for mark in marks)))


@pytest.mark.parametrize("form", [Both, Either, lambda parts: AtLeast(1, parts)])
def test_each_part_is_told_in_its_order(form: type[Both]) -> None:
    found = interpret(form((MARK[T], MARK[N])), asked())
    assert [T, N] == [part.truth for part in found.parts]


@pytest.mark.parametrize("form", [Not, Known, lambda inside: Policy(inside, (), met=True, because="")])
def test_what_is_inside_is_told(form: type[Not]) -> None:
    assert [T] == [part.truth for part in interpret(form(MARK[T]), asked()).parts]


def test_each_finding_says_of_what_it_is() -> None:
    for condition in (Both(()), Either(()), AtLeast(1, ()), Not(MARK[T]), Known(MARK[T]), MARK[T]):
        assert interpret(condition, asked()).condition is condition


def test_facts_belong_to_the_condition_that_looked_them_up() -> None:
    one, other = Compare(Sign.IS, Fetch(Series("a")), Constant(F(1))), Compare(Sign.IS, FETCHED, Constant(F(1)))
    found = interpret(Both((one, other)), asked())
    assert [["a"], ["dsa"]] == [[fact.name for fact in part.facts] for part in found.parts]


def test_facts_that_were_there_before_are_left_alone() -> None:
    env, before = asked(), Fact("before", ())
    env.facts.append(before)
    interpret(MARK[U], env)
    assert [before] == env.facts


# --- known, and policies by reason --------------------------------------------------------------------------------

HIGH = Compare(Sign.MORE_THAN, FETCHED, Constant(F(2000)))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), N),
        ((number("2001", "2026-05-20"),), T),
        ((number("2000", "2026-05-20"),), N),
        ((missing(Reason.PENDING, "2026-05-20"),), U),
        ((missing(Reason.NOT_COLLECTED, "2026-05-20"),), N),
    ],
)
def test_known(entries: tuple[Reading, ...], expected: Truth) -> None:
    assert expected is truth(Known(HIGH), asked(patient(dsa=entries)))


def test_without_policies_no_record_leaves_the_known_open() -> None:
    assert truth(Known(HIGH), asked(policies=False)) is U


@pytest.mark.parametrize("met", [True, False])
@pytest.mark.parametrize("named", [(Reason.NOT_COLLECTED,), (Reason.NOT_COLLECTED, Reason.REFUSED)])
@pytest.mark.parametrize("reason", [Reason.NOT_COLLECTED, Reason.REFUSED, Reason.NOT_DONE])
def test_a_policy_speaks_of_the_reasons_it_names(reason: Reason, named: tuple[Reason, ...], met: bool) -> None:  # noqa: FBT001
    policy = Policy(HIGH, named, met, "because")
    found = interpret(policy, asked(patient(dsa=missing(reason, "2026-05-20"))))
    expected = (Truth.of(met), policy) if reason in named else (U, None)
    assert expected == (found.truth, found.policy)


def test_what_a_policy_decided_is_told_with_it() -> None:
    found = interpret(Policy(HIGH, (Reason.NOT_COLLECTED,), met=True, because="because"), asked())
    assert [(HIGH, U)] == [(part.condition, part.truth) for part in found.parts]


@pytest.mark.parametrize(("value", "expected"), [("2001", T), ("2000", N)])
def test_a_policy_leaves_what_is_known_alone(value: str, expected: Truth) -> None:
    policy = Policy(HIGH, (Reason.NOT_COLLECTED,), expected is N, "because")
    found = interpret(policy, asked(patient(dsa=number(value, "2026-05-20"))))
    assert (expected, None) == (found.truth, found.policy)


def test_without_policies_a_policy_says_nothing() -> None:
    policy = Policy(HIGH, (Reason.NOT_COLLECTED,), met=True, because="because")
    found = interpret(policy, asked(policies=False))
    assert (U, None) == (found.truth, found.policy)


def test_an_unknown_that_rests_on_nothing_that_is_missing_is_nobodys_reason() -> None:
    assert not rests_only_on(interpret(HadDlt(), asked()), (Reason.NOT_COLLECTED,))


@pytest.mark.parametrize(("marks", "expected"), [((U, T), True), ((U, N), True), ((U, U), True)])
def test_only_the_unknown_parts_of_a_condition_have_to_rest_on_a_reason(
    marks: tuple[Truth, ...],
    expected: bool,  # noqa: FBT001
) -> None:
    parts = tuple(MARK[mark] for mark in marks)
    found = interpret(AtLeast(2, parts), asked())
    assert expected is rests_only_on(found, (Reason.NOT_COLLECTED,))


# --- members ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [("iii", T), ("iv", T), ("ii", N), (Attested.NEVER, N)],
)
def test_one_of_some_words(value: Value, expected: Truth) -> None:
    assert expected is truth(Member(FETCHED, ("iii", "iv")), recorded(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(F(3), T), (F(4), T), (F(5), N), (Range(F(3), F(4)), U), (Range(F(5), F(6)), N), (Range(F(3), F(3)), T)],
)
def test_one_of_some_numbers(value: Value, expected: Truth) -> None:
    assert expected is truth(Member(FETCHED, (F(3), F(4))), recorded(value))


def test_whether_an_item_without_entry_is_a_member_is_unknown() -> None:
    assert truth(Member(FETCHED, ("iii",))) is U


@pytest.mark.parametrize(
    ("value", "any_of", "all_of"),
    [
        (frozenset({"alk"}), T, N),
        (frozenset({"alk", "ret"}), T, T),
        (frozenset({"alk", "ret", "ros"}), T, T),
        (frozenset({"ros"}), N, N),
        (frozenset[str](), N, N),
        ("alk", U, U),
    ],
)
def test_what_a_value_of_several_members_includes(value: Value, any_of: Truth, all_of: Truth) -> None:
    found = [truth(Includes(FETCHED, ("alk", "ret"), whole), recorded(value)) for whole in (False, True)]
    assert [any_of, all_of] == found


# --- how far one day lies from another ----------------------------------------------------------------------------

ORDER = (Sign.AT_LEAST, Sign.AT_MOST, Sign.MORE_THAN, Sign.LESS_THAN)


def distances(value: Value, side: Side) -> str:
    letters = {T: "T", N: "F", U: "?"}
    env = recorded(value)
    length, anchor = Constant(F(28 * DAY)), Constant(ENROLMENT)
    return "".join(letters[truth(Distance(sign, FETCHED, length, side, anchor), env)] for sign in ORDER)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 5, 3), "TFTF"),
        (date(2026, 5, 4), "TTFF"),
        (date(2026, 5, 5), "FTFT"),
        (date(2026, 6, 2), "FTFT"),
        (Attested.NEVER, "TFTF"),
        (Attested.ONGOING, "FTFT"),
        (Range(date(2026, 5, 1), date(2026, 5, 3)), "TFTF"),
        (Range(date(2026, 5, 1), date(2026, 5, 4)), "T??F"),
        (Range(date(2026, 5, 4), date(2026, 5, 31)), "?TF?"),
        (Range(date(2026, 5, 1), date(2026, 5, 31)), "????"),
    ],
)
def test_28_days_before(value: Value, expected: str) -> None:
    assert expected == distances(value, Side.BEFORE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 6, 28), "FTFT"),
        (date(2026, 6, 29), "TTFF"),
        (date(2026, 6, 30), "TFTF"),
        (date(2026, 5, 31), "FTFT"),
        (Attested.NEVER, "TFTF"),
        (Attested.ONGOING, "????"),
    ],
)
def test_28_days_after(value: Value, expected: str) -> None:
    assert expected == distances(value, Side.AFTER)


@pytest.mark.parametrize("anchor", [Attested.NEVER, Attested.ONGOING])
def test_nothing_lies_any_time_before_what_is_no_day(anchor: Attested) -> None:
    distance = Distance(Sign.AT_LEAST, Constant(Attested.NEVER), Constant(F(DAY)), Side.BEFORE, FETCHED)
    assert truth(distance, recorded(anchor)) is U


@pytest.mark.parametrize("part", ["anchor", "length"])
def test_what_never_was_is_not_so_far_from_what_is_unknown(part: str) -> None:
    length = FETCHED if part == "length" else Constant(F(DAY))
    anchor = FETCHED if part == "anchor" else Constant(ENROLMENT)
    assert truth(Distance(Sign.AT_LEAST, Constant(Attested.NEVER), length, Side.BEFORE, anchor)) is U


# --- windows ------------------------------------------------------------------------------------------------------

MAY18, JUN10 = Constant(date(2026, 5, 18)), Constant(date(2026, 6, 10))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 5, 17), N),
        (date(2026, 5, 18), T),
        (date(2026, 6, 10), T),
        (date(2026, 6, 11), N),
        (Range(date(2026, 5, 17), date(2026, 5, 18)), U),
        (Range(date(2026, 6, 10), date(2026, 6, 11)), U),
        (Range(date(2026, 5, 18), date(2026, 6, 10)), T),
        (Attested.NEVER, N),
        (Attested.ONGOING, N),
    ],
)
def test_a_day_in_a_window(value: Value, expected: Truth) -> None:
    assert expected is truth(Within(FETCHED, Window(MAY18, JUN10)), recorded(value))


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(MAY18, None), [N, T, T, T]),
        (Window(None, JUN10), [T, T, T, N]),
        (Window(None, None), [T, T, T, T]),
    ],
)
def test_a_window_without_an_end(window: Window, expected: list[Truth]) -> None:
    days = (date(2026, 5, 17), date(2026, 5, 18), date(2026, 6, 10), date(2026, 6, 11))
    assert expected == [truth(Within(FETCHED, window), recorded(day)) for day in days]


# --- leaves of other kinds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), N),
        ((number("5", "2026-05-20"),), T),
        ((missing(Reason.PENDING, "2026-05-20"),), N),
        ((number("5", "2026-05"), missing(Reason.PENDING, "2026-05-20")), U),
    ],
)
def test_recorded(entries: tuple[Reading, ...], expected: Truth) -> None:
    assert expected is truth(Recorded(DSA), asked(patient(dsa=entries)))


def test_what_was_recorded_is_told() -> None:
    reading = number("5", "2026-05-20")
    found = interpret(Recorded(DSA), asked(patient(dsa=reading)))
    assert found.facts == (Fact("dsa", (Candidate(F(5), date(2026, 5, 20), reading=reading),)),)


def judged(*judgements: Judgement, what: str = "stable", as_of: date = ENROLMENT) -> Environment:
    return asked(patient(judgements={what: judgements}), as_of=as_of)


EARLY, LATE = date(2026, 5, 20), date(2026, 5, 21)


def yes_of(day: date | None = None) -> Judgement:
    return Judgement(met=True, day=day)


def no_of(day: date | None = None) -> Judgement:
    return Judgement(met=False, day=day)


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        ((), U),
        ((yes_of(EARLY),), T),
        ((no_of(EARLY),), N),
        ((yes_of(EARLY), no_of(LATE)), N),
        ((yes_of(LATE), no_of(EARLY)), T),
        ((yes_of(LATE), no_of(LATE)), U),
        ((yes_of(LATE), yes_of(LATE)), T),
        ((yes_of(), yes_of(LATE)), T),
        ((yes_of(), no_of(LATE)), U),
        ((yes_of(),), T),
    ],
)
def test_the_latest_judgement_counts(judgements: tuple[Judgement, ...], expected: Truth) -> None:
    assert expected is truth(Judged("stable", "investigator"), judged(*judgements))


@pytest.mark.parametrize(("as_of", "expected"), [(EARLY, T), (LATE, N), (date(2026, 5, 19), U)])
def test_a_judgement_is_seen_from_its_day_on(as_of: date, expected: Truth) -> None:
    env = judged(yes_of(EARLY), no_of(LATE), as_of=as_of)
    assert expected is truth(Judged("stable", "investigator"), env)


def test_a_whole_criterion_is_judged_under_its_id() -> None:
    assert truth(Judged("", "investigator"), judged(yes_of(EARLY), what="E1")) is T


@pytest.mark.parametrize(
    ("judgements", "reason"),
    [((), Reason.NOT_JUDGED), ((yes_of(LATE), no_of(LATE)), Reason.CONFLICTING)],
)
def test_why_a_judgement_is_missing(judgements: tuple[Judgement, ...], reason: Reason) -> None:
    found = interpret(Judged("stable", "investigator"), judged(*judgements))
    assert found.facts == (Fact("stable", (Candidate(ANYTHING, reason=reason),)),)


def test_a_judgement_that_decides_leaves_nothing_missing() -> None:
    assert interpret(Judged("stable", "investigator"), judged(yes_of(EARLY))).facts == ()


# --- a value and its limit are of one reading ---------------------------------------------------------------------

ABOVE_ULN = Compare(Sign.MORE_THAN, FETCHED, Fetch(DSA, Part.ULN), (DSA,))


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ((number("5", "2026-05-20", uln="4"),), T),
        ((number("5", "2026-05-20", uln="5"),), N),
        ((number("5", "2026-05-20", uln="4"), number("9", "2026-05-20", uln="8")), T),
        ((number("5", "2026-05-20", uln="6"), number("9", "2026-05-20", uln="10")), N),
        ((number("5", "2026-05-20", uln="4"), number("9", "2026-05-20", uln="10")), U),
    ],
)
def test_a_value_against_its_own_limit(readings: tuple[Reading, ...], expected: Truth) -> None:
    assert expected is truth(ABOVE_ULN, asked(patient(dsa=readings)))


def test_readings_of_one_day_that_agree_against_their_limits_are_told_together() -> None:
    readings = (number("5", "2026-05-20", uln="4"), number("9", "2026-05-20", uln="8"))
    found = interpret(ABOVE_ULN, asked(patient(dsa=readings)))
    assert [readings] == [
        tuple(one.reading for one in fact.candidates) for fact in found.facts if len(fact.candidates) > 1
    ]


def test_a_single_choice_among_several_readings_is_not_told_as_several() -> None:
    readings = (number("5", "2026-05-20", uln="4"), number("9", "2026-05-21", uln="8"))
    found = interpret(ABOVE_ULN, asked(patient(dsa=readings)))
    assert [("dsa", Part.VALUE, F(9)), ("dsa", Part.ULN, F(9))] == [
        (fact.name, fact.part, fact.candidates[0].value) for fact in found.facts
    ]


# --- what a fact is missing for -----------------------------------------------------------------------------------

AWAITED = missing(Reason.PENDING, "2026-05-22")


def test_a_field_is_named_with_its_list() -> None:
    found = interpret(Compare(Sign.IS, FieldOf("grade"), Constant(F(3))), asked())
    assert [Gap("grade", Reason.NOT_COLLECTED)] == list(gaps(found))


def test_a_moment_is_compared_with_its_day() -> None:
    on_or_before = Compare(Sign.AT_MOST, MomentOf("enrolment"), Constant(ENROLMENT))
    assert truth(on_or_before) is T


@pytest.mark.parametrize(
    ("readings", "part", "reason"),
    [
        ((number("5", "2026-05-20"),), Part.ULN, Reason.WITHOUT_LIMIT),
        ((number("5", "2026-05-20"),), Part.LLN, Reason.WITHOUT_LIMIT),
        ((AWAITED,), Part.ULN, Reason.PENDING),
        ((number("5", "2026-05-20"), number("6", "2026-05-20")), Part.VALUE, Reason.CONFLICTING),
        ((number("5", "2026-05-20"), missing(Reason.PENDING, "2026-05-20")), Part.VALUE, Reason.PENDING),
        ((number("5", "2026-05-20"), missing(Reason.REFUSED, "2026-05-20")), Part.VALUE, Reason.CONFLICTING),
        ((AWAITED, missing(Reason.REFUSED, "2026-05-22")), Part.VALUE, Reason.CONFLICTING),
        ((Reading(Range(F(5), F(6)), on("2026-05-20")),), Part.VALUE, Reason.IMPRECISE),
        ((number("5"),), Part.DATE, Reason.NOT_COLLECTED),
        ((number("5", "2026-05"),), Part.DATE, Reason.IMPRECISE),
    ],
)
def test_why_a_fact_is_not_certain(readings: tuple[Reading, ...], part: Part, reason: Reason) -> None:
    condition = Compare(Sign.AT_LEAST, Fetch(DSA, part), Fetch(Series("nothing", DSA.choice)))
    name = f"dsa {part.value}" if reason is Reason.WITHOUT_LIMIT else "dsa"
    assert gaps(interpret(condition, asked(patient(dsa=readings))))[0] == Gap(name, reason)


def test_readings_that_differ_only_in_a_limit_leave_the_value_certain() -> None:
    record = patient(dsa=(number("5", "2026-05-20", uln="9"), number("5", "2026-05-20", uln="8")))
    condition = Compare(Sign.AT_LEAST, FETCHED, Fetch(Series("nothing")))
    assert gaps(interpret(condition, asked(record))) == (Gap("nothing", Reason.NOT_COLLECTED),)


def test_what_is_decided_misses_nothing() -> None:
    assert gaps(interpret(Either((MARK[T], MARK[U])), asked())) == ()


def test_only_unknown_parts_miss_something_and_each_thing_once() -> None:
    assert gaps(interpret(Both((MARK[T], MARK[U], MARK[U])), asked())) == (Gap("nothing", Reason.NOT_COLLECTED),)
