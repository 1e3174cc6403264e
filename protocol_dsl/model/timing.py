"""When patients follow one another, and the parts of a trial, as data."""

from __future__ import annotations

from protocol_dsl.model.node import Node, node


@node
class Timing(Node):
    """The timing section, in whole days.

    The first `sentinels` at each level are treated before the others, who wait `after_sentinels` days after the last of
    them. `between_patients` is from one first dose to the next, `between_levels` from the last first dose at a level to
    the first at another.
    """

    sentinels: int = 0
    after_sentinels: int = 0
    between_patients: int = 0
    between_levels: int = 0


@node
class Part(Node):
    """A part of the trial: `escalation`, or an expansion of so many patients at a level or at the recommended one."""

    name: str
    patients: int | None = None
    level: str | None = None
