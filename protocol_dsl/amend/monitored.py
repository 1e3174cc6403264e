"""Two stopping rules over patients compared: by trials of so many patients, of whom so many count.

Which sorts of patient there are is a question about one record, asked as of other clauses. Of trials of such patients
only the numbers matter to a table, and a table is finite: so all of them are looked through, the smallest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations_with_replacement

from attrs import evolve, frozen

from protocol_dsl.amend.boundaries import told_boundaries
from protocol_dsl.amend.change import ClauseChange, Patients, Witness
from protocol_dsl.amend.pairing import Pair
from protocol_dsl.amend.patients import HAS, LACKS, OUT, Cames, Rules, Sort, Sorts
from protocol_dsl.amend.posed import Posed
from protocol_dsl.amend.question import Search
from protocol_dsl.amend.ways import RANK
from protocol_dsl.amend.witnessed import varied
from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.truth import Truth, negate
from protocol_dsl.evaluate.monitor import Came, met
from protocol_dsl.model.condition import Monitored
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record

WAYS = {
    "in_newer_alone": "a patient counts, or may count, in the newer version rather than in the older",
    "in_older_alone": "a patient counts, or may count, in the older version rather than in the newer",
}
MOST_STATES = 200_000
"""So many different trials are looked through, told apart by their numbers; of more, those with fewest patients."""
MOST_PATIENTS = 6
"""Of a rule that is no table, trials of so many patients are read."""

State = tuple[int, int, int, int]
Trial = tuple[int, ...]
"""How many patients of each sort."""
_TRUTH = {"clears": Truth.TRUE, "bars": Truth.FALSE, "open": Truth.UNKNOWN}
_DLT = {Truth.TRUE: "a DLT", Truth.FALSE: "no DLT", Truth.UNKNOWN: "a DLT not known", None: "not evaluable"}


def is_over_patients(pair: Pair) -> bool:
    """Whether a rule of the pair looks at patients one by one."""
    return any(one is not None and isinstance(one.condition, Monitored) for one in (pair.old, pair.new))


@frozen
class Compared:
    """What was found: a change with its witnesses, whether there is no other, and what the interpreter refused."""

    change: ClauseChange
    defects: tuple[Diagnostic, ...] = ()


def compared(change: ClauseChange, search: Search) -> Compared:
    """The change of a rule over patients, with the smallest trial that shows each direction; its kind is not set."""
    rules = Rules((change.old, change.new), change.id, search)
    sorts = rules.sorts()
    found = _Trials(rules, sorts.found)
    loose = list(sorts.loose)
    if _are_tables(rules):
        shown, every = found.by_numbers()
        loose += [] if every else ["trials of more patients than could be looked through"]
        risky = {gained for gained in (True, False) if gained not in shown and found.may_be_missing(gained=gained)}
        missing = (
            {gained: trial for gained, trial in found.with_one_missing().items() if gained in risky} if risky else {}
        )
        if risky - missing.keys():
            loose.append("trials in which of more than one patient something is missing")
    else:
        shown, missing = found.by_reading(), {}
        loose.append(f"trials of more than {MOST_PATIENTS} patients")
    loose += _not_found(sorts)
    made = [found.witness(trial, gained=gained) for gained, trial in {**missing, **shown}.items()]
    records = sum(answer.records for answer in sorts.answers)
    looked = tuple(dict.fromkeys(line for answer in sorts.answers for line in answer.looked))
    notes = tuple(_notes(rules, sorts))
    told = evolve(
        change,
        witnesses=tuple(one for one in made if isinstance(one, Witness)),
        proved=not loose,
        loose=tuple(dict.fromkeys(loose)),
        records=records,
        looked=looked if loose else (),
        notes=notes,
    )
    return Compared(told, tuple(one for one in made if isinstance(one, Diagnostic)))


def who_counts(change: ClauseChange, search: Search) -> Iterator[Posed]:
    """What is asked of one patient's record, for another solver; the tables are held against one another by number."""
    rules = Rules((change.old, change.new), change.id, search)
    yield from (Posed(name, old, new, search.ask(old, new), WAYS) for name, old, new in rules.questions())


def _are_tables(rules: Rules) -> bool:
    """Whether nothing but a table, or no rule at all, stands on either side."""
    return all(one is None or table is not None for one, table in zip(rules.clauses, rules.tables, strict=True))


