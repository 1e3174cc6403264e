"""mTPI-2.

Guo W, Wang SJ, Yang S, Lynn H, Ji Y (2017), Contemporary Clinical Trials 58, 23-33: like mTPI, with intervals that are
all as wide as the one about the target.
"""

from protocol_dsl.escalation.densest import densest_family
from protocol_dsl.escalation.estimates.unit_mass import mtpi2

family = densest_family(
    "mTPI-2",
    "Guo, Wang, Yang, Lynn and Ji (2017), Contemporary Clinical Trials 58, 23-33",
    mtpi2,
    "the densest interval",
)
