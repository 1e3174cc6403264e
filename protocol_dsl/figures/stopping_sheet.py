"""The table that a stopping rule over all patients comes to, as a protocol prints it and as a file repeats it."""

from __future__ import annotations

from itertools import groupby

from protocol_dsl.base.sheet import Sheet
from protocol_dsl.model.condition import Monitored
from protocol_dsl.model.protocol import Clause

NEVER = "never"


def stopping_sheet(clause: Clause, rule: Monitored) -> Sheet:
    """A line for each run of numbers of patients with one limit, from the first patient to the last number there is."""
    limits = dict(rule.limits)
    numbers = range(1, max(limits, default=0) + 1)
    lines = []
    for limit, run in groupby(numbers, limits.get):
        patients = list(run)
        span = str(patients[0]) if len(patients) == 1 else f"{patients[0]} to {patients[-1]}"
        lines.append((span, NEVER if limit is None else str(limit)))
    how = "or fewer" if rule.fewer else "or more"
    return Sheet(f"{clause.id}: {clause.wording}", ("patients", "stop at"), tuple(lines), (f"so many {how} stop",))
