"""Plans and ladders for tests: the shipped files, and tables written in a test, both read as the language."""

from functools import cache
from pathlib import Path

from attrs import evolve

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.design import Treated
from protocol_dsl.escalation.designs import FAMILIES
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import DoseLevel, EscalationPlan, Ladder
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text
from protocol_dsl.syntax.parse import parse

ROWS = """
    cohort of 3, up to 6 per level
    | treated | with_dlt | then                        |
    | 3       | 0        | escalate                    |
    | 3       | 1        | treat 3 more                |
    | 3       | 2 to 3   | de-escalate and close level |
    | 6       | 0 to 1   | escalate                    |
    | 6       | 2 to 6   | de-escalate and close level |
"""
DESIGNS = Path(__file__).parent.parent / "protocols" / "designs"
FRAME = """\
protocol "PLAN"

doses of agent
    | level |
    | -1    |
    | 1     |
    | 2     |
    | 3     |
    start at level 1

escalation by table
"""


def ladder(*names: str, start: str = "1") -> Ladder:
    return Ladder(tuple(DoseLevel(name) for name in names), start)


def levels(number: int) -> Ladder:
    return ladder(*(str(name) for name in range(1, number + 1)))


def cohort(rung: int, letters: str) -> Treated:
    return Treated(rung, Tally(letters.count("N"), letters.count("T"), letters.count("P")))


@cache
def file(name: str) -> Protocol:
    """A shipped design, read as anyone reads it."""
    text = (DESIGNS / f"{name}.protocol").read_text(encoding="utf-8")
    loaded = load_text(Source(f"{name}.protocol", text))
    assert all(one.severity is Severity.NOTE for one in loaded.diagnostics)
    assert loaded.protocol is not None
    return loaded.protocol


@cache
def read(name: str) -> Protocol:
    """A shipped design, elaborated and not checked: `file` takes long, for it looks at every state."""
    text = (DESIGNS / f"{name}.protocol").read_text(encoding="utf-8")
    protocol, _ = elaborate(parse(Source(f"{name}.protocol", text)).file, families=FAMILIES)
    assert protocol is not None
    return protocol


def shipped(name: str) -> EscalationPlan:
    """The plan of a shipped design."""
    found = read(name).escalation
    assert found is not None
    return found


def climbed(name: str, number: int) -> Ladder:
    """The ladder of a shipped design, cut or drawn out to so many levels.

    Where levels stand apart, two of each ladder are left; rows name none above its lowest.
    """
    found = read(name).ladder
    assert found is not None
    if found.apart:
        apart = tuple(group[:2] for group in found.apart)
        main = tuple(level for level in found.names if not any(level in group for group in found.apart))
        few = {level for group in (*apart, main[:2]) for level in group}
        return evolve(found, levels=tuple(level for level in found.levels if level.name in few), apart=apart)
    more = (DoseLevel(str(level)) for level in range(len(found.levels) + 1, number + 1))
    return evolve(found, levels=(*found.levels, *more)[:number])


@cache
def plan(text: str) -> EscalationPlan:
    """A plan from its settings and the rows of its table; a cohort is of 3 where no size is given.

    It is elaborated and not checked, so that it may be as wrong as a table can be.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    settings = [line for line in lines if not line.startswith("|")]
    if not any(line.startswith("cohort of") for line in settings):
        settings.append("cohort of 3")
    rows = [f"    {line}" for line in lines if line.startswith("|")]
    section = "".join(f"    {line}\n" for line in (*settings, "decide, exactly one row applies", *rows))
    parsed = parse(Source("plan.protocol", FRAME + section))
    protocol, found = elaborate(parsed.file)
    assert protocol is not None, [*parsed.problems, *found]
    assert protocol.escalation is not None
    return protocol.escalation


KORN = shipped("three_plus_three_korn6")
FOUR = ladder("-1", "1", "2", "3")


def ask(history: str, design: EscalationPlan = KORN, rungs: Ladder = FOUR) -> Advice:
    cohorts = History.read(history, rungs.names)
    assert isinstance(cohorts, History)
    advice = advise(design, rungs, cohorts)
    assert isinstance(advice, Advice)
    return advice


def brief(advice: Advice) -> str:
    match advice.move:
        case "treat":
            return f"treat {advice.patients} at {advice.level}"
        case "wait":
            return "wait"
        case _:
            return f"stop with {advice.mtd}"


THREE_PLUS_THREE = """\
escalation by table
    cohort of 3, up to 6 per level
    decide, exactly one row applies
        | treated | with_dlt | then                        |
        | 3       | 0        | escalate                    |
        | 3       | 1        | treat 3 more                |
        | 3       | 2 to 3   | de-escalate and close level |
        | 6       | 0 to 1   | escalate                    |
        | 6       | 2 to 6   | de-escalate and close level |
    mtd is highest level with 6 treated and at most 1 dlt
"""
"""The escalation section of many a protocol."""
