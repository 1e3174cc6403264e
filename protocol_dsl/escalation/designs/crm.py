"""Continual reassessment method.

O'Quigley J, Pepe M, Fisher L (1990), Biometrics 46(1), 33-48: one number bends the whole curve of DLT rates, is
estimated anew after each cohort, and the level whose rate comes closest to the target is next.
"""

from protocol_dsl.escalation.reassessment import PHRASES, faults, rule
from protocol_dsl.escalation.rule import Family

family = Family(
    "CRM",
    "O'Quigley, Pepe and Fisher (1990), Biometrics 46(1), 33-48; conventions of Cheung (2011)",
    PHRASES,
    rule,
    faults,
    local=False,
)
