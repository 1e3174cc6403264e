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
    """A part of the trial under the name that records give it: `escalation`, or else an expansion.

    That has so many `patients`, at a level or, without one, at the level that is recommended.
    """

    name: str
    patients: int | None = None
    level: str | None = None

    @property
    def is_expansion(self) -> bool:
        """Whether patients are added here beside those of the escalation."""
        return self.patients is not None


@node
class Recommended(Node):
    """`recommended level is decided by committee, at most mtd`: who decides, and whether up to the MTD alone."""

    by: str
    at_most_mtd: bool = False
