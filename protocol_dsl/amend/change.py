"""What an amendment comes to, as data: a class for each clause, and the records that show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from attrs import field, frozen

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.model.protocol import Clause
from protocol_dsl.model.record import EMPTY, Record


class Kind(StrEnum):
    """What becomes of a clause, or of the whole."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    WORDING = "wording only"
    SAME = "same meaning"
    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    BOTH = "both"
    MISSING = "missing data only"
    NO_EFFECT = "no effect in context"
    UNDECIDED = "undecided"


@frozen
class Patients:
    """Patients of a trial who are alike: how many, the record of each and what is not typical of it, as in a witness.

    `dlt` says in words whether they had a DLT, where a rule asks; `counted` how each version counts them.
    """

    number: int
    record: Record
    varied: tuple[tuple[str, str], ...]
    dlt: str
    counted: tuple[str, str]


@frozen
class Witness:
    """A record that the two versions judge differently, as the interpreter says.

    `gained` is whether the newer version is kinder to it; `whole` whether nothing is missing from it. `varied` are the
    entries, by kind of place and name, in which it is not a typical record: those the difference is about. `old` and
    `new` are what each version says: of a clause its status, of the whole the verdict. Of a rule over patients it is
    a `trial` of them that is judged differently, and `record` is that of its first patients. The record is seen from
    `as_of`, or where that is None from the day that goes for all.
    """

    gained: bool
    whole: bool
    record: Record
    varied: tuple[tuple[str, str], ...]
    old: str
    new: str
    trial: tuple[Patients, ...] = ()
    as_of: date | None = None

    @property
    def direction(self) -> str:
        """`gained` or `lost`."""
        return "gained" if self.gained else "lost"


@frozen
class ClauseChange:
    """What became of one clause. `part` is the section it stands in.

    `proved` is whether every direction that has no witness is known to have none; if not, `loose` says what was not
    looked through and `looked` what was. `in_context` is what the change does to who is eligible, next to all other
    criteria: None where it was not asked or cannot be said, false where it does nothing. `guessed` is the reason for
    pairing clauses that have neither an id nor `renamed from` in common. `records` were read under both versions.
    `notes` say more of what differs.
    """

    id: str
    kind: Kind
    part: str
    old: Clause | None = None
    new: Clause | None = None
    witnesses: tuple[Witness, ...] = ()
    proved: bool = True
    loose: tuple[str, ...] = ()
    in_context: bool | None = None
    guessed: str = ""
    records: int = 0
    looked: tuple[str, ...] = ()
    reworded: bool = False
    notes: tuple[str, ...] = ()


@frozen
class Whole:
    """What the two versions differ in, taken as a whole; None where there is no difference."""

    kind: Kind | None
    witnesses: tuple[Witness, ...] = ()
    proved: bool = True
    loose: tuple[str, ...] = ()
    records: int = 0
    looked: tuple[str, ...] = ()


@frozen
class Said:
    """A change of something that is no clause: the section, its name there, and what it was and is, in words.

    `how` says more than that it changed, as that a statement was weakened; `shown` is the record that shows it, told.
    """

    section: str
    name: str
    old: str | None
    new: str | None
    how: str = ""
    shown: str = ""

    @property
    def kind(self) -> str:
        """Added, removed or changed; or how it changed."""
        return "added" if self.old is None else "removed" if self.new is None else self.how or "changed"


@frozen
class Departure:
    """A history on which the two escalations part, the shortest there is, and what each says then.

    `counts` are those that a protocol keeps of its own, a number for each cohort, where either version heeds them.
    """

    history: str
    old: str
    new: str
    counts: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def told(self) -> str:
        """The history, and the counts that go with it: `1N 2N, with grade_2 0, 1`."""
        more = [f"{name} {', '.join(map(str, numbers))}" for name, numbers in self.counts if any(numbers)]
        return (self.history or "the start") + (f", with {' and '.join(more)}" if more else "")


@frozen
class Escalation:
    """How the escalations differ: `departure` is None where they agree on all `states` reached by both.

    `complete` is false where there are more states than were looked at, and `why` says so.
    """

    departure: Departure | None
    states: int
    complete: bool
    why: str = ""


@frozen
class Diff:
    """Everything in which one version differs from another.

    `unchanged` are the ids of clauses that neither rule nor wording of changed. `defects` are differences that the
    interpreter did not confirm: faults of this tool; `problems` are faults of the files, as an id that the older one
    does not have. Records are seen from `as_of`. `pairs` has the older id of each newer one.
    """

    old: str
    new: str
    clauses: tuple[ClauseChange, ...] = ()
    whole: Whole = field(factory=lambda: Whole(None))
    said: tuple[Said, ...] = ()
    escalation: Escalation | None = None
    unchanged: tuple[str, ...] = ()
    defects: tuple[Diagnostic, ...] = ()
    as_of: date = date.max
    pairs: Mapping[str, str] = EMPTY
    problems: tuple[Diagnostic, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is no difference at all."""
        parted = self.escalation is not None and (self.escalation.departure is not None or not self.escalation.complete)
        told = self.clauses or self.said or self.defects or self.problems
        return not (told or parted or self.whole.kind is not None)

    @property
    def undecided(self) -> bool:
        """Whether some question has no answer."""
        open_ended = self.escalation is not None and not self.escalation.complete and not self.escalation.departure
        return (
            bool(self.defects)
            or open_ended
            or self.whole.kind is Kind.UNDECIDED
            or any(one.kind is Kind.UNDECIDED for one in self.clauses)
        )
