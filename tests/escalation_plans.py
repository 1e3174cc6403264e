"""Plans and ladders for tests, read from the lines of an escalation section."""

import re
from functools import cache
from pathlib import Path

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.design import Treated
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import (
    Action,
    Cell,
    Count,
    DoseLevel,
    EscalationPlan,
    Ladder,
    Mtd,
    MtdCase,
    Place,
    Row,
    Stagger,
    Word,
)

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


def ladder(*names: str, start: str = "1") -> Ladder:
    return Ladder(tuple(DoseLevel(name) for name in names), start)


def levels(number: int) -> Ladder:
    return ladder(*(str(name) for name in range(1, number + 1)))


def cohort(rung: int, letters: str) -> Treated:
    return Treated(rung, Tally(letters.count("N"), letters.count("T"), letters.count("P")))


@cache
def shipped(name: str) -> EscalationPlan:
    text = (DESIGNS / f"{name}.protocol").read_text(encoding="utf-8")
    return plan(text[text.index("escalation by table") :])


def plan(text: str) -> EscalationPlan:
    size = re.search(r"cohort of (\d+)(?:, up to (\d+) per level)?", text)
    stagger = re.search(r"stagger first (\d+) at each level by (\d+) days", text)
    mtd = re.search(r"mtd is highest level (.*)", text)
    lines = [line.strip().strip("|") for line in text.splitlines() if line.strip().startswith("|")]
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    known = {"treated", "with_dlt", "pending", "level", "then"}
    return EscalationPlan(
        rows=tuple(row(dict(zip(head, cells, strict=True))) for cells in rows),
        cohort=int(size[1]) if size else 3,
        cap=int(size[2]) if size and size[2] else None,
        stagger=Stagger(int(stagger[1]), int(stagger[2])) if stagger else None,
        mtd=Mtd(tuple(case(each) for each in re.findall(r"with (.*?) dlt", mtd[1]))) if mtd else None,
        extra=tuple(column for column in head if column not in known),
    )


def row(cells: dict[str, str]) -> Row:
    then = tuple(action(words) for words in re.split(r" and ", cells.pop("then")))
    level = cells.pop("level", "any")
    if "otherwise" in cells.values():
        return Row((), then, otherwise=True)
    counts = tuple(Cell(column, count(words)) for column, words in cells.items())
    return Row(counts, then, Place(level) if level in set(Place) else level)


def count(words: str) -> Count:
    if words == "any":
        return Count()
    if words.endswith("or more"):
        return Count(int(words.split(maxsplit=1)[0]))
    least, _, most = words.partition(" to ")
    return Count(int(least), int(most or least))


def action(words: str) -> Action:
    more = re.fullmatch(r"treat (\d+) more", words)
    return Action(Word.TREAT_MORE, int(more[1])) if more else Action(Word(words))


def case(words: str) -> MtdCase:
    treated, _, dlts = words.partition(" treated and ")
    most = int(dlts.removeprefix("at most "))
    return MtdCase(Count(int(treated)), Count(0, most))


KORN = shipped("three_plus_three_korn6")
FOUR = ladder("-1", "1", "2", "3")


def ask(history: str, design: EscalationPlan = KORN, rungs: Ladder = FOUR) -> Advice:
    read = History.read(history, rungs.names)
    assert isinstance(read, History)
    advice = advise(design, rungs, read)
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
