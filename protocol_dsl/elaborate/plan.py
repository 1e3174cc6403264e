"""The escalation section: a decision table, its settings, and the statements that always hold of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from attrs import evolve, frozen

from protocol_dsl.base.nearest import nearest
from protocol_dsl.elaborate import stages
from protocol_dsl.elaborate.libraries import design_names, shipped_design
from protocol_dsl.elaborate.phrases import Phrase, Set, part_of, pieces_between, read_settings
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.elaborate.tally import COUNTS, Asked, always
from protocol_dsl.model.escalation import (
    Acceleration,
    Action,
    Cell,
    Count,
    Enough,
    EscalationPlan,
    Ladder,
    Mtd,
    MtdCase,
    Place,
    Row,
    Setting,
    Stagger,
    Word,
)
from protocol_dsl.syntax import defining, sections, tree

COMMON = (
    Phrase("cohort", "cohort of {count}"),
    Phrase("cap", "up to {count} per level"),
    Phrase("stagger", "stagger first {count} at each level by {count} days"),
    Phrase("patients", "at most {count} patients"),
    Phrase("on level", "stop at {count} on one level"),
    Phrase("depth", "go down by at most {count} level"),
    Phrase("depth", "go down by at most {count} levels"),
    Phrase("accelerated", "one patient at a time until first dlt"),
    Phrase("accelerated", "one patient at a time until first dlt or {text}"),
    Phrase("faster", "one patient at a time, rising by {count} levels, until first dlt"),
    Phrase("faster", "one patient at a time, rising by {count} levels, until first dlt or {text}"),
    Phrase("decide", "decide, exactly one row applies"),
)
"""Settings that every design has."""
TABLE = (
    Phrase("mtd", "mtd is highest level with {text}"),
    Phrase("isotonic", "mtd is isotonic estimate closest to {number}"),
    Phrase("last cohort", "rows speak of the last cohort alone"),
)
_READ = ("mtd", "last cohort")
"""What is read of a table's own settings into the plan; the others it keeps as they are written."""


@frozen
class Families:
    """The families of designs besides tables: their names, and the phrases of one (None where there is none).

    `behaviours` are the phrases of what goes round any design.
    """

    names: tuple[str, ...] = ()
    phrases: Callable[[str], tuple[Phrase, ...] | None] = lambda _name: None
    behaviours: tuple[Phrase, ...] = ()


_CASE = re.compile(r"(?P<treated>(?:at least )?[0-9]{1,6}) treated and (?P<with_dlt>(?:at most )?[0-9]{1,6}) dlts?")
_ENOUGH = re.compile(r"(?P<patients>[1-9][0-9]{0,5}) patients? with (?P<count>[a-z][a-z0-9_]*)")
_ELSE = re.compile(r"\bor\b")
_OR = re.compile(r",\s*or\s+with\b")
_AND = re.compile(r"\band\b")
_CELL = re.compile(r"(?P<low>[0-9]{1,6})(?: to (?P<high>[0-9]{1,6})|(?P<more> or more))?")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_GOING = re.compile(r"go\s+to\s+level\s+(\S+)")
_NAMING = {Word.TREAT_MORE: "treat 3 more", Word.GO_TO: "go to level 1"}
_WORDS = {word.value: word for word in Word if word not in _NAMING}
_MOVES = ", ".join(f"`{_NAMING.get(word, word.value)}`" for word in Word)
_PLACES = {place.value: place for place in Place}


