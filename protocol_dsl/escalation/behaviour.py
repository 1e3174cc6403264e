"""What a behaviour is: it wraps a design and is a design; a plan may ask for it by a line of plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any

from attrs import frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.design import Design
from protocol_dsl.escalation.soundness import Unsound
from protocol_dsl.model.escalation import EscalationPlan, Ladder


class Layer(IntEnum):
    """In which order behaviours are laid round a design, the innermost first; what lies further out has the last word.

    What is closed is the design's own knowledge, so that it lies next to it. How far the dose rises is said before
    single patients, who may rise faster where the file says so. Then how far it falls, and last what ends the trial.
    """

    CLOSES = 1
    RISES = 2
    BEGINS = 3
    FALLS = 4
    FILLS = 5
    ENDS = 6


@frozen
class Said:
    """What a behaviour is asked by: the plan and its ladder."""

    plan: EscalationPlan
    ladder: Ladder


def _no_faults(_plan: EscalationPlan) -> Iterator[Unsound]:
    return iter(())


@frozen
class Behaviour:
    """A behaviour: where it lies, whether a plan asks for it, and how it is laid round a design.

    `phrases` are its lines, as far as the plan has no field for them; `faults` what is wrong with them. `whole` says
    that it asks for the counts at every level, so that a table must not forget those that its rows no longer need.
    """

    title: str
    layer: Layer
    asked: Callable[[Said], bool]
    wrap: Callable[[Design[Any], Said], Design[Any]]
    phrases: tuple[Phrase, ...] = ()
    faults: Callable[[EscalationPlan], Iterator[Unsound]] = _no_faults
    whole: bool = False
