"""Properties over all reachable histories: held, refuted by the shortest, or undecided."""

from collections.abc import Mapping

import pytest
from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.escalation.automaton import Automaton, as_history, explore
from protocol_dsl.escalation.design import Awaits, Move, Observed, Reason, Settled, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.standing import UNTREATED
from protocol_dsl.escalation.table import TableDesign, TableState
from protocol_dsl.escalation.tally import Tally, View
from protocol_dsl.escalation.verify import Finding, built_in, reached, verify
from protocol_dsl.model.escalation import (
    Always,
    Arithmetic,
    Both,
    Claim,
    Closed,
    Comparison,
    Counted,
    Either,
    EscalationPlan,
    Ladder,
    LevelComparison,
    Negated,
    Never,
    Operator,
    Place,
    RecommendedImplies,
    RisesByAtMost,
    StopsWithin,
    Whole,
    Word,
)
from tests.escalation_plans import FOUR, KORN, ROWS, ask, ladder, levels, plan, shipped

MTD = "mtd is highest level with 6 treated and at most 1 dlt"
DESIGNS = ("three_plus_three_korn6", "three_plus_three_de_escalation", "three_plus_three_no_de_escalation")


def found(name: str, design: EscalationPlan, rungs: Ladder = FOUR) -> Finding:
    return next(finding for finding in verify(design, rungs) if finding.id == name)


def where(finding: Finding) -> str | None:
    return None if finding.counterexample is None else str(finding.counterexample)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_property_holds_of_what_is_shipped(name: str) -> None:
    assert {finding.id: finding.why for finding in verify(shipped(name), levels(5)) if not finding.holds} == {}


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("one_row", ROWS.replace("| 3       | 1        | treat 3 more                |", ""), "1NNT"),
        ("one_row", ROWS.replace("| 6       | 0 to 1   | escalate                    |", ""), "1NNT 1NNN"),
        ("one_row", ROWS + "| 3 | 3 | stop |", "1TTT"),
        ("one_row", ROWS.replace("treat 3 more", "treat 2 more").replace("| 6 ", "| 4 "), "1NNT 1NN"),
        ("within_cap", ROWS.replace("treat 3 more", "treat 4 more"), "1NNT"),
        ("never_reopens", ROWS.replace("treat 3 more", "stay and close level"), "1NNT"),
        ("mtd_given", ROWS.replace("de-escalate and close level", "declare previous level"), "1NTT"),
        ("declared_as_mtd", ROWS.replace("treat 3 more", "declare this level") + MTD, "1NNT"),
        ("always_ends", ROWS.replace("treat 3 more", "wait"), "1NNT"),
        ("coherent", ROWS.replace("treat 3 more", "escalate"), "1NNT"),
    ],
)  # fmt: skip
def test_is_refuted_by_the_shortest_history(name: str, rows: str, expected: str) -> None:
    finding = found(name, plan(rows))
    assert (False, expected) == (finding.holds, where(finding))
    assert finding.why


@pytest.mark.parametrize(
    ("name", "rows", "why"),
    [
        (
            "declared_as_mtd",
            ROWS.replace("treat 3 more", "declare this level") + MTD,
            "level 1 is declared, and the mtd line gives no level",
        ),
        (
            "mtd_given",
            ROWS.replace("de-escalate and close level", "declare previous level"),
            "level -1 is recommended and was never given",
        ),
        ("never_reopens", ROWS.replace("treat 3 more", "stay and close level"), "level 1 is closed"),
    ],
)
def test_what_happens_at_the_end_is_told(name: str, rows: str, why: str) -> None:
    assert found(name, plan(rows)).why == why


def test_a_circle_is_told_as_one() -> None:
    endless = plan("cohort of 1\n| treated | with_dlt | pending | then |\n| any | any | any | wait |")
    assert not found("always_ends", endless).holds


def test_rows_never_reached_are_named() -> None:
    finding = found("rows_reached", plan(ROWS + "| 6 | 7 | stop |\n| 5 | any | stop |"))
    # With rows for 5 treated, a cohort of 3 that comes upon 3 is not stopped at 5, but one that comes in one by one is.
    assert (finding.holds, finding.why) == (False, "never reached: row 6")


TREATED, DLTS = Counted("treated"), Counted("with_dlt")
THIRD = Comparison(Operator.AT_LEAST, Arithmetic(Operator.TIMES, DLTS, Whole(3)), TREATED)
LENIENT = plan(ROWS.replace("| 3       | 0        | escalate", "| 3 | 0 to 1 | escalate").replace("| 3       | 1        | treat 3 more                |", ""))  # fmt: skip  # noqa: E501