def plan(
    section: sections.Section,
    ladder: Ladder | None,
    statements: Iterable[sections.Clause],
    families: Families,
    scope: Scope,
) -> EscalationPlan | None:
    """The plan of an escalation section; None where it cannot be read."""
    base = _base(section, scope)
    if base is not None and stages.is_staged(base):

        def read(stage: sections.Section) -> EscalationPlan | None:
            return plan(stage, ladder, (), families, scope)

        for entry in () if section is base else section.entries:
            cure = "write its stages out, and change them there"
            scope.error("PD419", "a design in stages is taken as it is", entry.span, help=cure)
        return stages.staged(base, ladder, tuple(statements), read, scope)
    own = None if base is None else _phrases(base, families, scope)
    if base is None or own is None:
        return None
    family = base.head.family.text if isinstance(base.head, sections.EscalationHead) else ""
    found = _settings(base, own, scope)
    table = _table(base, found, scope, needed=family == "table")
    if base is not section:  # what this file says goes before what the design says
        ours = _settings(section, own, scope)
        table = _table(section, ours, scope, needed=False) or table
        found |= ours
    cohort = _cohort(section, found, scope)
    if table is None:
        return None
    accelerated = _acceleration(found, scope)
    extra = _extra(table[0]) if table else ()
    counted = [one.count for one in accelerated.enough] if accelerated else []
    extra = tuple(dict.fromkeys((*extra, *counted)))
    asked = Asked(None if ladder is None else ladder.names, (*COUNTS, *extra))
    return EscalationPlan(
        _rows(table, asked, scope) if table else (),
        cohort=cohort,
        cap=_whole(found.get("cap")),
        stagger=_stagger(found.get("stagger"), scope),
        mtd=_mtd(found.get("mtd"), scope) if family == "table" else None,
        always=tuple(one for clause in statements for one in always(clause, asked, scope)),
        extra=extra,
        family=family,
        settings=tuple(_setting(found[key]) for key in _kept(own, family) if key in found),
        patients=_whole(found.get("patients")),
        on_level=_whole(found.get("on level")),
        depth=_whole(found.get("depth")),
        accelerated=accelerated,
        last_cohort=family == "table" and "last cohort" in found,
        span=section.span,
    )


def _base(section: sections.Section, scope: Scope) -> sections.Section | None:
    """The section itself, or that of the shipped design it names; None where there is none of that name."""
    if not isinstance(section.head, sections.EscalationByDesignHead):
        return section
    name = section.head.name
    word = evolve(name, text="_".join(name.text.lower().split()))
    found = shipped_design(word.text)
    if found is None and "3+3" in name.text:
        cure = "3+3 has many readings: name one that ships, as `three plus three korn6`, or write the table"
        scope.error("PD410", f"the design `{name.text}` is not known", word.span, help=cure)
    elif found is None:
        scope.unknown(word, design_names(), "design", "PD410")
    return found


def _phrases(section: sections.Section, families: Families, scope: Scope) -> tuple[Phrase, ...] | None:
    """What the family that is named may say besides what all may; None where it is not known."""
    if not isinstance(section.head, sections.EscalationHead):
        return None
    family = section.head.family
    own = TABLE if family.text == "table" else families.phrases(family.text)
    if own is None:
        scope.unknown(family, ("table", "stages", *families.names), "design", "PD410")
        return None
    return (*own, *families.behaviours)


def _settings(section: sections.Section, own: tuple[Phrase, ...], scope: Scope) -> dict[str, Set]:
    lines = (entry.phrase for entry in section.entries if isinstance(entry, defining.Setting))
    return {one.key: one for one in read_settings(lines, (*COMMON, *own), scope)}


def _kept(own: tuple[Phrase, ...], family: str) -> tuple[str, ...]:
    """The keys of the settings that are kept as they are written, each once."""
    keys = dict.fromkeys(phrase.key for phrase in own)
    return tuple(key for key in keys if family != "table" or key not in _READ)


def _acceleration(settings: dict[str, Set], scope: Scope) -> Acceleration | None:
    """`one patient at a time`, by one level or by more."""
    faster, found = settings.get("faster"), settings.get("accelerated")
    if faster is not None and found is not None:
        others = [(found.span, "first here")]
        scope.error("PD408", "the setting stands twice", faster.span, others=others, help="keep one of the two")
    found = faster or found
    if found is None:
        return None
    by = 1 if faster is None else max(int(faster.values[0]), 1)
    at = 0 if faster is None else 1
    ends = pieces_between(found.word(at), _ELSE) if len(found.values) > at else ()
    return Acceleration(tuple(_enough(word, scope) for word in ends), by, span=found.span)


def _enough(word: tree.Word, scope: Scope) -> Enough:
    match = _ENOUGH.fullmatch(word.text)
    if match is None:
        cure = "write it as `2 patients with grade_2`; more follow after `or`"
        scope.error("PD407", f"`{word.text}` does not say when single patients end", word.span, help=cure)
        return Enough(1, "treated")
    return Enough(int(match["patients"]), match["count"], span=word.span)


