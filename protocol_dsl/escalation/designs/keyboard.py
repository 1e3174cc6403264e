"""Keyboard.

Yan F, Mandrekar SJ, Yuan Y (2017), Clinical Cancer Research 23(15), 3994-4003: the strongest of keys as wide as the
interval about the target decides; the same decisions as mTPI-2.
"""

from protocol_dsl.escalation.densest import densest_family
from protocol_dsl.escalation.estimates.unit_mass import mtpi2

family = densest_family(
    "Keyboard",
    "Yan, Mandrekar and Yuan (2017), Clinical Cancer Research 23(15), 3994-4003",
    mtpi2,
    "the strongest key",
)