def claimed(claim: Claim, design: EscalationPlan = KORN, rungs: Ladder = FOUR) -> Finding:
    return verify(evolve(design, always=(Always("A1", "a sentence", claim),)), rungs)[-1]


@pytest.mark.parametrize(
    ("claim", "design", "expected"),
    [
        (Never(Word.ESCALATE, THIRD), KORN, None),
        (Never(Word.ESCALATE, THIRD), LENIENT, "1NNT"),
        (Never(Word.ESCALATE, LevelComparison(Operator.IS, Place.TOP)), KORN, None),
        (Never(Word.ESCALATE, LevelComparison(Operator.AT_LEAST, "2")), KORN, "1NNN 2NNN"),
        (Never(Word.TREAT_MORE, LevelComparison(Operator.IS, Place.TOP)), KORN, "1NTT -1NNN"),
        (Never(Word.DE_ESCALATE, LevelComparison(Operator.IS, Place.LOWEST)), KORN, "1NTT -1NTT"),
        (Never(Word.ESCALATE, LevelComparison(Operator.IS, Place.LOWEST)), KORN, None),
        (Never(Word.DE_ESCALATE, Comparison(Operator.LESS_THAN, DLTS, Whole(2))), KORN, None),
        (Never(Word.DE_ESCALATE, Negated(Closed())), KORN, None),
        (Never(Word.CLOSE, Comparison(Operator.IS, DLTS, TREATED)), KORN, "1TTT"),
        (Never(Word.TREAT_MORE, Comparison(Operator.IS, DLTS, Whole(1))), KORN, "1NNT"),
        (Never(Word.STOP, Comparison(Operator.IS_NOT, TREATED, Whole(6))), KORN, "1NTT -1NTT"),
        (
            Never(Word.STOP, Both((Comparison(Operator.MORE_THAN, DLTS, Whole(0)), LevelComparison(Operator.IS, "3")))),
            KORN,
            "1NNN 2NNN 3NNN 3NNT",
        ),
        (
            Never(
                Word.WAIT, Either((Comparison(Operator.AT_MOST, TREATED, Arithmetic(Operator.MINUS, Whole(2), DLTS)),))
            ),
            KORN,
            None,
        ),
        (Never(Word.WAIT, Comparison(Operator.AT_LEAST, Counted("pending"), Whole(2))), KORN, "1PPP"),
        (Never(Word.WAIT, Comparison(Operator.AT_LEAST, DLTS, Whole(1))), KORN, "1TPP"),
        (Never(Word.REVIEW, THIRD), plan(ROWS.replace("treat 3 more", "review")), "1NNT"),
        (RisesByAtMost(1), KORN, None),
        (RisesByAtMost(0), KORN, "1NNN"),
        (RecommendedImplies(Comparison(Operator.AT_LEAST, TREATED, Whole(6))), KORN, None),
        (
            RecommendedImplies(Comparison(Operator.AT_LEAST, TREATED, Whole(6))),
            shipped("three_plus_three_de_escalation"),
            "1NTT -1NNN",
        ),
    ],
)
def test_always_statements(claim: Claim, design: EscalationPlan, expected: str | None) -> None:
    finding = claimed(claim, design)
    assert (expected is None, expected) == (finding.holds, where(finding))
    assert (finding.id, finding.statement) == ("A1", "a sentence")


@pytest.mark.parametrize(("patients", "expected"), [(18, True), (17, False)])
def test_stops_within_what_the_oracle_of_three_levels_has_at_most(patients: int, expected: bool) -> None:  # noqa: FBT001
    finding = claimed(StopsWithin(patients), KORN, levels(3))
    assert finding.holds is expected
    if finding.counterexample is not None:
        assert sum(len(cohort.outcomes) for cohort in finding.counterexample.cohorts) > patients


def test_a_recommendation_is_held_against_its_level() -> None:
    finding = claimed(RecommendedImplies(LevelComparison(Operator.AT_LEAST, "2")))
    assert (where(finding), finding.why) in [  # both are shortest
        ("1NNN 2NTT 1NNN", "level 1 is recommended"),
        ("1NTT -1NNN -1NNN", "level -1 is recommended"),
    ]


def test_more_patients_than_promised_are_told() -> None:
    finding = claimed(StopsWithin(17), KORN, levels(3))
    assert finding.why == "18 evaluable patients"


