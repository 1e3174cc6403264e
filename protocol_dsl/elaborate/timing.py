"""The sections that say when patients follow one another, and which parts a trial has: settings as phrases."""

from __future__ import annotations

from protocol_dsl.elaborate.phrases import Phrase, Set, read_settings
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.escalation import Ladder
from protocol_dsl.model.timing import Part, Recommended, Timing
from protocol_dsl.syntax import defining, sections

TIMING = (
    Phrase("sentinels", "sentinels {count}, others after {count} days"),
    Phrase("sentinels in hours", "sentinels {count}, others after {count} hours"),
    Phrase("patients", "wait {count} days between patients"),
    Phrase("levels", "wait {count} days between levels"),
)
_ESCALATION, _EXPANSION = "escalation", "expansion"
PARTS = (
    Phrase("escalation", "escalation"),
    Phrase("expansion", "expansion of {count} at recommended level"),
    Phrase("expansion at", "expansion of {count} at level {level}"),
    Phrase("named", "expansion {name} of {count} at recommended level", often=True),
    Phrase("named at", "expansion {name} of {count} at level {level}", often=True),
    Phrase("decided", "recommended level is decided by {word}"),
    Phrase("decided up to", "recommended level is decided by {word}, at most mtd"),
)
_DECIDED = ("decided", "decided up to")
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


def parts(
    section: sections.Section, ladder: Ladder | None, scope: Scope
) -> tuple[tuple[Part, ...], Recommended | None]:
    """The parts of the trial in order, and who decides the level that is recommended."""
    found: dict[str, Part] = {}
    recommended = None
    for one in _settings(section, PARTS, scope):
        if one.key in _DECIDED:
            if recommended is not None:
                scope.error("PD408", "the recommended level is decided once", one.span, help="keep one of the two")
            recommended = Recommended(one.values[0], one.key == "decided up to", span=one.span)
            continue
        part = _part(one, ladder, scope)
        if part.name in found:
            cure = (
                "give each expansion a name, as in `expansion younger of 6 at level 1`; records name it as their part"
            )
            others = [(found[part.name].span, "first here")]
            scope.error("PD408", f"two parts are called {part.name}", one.span, others=others, help=cure)
        found[part.name] = part
    return tuple(found.values()), recommended


def _part(one: Set, ladder: Ladder | None, scope: Scope) -> Part:
    if one.key == _ESCALATION:
        return Part(_ESCALATION, span=one.span)
    name, *said = one.values if one.key.startswith("named") else (_EXPANSION, *one.values)
    if int(said[0]) == 0:
        scope.error(
            "PD412", "nobody is in this expansion", one.span, help="write `expansion of 12 at recommended level`"
        )
    level = said[1] if len(said) > 1 else None
    known = () if ladder is None else ladder.names
    if level is not None and level not in known:
        scope.unknown(one.word(len(one.values) - 1), known, "level")
    return Part(name, int(said[0]), level, span=one.span)


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
