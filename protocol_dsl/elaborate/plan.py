"""The escalation section: a decision table, its settings, and the statements that always hold of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from protocol_dsl.elaborate.phrases import Phrase, Set, read_settings
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.elaborate.tally import always
from protocol_dsl.model.escalation import (
    Action,
    Cell,
    Count,
    EscalationPlan,
    Ladder,
    Mtd,
    MtdCase,
    Place,
    Row,
    Stagger,
    Word,
)
from protocol_dsl.syntax import defining, sections, tree

SETTINGS = (
    Phrase("cohort", "cohort of {count}"),
    Phrase("cap", "up to {count} per level"),
    Phrase("stagger", "stagger first {count} at each level by {count} days"),
    Phrase("decide", "decide, exactly one row applies"),
    Phrase("mtd", "mtd is highest level with {text}"),
)
_CASE = re.compile(r"(?P<treated>at least \d+|\d+) treated and (?P<with_dlt>at most \d+|\d+) dlts?")
_CELL = re.compile(r"(?P<low>\d+)(?: to (?P<high>\d+)|(?P<more> or more))?")
_COUNTS = ("treated", "with_dlt", "pending")
_WORDS = {word.value: word for word in Word if word is not Word.TREAT_MORE}
_PLACES = {place.value: place for place in Place}


def plan(
    section: sections.Section, ladder: Ladder | None, statements: Iterable[sections.Clause], scope: Scope
) -> EscalationPlan | None:
    """The plan of an escalation section; None where it cannot be read."""
    head = section.head
    if not isinstance(head, sections.EscalationHead) or head.family.text != "table":
        message = "this escalation is not known; `escalation by table` is"
        scope.error("PD410", message, section.span, help="write the decisions as a table")
        return None
    lines = [entry for entry in section.entries if isinstance(entry, defining.Setting)]
    found = {one.key: one for one in read_settings([line.phrase for line in lines], SETTINGS, scope)}
    tables = [line for line in lines if line.rows]
    loose = [entry for entry in section.entries if isinstance(entry, defining.Table)]
    if len(tables) != 1 or loose or "decide" not in found:
        cure = "put one table below the line `decide, exactly one row applies`"
        scope.error("PD411", "the escalation section needs one decision table", section.span, help=cure)
        return None
    if "cohort" not in found:
        cure = "add `cohort of 3`, or another size"
        scope.error("PD412", "the size of a cohort is not said", section.span, help=cure)
        return None
    levels = () if ladder is None else ladder.names
    rows = _rows(tables[0].rows, levels, scope)
    return EscalationPlan(
        rows,
        cohort=int(found["cohort"].values[0]),
        cap=int(found["cap"].values[0]) if "cap" in found else None,
        stagger=_stagger(found.get("stagger")),
        mtd=_mtd(found.get("mtd"), scope),
        always=tuple(one for clause in statements for one in always(clause, levels, scope)),
        extra=_extra(tables[0].rows[0]),
        span=section.span,
    )


def _stagger(found: Set | None) -> Stagger | None:
    return None if found is None else Stagger(int(found.values[0]), int(found.values[1]), span=found.span)


def _mtd(found: Set | None, scope: Scope) -> Mtd | None:
    if found is None:
        return None
    cases = []
    for text in found.values[0].split(", or with "):
        match = _CASE.fullmatch(text.strip())
        if match is None:
            cure = "write it as `mtd is highest level with 6 treated and at most 1 dlt`"
            scope.error("PD413", f"`{text.strip()}` does not say which levels count", found.span, help=cure)
            return None
        treated, dlts = int(match["treated"].split()[-1]), int(match["with_dlt"].split()[-1])
        least = 0 if match["with_dlt"].startswith("at most") else dlts
        cases.append(MtdCase(Count(treated), Count(least, dlts), span=found.span))
    return Mtd(tuple(cases), span=found.span)


# --- the table ----------------------------------------------------------------------------------------------------


def _extra(header: defining.Row) -> tuple[str, ...]:
    """Columns for counts that the protocol keeps besides ours."""
    return tuple(c.text for c in header.cells if c.text not in (*_COUNTS, "level", "then"))


def _rows(rows: tuple[defining.Row, ...], levels: tuple[str, ...], scope: Scope) -> tuple[Row, ...]:
    header = [cell.text for cell in rows[0].cells]
    for needed in ("treated", "with_dlt", "then"):
        if needed not in header:
            message = f"the decision table has no column `{needed}`"
            scope.error("PD414", message, rows[0].span, help="the columns are `treated`, `with_dlt`, and last `then`")
            return ()
    if len(set(header)) != len(header):
        scope.error("PD414", "two columns have one name", rows[0].span, help="keep one of them")
        return ()
    found = []
    for row in rows[1:]:
        if len(row.cells) != len(header):
            message = f"the row has {len(row.cells)} cells, the head of the table {len(header)}"
            scope.error("PD403", message, row.span, others=[(rows[0].span, "the head")], help="give each column a cell")
        else:
            found.append(_row(dict(zip(header, row.cells, strict=True)), row, levels, scope))
    return tuple(found)


def _row(cells: dict[str, tree.Word], row: defining.Row, levels: tuple[str, ...], scope: Scope) -> Row:
    otherwise = next(iter(cells.values())).text == "otherwise"
    counts = [
        Cell(name, Count() if otherwise else _count(cell, scope), span=cell.span)
        for name, cell in cells.items()
        if name not in ("level", "then")
    ]
    level = Place.ANY if otherwise or "level" not in cells else _place(cells["level"], levels, scope)
    return Row(tuple(counts), _actions(cells["then"], scope), level, otherwise, span=row.span)


def _count(cell: tree.Word, scope: Scope) -> Count:
    if cell.text == "any":
        return Count(span=cell.span)
    match = _CELL.fullmatch(cell.text)
    if match is None:
        cure = "write `3`, `2 to 3`, `2 or more` or `any`"
        scope.error("PD415", f"`{cell.text}` is no count of patients", cell.span, help=cure)
        return Count()
    low = int(match["low"])
    high = int(match["high"]) if match["high"] else None if match["more"] else low
    if high is not None and high < low:
        scope.error("PD415", f"`{cell.text}` runs backwards", cell.span, help=f"write `{high} to {low}`")
        return Count()
    return Count(low, high, span=cell.span)


def _place(cell: tree.Word, levels: tuple[str, ...], scope: Scope) -> Place | str:
    if cell.text in _PLACES:
        return _PLACES[cell.text]
    if cell.text not in levels:
        scope.unknown(cell, (*_PLACES, *levels), "level", "PD416")
    return cell.text


def _actions(cell: tree.Word, scope: Scope) -> tuple[Action, ...]:
    found = []
    for text in cell.text.split(" and "):
        word = " ".join(text.split())
        more = re.fullmatch(r"treat (\d{1,4}) more", word)
        if more:
            found.append(Action(Word.TREAT_MORE, int(more[1]), span=cell.span))
        elif word in _WORDS:
            found.append(Action(_WORDS[word], span=cell.span))
        else:
            scope.unknown(tree.Word(word, span=cell.span), (*_WORDS, "treat 3 more"), "move", "PD417")
    return tuple(found)
