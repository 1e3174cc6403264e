"""Behaviours that go round any design: one file each, exposing `behaviour`. To add one, add a file.

A behaviour wraps a design and is a design. They are laid round it in the order of `Layer`, those of one layer by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from protocol_dsl.base.shelf import shelf
from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.behaviour import Behaviour, Layer, Said
from protocol_dsl.escalation.design import Design
from protocol_dsl.escalation.soundness import Unsound
from protocol_dsl.model.escalation import EscalationPlan


@cache
def known() -> tuple[Behaviour, ...]:
    """The behaviours, the innermost first."""
    found: dict[str, Behaviour] = shelf(__name__, "behaviour")
    return tuple(found[name] for name in sorted(found, key=lambda name: (found[name].layer, name)))


def phrases() -> tuple[Phrase, ...]:
    """The lines by which a plan may ask for them."""
    return tuple(phrase for one in known() for phrase in one.phrases)


def lines(plan: EscalationPlan, outermost: Layer = Layer.ENDS, innermost: Layer = Layer.CLOSES) -> Iterator[str]:
    """The lines of a plan that ask for behaviours of some layers, as they are written."""
    for one in known():
        for phrase in one.phrases if innermost <= one.layer <= outermost else ():
            setting = plan.setting(phrase.key)
            if setting is not None:
                yield phrase.filled(setting.values)


def whole(said: Said) -> bool:
    """Whether some behaviour that the plan asks for needs the counts at every level."""
    return any(one.whole and one.asked(said) for one in known())


def wrapped(design: Design[Any], said: Said, outermost: Layer = Layer.ENDS) -> Design[Any]:
    """A design with the behaviours that the plan asks for, up to a layer."""
    for one in known():
        if one.layer <= outermost and one.asked(said):
            design = one.wrap(design, said)
    return design


def faults(plan: EscalationPlan) -> Iterator[Unsound]:
    """What is wrong with the lines of a plan that ask for behaviours."""
    for one in known():
        yield from one.faults(plan)
