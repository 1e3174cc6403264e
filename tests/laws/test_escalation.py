"""Laws of escalation by table (language.md M12 among them) over random sound tables."""

from fractions import Fraction
from itertools import pairwise, product

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.automaton import Automaton, explore
from protocol_dsl.escalation.design import Stop, Treat
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.escalation.standing import UNTREATED, Standing
from protocol_dsl.escalation.table import TableDesign, TableState
from protocol_dsl.escalation.verify import verify
from protocol_dsl.model.escalation import (
    Action,
    Always,
    Cell,
    Comparison,
    Count,
    Counted,
    EscalationPlan,
    Ladder,
    Mtd,
    MtdCase,
    Never,
    Operator,
    Place,
    Row,
    Whole,
    Word,
)
from tests.escalation_plans import KORN, ladder, levels
from tests.pushed import characteristics

LADDERS = [
    ladder("1", "2"),
    ladder("-1", "1", "2"),
    ladder("1", "2", "3"),
    ladder("1", "2", "2b", "3", start="2"),
    evolve(ladder("1", "1b", "2", "3"), apart=(("1b",),)),
    evolve(ladder("1g", "1", "2g", "2"), apart=(("1g", "2g"),)),
]
LEAVING = [
    (Action(Word.ESCALATE),),
    (Action(Word.DE_ESCALATE),),
    (Action(Word.DE_ESCALATE), Action(Word.CLOSE)),
    (Action(Word.STOP),),
    (Action(Word.STOP), Action(Word.CLOSE)),
    (Action(Word.DECLARE_THIS),),
    (Action(Word.DECLARE_NONE),),
]
GOING = [(Action(Word.GO_TO, level="1"),), (Action(Word.CLOSE), Action(Word.GO_TO, level="1"))]
"""Every ladder has a level 1; where it is closed by then, people decide."""


@frozen
class Trial:
    plan: EscalationPlan
    ladder: Ladder


@st.composite
def trials(draw: st.DrawFn, going: bool = False) -> Trial:  # noqa: FBT001, FBT002 - as Hypothesis calls it
    """A sound table by construction: for each number treated, its tallies are dealt to consecutive rows.

    Rows that are `going` to a level by its name may find it closed.
    """
    cohort = draw(st.integers(1, 3))
    steps = draw(st.lists(st.integers(1, 3), max_size=2))
    stops = [cohort + sum(steps[:number]) for number in range(len(steps) + 1)]
    rows: list[Row] = []
    for treated, after in zip(stops, [*stops[1:], None], strict=True):
        for place in draw(
            st.sampled_from([(Place.ANY,), (Place.TOP, Place.NOT_TOP), (Place.LOWEST, Place.NOT_LOWEST)])
        ):
            rows += draw(blocks(treated, after, place, GOING if going else []))
    mtd = st.builds(
        lambda treated, most: Mtd((MtdCase(Count(treated), Count(0, most)),)),
        st.sampled_from(stops),
        st.integers(0, 2),
    )
    plan = EscalationPlan(tuple(draw(st.permutations(rows))), cohort, stops[-1], mtd=draw(st.none() | mtd))
    return Trial(plan, draw(st.sampled_from(LADDERS)))


@st.composite
def blocks(
    draw: st.DrawFn, treated: int, after: int | None, place: Place, going: list[tuple[Action, ...]]
) -> list[Row]:
    """Rows for every number of DLTs among so many treated."""
    cuts = draw(st.sets(st.integers(1, treated), max_size=3))
    bounds = [0, *sorted(cuts), treated + 1]
    more = [] if after is None else [(Action(Word.TREAT_MORE, after - treated),)]
    thens = st.sampled_from([*LEAVING, *going, *more])
    return [
        Row((Cell("treated", Count(treated, treated)), Cell("with_dlt", Count(low, high - 1))), draw(thens), place)
        for low, high in pairwise(bounds)
    ]