def _not_found(sorts: Sorts) -> Iterator[str]:
    """The sorts without which the tables cannot be told apart, though they may be there."""
    wanted = {HAS: "patients who count", LACKS: "patients who do not count"}
    for came, told in wanted.items():
        mine = [one for one in sorts.found if any(side == frozenset({came}) for side in one.adds)]
        if not mine and any(not answer.proved for answer in sorts.answers):
            yield told


# --- what is said besides ---------------------------------------------------------------------------------------------


def _notes(rules: Rules, sorts: Sorts) -> Iterator[str]:
    """What of the two is another: who counts, and at how many it stops."""
    old, new = rules.tables
    if old is None or new is None:
        if rules.clauses[0] is not None and rules.clauses[1] is not None:
            yield "one version counts patients by a table, and the other does not"
        return
    if sorts.apart:
        yield "who counts is another"
    elif sorts.loose:
        yield "that the same patients count is not shown"
    yield from (f"the boundary {line}" for line in told_boundaries(old, new))


# --- trials -----------------------------------------------------------------------------------------------------------


@frozen
class _Trials:
    """Trials made up of some sorts of patients."""

    rules: Rules
    sorts: tuple[Sort, ...]

    def by_numbers(self) -> tuple[dict[bool, Trial], bool]:
        """The smallest trial in each direction, and whether all were looked through."""
        steps = {number: one.step for number, one in enumerate(self.sorts) if one.step is not None and one.whole}
        steps = {number: step for number, step in steps.items() if step != (OUT, OUT)}
        if all(old[1] == new[1] for old, new in steps.values()):
            return self._side_by_side({step: number for number, step in steps.items()}), True
        found: dict[bool, tuple[int, Trial]] = {}
        here: dict[State, Trial] = {(0, 0, 0, 0): (0,) * len(self.sorts)}
        seen: set[State] = set()
        while here:
            seen |= here.keys()
            if len(seen) > MOST_STATES:
                return {gained: trial for gained, (_, trial) in found.items()}, False
            for state in sorted(here):
                self._keep(found, self._truths(state), here[state])
            if len(found) == 2 and all(telling == 2 for telling, _ in found.values()):  # noqa: PLR2004 - both, in full
                break
            here = {state: trial for state, trial in self._further(here, steps).items() if state not in seen}
        return {gained: trial for gained, (_, trial) in found.items()}, True

    def _side_by_side(self, sorts: Mapping[tuple[Came, Came], int]) -> dict[bool, Trial]:
        """As `by_numbers` where both look at the same patients: so many count in both, in one alone, or in neither."""
        found: dict[bool, tuple[int, Trial]] = {}
        alike, mine, theirs, none = (sorts.get(one) for one in ((HAS, HAS), (HAS, LACKS), (LACKS, HAS), (LACKS, LACKS)))
        most = max((number for rule in self.rules.tables if rule is not None for number, _ in rule.limits), default=0)
        for patients, having in ((n, k) for n in range(most + 2) for k in range(n + 1)):
            both = _shares(having, alike, mine)  # of those who count in the older, how many count in the newer
            only = _shares(patients - having, theirs, none)
            if both is None or only is None:
                continue
            for other in self._turning(patients, both[0] + only[0], both[1] + only[1]):
                shared = min(both[1], other - only[0])
                counts = {
                    alike: shared,
                    mine: having - shared,
                    theirs: other - shared,
                    none: patients - having - (other - shared),
                }
                trial = tuple(counts.get(number, 0) for number in range(len(self.sorts)))
                self._keep(found, self._truths((having, patients, other, patients)), trial)
        return {gained: trial for gained, (_, trial) in found.items()}

    def _turning(self, patients: int, least: int, most: int) -> Iterator[int]:
        """The smallest number from `least` to `most` for each thing that the newer table says of so many of these."""
        rule = self.rules.tables[1]
        limit = None if rule is None else dict(rule.limits).get(patients)
        turns = () if rule is None or limit is None else (limit + 1 if rule.fewer else limit,)
        yield from sorted({least, *(turn for turn in turns if least < turn <= most)})

    def _further(self, here: Mapping[State, Trial], steps: Mapping[int, tuple[Came, Came]]) -> dict[State, Trial]:
        """The trials with one patient more; of as many as a table no longer says anything of, no more is kept."""
        most = [
            0 if rule is None else max((number for number, _ in rule.limits), default=0) for rule in self.rules.tables
        ]
        after: dict[State, Trial] = {}
        for state, trial in here.items():
            for number, (old, new) in steps.items():
                sides = (state[0] + old[0], state[1] + old[1]), (state[2] + new[0], state[3] + new[1])
                one, other = (
                    side if side[1] <= last else (0, last + 1) for side, last in zip(sides, most, strict=True)
                )
                more = (*one, *other)
                if more not in after:
                    after[more] = (*trial[:number], trial[number] + 1, *trial[number + 1 :])
        return after

    def _truths(self, state: State) -> tuple[Truth, Truth]:
        """Whether each version clears a trial of these numbers."""
        old, new = self.rules.tables
        return (
            Truth.TRUE if old is None else negate(met(old, state[0], state[1])),
            Truth.TRUE if new is None else negate(met(new, state[2], state[3])),
        )

    @staticmethod
    def _keep(found: dict[bool, tuple[int, Trial]], truths: tuple[Truth, Truth], trial: Trial) -> None:
        """A difference, where it is the first of its direction or tells more than the one before."""
        old, new = truths
        telling = RANK[new] - RANK[old]
        if telling and abs(telling) > found.get(telling > 0, (0, trial))[0]:
            found[telling > 0] = abs(telling), trial

    def may_be_missing(self, *, gained: bool) -> bool:
        """Whether trials in which something is missing may show a direction that no other trial does.

        Patients who may count in both versions, or in neither, count in one of these ways once all is known, and so do
        trials of them; so no such trial shows what they do not, if there are patients of each sort. It is otherwise
        where one version knows of a patient what the other does not.
        """
        if self.rules.clauses[0 if gained else 1] is None:  # a rule that is not there bars nobody
            return False
        if any(one.step is None and one.adds[0] != one.adds[1] for one in self.sorts):
            return True
        if all(self._numbered((frozenset({side}),) * 2) is not None for side in (HAS, LACKS)):
            return False
        most = max((number for rule in self.rules.tables if rule is not None for number, _ in rule.limits), default=0)
        truths = (self._truths((k, n, k, n)) for n in range(most + 2) for k in range(n + 1))
        return any((RANK[new] > RANK[old]) is gained and new is not old for old, new in truths)

    def with_one_missing(self) -> dict[bool, Trial]:
        """The smallest trial in each direction in which of one patient something is missing."""
        found: dict[bool, tuple[int, Trial]] = {}
        plain = {side: self._numbered((frozenset({side}),) * 2) for side in (HAS, LACKS)}
        most = max((number for rule in self.rules.tables if rule is not None for number, _ in rule.limits), default=0)
        for number, one in enumerate(self.sorts):
            if one.step is not None and one.whole:
                continue
            for patients in range(most + 1):
                for having in range(patients + 1):
                    trial = self._beside(number, ((plain[HAS], having), (plain[LACKS], patients - having)))
                    if trial is not None:
                        self._keep(found, self._over(one.adds, having, patients), trial)
        return {gained: trial for gained, (_, trial) in found.items()}

    def _numbered(self, adds: tuple[Cames, ...]) -> int | None:
        return next((number for number, one in enumerate(self.sorts) if one.adds == adds and one.whole), None)

    def _beside(self, number: int, others: Iterable[tuple[int | None, int]]) -> Trial | None:
        """One patient of a sort beside so many others; None where there are none such."""
        counts = [0] * len(self.sorts)
        counts[number] = 1
        for other, many in others:
            if other is None and many:
                return None
            if other is not None:
                counts[other] += many
        return tuple(counts)

    def _over(self, adds: tuple[Cames, Cames], having: int, patients: int) -> tuple[Truth, Truth]:
        """As `_truths`, of so many with one beside them who may add several things."""
        told = []
        for rule, some in zip(self.rules.tables, adds, strict=True):
            ways = {Truth.FALSE} if rule is None else {met(rule, having + a, patients + b) for a, b in some}
            if rule is not None and len(some) > 1:
                ways.add(met(rule, having, patients))
            told.append(negate(ways.pop()) if len(ways) == 1 else Truth.UNKNOWN)
        return told[0], told[1]

    def by_reading(self) -> dict[bool, Trial]:
        """The smallest trial in each direction of those with few patients, each read by the interpreter."""
        found: dict[bool, tuple[int, Trial]] = {}
        whole = [number for number, one in enumerate(self.sorts) if one.whole]
        for patients in range(MOST_PATIENTS + 1):
            for some in combinations_with_replacement(whole, patients):
                trial = tuple(some.count(number) for number in range(len(self.sorts)))
                standings = [self.rules.read(version, self._everyone(trial))[1] for version in range(2)]
                self._keep(found, (_TRUTH[standings[0]], _TRUTH[standings[1]]), trial)
        return {gained: trial for gained, (_, trial) in found.items()}

    # --- as it is shown -----------------------------------------------------------------------------------------------

    def _everyone(self, trial: Trial) -> Iterator[tuple[Record, Truth | None]]:
        for one, many in zip(self.sorts, trial, strict=True):
            yield from ((one.record, one.dlt) for _ in range(many))

    def witness(self, trial: Trial, *, gained: bool) -> Witness | Diagnostic:
        """The trial as the interpreter reads it; where that says otherwise, a fault of ours."""
        old, new = (self.rules.read(version, self._everyone(trial)) for version in range(2))
        if (RANK[_TRUTH[new[1]]] > RANK[_TRUTH[old[1]]]) is not gained or old[1] == new[1]:
            return _defect(self.rules.id, old[0], new[0])
        some = [(one, many) for one, many in zip(self.sorts, trial, strict=True) if many]
        patients = tuple(self._patients(one, many) for one, many in sorted(some, key=_those_who_count_first))
        whole = all(one.whole for one, _ in some)
        first = patients[0] if patients else None
        record = Record("") if first is None else first.record
        return Witness(gained, whole, record, () if first is None else first.varied, old[0], new[0], patients)

    def _patients(self, one: Sort, many: int) -> Patients:
        dlt = _DLT[one.dlt] if self.rules.about_dlts else ""
        old, new = (
            "" if rule is None else _counted(adds) for rule, adds in zip(self.rules.tables, one.adds, strict=True)
        )
        return Patients(many, one.record, one.varied, dlt, (old, new))


