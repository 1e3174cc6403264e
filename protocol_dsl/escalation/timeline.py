"""The states that trials of a design reach in time, numbered, with the moves there and what follows, as arrays.

The design is its machine and nothing else: each patient who enters is `Treated` and pending, each outcome `Settled`.
What a trial needs is worked out when the first comes to need it, and once.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, define, field

from protocol_dsl.escalation.accrual import Spacing
from protocol_dsl.escalation.design import Awaits, Design, Move, Settled, Stop, Treat, Treated
from protocol_dsl.escalation.designs import family, following, foresee
from protocol_dsl.escalation.rule import Followed
from protocol_dsl.escalation.tally import Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

TREAT, WAIT, REVIEW, STOP = range(4)
DAYS: Final = 16
"""Bits for the whole days of follow-up, of which there are at most 36,525; the rung stands above them."""

OUTCOMES: Final = (False, True, None)
"""What a pending patient may come to, by number: no DLT, a DLT, not evaluable."""

_MOST_KEPT: Final = 1 << 18
_ENTERS: Final = Tally(pending=1)
_UNKNOWN: Final = -1
_WORD: Final = 8  # bytes of a whole number


@define
class Asked:
    """What was answered to some trials: the kind of move, where to (or with what the trial ends), and which answer.

    The last is -1 where it did not matter for how long patients were followed.
    """

    kind: Numbers
    rung: Numbers
    answer: Numbers

    def only(self, which: NDArray[np.bool_]) -> Asked:
        """What was answered to some of them."""
        return Asked(self.kind[which], self.rung[which], self.answer[which])


@define
class _Grown:
    """Whole numbers, of which there may be more: twice the room each time."""

    values: Numbers
    width: int = 1

    def row(self, number: int, values: tuple[int, ...]) -> None:
        """Write the row of a number, which may be new."""
        import numpy as np

        if (number + 1) * self.width > self.values.size:
            self.values = np.append(self.values, np.full(max(self.values.size, self.width), _UNKNOWN))
        self.values[number * self.width : (number + 1) * self.width] = values


def _grown(width: int = 1) -> _Grown:
    import numpy as np

    return _Grown(np.full(1024 * width, _UNKNOWN), width)


@define
class _Answers:
    """Moves, each with its kind, its rung, and the state once a patient has entered (-1: not worked out)."""

    table: _Grown = field(factory=lambda: _grown(3))
    size: int = 0

    def add(self, move: Move, levels: int) -> int:
        """One more; with its number."""
        self.table.row(self.size, (*_coded(move, levels), _UNKNOWN))
        self.size += 1
        return self.size - 1

    def column(self, numbers: Numbers, at: int) -> Numbers:
        found: Numbers = self.table.values[numbers * 3 + at]
        return found


def _coded(move: Move, levels: int) -> tuple[int, int]:
    if isinstance(move, Treat):
        return TREAT, move.rung
    if isinstance(move, Stop):
        return STOP, levels if move.rung is None else move.rung
    return (REVIEW if move.awaits is Awaits.REVIEW else WAIT), _UNKNOWN


@define
class Timeline:
    """The states that trials of a machine have reached in time; the start is 0.

    It may be drawn from again, under other rates and another accrual, and then has less to work out.
    """

    design: Design[Any]
    spacing: Spacing = field(factory=Spacing)
    by_follow_up: bool = field(init=False)
    _states: list[Any] = field(init=False, factory=list)
    _numbers: dict[Any, int] = field(init=False, factory=dict)
    _answers: _Answers = field(init=False, factory=_Answers)
    _after: _Grown = field(
        init=False, default=Factory(lambda self: _grown(len(OUTCOMES) * len(self.design.names)), takes_self=True)
    )
    _window: float = field(init=False, default=0.0)
    _told: dict[tuple[int, bytes], int] = field(init=False, factory=dict)
    _by: list[tuple[int, Design[Any]]] = field(init=False, factory=list)  # of each such answer state and machine
    _when_told: _Answers = field(init=False, factory=_Answers)

    def __attrs_post_init__(self) -> None:
        found = family(self.design.plan.family)
        self.by_follow_up = found is not None and found.follow_up
        self._number(self.design.start)

    def _number(self, state: Any) -> int:  # noqa: ANN401 - each design has states of its own
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self._states)
            self._states.append(state)
            self._answers.add(self.design.move(state), len(self.design.names))
            self._after.row(number, (_UNKNOWN,) * self._after.width)
        return number

    def _numbered(self, states: list[Any]) -> list[int]:
        """The numbers of some states; what is to be known of new ones is worked out together."""
        new = [state for state in dict.fromkeys(states) if state not in self._numbers]
        foresee(self.design, [(self.design.tallies(state), ()) for state in new])
        return [self._number(state) for state in states]

    def moves(self, states: Numbers) -> Asked:
        """The moves in some states, whatever was followed."""
        import numpy as np

        kind, rung = (self._answers.column(states, at) for at in range(2))
        return Asked(kind, rung, np.full(len(states), _UNKNOWN))

    def settled(self, states: Numbers, what: Numbers) -> Numbers:
        """The states once outcomes of pending patients are known, of each `3 * rung + outcome`."""
        import numpy as np

        edge = states * self._after.width + what
        found: Numbers = self._after.values[edge]
        new = found == _UNKNOWN
        if new.any():
            edges = np.unique(edge[new])
            self._after.values[edges] = self._numbered([self._settling(one) for one in edges.tolist()])
            found = self._after.values[edge]
        return found

    def _settling(self, edge: int) -> Any:  # noqa: ANN401 - each design has states of its own
        state, what = divmod(edge, self._after.width)
        rung, outcome = divmod(what, len(OUTCOMES))
        return self.design.step(self._states[state], Settled(rung, OUTCOMES[outcome]))

    def entered(self, states: Numbers, asked: Asked) -> Numbers:
        """The states once a patient has entered where the answer was to treat."""
        import numpy as np

        plain = asked.answer == _UNKNOWN
        after = np.empty(len(states), dtype=np.int64)
        after[plain] = self._entered(self._answers, states[plain], told=False)
        if not plain.all():
            after[~plain] = self._entered(self._when_told, asked.answer[~plain], told=True)
        return after

    def _entered(self, answers: _Answers, which: Numbers, *, told: bool) -> Numbers:
        import numpy as np

        found = answers.column(which, 2)
        new = found == _UNKNOWN
        if new.any():
            ones = np.unique(which[new])
            after = [self._entering(answers, one, told=told) for one in ones.tolist()]
            answers.table.values[ones * 3 + 2] = self._numbered(after)
            found = answers.column(which, 2)
        return found

    def _entering(self, answers: _Answers, one: int, *, told: bool) -> Any:  # noqa: ANN401 - as above
        state, design = self._by[one] if told else (one, self.design)
        rung = int(answers.table.values[one * 3 + 1])
        return design.step(self._states[state], Treated(rung, _ENTERS))

    # --- by follow-up -------------------------------------------------------------------------------------------------

    def told(self, states: Numbers, followed: Numbers, window: float) -> Asked:
        """The moves where patients were followed so long: a row has rung and days of each, in order, -1 before them."""
        import numpy as np

        if window != self._window or len(self._told) > _MOST_KEPT:
            self._window, self._told, self._by, self._when_told = window, {}, [], _Answers()
        rows, width = followed.astype(np.int64).tobytes(), followed.shape[1] * _WORD
        begins = (followed < 0).sum(axis=1) * _WORD
        keys = [
            (state, rows[number * width + begin : (number + 1) * width])
            for number, (state, begin) in enumerate(zip(states.tolist(), begins.tolist(), strict=True))
        ]
        new = [key for key in dict.fromkeys(keys) if key not in self._told]
        if new:
            self._tell(new)
        answer = np.array([self._told[key] for key in keys])
        return Asked(self._when_told.column(answer, 0), self._when_told.column(answer, 1), answer)

    def _tell(self, keys: list[tuple[int, bytes]]) -> None:
        followed = [self._parts(row) for _, row in keys]
        tallies = [self.design.tallies(self._states[state]) for state, _ in keys]
        foresee(self.design, list(zip(tallies, followed, strict=True)))
        for key, parts in zip(keys, followed, strict=True):
            design = following(self.design, parts)
            self._told[key] = self._when_told.add(design.move(self._states[key[0]]), len(self.design.names))
            self._by.append((key[0], design))

    def _parts(self, row: bytes) -> Followed:
        """How much of the window each pending patient has behind."""
        import numpy as np

        window, days = Fraction(self._window), (1 << DAYS) - 1
        return tuple((one >> DAYS, (one & days) / window) for one in np.frombuffer(row, dtype=np.int64).tolist())
