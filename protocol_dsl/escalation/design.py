"""What a design is: a Moore machine over what is observed, with a move, and its reason, for each state."""

from enum import StrEnum
from typing import Protocol, TypeVar

from attrs import field, frozen

from protocol_dsl.escalation.tally import Tally, View
from protocol_dsl.model.escalation import Action, EscalationPlan, wording


@frozen
class Treated:
    """A cohort, or part of one, treated at a rung (levels as places on the ladder, the lowest is 0).

    `planned` is how many the cohort was to have, where another design than this one planned it. What was treated
    `aside`, higher than the trial had come, counts where it was treated, and the trial stays where it was.
    """

    rung: int
    tally: Tally
    planned: int | None = None
    aside: bool = False


@frozen
class Settled:
    """A pending patient at a rung has had a DLT, has had none, or (None) is not evaluable."""

    rung: int
    dlt: bool | None


Observed = Treated | Settled


class Flaw(StrEnum):
    """What is wrong with a plan where it is asked for something it does not say."""

    GAP = "no row applies"
    OVERLAP = "rows with different moves apply at once"
    PAST_CAP = "more patients than the cap leaves room for"
    CLOSED = "the level it leads to is closed"


@frozen(cache_hash=True)
class Reason:
    """Why this move: the row that decided (from 1), its own words, and the rest in plain words.

    `at_once` are the rows that apply where they should not apply together.
    """

    why: str
    row: int | None = None
    actions: tuple[Action, ...] = ()
    flaw: Flaw | None = None
    at_once: tuple[int, ...] = ()

    @property
    def action(self) -> str:
        """The move in the words of the language."""
        return wording(self.actions) or "start"


class Awaits(StrEnum):
    """What a move waits for."""

    PENDING = "pending patients"
    REVIEW = "a decision of the committee"


@frozen
class Treat:
    """Treat so many patients at this rung."""

    patients: int
    rung: int
    closed: int
    reason: Reason = field(eq=False)


@frozen
class Wait:
    """Treat nobody until this is known."""

    awaits: Awaits
    closed: int
    reason: Reason = field(eq=False)


@frozen
class Stop:
    """Stop, and recommend this rung, or no level at all."""

    rung: int | None
    closed: int
    reason: Reason = field(eq=False)


# `closed` is the lowest rung that is closed once the move is made, or the number of levels.
Move = Treat | Wait | Stop

S = TypeVar("S")


class Design(Protocol[S]):
    """A start, a step on what is observed, and a move for each state.

    The state is hashable, and the smallest that decides. `names` are the levels, lowest first. `look` says what may be
    asked of a state at the level just treated, or at another rung; None before the first patient. `tallies` are the
    counts at each level, as far as they are remembered. `recommend` is the rung to recommend if the trial ended here
    with the levels from `closed` up closed. `places` are those still empty in the cohort under way. `close` is the same
    state with the levels from a rung up closed: what a design round this one has closed, it then knows itself.
    """

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def plan(self) -> EscalationPlan: ...  # noqa: D102

    @property
    def start(self) -> S: ...  # noqa: D102

    def step(self, state: S, observed: Observed) -> S: ...  # noqa: D102

    def move(self, state: S) -> Move: ...  # noqa: D102

    def look(self, state: S, rung: int | None = None) -> View | None: ...  # noqa: D102

    def tallies(self, state: S) -> tuple[Tally, ...]: ...  # noqa: D102

    def recommend(self, state: S, closed: int) -> int | None: ...  # noqa: D102

    def places(self, state: S) -> int: ...  # noqa: D102

    def close(self, state: S, rung: int) -> S: ...  # noqa: D102
