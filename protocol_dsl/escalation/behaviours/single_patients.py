"""`one patient at a time until first dlt`: a design that begins with one patient at each level."""

from typing import Any

from protocol_dsl.escalation.accelerated import Accelerated
from protocol_dsl.escalation.behaviour import Behaviour, Layer, Said
from protocol_dsl.escalation.design import Design


def _wrap(design: Design[Any], said: Said) -> Design[Any]:
    until = said.plan.accelerated
    return design if until is None else Accelerated(design, until)


behaviour = Behaviour(
    "single patients",
    Layer.BEGINS,
    lambda said: said.plan.accelerated is not None,
    _wrap,
    whole=True,
)
