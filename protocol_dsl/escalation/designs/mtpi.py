"""mTPI.

Ji Y, Liu P, Li Y, Bekele BN (2010), Clinical Trials 7(6), 653-663: of three intervals, below, about and above the
target, the one in which the posterior of the rate is densest decides.
"""

from protocol_dsl.escalation.densest import densest_family
from protocol_dsl.escalation.estimates.unit_mass import mtpi

family = densest_family(
    "mTPI",
    "Ji, Liu, Li and Bekele (2010), Clinical Trials 7(6), 653-663",
    mtpi,
    "the densest of three intervals",
)