def _setting(found: Set) -> Setting:
    return Setting(found.key, found.values, span=found.span)


def _whole(found: Set | None) -> int | None:
    return None if found is None else int(found.values[0])


def _table(
    section: sections.Section, found: dict[str, Set], scope: Scope, *, needed: bool
) -> tuple[defining.Row, ...] | None:
    """The rows below `decide`; every other table is one too many. A design that computes its decisions needs none."""
    lines = [entry for entry in section.entries if isinstance(entry, defining.Setting)]
    cure = "put one table below the line `decide, exactly one row applies`, further in than the line"
    loose = [entry.rows for entry in section.entries if isinstance(entry, defining.Table)]
    decides = found.get("decide")
    below = [line for line in lines if line.rows and decides is not None and line.phrase.span == decides.span]
    stray = [*loose, *(line.rows for line in lines if line.rows and line not in below)]
    for rows in stray:
        scope.error("PD411", "the table does not stand below `decide`", rows[0].span, help=cure)
    if below:
        return below[0].rows
    if not needed and decides is None and not stray:
        return ()
    if not stray:
        where = section.span if decides is None else decides.span
        scope.error("PD411", "the escalation section needs a decision table", where, help=cure)
    return None


def _cohort(section: sections.Section, found: dict[str, Set], scope: Scope) -> int:
    size = found.get("cohort")
    if size is None:
        cure = "add `cohort of 3`, or another size"
        scope.error("PD412", "the size of a cohort is not said", section.span, help=cure)
        return 1
    if int(size.values[0]) == 0:
        scope.error("PD412", "a cohort of nobody", size.word(0).span, help="write `cohort of 3`, or another size")
    return int(size.values[0])


def _stagger(found: Set | None, scope: Scope) -> Stagger | None:
    if found is None:
        return None
    first = int(found.values[0])
    if first < 2:  # noqa: PLR2004 - it takes two to be apart
        message = "nobody is kept apart where fewer than two are staggered"
        scope.error("PD407", message, found.word(0).span, help="write `stagger first 2`, and the second waits")
    return Stagger(first, int(found.values[1]), span=found.span)


def _mtd(found: Set | None, scope: Scope) -> Mtd | None:
    if found is None:
        return None
    cases = [_case(word, scope) for word in pieces_between(found.word(0), _OR)]
    return Mtd(tuple(case for case in cases if case is not None), span=found.span)


def _case(word: tree.Word, scope: Scope) -> MtdCase | None:
    match = _CASE.fullmatch(word.text)
    if match is None:
        cure = "write it as `6 treated and at most 1 dlt`; a further case follows after `, or with`"
        scope.error("PD413", f"`{word.text}` does not say which levels count", word.span, help=cure)
        return None
    treated, dlts = int(match["treated"].split()[-1]), int(match["with_dlt"].split()[-1])
    least = 0 if match["with_dlt"].startswith("at most") else dlts
    return MtdCase(Count(treated), Count(least, dlts), span=word.span)


# --- the table ----------------------------------------------------------------------------------------------------


def _extra(header: defining.Row) -> tuple[str, ...]:
    """Columns for counts that the protocol keeps besides ours."""
    return tuple(c.text for c in header.cells if c.text not in (*COUNTS, "level", "then"))


def _rows(rows: tuple[defining.Row, ...], asked: Asked, scope: Scope) -> tuple[Row, ...]:
    if not _is_head(rows[0], scope):
        return ()
    if len(rows) == 1:
        scope.error("PD411", "the decision table has no row", rows[0].span, help="add a row for each case")
    header = [cell.text for cell in rows[0].cells]
    found = []
    for row in rows[1:]:
        if len(row.cells) != len(header):
            message = f"the row has {len(row.cells)} cells, the head of the table {len(header)}"
            scope.error("PD403", message, row.span, others=[(rows[0].span, "the head")], help="give each column a cell")
        else:
            found.append(_row(dict(zip(header, row.cells, strict=True)), row, asked, scope))
    return tuple(found)


