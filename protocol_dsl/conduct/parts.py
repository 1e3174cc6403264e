"""The expansions of a trial as of a day: who is in them, at which level, and how many places are open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from attrs import evolve, frozen

from protocol_dsl.conduct.dlt import DltStatus, DltVerdict
from protocol_dsl.conduct.history import Treated
from protocol_dsl.escalation.advise import Advice
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.timing import Part
from protocol_dsl.readers.data import CommitteeDecision


@frozen
class Expansion:
    """One expansion: the level it is given at, None while that is not known, its patients, and the places left.

    `open` is how many places may be filled, from the day `opens`; `why` says why none may, or at which level.
    """

    part: Part
    level: str | None
    patients: tuple[DltStatus, ...]
    open: int = 0
    opens: date | None = None
    why: str = ""

    def count(self, *verdicts: DltVerdict) -> int:
        """How many of its patients have one of these."""
        return sum(one.status in verdicts for one in self.patients)


def expansions(
    protocol: Protocol, found: Treated, advice: Advice, decisions: Iterable[CommitteeDecision], as_of: date
) -> tuple[Expansion, ...]:
    """The expansions in the order of the protocol. `decisions` are those on file by the day.

    No place is open before the escalation has ended with a level, and none at a level that it has not reached.
    """
    added = [part for part in protocol.parts if part.is_expansion]
    level, why = _recommended(protocol, advice, decisions) if added else (None, "")
    so_far = [(part, tuple(one for one in found.expansion if one.part == part.name)) for part in added]
    told = [Expansion(part, part.level or level, patients, why=why) for part, patients in so_far]
    return tuple(told if level is None else (_places(protocol, one, level, as_of) for one in told))


def _places(protocol: Protocol, told: Expansion, recommended: str, as_of: date) -> Expansion:
    """The places that are left, once a level is recommended."""
    names = protocol.ladder.names if protocol.ladder else ()
    part, patients = told.part, told.patients
    if part.level is not None and names.index(part.level) > names.index(recommended):
        return evolve(told, why=f"level {part.level} is above the recommended level {recommended}")
    taken = sum(one.status is not DltVerdict.NOT_EVALUABLE or not _replaces(protocol) for one in patients)
    left = max((part.patients or 0) - taken, 0)
    return evolve(told, open=left, opens=_opens(protocol, patients, as_of) if left else None)


def _replaces(protocol: Protocol) -> bool:
    return protocol.dlt is not None and protocol.dlt.replace


def _opens(protocol: Protocol, patients: tuple[DltStatus, ...], as_of: date) -> date:
    apart = 0 if protocol.timing is None else protocol.timing.between_patients
    days = [one.window[0] + timedelta(days=apart) for one in patients if one.window]
    return max([as_of, *days])


# --- the level that is recommended ------------------------------------------------------------------------------------


def _recommended(protocol: Protocol, advice: Advice, decisions: Iterable[CommitteeDecision]) -> tuple[str | None, str]:
    """The level, and where it is not known, why."""
    if advice.move != "stop":
        return None, "the escalation goes on"
    if advice.mtd is None:
        return None, "the escalation ended without a level"
    decides = protocol.recommended
    if decides is None:
        return advice.mtd, ""
    level, open_why = _decided(decisions)
    if open_why:
        return None, open_why
    if level is None:
        asked = f"write `recommended level {advice.mtd}` as what was decided in the file of decisions"
        return None, f"the {decides.by} has not decided the recommended level; the MTD is {advice.mtd}; {asked}"
    return _allowed(protocol, level, advice.mtd)


def _allowed(protocol: Protocol, level: str, mtd: str) -> tuple[str | None, str]:
    names = protocol.ladder.names if protocol.ladder else ()
    if level not in names:
        return None, f"level {level} was decided, and the ladder has no such level"
    bound = protocol.recommended is not None and protocol.recommended.at_most_mtd
    if bound and names.index(level) > names.index(mtd):
        return None, f"level {level} was decided, and the protocol allows at most the MTD, level {mtd}"
    return level, ""


_ASKED = "recommended level"
_LEVEL = re.compile(r"recommended level (\S+)", re.IGNORECASE)


def _decided(decisions: Iterable[CommitteeDecision]) -> tuple[str | None, str]:
    """The level that was last decided to be recommended; or why that is not known."""
    about = [(one.day, " ".join(one.decided.split())) for one in decisions]
    about = [(day, decided) for day, decided in about if _ASKED in decided.lower()]
    latest = max((day for day, _ in about if day is not None), default=None)
    last = {decided: match for day, decided in about if day in {latest, None} for match in [_LEVEL.fullmatch(decided)]}
    levels = {None if match is None else match[1] for match in last.values()}
    if len(levels) > 1:
        return None, f"several decisions may be the last: {', '.join(f'`{decided}`' for decided in sorted(last))}"
    if None in levels:
        return None, f"`{next(iter(last))}` was decided, which names no level in the words `recommended level 1`"
    return next(iter(levels), None), ""