def _shares(many: int, first: int | None, second: int | None) -> tuple[int, int] | None:
    """How many of so many patients may be of the first of two sorts; None where there are none of either."""
    if first is None and second is None:
        return None if many else (0, 0)
    return (many if second is None else 0), (0 if first is None else many)


def _defect(about: str, old: str, new: str) -> Diagnostic:
    """A difference that the interpreter does not see: a fault of ours, which is never kept back."""
    taken = f"{about}: a trial was taken for one that the versions judge otherwise"
    message = f"{taken}, and the interpreter says {old} and {new}"
    help_ = "nothing is claimed of this difference; report it with both files"
    return Diagnostic("PD690", Severity.ERROR, message, Label(Cell("diff")), help=help_)


def _those_who_count_first(one: tuple[Sort, int]) -> tuple[bool, ...]:
    old, new = one[0].adds
    return old == new, HAS not in old, HAS not in new


def _counted(adds: Cames) -> str:
    if len(adds) > 1:
        return "not known"
    return {HAS: "counts", LACKS: "does not count", OUT: "left out"}[next(iter(adds))]


# --- in words ---------------------------------------------------------------------------------------------------------

_WORDS = {
    ("counts", "counts"): ("who counts", "who count"),
    ("does not count", "does not count"): ("who does not", "who do not"),
    ("left out", "left out"): ("who is left out", "who are left out"),
    ("does not count", "counts"): ("who counts in the newer alone", "who count in the newer alone"),
    ("counts", "does not count"): ("who counts in the older alone", "who count in the older alone"),
    ("left out", "counts"): ("left out by the older, who counts in the newer",) * 2,
    ("left out", "does not count"): ("left out by the older alone",) * 2,
    ("counts", "left out"): ("left out by the newer, who counts in the older",) * 2,
    ("does not count", "left out"): ("left out by the newer alone",) * 2,
}


def told_trial(trial: tuple[Patients, ...], protocol: Protocol) -> str:
    """`3 patients: 2 who count (a DLT), 1 who does not (no DLT)`."""
    many = sum(one.number for one in trial)
    groups = ", ".join(f"{one.number} {_who(one)}{_what(one, protocol)}" for one in trial)
    return f"{many} patient{'s' * (many != 1)}{': ' if groups else ''}{groups}"


def _who(one: Patients) -> str:
    old, new = one.counted[0] or one.counted[1], one.counted[1] or one.counted[0]
    words = _WORDS.get((old, new))
    if words is not None:
        return words[one.number != 1]
    if old == new:
        return "of whom it is not known"
    which, known = ("older", new) if old == "not known" else ("newer", old)
    other = "newer" if which == "older" else "older"
    return f"of whom it is not known in the {which} ({known} in the {other})"


def _what(one: Patients, protocol: Protocol) -> str:
    told = ", ".join(filter(None, (one.dlt, varied(one.varied, one.record, protocol))))
    return f" ({told})" if told else ""