@settings(deadline=None)
@given(trials(going=True))
def test_never_above_the_top_nor_skipping_nor_reopening(trial: Trial) -> None:
    """M12, first part, walked independently of what `verify` says of it."""
    for partial in (False, True):
        automaton = explore(TableDesign(trial.plan, trial.ladder, remember=True), partial=partial, most=3000)
        walk(automaton, trial.ladder)


def walk(automaton: Automaton[TableState], rungs: Ladder) -> None:
    """Follow the edges of the tree by which states were first reached, keeping what was given and closed apart."""
    start = rungs.names.index(rungs.start)
    known: dict[int, tuple[frozenset[int], int]] = {0: (frozenset(), len(rungs.names))}
    for state, move in enumerate(automaton.moves):
        given_so_far, closed = known[state]
        here = automaton.states[state].rung
        if here is not None and any(action.word is Word.CLOSE for action in move.reason.actions):
            closed = min(closed, here)
        if isinstance(move, Treat):
            assert move.rung < len(rungs.names)
            highest = max(given_so_far, default=start - 1)
            assert set(rungs.names[highest + 1 : move.rung]) <= {name for group in rungs.apart for name in group}
            assert move.rung < closed
        for edge in automaton.edges[state]:
            known.setdefault(edge.to, (given_so_far | {edge.observed.rung}, closed))


@settings(deadline=None)
@given(trials(going=True))
def test_the_smallest_state_decides_as_the_whole_history(trial: Trial) -> None:
    """Walk both machines side by side: whoever forgets makes no other move."""
    small, whole = TableDesign(trial.plan, trial.ladder), TableDesign(trial.plan, trial.ladder, remember=True)
    for partial in (False, True):
        automaton = explore(whole, partial=partial, most=1500)
        pairs = {0: small.start}
        for state, move in enumerate(automaton.moves):
            assert move == small.move(pairs[state])
            for edge in automaton.edges[state]:
                if edge.to not in pairs:
                    pairs[edge.to] = small.step(pairs[state], edge.observed)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Trial, str]:
    """A history as the table itself would have it, the last cohort cut short at times, with patients pending."""
    trial = draw(trials())
    cohorts: list[Cohort] = []
    for _ in range(draw(st.integers(1, 5))):
        advice = advise(trial.plan, trial.ladder, History(tuple(cohorts)))
        assert isinstance(advice, Advice)
        if advice.move != "treat" or advice.level is None:
            break
        number = draw(st.integers(1, advice.patients))
        letters = draw(st.lists(st.sampled_from("NNNTPPX"), min_size=number, max_size=number))
        cohorts.append(Cohort(advice.level, "".join(letters)))
    return trial, str(History(tuple(cohorts)))


def what(advice: Advice) -> tuple[str, str | None, int, str | None, tuple[str, ...]]:
    return advice.move, advice.level, advice.patients, advice.mtd, advice.closed


@settings(deadline=None)
@given(histories())
def test_no_decision_on_a_pending_patient_unless_every_outcome_gives_the_same_move(case: tuple[Trial, str]) -> None:
    """M12, second part: every way of writing N or T for each P.

    Left out are ways that would have led elsewhere before the last cohort, had they been known in time.
    """
    trial, text = case
    ways = [told(trial, "".join(letters)) for letters in product(*("NT" if each == "P" else each for each in text))]
    moves = [way for way in ways if not way.notes]
    now = told(trial, text)
    if now.move == "wait":
        assert len({what(way) for way in ways}) > 1
    elif now.row is not None or now.move == "stop":
        assert {what(move) for move in moves} <= {what(now)}


@settings(deadline=None)
@given(histories())
def test_what_each_outcome_would_do_is_what_is_done_then(case: tuple[Trial, str]) -> None:
    trial, text = case
    for outcome in told(trial, text).outcomes:
        dlts, letters, level = dict(outcome.dlts), [], ""
        for letter in text:
            level = letter if letter == " " else level + letter if letter not in "NTPX" else level
            name = level.strip()
            if letter == "P":
                dlts[name] -= 1
                letters.append("T" if dlts[name] >= 0 else "N")
            else:
                letters.append(letter)
        assert what(told(trial, "".join(letters))) == what(outcome.advice)