@pytest.mark.parametrize(("patients", "expected"), [(2, False), (3, True)])
def test_patients_are_counted_as_they_come_and_settle(patients: int, expected: bool) -> None:  # noqa: FBT001
    """In cohorts of one nobody is pending and one patient is enough; one by one there may be three, whoever settles.

    A patient who turns out not to be evaluable is replaced and no longer counts.
    """
    one_by_one = plan("""
        cohort of 1, up to 3 per level
        | treated | with_dlt | pending   | then         |
        | 1       | any      | 0         | stop         |
        | 1       | any      | 1         | treat 1 more |
        | 2       | any      | 2         | wait         |
        | 2       | any      | 1         | treat 1 more |
        | 2       | any      | 0         | stop         |
        | 3       | any      | 0         | stop         |
        | 3       | any      | 1 or more | wait         |
    """)
    assert claimed(StopsWithin(patients), one_by_one, levels(1)).holds is expected


def test_statements_ask_for_counts_of_the_protocols_own() -> None:
    crs = plan("""
        cohort of 3, up to 3 per level
        | treated | with_dlt | crs_2  | then     |
        | 3       | any      | 0 to 1 | escalate |
        | 3       | any      | 2 to 3 | stop     |
        mtd is highest level with 3 treated and at most 3 dlt
    """)
    some = Comparison(Operator.AT_LEAST, Counted("crs_2"), Whole(1))
    many = Comparison(Operator.AT_LEAST, Counted("crs_2"), Whole(2))
    assert where(claimed(Never(Word.ESCALATE, some), crs)) == "1NNN"
    assert claimed(Never(Word.ESCALATE, many), crs).holds
    assert where(claimed(RecommendedImplies(Negated(many)), crs)) == "1NNN"


def follow(automaton: Automaton[TableState], *observed: Observed) -> str:
    """The history of what is observed, step by step from the start."""
    state, steps = 0, []
    for each in observed:
        steps.append((state, each))
        state = next(edge.to for edge in automaton.edges[state] if edge.observed == each)
    return str(as_history(automaton, tuple(steps)))


def test_patients_who_come_one_by_one_make_up_the_cohort_that_was_planned() -> None:
    automaton = explore(TableDesign(KORN, FOUR), partial=True)
    one, two = Treated(1, Tally(pending=1)), Treated(2, Tally(pending=1))
    fine, ill, gone = Settled(1, dlt=False), Settled(1, dlt=True), Settled(1, dlt=None)
    assert follow(automaton, one, one, one) == "1PPP"
    assert follow(automaton, one, one, gone, fine, one) == "1XNP"
    assert follow(automaton, one, ill, one, fine, one, fine, one) == "1TNN 1P"
    worse = Settled(2, dlt=True)
    course: tuple[Observed, ...] = (one, one, one, fine, fine, fine, two, two, two, worse, worse, one, fine)
    assert follow(automaton, *course) == "1NNN 2TTP 1N"


def test_how_bad_a_breach_is() -> None:
    bad = {"rows_reached": Severity.WARNING, "declared_as_mtd": Severity.WARNING, "coherent": Severity.NOTE}
    for design in (KORN, plan(ROWS.replace("treat 3 more", "escalate")), plan(ROWS + "| 6 | 7 | stop |")):
        found = {finding.id: finding.severity for finding in verify(design, FOUR)}
        assert {name: bad.get(name, Severity.ERROR) for name in found} == found


def test_a_breach_says_among_how_many_states_it_was_found() -> None:
    """Whole cohorts at one level: nobody, and three with 0 to 3 DLTs, after each of which nobody more is treated."""
    finding = found("within_cap", plan(ROWS.replace("treat 3 more", "treat 4 more")), levels(1))
    assert (finding.holds, finding.states) == (False, 5)


def test_rows_not_reached_among_the_states_explored_may_be_reached_beyond() -> None:
    finding = next(one for one in verify(KORN, FOUR, most=3) if one.id == "rows_reached")
    assert (finding.holds, finding.rows[-2:]) == (None, (4, 5))


def test_a_finding_names_the_rows_that_have_it_so() -> None:
    assert found("one_row", plan(ROWS + "| 3 | 3 | stop |")).rows == (3, 6)
    assert found("one_row", plan(ROWS.replace("| 3       | 1        | treat 3 more                |", ""))).rows == ()
    assert found("within_cap", plan(ROWS.replace("treat 3 more", "treat 4 more"))).rows == (2,)
    assert found("rows_reached", plan(ROWS + "| 6 | 7 | stop |\n| 9 | any | stop |")).rows == (6, 7)
    assert claimed(Never(Word.ESCALATE, THIRD), LENIENT).rows == (1,)


