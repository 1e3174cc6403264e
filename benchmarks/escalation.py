"""Simulate, work out and verify designs: medians of several runs, beside a plain Python loop over the same designs."""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from math import comb
from pathlib import Path

from attrs import evolve

from protocol_dsl.cli.inputs import RUN, sound
from protocol_dsl.escalation.accrual import Accrual
from protocol_dsl.escalation.automaton import explore
from protocol_dsl.escalation.characteristics import endings_of
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.draw import Course
from protocol_dsl.escalation.simulate import Simulator
from protocol_dsl.escalation.timed import drawn
from protocol_dsl.escalation.timeline import Timeline
from protocol_dsl.escalation.verify import verify
from protocol_dsl.model.escalation import DoseLevel, EscalationPlan, Ladder

RATES = (0.05, 0.12, 0.25, 0.40, 0.55, 0.65, 0.75, 0.85)
DESIGNS = ("three_plus_three_no_de_escalation", "boin", "mtpi2", "crm")
LEVELS = 5
PATIENTS = 30


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """The median time of the runs, in seconds of this process."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def design(name: str, levels: int = LEVELS) -> tuple[EscalationPlan, Ladder]:
    """A shipped design over so many levels, with at most 30 patients where it has such a limit."""
    model = sound(name, without=RUN)
    plan, ladder = model.escalation, model.ladder
    assert plan is not None
    assert ladder is not None
    if plan.patients is not None:
        plan = evolve(plan, patients=PATIENTS, on_level=None)
    return plan, evolve(ladder, levels=tuple(DoseLevel(str(level)) for level in range(1, levels + 1)))


def truth(levels: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(str(rate)) for rate in RATES[:levels])


# --- what a plain loop does -------------------------------------------------------------------------------------------


def plain_three_plus_three(rates: tuple[float, ...], draw: Callable[[], float]) -> int | None:
    """One trial of the 3+3 without de-escalation, as anyone would write it."""
    level = 0
    while True:
        dlts = sum(draw() < rates[level] for _ in range(3))
        if dlts == 1:
            dlts += sum(draw() < rates[level] for _ in range(3))
        if dlts > 1:
            return level - 1 if level else None
        if level == len(rates) - 1:
            return level
        level += 1


def plain_boin(rates: tuple[float, ...], draw: Callable[[], float]) -> int | None:
    """One trial of BOIN with a target of 0.30, cohorts of 3 and 30 patients, as anyone would write it."""
    treated, dlts = [0] * len(rates), [0] * len(rates)
    level, closed = 0, len(rates)
    for _ in range(PATIENTS // 3):
        dlts[level] += sum(draw() < rates[level] for _ in range(3))
        treated[level] += 3
        rate = dlts[level] / treated[level]
        if too_toxic(treated[level], dlts[level]):
            closed = level
            if not closed:
                return None
            level -= 1
        elif rate <= 0.2365 and level + 1 < closed:
            level += 1
        elif rate >= 0.3585 and level:
            level -= 1
    return isotonic(treated[:closed], dlts[:closed])


TOO_TOXIC: dict[tuple[int, int], bool] = {}


def too_toxic(n: int, y: int) -> bool:
    """The posterior chance of a rate above 0.30 is more than 0.95, with a uniform prior."""
    if (n, y) not in TOO_TOXIC:
        TOO_TOXIC[n, y] = sum(comb(n + 1, k) * 0.3**k * 0.7 ** (n + 1 - k) for k in range(y + 1)) > 0.95
    return TOO_TOXIC[n, y]


def isotonic(treated: list[int], dlts: list[int]) -> int:
    """The level whose isotonic estimate is closest to 0.30."""
    blocks: list[tuple[float, float, list[int]]] = []
    for level, (n, y) in enumerate(zip(treated, dlts, strict=True)):
        if n:
            mean, weight, levels = (
                (y + 0.05) / (n + 0.1),
                (n + 0.1) ** 2 * (n + 1.1) / ((y + 0.05) * (n - y + 0.05)),
                [level],
            )
            while blocks and blocks[-1][0] > mean:
                before, heavy, others = blocks.pop()
                mean, weight, levels = (
                    (before * heavy + mean * weight) / (heavy + weight),
                    heavy + weight,
                    others + levels,
                )
            blocks.append((mean, weight, levels))
    spread = [(mean, level) for mean, _, levels in blocks for level in levels]
    return min(spread, key=lambda one: (abs(one[0] - 0.3), -one[1] if one[0] < 0.3 else one[1]))[1]


PLAIN = {"three_plus_three_no_de_escalation": plain_three_plus_three, "boin": plain_boin}


# --- the report -------------------------------------------------------------------------------------------------------


def simulation(name: str, trials: int, loops: int) -> None:
    """Trials a second, and how near the two programs come to what is exact."""
    plan, ladder = design(name)
    rates = truth(LEVELS)
    start = time.process_time()
    course = Course(machine(plan, ladder, remember=True))
    course.ends(rates, 10_000, 1)
    print(f"  the first 10,000 trials, with all that is worked out for them  {time.process_time() - start:>10.3f} s")
    simulator = Simulator(plan, ladder)
    found = simulator.scenario(rates, trials=trials).found.selected  # everything is worked out before it is timed
    spent = seconds(lambda: simulator.course.ends(rates, trials, 2))
    print(f"  trials a second thereafter (median of 5 times {trials:,})  {trials / spent:>22,.0f}")
    exact = () if simulator.endings is None else simulator.endings.under(rates).selected
    print(f"  recommended, {trials:,} trials:  {shown(found)}")
    if name in PLAIN:
        plain(name, loops)
    if exact:
        print(f"  recommended, exactly:          {shown(exact)}")


def plain(name: str, loops: int) -> None:
    """The same design as a plain loop."""
    draw, counts = random.Random(1).random, [0] * (LEVELS + 1)  # noqa: S311 - no secret

    def run() -> None:
        for _ in range(loops):
            best = PLAIN[name](RATES[:LEVELS], draw)
            counts[LEVELS if best is None else best] += 1

    spent = seconds(run)
    print(f"  trials a second of a plain loop (median of 5 times {loops:,})  {loops / spent:>17,.0f}")
    print(f"  recommended, plain loop:       {shown(tuple(count / sum(counts) for count in counts))}")


def shown(chances: tuple[float, ...] | tuple[Fraction, ...]) -> str:
    return " ".join(f"{float(chance):.4f}" for chance in chances)


def exactness(name: str) -> None:
    """Seconds to the first exact scenario, and for each further one."""
    plan, ladder = design(name)
    rates = truth(LEVELS)
    start = time.process_time()
    found = endings_of(plan, ladder)
    if found is None:
        print("  too many states for exact characteristics")
        return
    found.under(rates)
    print(f"  the first exact scenario, over {found.states:,} states  {time.process_time() - start:>26.3f} s")
    print(f"  each further one  {seconds(lambda: found.under(rates), 101) * 1000:>45.3f} ms")
    print(f"  each as fractions  {seconds(lambda: found.exactly(rates), 5) * 1000:>44.3f} ms")


def verification(name: str, levels: int) -> None:
    """The time of `verify`, over whole cohorts and patient by patient."""
    plan, ladder = design(name, levels)
    verify.cache_clear()
    start = time.process_time()
    findings = verify(plan, ladder)
    spent = time.process_time() - start
    states = len(explore(machine(plan, ladder)).states)
    more = max((finding.states for finding in findings), default=0)
    print(f"  verify over {levels} levels: {len(findings)} properties, {more:,} states  {spent:>27.3f} s")
    explored = seconds(lambda: explore(machine(plan, ladder)), 3)
    print(f"  states a second explored, in whole cohorts ({states:,})  {states / explored:>24,.0f}")


def own_counts(name: str, trials: int) -> None:
    """The same of a design that counts more than DLTs; here a quarter of the patients have what it counts."""
    plan, ladder = design(name)
    rates, own = truth(LEVELS), tuple((Fraction(1, 4),) * LEVELS for _ in plan.extra)
    start = time.process_time()
    simulator = Simulator(plan, ladder)
    exact = simulator.scenario(rates, own=own).found.selected
    print(f"  the first exact scenario  {time.process_time() - start:>45.3f} s")
    ends = simulator.endings_under(own)
    assert ends is not None
    further = seconds(lambda: ends.under(rates), 101) * 1000
    print(f"  each further one with the same rates of its counts  {further:>18.3f} ms")
    found = simulator.scenario(rates, trials=trials, own=own).found.selected
    spent = seconds(lambda: simulator.course.ends(rates, trials, 2, own))
    print(f"  trials a second (median of 5 times {trials:,})  {trials / spent:>33,.0f}")
    print(f"  recommended, {trials:,} trials:  {shown(found)}")
    print(f"  recommended, exactly:          {shown(exact)}")


def in_time(name: str, trials: int) -> None:
    """Seconds for trials in which a patient comes every 10 days and is followed for 28."""
    plan, ladder = design(name)
    line, accrual = Timeline(machine(plan, ladder, remember=True)), Accrual(10, 28)
    times = []
    for seed in (1, 2):
        start = time.process_time()
        drawn(line, truth(LEVELS), accrual, trials, seed)
        times.append(time.process_time() - start)
    print(f"  {name:<36} {trials:>6,} trials {times[0]:>8.3f} s, as many more {times[1]:>8.3f} s")


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=1_000_000)
    parser.add_argument("--loops", type=int, default=20_000)
    parser.add_argument("--peer", metavar="PYTHON", help="a Python that has the package clintrials")
    asked = parser.parse_args()
    import numpy as np

    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}; one core; {LEVELS} levels, rates {RATES[:LEVELS]}")
    for name in DESIGNS:
        print(f"\n{name}")
        simulation(name, asked.trials, asked.loops)
        exactness(name)
        verification(name, 8 if name.startswith("three") else LEVELS)
    print("\nboin_accelerated, which also counts patients with grade 2")
    own_counts("boin_accelerated", asked.trials)
    print("\nin time: all that is worked out included, and with what is known by then")
    for name in ("three_plus_three_korn6", "rolling_six", "boin", "crm"):
        in_time(name, 10_000)
    for name in ("tite_boin", "tite_crm"):
        in_time(name, 1_000)
    if asked.peer:
        print("\nclintrials", flush=True)
        subprocess.run([asked.peer, str(Path(__file__).with_name("peer_clintrials.py"))], check=False)


if __name__ == "__main__":
    main()
