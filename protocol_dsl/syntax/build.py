"""From what the parser found to the nodes of the tree: a rule `in_window` builds the class `InWindow`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from attrs import frozen

from protocol_dsl.base.source import Span
from protocol_dsl.syntax import amending, conducting, defining, logic, sections, stated, tree
from protocol_dsl.syntax.reading import DEEPEST, Reading
from protocol_dsl.syntax.tree import Word

Parts = list[Any]
# A bullet is one level, not three.
_FLAT = frozenset({"bullets", "bullet"})


class TooDeep(Exception):  # noqa: N818 - found in a text, not a fault of ours
    """Something is nested deeper than the language allows; `start` is where it begins."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


@frozen
class Page:
    """What was parsed: part of a reading copy, beginning at `offset`."""

    reading: Reading
    offset: int
    text: str


def build(found: Any, page: Page, depth: int = 0) -> Any:
    """The node for a rule, the word for a token, None for what was left out. Raises TooDeep."""
    if found is None:
        return None
    if not hasattr(found, "children"):
        return _word(found, page)
    rule = _rule(found.data)
    if depth > DEEPEST:
        raise TooDeep(found.meta.start_pos + page.offset)
    inside = depth if rule in _FLAT else depth + 1
    parts = [build(part, page, inside) for part in found.children]
    if rule in WORDS:
        return WORDS[rule]
    return _make(rule, parts, _span(found.meta, page))


@cache
def _rule(data: str) -> str:
    """The name of a rule or alias without the file it was imported from."""
    return str(data).rpartition("__")[2]


def _word(token: Any, page: Page) -> Word:
    text = str(token).rstrip()
    start = token.start_pos + page.offset
    span = Span(page.reading.source, start, start + len(text))
    return Word(text[1:-1].strip() if token.type == "STRING" else text, span=span)


def _span(meta: Any, page: Page) -> Span:
    source = page.reading.source
    if getattr(meta, "empty", True):
        return Span(source, page.offset, page.offset)
    end = meta.end_pos
    while end > meta.start_pos and page.text[end - 1].isspace():
        end -= 1
    return Span(source, meta.start_pos + page.offset, end + page.offset)


def _make(rule: str, parts: Parts, span: Span) -> Any:
    special = SPECIAL.get(rule)
    if special is not None:
        return special(parts, span)
    return CLASSES[rule](*parts, span=span)


