"""BOIN.

Liu S, Yuan Y (2015), Journal of the Royal Statistical Society C 64(3), 507-523: the observed rate at a level is held
against two limits, which make wrong moves least likely.
"""

from protocol_dsl.escalation.boundaries import PHRASES, bounded, faults, judge
from protocol_dsl.escalation.interval import interval_family

family = bounded(
    interval_family(
        "BOIN",
        "Liu and Yuan (2015), Journal of the Royal Statistical Society C 64(3), 507-523",
        PHRASES,
        judge,
        faults,
    )
)
