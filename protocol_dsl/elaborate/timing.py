"""The sections that say when patients follow one another, and which parts a trial has: settings as phrases."""

from __future__ import annotations

from protocol_dsl.elaborate.phrases import Phrase, Set, read_settings
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.escalation import Ladder
from protocol_dsl.model.timing import Part, Timing
from protocol_dsl.syntax import defining, sections

TIMING = (
    Phrase("sentinels", "sentinels {count}, others after {count} days"),
    Phrase("sentinels in hours", "sentinels {count}, others after {count} hours"),
    Phrase("patients", "wait {count} days between patients"),
    Phrase("levels", "wait {count} days between levels"),
)
PARTS = (
    Phrase("escalation", "escalation"),
    Phrase("expansion", "expansion of {count} at recommended level"),
    Phrase("expansion at", "expansion of {count} at level {level}"),
)
_HOURS = 24


def timing(section: sections.Section, scope: Scope) -> Timing:
    """The timing section; hours are rounded up to days, for first doses are known by their day."""
    found = {one.key: one for one in _settings(section, TIMING, scope)}
    sentinels = found.get("sentinels") or found.get("sentinels in hours")
    after = 0 if sentinels is None else int(sentinels.values[1])
    if sentinels is not None and sentinels.key == "sentinels in hours":
        after = -(-after // _HOURS)
    if sentinels is not None and int(sentinels.values[0]) == 0:
        scope.error("PD412", "nobody is a sentinel", sentinels.span, help="write `sentinels 2, others after 48 hours`")
    return Timing(
        0 if sentinels is None else int(sentinels.values[0]),
        after,
        _days(found.get("patients")),
        _days(found.get("levels")),
        span=section.span,
    )


def parts(section: sections.Section, ladder: Ladder | None, scope: Scope) -> tuple[Part, ...]:
    """The parts of the trial, in order."""
    found = []
    for one in _settings(section, PARTS, scope):
        if one.key == "escalation":
            found.append(Part("escalation", span=one.span))
            continue
        level = one.values[1] if one.key == "expansion at" else None
        known = () if ladder is None else ladder.names
        if level is not None and level not in known:
            scope.unknown(one.word(1), known, "level")
        found.append(Part("expansion", int(one.values[0]), level, span=one.span))
    return tuple(found)


def _days(found: Set | None) -> int:
    return 0 if found is None else int(found.values[0])


def _settings(section: sections.Section, phrases: tuple[Phrase, ...], scope: Scope) -> list[Set]:
    for entry in section.entries:
        if not isinstance(entry, defining.Setting):
            scope.error(
                "PD407", "a table is no setting of this section", entry.span, help="write a line of plain words"
            )
    lines = (entry.phrase for entry in section.entries if isinstance(entry, defining.Setting))
    return list(read_settings(lines, phrases, scope))
