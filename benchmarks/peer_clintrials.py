"""Trials a second of the package clintrials (0.1.4), to be run by a Python that has it.

It needs scipy below 1.12, and a name that Python 3.10 moved; its quick integration needs a numpy of before 2020.
"""

import collections
import collections.abc
import random
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

RATES = (0.05, 0.12, 0.25, 0.40, 0.55)
SKELETON = (0.05, 0.12, 0.25, 0.40, 0.55)


def run(trial: Any, draw: Callable[[], float]) -> None:  # noqa: ANN401 - the package has no types
    """One trial in cohorts of three."""
    trial.reset()
    level = trial.next_dose()
    while trial.has_more() and level > 0:
        level = trial.update([(level, int(draw() < RATES[level - 1])) for _ in range(3)])


def timed(name: str, trial: Any, trials: int) -> None:  # noqa: ANN401 - the package has no types
    draw = random.Random(1).random  # noqa: S311 - no secret
    start = time.process_time()
    for _ in range(trials):
        run(trial, draw)
    print(f"  {name}: {trials / (time.process_time() - start):,.0f} trials a second ({trials:,} trials)")


def main() -> None:
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]
    timed("3+3", import_module("clintrials.dosefinding").ThreePlusThree(len(RATES)), 5_000)
    timed("CRM", import_module("clintrials.dosefinding.crm").CRM(list(SKELETON), 0.25, 1, 30), 10)


main()