def test_a_counterexample_replays() -> None:
    finding = claimed(Never(Word.ESCALATE, THIRD), LENIENT)
    advice = ask(str(finding.counterexample), LENIENT)
    assert advice.action == "escalate"
    assert advice.because == finding.why


def test_without_a_cap_there_are_too_many_states_to_tell() -> None:
    endless = plan("cohort of 3\n| treated | with_dlt | then |\n| any | any | stay |")
    verdicts = {finding.id: finding.holds for finding in verify(endless, levels(2), most=200)}
    assert verdicts["always_ends"] is None
    assert verdicts["one_row"] is None


def test_counts_of_the_protocols_own_are_explored_cohort_by_cohort() -> None:
    crs = plan("""
        cohort of 3, up to 6 per level
        | treated | with_dlt  | crs_2     | then         |
        | 3       | 0         | 0 to 1    | escalate     |
        | 3       | 0         | 2 or more | treat 3 more |
        | 3       | 1 or more | any       | stop         |
        | 6       | any       | 0 to 5    | stop         |
    """)
    finding = found("one_row", crs)
    assert (finding.holds, where(finding)) == (False, "1NNN 1NNN")


def test_no_more_patients_are_counted_than_were_treated() -> None:
    crs = plan("""
        cohort of 3, up to 3 per level
        | treated | with_dlt | crs_2  | then     |
        | 3       | any      | 0 to 1 | escalate |
        | 3       | any      | 2 to 3 | stop     |
    """)
    assert found("one_row", crs).holds


# --- designs that are no tables ---------------------------------------------------------------------------------------


NO_PLAN = EscalationPlan(())


@frozen
class Toy:
    """A design given state by state; every cohort of one patient leads to the same state."""

    moves: tuple[Move, ...]
    after: Mapping[int, int]
    rungs: tuple[int, ...]
    names: tuple[str, ...] = ("1", "2", "3")
    plan: EscalationPlan = NO_PLAN
    start: int = 0

    def step(self, state: int, observed: Observed) -> int:
        return self.after[state] if isinstance(observed, Treated) else state

    def move(self, state: int) -> Move:
        return self.moves[state]

    def look(self, state: int, rung: int | None = None) -> View | None:
        at = self.rungs[state] if rung is None else rung
        return View(at, UNTREATED, 3, given=self.rungs[1 : state + 1]) if state else None

    def tallies(self, state: int) -> tuple[Tally, ...]:  # noqa: ARG002 - a toy remembers nothing
        return (UNTREATED,) * len(self.names)

    def recommend(self, state: int, closed: int) -> int | None:  # noqa: ARG002 - nor recommends
        return None

    def places(self, state: int) -> int:  # noqa: ARG002 - nor waits for a cohort to be full
        return 0

    def close(self, state: int, rung: int) -> int:  # noqa: ARG002 - nor closes
        return state


def treat(rung: int, closed: int = 3) -> Treat:
    return Treat(1, rung, closed, Reason("so it says"))


STOP = Stop(0, 3, Reason("so it says"))


@pytest.mark.parametrize(
    ("name", "design", "expected"),
    [
        ("never_skips", Toy((treat(0), treat(2), STOP), {0: 1, 1: 2}, (0, 0, 2)), "1N"),
        ("never_above_top", Toy((treat(0), treat(3), STOP), {0: 1, 1: 2}, (0, 0, 2)), "1N"),
        ("never_reopens", Toy((treat(0), treat(1, 1), STOP), {0: 1, 1: 2}, (0, 0, 1)), "1N"),
        ("always_ends", Toy((treat(0), treat(1), treat(0)), {0: 1, 1: 2, 2: 1}, (0, 0, 1)), "1N"),
        ("mtd_given", Toy((treat(0), Stop(1, 3, Reason("so it says"))), {0: 1}, (0, 0)), "1N"),
        ("always_ends", Toy((Wait(Awaits.REVIEW, 3, Reason("so it says")),), {}, (0,)), None),
    ],
)
def test_any_design_is_held_against_the_properties(name: str, design: Toy, expected: str | None) -> None:
    finding = next(finding for finding in built_in(reached(design)) if finding.id == name)
    assert (expected is None, expected) == (finding.holds, where(finding))
    words = {
        "never_above_top": "there is no level in place 4 of the ladder",
        "always_ends": "from here the trial can come back to where it stands",
    }
    if expected is not None and name in words:
        assert finding.why == words[name]


def test_a_lower_start_is_no_skip() -> None:
    assert found("never_skips", KORN, ladder("-2", "-1", "1", "2")).holds
