"""Import, check, decide and explain: medians of several runs, in one go."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

PROTOCOL = "kin_204"
PLACE = Path(__file__).parent.parent / "protocols" / "trials" / PROTOCOL


def measured(work: Callable[[], object], runs: int) -> float:
    """The median time of the runs, in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def process(*arguments: str) -> None:
    """One run of Python with these arguments, its output thrown away."""
    subprocess.run([sys.executable, *arguments], check=False, capture_output=True)


def say(what: str, milliseconds: float) -> None:
    """One line of the report."""
    print(f"{what:<64} {milliseconds:>9.2f} ms")


def main() -> None:
    """Print the report."""
    path = max(PLACE.glob("v*.protocol"))
    text = path.read_text(encoding="utf-8")
    print(f"{path.name} of {PROTOCOL}: {len(text.splitlines())} lines; Python {sys.version.split()[0]}")
    say("a Python process that does nothing", measured(lambda: process("-c", ""), 11))
    say("a process that imports protocol_dsl", measured(lambda: process("-c", "import protocol_dsl"), 11))
    say("a process that checks the file", measured(lambda: process("-m", "protocol_dsl", "check", str(path)), 7))

    from protocol_dsl.base.source import Source
    from protocol_dsl.pipeline import load_text
    from protocol_dsl.syntax.parse import parse

    source = Source(path.name, text)
    say("first parse in a process (loads the tables)", measured(lambda: parse(source), 1))
    say("parse", measured(lambda: parse(source), 15))
    say("parse, elaborate and check", measured(lambda: load_text(source), 15))
    decisions(load_text(source))
    print(f"{'peak memory of this process':<64} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>9.1f} MiB")


def decisions(loaded: object) -> None:
    """One patient, decided and explained, beside forty bare comparisons."""
    from protocol_dsl.evaluate.account import account
    from protocol_dsl.evaluate.decide import decide
    from protocol_dsl.face import latest_day

    protocol = loaded.protocol  # type: ignore[attr-defined]
    example = next(e for e in protocol.examples if len(e.record.readings) > 10)
    as_of = example.as_of or latest_day(example.record, ())
    decision = decide(protocol, example.record, as_of)
    say(f"decide, {len(protocol.criteria)} criteria", measured(lambda: decide(protocol, example.record, as_of), 101))
    say(
        "decide and explain in words",
        measured(
            lambda: account(
                protocol, example.record, decide(protocol, example.record, as_of), rules="", inputs="", full=True
            ),
            101,
        ),
    )
    say("explain alone", measured(lambda: account(protocol, example.record, decision, rules="", inputs=""), 101))
    limits = [(Fraction(n), Fraction(n + 1)) for n in range(40)]
    say("40 exact comparisons in plain Python, nothing missing", measured(lambda: all(a < b for a, b in limits), 1001))


if __name__ == "__main__":
    main()