def _is_head(head: defining.Row, scope: Scope) -> bool:
    """Whether the columns are there, each once; a column by another name is a count that the protocol keeps."""
    cure = (
        "the columns are `treated`, `with_dlt`, and last `then`; `level`, `pending` and counts of its own may stand too"
    )
    header = [cell.text for cell in head.cells]
    lacking = [needed for needed in ("treated", "with_dlt", "then") if needed not in header]
    for needed in lacking:
        meant = next((cell for cell in head.cells if nearest(cell.text, [needed])), None)
        where = head.span if meant is None else meant.span
        scope.error("PD414", f"the decision table has no column `{needed}`", where, help=cure)
    for number, cell in enumerate(head.cells):
        if cell.text in header[:number]:
            scope.error("PD414", f"two columns are named `{cell.text}`", cell.span, help="keep one of them")
        elif not _NAME.fullmatch(cell.text):
            where = cell.span if cell.text else head.span
            scope.error("PD414", f"`{cell.text}` is no name of a column", where, help=cure)
    return not lacking and len(set(header)) == len(header) and all(map(_NAME.fullmatch, header))


def _row(cells: dict[str, tree.Word], row: defining.Row, asked: Asked, scope: Scope) -> Row:
    otherwise = any(cell.text == "otherwise" for name, cell in cells.items() if name != "then")
    counts = [
        Cell(name, Count() if otherwise else _count(cell, scope), span=cell.span)
        for name, cell in cells.items()
        if name not in ("level", "then")
    ]
    level = Place.ANY if otherwise or "level" not in cells else _place(cells["level"], asked, scope)
    return Row(tuple(counts), _actions(cells["then"], row, asked, scope), level, otherwise, span=row.span)


def _count(cell: tree.Word, scope: Scope) -> Count:
    if cell.text == "any":
        return Count(span=cell.span)
    match = _CELL.fullmatch(" ".join(cell.text.split()))
    if match is None:
        message = f"`{cell.text}` is no count of patients" if cell.text else "the cell holds no count of patients"
        scope.error("PD415", message, cell.span, help="write `3`, `2 to 3`, `2 or more` or `any`")
        return Count()
    low = int(match["low"])
    high = int(match["high"]) if match["high"] else None if match["more"] else low
    if high is not None and high < low:
        scope.error("PD415", f"`{cell.text}` runs backwards", cell.span, help=f"`{high} to {low}` may be meant")
        return Count()
    return Count(low, high, span=cell.span)


def _place(cell: tree.Word, asked: Asked, scope: Scope) -> Place | str:
    if cell.text in _PLACES:
        return _PLACES[cell.text]
    if asked.levels is not None and cell.text not in asked.levels:
        scope.unknown(cell, (*asked.levels, *_PLACES), "level", "PD416")
    return cell.text


def _actions(cell: tree.Word, row: defining.Row, asked: Asked, scope: Scope) -> tuple[Action, ...]:
    if not cell.text:
        scope.error("PD417", "the row does not say what is done", row.span, help=f"the moves are {_MOVES}")
        return ()
    found = (_action(word, asked, scope) for word in pieces_between(cell, _AND))
    return tuple(action for action in found if action is not None)


def _action(word: tree.Word, asked: Asked, scope: Scope) -> Action | None:
    text = " ".join(word.text.split())
    going = _GOING.fullmatch(word.text)
    if going:
        level = part_of(word, going.start(1), going[1])
        if asked.levels is not None and level.text not in asked.levels:
            scope.unknown(level, asked.levels, "level", "PD416")
        return Action(Word.GO_TO, level=level.text, span=word.span)
    more = re.fullmatch(r"treat ([0-9]{1,4}) more", text)
    if more:
        return Action(Word.TREAT_MORE, int(more[1]), span=word.span)
    if text in _WORDS:
        return Action(_WORDS[text], span=word.span)
    meant = nearest(text, _WORDS) or ("go to level 1" if text.startswith("go to") else None)
    cure = f"`{meant}` may be meant" if meant else f"the moves are {_MOVES}, joined by `and`"
    message = f"the move `{text}` is not known" if text else "`and` joins nothing"
    scope.error("PD417", message, word.span, help=cure)
    return None
