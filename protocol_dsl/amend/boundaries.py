"""Two tables of a stopping rule held against one another: for how many patients each stops earlier, or says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.monitor import met
from protocol_dsl.model.condition import Monitored


def told_boundaries(old: Monitored, new: Monitored) -> Iterator[str]:
    """Where the boundary lies otherwise, exactly, a line for each way; nothing where it is the same everywhere."""
    most = max((patients for rule in (old, new) for patients, _ in rule.limits), default=0)
    ways: dict[str, Callable[[Truth, Truth], bool]] = {
        "stops earlier of": lambda a, b: a is Truth.FALSE and b is Truth.TRUE,
        "stops later of": lambda a, b: a is Truth.TRUE and b is Truth.FALSE,
        "no longer speaks of": lambda a, b: a is not Truth.UNKNOWN and b is Truth.UNKNOWN,
        "now speaks of": lambda a, b: a is Truth.UNKNOWN and b is not Truth.UNKNOWN,
    }
    for name, is_so in ways.items():
        where = [
            patients
            for patients in range(1, most + 1)
            if any(is_so(met(old, having, patients), met(new, having, patients)) for having in range(patients + 1))
        ]
        if where:
            lines = f"of {where[0]}: {_limit(old, where[0])} -> {_limit(new, where[0])}"
            yield f"{name} {_runs(where)} patients ({lines})"


def _limit(rule: Monitored, patients: int) -> str:
    """When a rule stops among so many."""
    limits = dict(rule.limits)
    if patients > max(limits, default=patients):
        return "not said"
    limit = limits.get(patients)
    if limit is None:
        return "never"
    return f"{limit} or {'fewer' if rule.fewer else 'more'}"


def _runs(numbers: Sequence[int]) -> str:
    """`3 to 5, 8`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