def told(trial: Trial, text: str) -> Advice:
    history = History.read(text, trial.ladder.names)
    assert isinstance(history, History)
    advice = advise(trial.plan, trial.ladder, history)
    assert isinstance(advice, Advice)
    return advice


@settings(deadline=None)
@given(histories())
def test_read_and_str_are_inverse(case: tuple[Trial, str]) -> None:
    trial, text = case
    assert text == str(History.read(text, trial.ladder.names)) == str(History.read(text))


@settings(deadline=None)
@given(trials())
def test_a_sound_table_has_one_row_everywhere_and_comes_to_an_end(trial: Trial) -> None:
    findings = {finding.id: finding for finding in verify(trial.plan, trial.ladder, most=3000)}
    for name in ("one_row", "within_cap", "never_skips", "never_above_top", "never_reopens", "always_ends"):
        assert findings[name].holds is not False, findings[name]


CLAIMS = st.builds(
    lambda word, count, number: Never(word, Comparison(Operator.AT_LEAST, Counted(count), Whole(number))),
    st.sampled_from([Word.ESCALATE, Word.DE_ESCALATE, Word.STOP, Word.CLOSE, Word.TREAT_MORE, Word.WAIT]),
    st.sampled_from(["with_dlt", "treated", "pending"]),
    st.integers(0, 6),
)


@settings(deadline=None)
@given(trials(), CLAIMS)
def test_counterexamples_replay(trial: Trial, claim: Never) -> None:
    """The history that refutes a statement leads `advise` to that very move, with nothing that was not planned."""
    plan = evolve(trial.plan, always=(Always("A1", "", claim),))
    finding = verify(plan, trial.ladder, most=1000)[-1]
    if finding.counterexample is not None:
        advice = told(trial, str(finding.counterexample))
        assert advice.because == finding.why


@settings(deadline=None)
@given(trials(), st.lists(st.fractions(0, 1, max_denominator=20), min_size=4, max_size=4))
def test_chances_sum_to_one_and_count_every_patient(trial: Trial, chances: list[Fraction]) -> None:
    automaton = explore(TableDesign(trial.plan, trial.ladder))
    if any(not isinstance(move, Treat | Stop) for move in automaton.moves):
        return
    found = characteristics(automaton, tuple(chances[: len(trial.ladder.names)]))
    assert sum(found.selected) == 1
    assert sum(found.treated) == sum(number * chance for number, chance in found.patients)


@settings(deadline=None)
@given(trials())
def test_nothing_is_remembered_of_closed_levels_nor_under_a_good_one(trial: Trial) -> None:
    for state in explore(TableDesign(trial.plan, trial.ladder), partial=True, most=1500).states:
        closed = state.levels[state.closed :]
        assert all(level == UNTREATED for at, level in enumerate(closed, state.closed) if at != state.rung)
        below = state.levels[: state.rung or 0]
        assert sum(level is Standing.GOOD for level in below) <= 1


def test_the_smallest_state_of_five_levels_without_de_escalation() -> None:
    """Eight tallies at each of five levels, and the start; the whole tallies make 249."""
    rows = tuple(row for row in KORN.rows if row.then[0].word is not Word.DE_ESCALATE)
    stops = tuple(
        Row(row.cells, (Action(Word.DECLARE_PREVIOUS),)) for row in KORN.rows if row.then[0].word is Word.DE_ESCALATE
    )
    plan = EscalationPlan((*rows, *stops), 3, 6)
    assert len(explore(TableDesign(plan, levels(5))).states) == 41
    assert len(explore(TableDesign(plan, levels(5), remember=True)).states) == 249
