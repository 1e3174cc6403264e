"""The dose section as data: the ladder of levels, the decision table, and what must always hold."""

from enum import StrEnum
from fractions import Fraction

from protocol_dsl.model.dosing import DoseCap, DoseRule
from protocol_dsl.model.node import Node, node

# --- doses ------------------------------------------------------------------------------------------------------------


@node
class DoseColumn(Node):
    """A column of the dose table besides `level`, with its UCUM unit; the unit of a bare number is empty."""

    name: str
    unit: str = ""


@node
class DoseLevel(Node):
    """A level by its name (`-1`, `1`, `7b`) and its amounts, one for each column of the ladder."""

    name: str
    amounts: tuple[Fraction | None, ...] = ()


@node
class Ladder(Node):
    """The dose levels in the order in which they rise, lowest first, and the name of the first to be given.

    `apart` are the groups of levels that stand apart, each a ladder of its own. `as_listed` says that the order of the
    levels is the author's where their amounts do not show it. `rules` holds a product only where its settings say more
    of it than `based_on` and `caps`.
    """

    levels: tuple[DoseLevel, ...]
    start: str
    product: str = ""
    unit: str = ""
    columns: tuple[DoseColumn, ...] = ()
    never_skip: bool = False
    based_on: str | None = None
    caps: tuple[DoseCap, ...] = ()
    rules: tuple[DoseRule, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    as_listed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the levels, lowest first."""
        return tuple(level.name for level in self.levels)


# --- the decision table -----------------------------------------------------------------------------------------------


@node
class Count(Node):
    """A cell over a count: `any`, `3`, `2 to 3`, `2 or more`; both ends belong to it."""

    at_least: int = 0
    at_most: int | None = None

    def holds(self, number: int) -> bool:
        """Whether the count is one of these."""
        return self.at_least <= number and (self.at_most is None or number <= self.at_most)


class Place(StrEnum):
    """Where on the ladder a row applies, besides at a named level."""

    ANY = "any"
    TOP = "top"
    NOT_TOP = "not top"
    LOWEST = "lowest"
    NOT_LOWEST = "not lowest"


@node
class Cell(Node):
    """One cell of a row: a column (`treated`, `with_dlt`, `pending` or a count the protocol keeps) and its counts."""

    column: str
    count: Count


class Word(StrEnum):
    """The words for what a row may do; `treat more` is written with its number, `go to level` with the level."""

    ESCALATE = "escalate"
    STAY = "stay"
    TREAT_MORE = "treat more"
    DE_ESCALATE = "de-escalate"
    GO_TO = "go to level"
    CLOSE = "close level"
    WAIT = "wait"
    STOP = "stop"
    REVIEW = "review"
    DECLARE_THIS = "declare this level"
    DECLARE_PREVIOUS = "declare previous level"
    DECLARE_NONE = "declare no level"


DECLARATIONS = (Word.DECLARE_THIS, Word.DECLARE_PREVIOUS, Word.DECLARE_NONE)


@node
class Action(Node):
    """One move as the language writes it; `patients` belongs to `treat n more` alone, `level` to `go to level`."""

    word: Word
    patients: int | None = None
    level: str | None = None

    def __str__(self) -> str:
        if self.word is Word.GO_TO:
            return f"{self.word.value} {self.level}"
        if self.word is Word.TREAT_MORE:
            return f"treat {self.patients} more"
        return self.word.value


def wording(actions: tuple[Action, ...]) -> str:
    """The `then` of a row as it is written, as in `de-escalate and close level`."""
    return " and ".join(str(action) for action in actions)


@node
class Row(Node):
    """One row: what must be counted, where on the ladder, and the moves it leads to.

    A cell stands for each column of the table, `any` included. `level` is a place or the name of a level. A row
    `otherwise` applies to whatever no other row speaks of.
    """

    cells: tuple[Cell, ...]
    then: tuple[Action, ...]
    level: Place | str = Place.ANY
    otherwise: bool = False

    def count(self, column: str) -> Count:
        """What the row asks of a column."""
        return next((cell.count for cell in self.cells if cell.column == column), Count())


@node
class MtdCase(Node):
    """`with 6 treated and at most 1 dlt`: at least so many treated, and so many with DLT."""

    treated: Count
    with_dlt: Count


@node
class Mtd(Node):
    """`mtd is highest level with CASE, or with CASE`: one of the cases must hold at the level."""

    cases: tuple[MtdCase, ...]


@node
class Stagger(Node):
    """`stagger first 2 at each level by 14 days`."""

    patients: int
    days: int


@node
class Enough(Node):
    """`2 patients with grade_2 at one level`: so many patients for whom a count of the protocol's own holds."""

    patients: int
    count: str
    at_one_level: bool = False

    def __str__(self) -> str:
        where = " at one level" if self.at_one_level else ""
        return f"{self.patients} patient{'s' * (self.patients != 1)} with {self.count}{where}"


@node
class Acceleration(Node):
    """`one patient at a time, rising by 2 levels, until first dlt or 2 patients with grade_2`.

    Any of `enough` ends it, besides the first DLT; `levels` is by how many it rises.
    """

    enough: tuple[Enough, ...] = ()
    levels: int = 1

    def __str__(self) -> str:
        return " or ".join(["the first DLT", *map(str, self.enough)])


@node
class Until(Node):
    """`until first dlt or 2 patients with grade_2 or 12 patients`: when a stage ends; any of them is enough."""

    first_dlt: bool = False
    enough: tuple[Enough, ...] = ()
    patients: int | None = None

    def __str__(self) -> str:
        first = ["the first DLT"] if self.first_dlt else []
        last = [] if self.patients is None else [f"{self.patients} patient{'s' * (self.patients != 1)}"]
        return " or ".join([*first, *map(str, self.enough), *last])


# --- what must always hold --------------------------------------------------------------------------------------------


class Operator(StrEnum):
    """How two numbers are compared or combined."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    IS = "="
    IS_NOT = "!="
    PLUS = "+"
    MINUS = "-"
    TIMES = "*"


@node
class Whole(Node):
    """A whole number."""

    value: int


@node
class Counted(Node):
    """`treated`, `with_dlt`, `pending`, or a count of the protocol's own, at the level just treated."""

    name: str


@node
class Arithmetic(Node):
    """A sum, difference or product of counts."""

    operator: Operator
    left: "TallyNumber"
    right: "TallyNumber"


@node
class Comparison(Node):
    """Two numbers compared."""

    operator: Operator
    left: "TallyNumber"
    right: "TallyNumber"


@node
class LevelComparison(Node):
    """The level just treated against a level of the ladder, or against its `top` or `lowest`; higher is more."""

    operator: Operator
    level: Place | str


@node
class Closed(Node):
    """`closed`: the level just treated is closed, by now or by the very row that decides."""


@node
class Both(Node):
    """All of the conditions hold (`and`)."""

    conditions: tuple["TallyCondition", ...]


@node
class Either(Node):
    """At least one of the conditions holds (`or`)."""

    conditions: tuple["TallyCondition", ...]


@node
class Negated(Node):
    """The condition does not hold (`not`)."""

    condition: "TallyCondition"


TallyNumber = Whole | Counted | Arithmetic
TallyCondition = Comparison | LevelComparison | Closed | Both | Either | Negated


@node
class Never(Node):
    """`never MOVE when E`; escalate at the top is no escalation."""

    word: Word
    when: TallyCondition


@node
class RisesByAtMost(Node):
    """`dose rises by at most 1 level`."""

    levels: int


@node
class StopsWithin(Node):
    """`stops within 24 evaluable patients`."""

    patients: int


@node
class RecommendedImplies(Node):
    """`recommended implies E`, with the counts of the level that is recommended."""

    then: TallyCondition


# `eligible implies C` speaks of a patient, not of a tally: it is a condition and has its place beside the clauses.
Claim = Never | RisesByAtMost | StopsWithin | RecommendedImplies


@node
class Always(Node):
    """A statement of the `always` section about the escalation: its id, its sentence, and what it claims."""

    id: str
    label: str
    claim: Claim


# --- the plan ---------------------------------------------------------------------------------------------------------


@node
class Setting(Node):
    """A line that only one family of designs has: its key, and what stood in its blanks, as written."""

    key: str
    values: tuple[str, ...] = ()


@node
class EscalationPlan(Node):
    """How the trial escalates: a table, a family of designs that computes its decisions, or stages of these.

    `rows` are in the order written, numbered from 1; of a computed design they only repeat what it comes to. The cap is
    `up to 6 per level`, `patients` is `at most 36 patients`, `on_level` is `stop at 12 on one level`, `depth` is
    `go down by at most 1 level`, `last_cohort` is `rows speak of the last cohort alone`. In a design `by stages`,
    `rows` are those of their tables one after the other, and `first_row` is the number of the first of a stage's own.
    """

    rows: tuple[Row, ...]
    cohort: int = 3
    cap: int | None = None
    stagger: Stagger | None = None
    mtd: Mtd | None = None
    always: tuple[Always, ...] = ()
    extra: tuple[str, ...] = ()
    family: str = "table"
    settings: tuple[Setting, ...] = ()
    patients: int | None = None
    on_level: int | None = None
    depth: int | None = None
    accelerated: Acceleration | None = None
    last_cohort: bool = False
    stages: "tuple[Stage, ...]" = ()
    first_row: int = 1

    @property
    def counts_pending(self) -> bool:
        """Whether a table has a `pending` column, and so is applied as it stands."""
        return any(cell.column == "pending" for row in self.rows for cell in row.cells)

    def setting(self, key: str) -> Setting | None:
        """The setting of that key; None where the plan does not say it."""
        return next((setting for setting in self.settings if setting.key == key), None)

    def number(self, key: str, default: Fraction | None = None) -> Fraction | None:
        """The first number in a setting, exact; the default where the plan does not say it."""
        found = self.setting(key)
        return default if found is None else Fraction(found.values[0])


@node
class Stage(Node):
    """`stage model by crm until ...`: a design that leads the trial for a while; the last has no end of its own."""

    name: str
    plan: EscalationPlan
    until: Until | None = None
