"""What is wrong with a ladder or a table before anything is run."""

from collections.abc import Iterator
from enum import StrEnum

from attrs import evolve, frozen

from protocol_dsl.base.source import Span
from protocol_dsl.model.escalation import DECLARATIONS, Action, EscalationPlan, Ladder, Place, Row, Word

# What may stand beside others in a row, because it says nothing about who is treated next.
_ASIDE = {Word.CLOSE, Word.REVIEW}
_STAYS = {Word.ESCALATE, Word.STAY, Word.TREAT_MORE}


class Kind(StrEnum):
    """What a fault lies in."""

    LADDER = "the ladder"
    COUNTS = "what is counted"
    MOVES = "what is done"
    SETTINGS = "a setting of the design"
    REPEATED = "what repeats the formula"


@frozen
class Unsound:
    """A fault, what it lies in, where it is written, and what would do; `row` (from 1) where it lies in one."""

    message: str
    kind: Kind
    span: Span
    help: str = ""
    row: int | None = None


def unsound(plan: EscalationPlan, ladder: Ladder) -> tuple[Unsound, ...]:
    """The faults of the ladder, then of the table from its first row to its last."""
    faults = [*_ladder(ladder), *_last_cohort(plan), *_depth(plan, ladder)]
    for number, row in enumerate(plan.rows, start=plan.first_row):
        found = [*_level(row, ladder), *_cells(row, plan), *_then(row), *_going(row, ladder)]
        faults += [evolve(fault, row=number) for fault in found]
    for number, row in [each for each in enumerate(plan.rows, start=plan.first_row) if each[1].otherwise][1:]:
        faults.append(Unsound("there is more than one row `otherwise`", Kind.COUNTS, row.span, "keep one", number))
    for case in plan.mtd.cases if plan.mtd else ():
        if plan.cap is not None and case.treated.at_least > plan.cap:
            message = f"the mtd line asks for {case.treated.at_least} treated, and the cap is {plan.cap}"
            faults.append(Unsound(message, Kind.COUNTS, case.span, "raise the cap, or ask for fewer"))
    return tuple(faults)


def _ladder(ladder: Ladder) -> Iterator[Unsound]:
    names = ladder.names
    for number, level in enumerate(ladder.levels):
        if level.name in names[:number]:
            message = f"level `{level.name}` stands twice in the table"
            yield Unsound(message, Kind.LADDER, level.span, "name each level once")
    if ladder.start not in names:
        known = ", ".join(f"`{name}`" for name in names)
        message = f"there is no level `{ladder.start}` to start at"
        yield Unsound(message, Kind.LADDER, ladder.span, f"the levels are {known}")


def too_few(plan: EscalationPlan) -> Iterator[Unsound]:
    """Limits under which the trial is over before its first cohort is full, or before it begins."""
    if plan.patients is not None and plan.patients < plan.cohort and plan.accelerated is None:
        message = f"at most {plan.patients} patients are less than a cohort of {plan.cohort}"
        yield Unsound(message, Kind.SETTINGS, plan.span, "write at least as many patients as a cohort has")
    if plan.depth == 0:
        message = "a design that never goes down leaves no way from a level that is too toxic"
        yield Unsound(message, Kind.SETTINGS, plan.span, "write `go down by at most 1 level`, or leave the line out")
    if plan.on_level == 0 or plan.patients == 0:
        yield Unsound("the trial is over before it begins", Kind.SETTINGS, plan.span, "write a number above 0")


def capped(plan: EscalationPlan) -> Iterator[Unsound]:
    """A cap at each level, which a design that computes its decisions does not know."""
    if plan.cap is not None:
        cure = f"leave it out; `stop at {plan.cap} on one level` ends the trial there"
        yield Unsound("a design that computes its decisions knows of no cap at a level", Kind.SETTINGS, plan.span, cure)


def _last_cohort(plan: EscalationPlan) -> Iterator[Unsound]:
    """A table that looks at the last cohort alone has no cap, and it alone may recommend by the isotonic estimate."""
    isotonic = plan.setting("isotonic")
    if plan.last_cohort and plan.cap is not None:
        message = "rows that speak of the last cohort alone know of no cap at a level"
        yield Unsound(message, Kind.SETTINGS, plan.span, "leave out `up to ... per level`; use `at most 24 patients`")
    if plan.family == "table" and isotonic is not None and (not plan.last_cohort or plan.mtd is not None):
        cure = "add `rows speak of the last cohort alone`, or write `mtd is highest level with ...`, and not both"
        yield Unsound("a table recommends by the counts at a level", Kind.SETTINGS, isotonic.span, cure)


