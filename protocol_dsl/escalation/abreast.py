"""Trials in time, all of a batch side by side: each round takes every trial on to its next event.

Trials that have ended are left out. Whatever one trial is, it is by its own stream of numbers alone.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from attrs import define, fields, frozen

from protocol_dsl.escalation.accrual import Accrual, Waiting
from protocol_dsl.escalation.stream import Streams
from protocol_dsl.escalation.timeline import DAYS, OUTCOMES, REVIEW, STOP, TREAT, WAIT, Asked, Timeline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MOST_PATIENTS: Final = 2_000
"""A trial with more patients than that is given up, and counts as undecided."""

_NO_DLT, _DLT, _NOT_EVALUABLE = range(len(OUTCOMES))
_OUTCOMES: Final = len(OUTCOMES)
_FIRST_WIDTH: Final = 8  # of the table of pending patients; it grows where more are pending


@frozen
class Ended:
    """Trials, a row each.

    `outcome` is a rung, the number of levels where none is recommended, one more where undecided. `treated` and `dlts`
    are counts at each level, of evaluable patients and those pending as the trial ends; times are in days.
    """

    outcome: Numbers
    treated: Numbers
    dlts: Numbers
    replaced: Numbers
    duration: Floats
    closed: Floats
    turned_away: Numbers


def run(line: Timeline, rates: tuple[float, ...], accrual: Accrual, begins: Words) -> Ended:
    """The trials whose streams begin at these words, to the days on which their designs stop."""
    import numpy as np

    ended = _nothing(len(begins), len(rates))
    trials = Abreast.open(line, rates, accrual, begins)
    where = np.arange(len(begins))
    while where.size:
        asked = trials.ask()
        over = trials.end(asked)
        if over.any():
            for name, values in trials.results(over).items():
                getattr(ended, name)[where[over]] = values
            trials.keep(~over)
            asked, where = asked.only(~over), where[~over]
        trials.advance(asked)
    return ended


def _nothing(trials: int, levels: int) -> Ended:
    import numpy as np

    def whole() -> Numbers:
        return np.zeros(trials, dtype=np.int64)

    def each() -> Numbers:
        return np.zeros((trials, levels), dtype=np.int64)

    return Ended(whole(), each(), each(), whole(), np.zeros(trials), np.zeros(trials), whole())


@define
class Abreast:
    """Trials under way, a row each; `now` is in days since they opened.

    Of pending patients, in the order in which they entered: when the outcome is known (infinite: no patient), since
    when they were followed, and rung and outcome as one number.
    """

    line: Timeline
    rates: tuple[float, ...]
    accrual: Accrual
    streams: Streams
    state: Numbers
    now: Floats
    arrives: Floats
    closed: Floats
    turned_away: Numbers
    patients: Numbers
    pending: Numbers
    known: Floats
    since: Floats
    what: Numbers
    last: Floats
    given: Numbers
    counts: Numbers  # trials, outcomes, levels
    outcome: Numbers

    @staticmethod
    def open(line: Timeline, rates: tuple[float, ...], accrual: Accrual, begins: Words) -> Abreast:
        """The trials as they open."""
        import numpy as np

        trials, levels = len(begins), len(rates)

        def nought(*shape: int) -> Numbers:
            return np.zeros((trials, *shape), dtype=np.int64)

        streams = Streams(begins.copy())
        arrives = accrual.until_next(streams.uniform(slice(None)))
        return Abreast(
            line, rates, accrual, streams,
            state=nought(), now=np.zeros(trials), arrives=arrives, closed=np.zeros(trials), turned_away=nought(),
            patients=nought(), pending=nought(), known=np.full((trials, _FIRST_WIDTH), inf),
            since=np.zeros((trials, _FIRST_WIDTH)), what=nought(_FIRST_WIDTH), last=np.zeros((trials, levels)),
            given=nought(levels), counts=nought(_OUTCOMES, levels), outcome=nought(),
        )  # fmt: skip

    def keep(self, which: Flags) -> None:
        """Go on with these trials alone."""
        self.streams = Streams(self.streams.at[which])
        for one in _ROWS:
            setattr(self, one, getattr(self, one)[which])

    def results(self, which: Flags) -> dict[str, Numbers | Floats]:
        """What trials have come to."""
        none, dlts, replaced = (self.counts[which, outcome] for outcome in range(_OUTCOMES))
        return {
            "outcome": self.outcome[which],
            "treated": none + dlts,
            "dlts": dlts,
            "replaced": replaced.sum(axis=1),
            "duration": self.now[which],
            "closed": self.closed[which],
            "turned_away": self.turned_away[which],
        }

    def end(self, move: Asked) -> Flags:
        """Which trials are over: stopped, or unable to go further."""
        import numpy as np

        stops = move.kind == STOP
        self.outcome = np.where(stops, move.rung, len(self.rates) + 1)
        over: Flags = stops | self._stuck(move)
        return over

    def advance(self, move: Asked) -> None:
        """Take every trial to its next event."""
        import numpy as np

        if not len(self.state):
            return
        opens = np.full(len(self.state), inf)
        treats = np.flatnonzero(move.kind == TREAT)
        opens[treats] = self._opens(treats, move.rung[treats])
        known, comes = self.known.min(axis=1), self.arrives
        if self.accrual.waiting is Waiting.QUEUE:
            comes = np.maximum(comes, opens)
        settles = known <= comes
        then = np.where(settles, known, comes)
        self.closed += np.maximum(np.minimum(then, opens) - self.now, 0.0)
        self.now = then
        self._settle(np.flatnonzero(settles))
        self._come(np.flatnonzero(~settles))

    def _stuck(self, move: Asked) -> Flags:
        """Whether trials can go no further: a question to the committee, nobody left to wait for, or no end."""
        waits_in_vain = (move.kind == WAIT) & (self.pending == 0)
        stuck: Flags = (move.kind == REVIEW) | waits_in_vain | (self.patients >= MOST_PATIENTS)
        return stuck

    def _opens(self, at: Numbers, rung: Numbers) -> Floats:
        """The days from which patients may be treated, if nothing else happens before."""
        import numpy as np

        if not self.line.spacing.matters:
            return self.now[at]
        return np.maximum(self.now[at], self.line.spacing.opens(self.last[at], self.given[at], rung))

    # --- what is asked ------------------------------------------------------------------------------------------------

    def ask(self) -> Asked:
        """What the design says to each trial."""
        import numpy as np

        return self._ask(np.arange(len(self.state)))

    def _ask(self, at: Numbers) -> Asked:
        """What the design says to some of the trials, told for how long the pending patients were followed."""
        import numpy as np

        move = self.line.moves(self.state[at])
        if not self.line.by_follow_up:
            return move
        where = np.flatnonzero(((move.kind == WAIT) | (move.kind == REVIEW)) & (self.pending[at] > 0))
        if where.size:
            rows = at[where]
            width = int(self.pending[rows].max())
            days = np.floor(self.now[rows, None] - self.since[rows, :width]).astype(np.int64)
            there = np.arange(width) < self.pending[rows, None]
            followed = np.where(there, (self.what[rows, :width] // _OUTCOMES) << DAYS | days, -1)
            followed.sort(axis=1)
            asked = self.line.told(self.state[rows], followed, self.accrual.window)
            move.kind[where], move.rung[where], move.answer[where] = asked.kind, asked.rung, asked.answer
        return move

    # --- what happens -------------------------------------------------------------------------------------------------

    def _settle(self, at: Numbers) -> None:
        """The first outcome of each of these trials is known; of those known together, that of the first to enter."""
        import numpy as np

        if not at.size:
            return
        first = self.known[at].argmin(axis=1)
        self.state[at] = self.line.settled(self.state[at], self.what[at, first])
        places = np.arange(self.known.shape[1])
        source = np.minimum(places + (places >= first[:, None]), len(places) - 1)
        for table in (self.known, self.since, self.what):
            table[at] = np.take_along_axis(table[at], source, axis=1)
        self.known[at, -1] = inf
        self.pending[at] -= 1

    def _come(self, at: Numbers) -> None:
        """A patient comes to each of these trials, and enters if the design, asked now, has a place."""
        if not at.size:
            return
        move = self._ask(at)
        enters = move.kind == TREAT
        enters[enters] = self._opens(at[enters], move.rung[enters]) <= self.now[at[enters]]
        if enters.any():
            self._enter(at[enters], move.only(enters))
        if self.accrual.waiting is Waiting.TURNED_AWAY:
            self.turned_away[at[~enters]] += 1
        else:
            at = at[enters]  # the others wait on; with the follow-up of this day the design is asked again
        if at.size:
            self.arrives[at] += self.accrual.until_next(self.streams.uniform(at))

    def _enter(self, at: Numbers, move: Asked) -> None:
        import numpy as np

        rung = move.rung
        had, when, evaluable = (self.streams.uniform(at) for _ in range(3))
        dlt = had < np.array(self.rates)[rung]
        leaves = evaluable < self.accrual.not_evaluable
        after = np.where(leaves, self.accrual.window * when, self.accrual.window)
        for level, rate in enumerate(self.rates):
            here = (rung == level) & dlt & ~leaves
            after[here] = self.accrual.until_dlt(when[here], rate)
        outcome = np.where(leaves, _NOT_EVALUABLE, np.where(dlt, _DLT, _NO_DLT))
        self.patients[at] += 1
        self.counts[at, outcome, rung] += 1
        self.given[at, rung] += 1
        self.last[at, rung] = self.now[at]
        place = self.pending[at]
        if int(place.max()) + 1 >= self.known.shape[1]:
            self._widen()
        self.known[at, place] = self.now[at] + after
        self.since[at, place] = self.now[at]
        self.what[at, place] = rung * _OUTCOMES + outcome
        self.pending[at] += 1
        self.state[at] = self.line.entered(self.state[at], move)

    def _widen(self) -> None:
        """Make room for more pending patients; the last place stays free."""
        import numpy as np

        more = self.known.shape
        self.known = np.concatenate([self.known, np.full(more, inf)], axis=1)
        self.since = np.concatenate([self.since, np.zeros(more)], axis=1)
        self.what = np.concatenate([self.what, np.zeros(more, dtype=np.int64)], axis=1)


_ALONE: Final = ("line", "rates", "accrual", "streams")
_ROWS: Final = tuple(one.name for one in fields(Abreast) if one.name not in _ALONE)