def _rule_name(class_name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", class_name).lower()


def _classes(*modules: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, tree.Node):
                found[_rule_name(name)] = value
    return found


def _all_in(name: str) -> Callable[[Parts, Span], Any]:
    """All the parts are one field."""
    return lambda parts, span: CLASSES[name](tuple(parts), span=span)


def _first_then_rest(name: str) -> Callable[[Parts, Span], Any]:
    return lambda parts, span: CLASSES[name](parts[0], tuple(parts[1:]), span=span)


def _rest_then_last(name: str) -> Callable[[Parts, Span], Any]:
    return lambda parts, span: CLASSES[name](tuple(parts[:-1]), parts[-1], span=span)


def _line(key: str) -> Callable[[Parts, Span], Any]:
    return lambda parts, span: sections.HeaderLine(key, tuple(parts[:-1]), parts[-1], span=span)


def _note(kind: str) -> Callable[[Parts, Span], Any]:
    return lambda parts, span: logic.Note(kind, parts[-1], parts[0] if len(parts) > 1 else None, span=span)


def _later(kind: str) -> Callable[[Parts, Span], Any]:
    return lambda _parts, _span: kind


def _type(kind: str) -> Callable[[Parts, Span], Any]:
    return lambda _parts, span: sections.ItemType(kind, span=span)


def _only(parts: Parts, _span: Span) -> Any:
    return parts[0]


def _many(parts: Parts, _span: Span) -> tuple[Any, ...]:
    return tuple(part for part in parts if part is not None)


def _split(parts: Parts, kind: type) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Those of a kind, and the others; absent parts are in neither."""
    present = [part for part in parts if part is not None]
    return tuple(p for p in present if isinstance(p, kind)), tuple(p for p in present if not isinstance(p, kind))


def _row(parts: Parts, span: Span) -> defining.Row:
    token: Word = parts[0]
    cells: list[Word] = []
    start = token.span.start + 1
    for text in token.text[1:-1].split("|"):
        inside = text.strip()
        at = start + len(text) - len(text.lstrip())
        cells.append(Word(inside, span=Span(span.source, at, at + max(len(inside), 1))))
        start += len(text) + 1
    return defining.Row(tuple(cells), parts[1], span=token.span)


def _bullet(parts: Parts, span: Span) -> logic.Bullet:
    return logic.Bullet(parts[0], tuple(part for part in parts[1:] if part is not None), span=span)


def _clause(parts: Parts, span: Span) -> sections.Clause:
    return sections.Clause(parts[0], parts[1], parts[2], tuple(parts[3:]), span=span)


def _formula(name: str) -> Callable[[Parts, Span], Any]:
    """Rows or cases, and then the lines below them."""

    def make(parts: Parts, span: Span) -> Any:
        below = tuple(part for part in parts if isinstance(part, _BELOW))
        others = tuple(part for part in parts if part is not None and not isinstance(part, _BELOW))
        rounded, *again = (*_steps(below), None)
        return CLASSES[name](others, rounded, *_sorted(below), tuple(again[:-1]), span=span)

    return make


_BELOW = (logic.Note, defining.ValidWhen, defining.ValidOnlyFor, defining.RoundedLine)


def _steps(below: tuple[Any, ...]) -> tuple[Word, ...]:
    return tuple(line.step for line in below if isinstance(line, defining.RoundedLine))


def _sorted(below: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Notes, and where a formula is valid."""
    notes = tuple(line for line in below if isinstance(line, logic.Note))
    return notes, tuple(line for line in below if isinstance(line, defining.ValidWhen | defining.ValidOnlyFor))


def _setting(parts: Parts, span: Span) -> defining.Setting:
    notes, below = _split(parts[1:], logic.Note)
    settings, rows = _split(list(below), defining.Setting)
    return defining.Setting(parts[0], rows, notes, settings, span=span)


def _given_list(parts: Parts, span: Span) -> stated.GivenList:
    notes, rows = _split(parts[1:], logic.Note)
    return stated.GivenList(parts[0], rows, notes, span=span)


def _definition(parts: Parts, span: Span) -> defining.Definition:
    name, method, label, unit, *parameters, body = parts
    present = tuple(parameter for parameter in parameters if parameter is not None)
    return defining.Definition(name, method, label, unit, present, body, span=span)


def _defined_as(parts: Parts, span: Span) -> defining.DefinedAs:
    """`rounded to` leaves no gap where it is left out."""
    steps = (*parts[1:-1], *_steps(parts[-1]))
    rounded = steps[0] if steps else None
    return defining.DefinedAs(parts[0], rounded, *_sorted(parts[-1]), steps[1:], span=span)


def _item_core(parts: Parts, span: Span) -> sections.ItemCore:
    return sections.ItemCore(parts[0], parts[1], parts[2], tuple(parts[3:]), span=span)


def _doses_head(parts: Parts, span: Span) -> sections.DosesHead:
    return sections.DosesHead(tuple(parts[:-1]), parts[-1], span=span)


def _reading(parts: Parts, span: Span) -> stated.Reading:
    value, limits, date = parts
    found = dict(limits or ())
    return stated.Reading(value, found.get("uln"), found.get("lln"), date, span=span)


def _treat(parts: Parts, span: Span) -> logic.TreatPolicy:
    *reasons, met, because = parts
    return logic.TreatPolicy(tuple(reasons), met, because, span=span)


def _definition_set(parts: Parts, span: Span) -> defining.SetListed:
    name, label, version, *members, notes = parts
    return defining.SetListed(name, label, version, tuple(members), notes, span=span)


def _sustained(parts: Parts, span: Span) -> logic.Sustained:
    item, window, predicate, sign, length, counting = parts
    return logic.Sustained(item, window, predicate, sign, length, counting is True, span=span)


def _choice(rule: tree.Choose) -> Callable[[Parts, Span], Any]:
    return lambda _parts, span: tree.Choice(rule, span=span)


CLASSES = _classes(tree, logic, defining, sections, stated, amending, conducting)

WORDS: dict[str, Any] = {
    "at_least": tree.Sign.AT_LEAST,
    "at_most": tree.Sign.AT_MOST,
    "more_than": tree.Sign.MORE_THAN,
    "less_than": tree.Sign.LESS_THAN,
    "before": tree.Side.BEFORE,
    "after": tree.Side.AFTER,
    "uln": tree.Reference.ULN,
    "lln": tree.Reference.LLN,
    "baseline": tree.Reference.BASELINE,
    "larger": tree.Extreme.LARGER,
    "smaller": tree.Extreme.SMALLER,
    "square_root": tree.Curve.SQUARE_ROOT,
    "cube_root": tree.Curve.CUBE_ROOT,
    "log10": tree.Curve.LOG10,
    "ln": tree.Curve.LN,
    "rounding_down": tree.Turn.DOWN,
    "rounding_up": tree.Turn.UP,
    "counting": True,
    "pooled": True,
    "any_one": True,
    "not_one": False,
    "inclusion": "inclusion",
    "exclusion": "exclusion",
    "met": True,
    "not_met": False,
    "not_done": "not done",
    "pending": "pending",
    "refused": "refused",
    "unreadable": "unreadable",
    "uln_only": (True, False),
    "lln_only": (False, True),
    "both_limits": (True, True),
    "move_escalate": "escalate",
    "move_de_escalate": "de-escalate",
    "move_stay": "stay",
    "move_stop": "stop",
    "level_down": "one level down",
    "level_same": "same level",
    "off_treatment": "off treatment",
} | {kind: kind for kind in ("conduct", "schedule")}

SPECIAL: dict[str, Callable[[Parts, Span], Any]] = (
    {
        # conditions
        "conjunction": _all_in("conjunction"),
        "disjunction": _all_in("disjunction"),
        "each_of": _rest_then_last("each_of"),
        "either_of": _rest_then_last("either_of"),
        "one_of": _all_in("one_of"),
        "not_one_of": _all_in("not_one_of"),
        "includes_any": _all_in("includes_any"),
        "includes_all": _all_in("includes_all"),
        "where": _only,
        "apart": _only,
        "sustained": _sustained,
        "lasts": lambda parts, span: logic.Lasts(parts[0], parts[1], parts[2] is True, span=span),
        "count_of": lambda parts, span: tree.CountOf(parts[0], parts[1], parts[2], parts[3] is True, span=span),
        "date_field": lambda _parts, span: tree.Name(Word("date", span=span), span=span),
        "multiple_one": lambda parts, span: tree.Multiple(None, parts[0], span=span),
        "by_method": lambda parts, span: tree.ByMethod(
            parts[0], parts[1], tuple(part for part in parts[2:] if part is not None), span=span
        ),
        "mean_of_last": lambda parts, span: tree.Choice(tree.Choose.MEAN, parts[0], span=span),
        # bullets and policies
        "block": _only,
        "bullets": _many,
        "bullet": _bullet,
        "ask_policy": lambda parts, span: logic.AskPolicy(tuple(parts), span=span),
        "treat_policy": _treat,
        "source_note": _note("source"),
        "assumed_note": _note("assumed"),
        "accepted_note": _note("accepted"),
        "remark": _note("note"),
        "incomplete_note": _note("incomplete"),
        "notes": _many,
        "texts": _many,
        # header
        "language_line": _line("language"),
        "title_line": _line("title"),
        "version_line": _line("version"),
        "amends_line": _line("amends"),
        "phase_line": _line("phase"),
        "sponsor_line": _line("sponsor"),
        "registry_line": _line("registry"),
        "uses_line": _rest_then_last("uses_line"),
        "used_library": lambda parts, span: sections.Used(parts[0], None, True, span=span),  # noqa: FBT003
        # moments and data
        "moment_after": _first_then_rest("moment_after"),
        "bound_most": lambda parts, span: sections.Bound(True, parts[0], span=span),  # noqa: FBT003
        "bound_least": lambda parts, span: sections.Bound(False, parts[0], span=span),  # noqa: FBT003
        "item_core": _item_core,
        "one_of_type": lambda parts, span: sections.ItemType("one of", tuple(parts), span=span),
        "any_of_type": lambda parts, span: sections.ItemType("any of", tuple(parts), span=span),
        "number_type": lambda parts, span: sections.ItemType("number", unit=parts[0], span=span),
        "list_type": lambda parts, span: sections.ItemType("list of", record=parts[0], span=span),
        "with_limits": lambda parts, span: sections.WithLimits(*parts[0], span=span),
        # definitions
        "definition": _definition,
        "method": _only,
        "defined_as": _defined_as,
        "defined_by_table": _formula("defined_by_table"),
        "defined_by_cases": _formula("defined_by_cases"),
        "formula_lines": _many,
        "when_case": lambda parts, span: defining.Case(parts[0], parts[1], span=span),
        "otherwise_case": lambda parts, span: defining.Case(parts[0], None, span=span),
        "set_listed": _definition_set,
        "row": _row,
        "table": _all_in("table"),
        # heads
        "doses_head": _doses_head,
        "criteria_head": lambda parts, span: sections.CriteriaHead(*parts, span=span),
        # clauses
        "clause": _clause,
        "stopping_clause": _clause,
        "modification": _clause,
        "always_clause": _clause,
        "setting": _setting,
        "stops_line": lambda parts, span: conducting.StopsLine(
            parts[0], tuple(part for part in parts[1:] if part is not None), span=span
        ),
        "attributed_line": _rest_then_last("attributed_line"),
        "follow_up_line": _rest_then_last("follow_up_line"),
        # examples
        "given_line": _rest_then_last("given_line"),
        "given_list": _given_list,
        "given": _first_then_rest("given"),
        "given_key": _only,
        "reading": _reading,
        "given_limits": _many,
        "given_uln": lambda parts, _span: ("uln", parts[0]),
        "given_lln": lambda parts, _span: ("lln", parts[0]),
        "members": _all_in("members"),
        "judged_met": lambda _parts, span: stated.Judged(True, span=span),  # noqa: FBT003
        "judged_not_met": lambda _parts, span: stated.Judged(False, span=span),  # noqa: FBT003
    }
    | {
        f"{kind.replace(' ', '_').replace('/', '_')}_type": _type(kind)
        for kind in ("date", "time", "yes/no", "count", "grade", "duration", "text")
    }
    | {
        rule: _choice(choose)
        for rule, choose in (
            ("latest", tree.Choose.LATEST),
            ("first", tree.Choose.FIRST),
            ("highest", tree.Choose.HIGHEST),
            ("lowest", tree.Choose.LOWEST),
            ("mean", tree.Choose.MEAN),
        )
    }
)