def _level(row: Row, ladder: Ladder) -> Iterator[Unsound]:
    if not isinstance(row.level, Place) and row.level not in ladder.names:
        known = ", ".join(f"`{name}`" for name in ladder.names)
        cure = f"the levels are {known}; or `top`, or `lowest`"
        yield Unsound(f"there is no level `{row.level}`", Kind.LADDER, row.span, cure)


def _cells(row: Row, plan: EscalationPlan) -> Iterator[Unsound]:
    for cell in row.cells:
        if cell.count.at_most is not None and cell.count.at_most < cell.count.at_least:
            message = f"`{cell.count.at_least} to {cell.count.at_most}` is no count"
            yield Unsound(message, Kind.COUNTS, cell.span, "write the smaller number first")
    treated = row.count("treated")
    if plan.cap is not None and treated.at_least > plan.cap:
        message = f"the row asks for {treated.at_least} treated, and the cap is {plan.cap}"
        yield Unsound(message, Kind.COUNTS, row.span, "raise the cap, or leave the row out")
    with_dlt = row.count("with_dlt").at_least
    if treated.at_most is not None and with_dlt > treated.at_most:
        message = f"{with_dlt} of {treated.at_most} treated cannot have a DLT"
        yield Unsound(message, Kind.COUNTS, row.span, "count again")


def _then(row: Row) -> Iterator[Unsound]:
    words = [action.word for action in row.then]
    leading = [action for action in row.then if action.word not in _ASIDE]
    if len(leading) > 1 and not _is_declaration(leading):
        both = " and ".join(f"`{action}`" for action in leading)
        yield Unsound(f"a row cannot say {both} at once", Kind.MOVES, leading[1].span, "choose one")
    if not row.then or words == [Word.CLOSE]:
        yield Unsound("the row does not say what comes next", Kind.MOVES, row.span, "add a move, such as `de-escalate`")
    for action in row.then:
        if action.word is Word.TREAT_MORE and not action.patients:
            yield Unsound(f"`{action}` treats nobody", Kind.MOVES, action.span, "give a number, as in `treat 3 more`")
        if action.word in _STAYS and Word.CLOSE in words:
            message = f"`{action}` does not go with `close level`"
            yield Unsound(message, Kind.MOVES, action.span, "leave a level that is closed: `de-escalate` or `stop`")


def _going(row: Row, ladder: Ladder) -> Iterator[Unsound]:
    """`go to level 1`: the level is on the ladder, and the very row does not close it."""
    closes = any(action.word is Word.CLOSE for action in row.then)
    for action in row.then:
        if action.level is None:
            continue
        if action.level not in ladder.names:
            known = ", ".join(f"`{name}`" for name in ladder.names)
            yield Unsound(f"there is no level `{action.level}`", Kind.LADDER, action.span, f"the levels are {known}")
        elif closes and row.level in ladder.names:
            here, there = ladder.names.index(row.level), ladder.names.index(action.level)
            if there >= here:
                message = f"the row closes level `{action.level}`, to which it leads"
                cure = "lead to a level further up in the table of doses, or do not close this one"
                yield Unsound(message, Kind.MOVES, action.span, cure)


def _named(plan: EscalationPlan) -> set[str]:
    """The levels to which rows lead by name."""
    return {action.level for row in plan.rows for action in row.then if action.level is not None}


def unreached(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    """Levels that stand apart, to which no row leads, in any stage."""
    for group in ladder.apart:
        if not _named(plan) & set(group) and ladder.start not in group:
            levels = " or ".join(f"`{name}`" for name in group)
            cure = f"write `go to level {group[0]}` in a row, or let the level stand on the main ladder"
            yield Unsound(f"no row leads to level {levels}, which stands apart", Kind.MOVES, ladder.span, cure)


def _depth(plan: EscalationPlan, ladder: Ladder) -> Iterator[Unsound]:
    """How far the dose may fall is counted in levels of one ladder."""
    if plan.depth is not None and (_named(plan) or ladder.apart):
        message = "a design that goes to a level by its name cannot be limited in how far it goes down"
        yield Unsound(message, Kind.SETTINGS, plan.span, "leave `go down by at most ...` out")


def ungoverned(ladder: Ladder) -> Iterator[Unsound]:
    """Levels that stand apart, in a design that computes its decisions and never names a level."""
    for group in ladder.apart:
        cure = "let them stand on the main ladder, or write the design as a table with `go to level`"
        message = f"nothing leads to level `{group[0]}`, which stands apart, in a design that computes its decisions"
        yield Unsound(message, Kind.SETTINGS, ladder.span, cure)


def _is_declaration(leading: list[Action]) -> bool:
    """`stop and declare this level` is one move."""
    others = [action for action in leading if action.word is not Word.STOP]
    return len(others) == 1 and others[0].word in DECLARATIONS
