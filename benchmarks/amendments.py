"""How long it takes to say what an amendment means: questions, pairs of files, and many criteria at once.

Each row has a second figure with the start of a new process in it, where that is the way it is used.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve

from protocol_dsl.amend import alone, formula, pairing, places, this, typical
from protocol_dsl.amend.diff import diff
from protocol_dsl.checks import proofs
from protocol_dsl.face import load, loads
from protocol_dsl.model.condition import Both, Either, Not
from protocol_dsl.model.protocol import Protocol

ITEMS = 75
CRITERIA = 48
KNOWN = (formula._clearing, places.places, typical._looked_at, pairing._meaning, this._written, this._inside)  # noqa: SLF001 - to forget what they know


def invented(criteria: int, items: int, shift: int = 0) -> str:
    """A protocol of so many limits over so many items; `shift` moves one of them."""
    lines = ['protocol "BENCH"', "    language 1", "    version 1.0", "", "moments", "    enrolment", "", "data"]
    lines += [f"    item_{number} : number; plausible 0 to 1000" for number in range(items)]
    lines += ["", "inclusion at enrolment"]
    for number in range(criteria):
        one, other = number % items, (number * 7 + 3) % items
        limit = 100 + number + (shift if number == criteria // 2 else 0)
        lines += [
            f'    I{number} "Limit {number}"',
            f"        item_{one} at least {limit} or item_{other} at most {limit}",
        ]
    return "\n".join(lines) + "\n"


def measured(work: Callable[[], object], runs: int = 5, clock: Callable[[], float] = time.process_time) -> float:
    """The median time of the runs, in milliseconds of this process; nothing is known from one run to the next."""
    times = []
    for _ in range(runs):
        for known in KNOWN:
            known.cache_clear()
        start = clock()
        work()
        times.append((clock() - start) * 1000)
    return statistics.median(times)


def cold(*arguments: str) -> float:
    """One run of the command in a new process, reading of the files included, in milliseconds by the clock."""
    command = [sys.executable, "-m", "protocol_dsl", arguments[0], "--quiet", *arguments[1:]]
    return measured(lambda: subprocess.run(command, check=False, capture_output=True), 3, time.perf_counter)


def linted(protocol: Protocol) -> None:
    """Every question that `check` asks about all records."""
    alone._LAST.clear()  # noqa: SLF001 - to forget what it knows
    for prove in proofs().values():
        list(prove(protocol))


def cold_of(old: str, new: str) -> float:
    """A comparison of two texts."""
    with TemporaryDirectory() as folder:
        names = [str(Path(folder) / f"{number}.protocol") for number in (1, 2)]
        for name, text in zip(names, (old, new), strict=True):
            Path(name).write_text(text, encoding="utf-8")
        return cold("diff", names[0], names[1])


def otherwise(protocol: Protocol) -> Protocol:
    """Every criterion said otherwise, in a way that has another form and the same logic: `x or (x and not x)`."""
    return evolve(
        protocol,
        criteria=tuple(
            evolve(one, condition=Either((one.condition, Both((one.condition, Not(one.condition))))))
            for one in protocol.criteria
        ),
    )


def say(what: str, milliseconds: float, in_a_process: float | None = None) -> None:
    """One line of the report."""
    also = "" if in_a_process is None else f"{in_a_process:>12.0f} ms"
    print(f"{what:<56} {milliseconds:>9.1f} ms{also}")


def pair(criteria: int, items: int) -> tuple[Protocol, Protocol]:
    return loads(invented(criteria, items)).model, loads(invented(criteria, items, 5)).model


def main() -> None:
    """Print the report."""
    print(f"{'':<56} {'in place':>12}{'new process':>15}")
    old, new = pair(CRITERIA, ITEMS)
    few = invented(CRITERIA, ITEMS), invented(CRITERIA, ITEMS, 5)
    many, moved = pair(CRITERIA * 20, ITEMS * 20)
    same = evolve(old, criteria=tuple(reversed(old.criteria)))
    rewritten = otherwise(old)
    sizes = f"{CRITERIA} criteria, {ITEMS} items"
    say(f"{sizes}: the same", measured(lambda: diff(old, same)), cold_of(few[0], few[0]))
    say(f"{sizes}: all said otherwise", measured(lambda: diff(old, rewritten)))
    say(f"{sizes}: one limit moved, with witnesses", measured(lambda: diff(old, new)), cold_of(*few))
    say(f"{CRITERIA * 20} criteria: one limit moved", measured(lambda: diff(many, moved), 3))
    first, second = "nct06631391@1.0", "nct06631391@2.0"
    a, b = load(first).model, load(second).model
    say("NCT06631391, version 1.0 to 2.0, end to end", measured(lambda: diff(a, b)), cold("diff", first, second))
    kin = load("kin_204").model
    say("KIN-204 against itself", measured(lambda: diff(kin, kin)))
    with TemporaryDirectory() as folder:
        name = Path(folder) / "many.protocol"
        name.write_text(few[0], encoding="utf-8")
        say(f"{sizes}: all questions about all records", measured(lambda: linted(old)), cold("check", str(name)))
    say("KIN-204: all questions about all records", measured(lambda: linted(kin)), cold("check", "kin_204"))


if __name__ == "__main__":
    main()
