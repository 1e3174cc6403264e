"""TITE-CRM.

Cheung YK, Chappell R (2000), Biometrics 56(4), 1177-1182: CRM that need not wait for pending patients; each counts by
the part of the window that has passed.
"""

from protocol_dsl.escalation.reassessment import PHRASES, faults, rule
from protocol_dsl.escalation.rule import Family

family = Family(
    "TITE-CRM",
    "Cheung and Chappell (2000), Biometrics 56(4), 1177-1182",
    PHRASES,
    rule,
    faults,
    local=False,
    follow_up=True,
)
