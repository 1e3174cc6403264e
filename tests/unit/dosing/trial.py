"""A small trial with doses of every kind, and a patient of it."""

from collections.abc import Mapping

from protocol_dsl import loads
from protocol_dsl.dosing.dose import Dose
from protocol_dsl.face import Protocol

HEAD = """\
protocol "DOSES"

moments
    enrolment
    infusion is first dose of agent

data
    birth_date : date
    weight     : number in kg; plausible 2 to 200; latest, valid for 7 days
    height     : number in cm; plausible 40 to 230; latest, valid for 28 days
    bsa        : number in m2; plausible 0.1 to 3; latest, valid for 7 days
    dry_weight : number in kg; latest
    given      : list of dose

define
    age is completed years from birth_date to infusion
    lean_weight in kg is weight * 0.8
    half_dry in kg is dry_weight * 0.5
    grown_weight in kg with weight in kg, age in a is weight
        valid when age at least 18 years

"""
PER_KG = """\
doses of agent in mg/kg
    | level | agent |
    | 1     | 1     |
    | 2     | 2     |
    | 3     | 5     |
    start at level 1
    based on weight
"""
DAY = "2026-06-01"


def trial(doses: str = PER_KG, *more: str) -> Protocol:
    """The trial with a dose section, and settings added to it."""
    return loads(HEAD + doses + "".join(f"    {line}\n" for line in more))


def weighed(weight: str = "26", unit: str = "kg", day: str = "2026-05-30", **other: str) -> Mapping[str, str]:
    """A patient with a weight of a day."""
    return {"weight": weight, "weight_unit": unit, "weight_date": day, **other}


def dose(protocol: Protocol, facts: Mapping[str, str], level: str | None = "2") -> Dose:
    """The one dose of the patient on the day of the infusion."""
    (found,) = protocol.dose(protocol.record(facts), level=level, infusion=DAY)
    return found


def amount(protocol: Protocol, facts: Mapping[str, str], level: str | None = "2") -> str:
    """What the dose comes to, or why it is refused."""
    found = dose(protocol, facts, level)
    return found.why if found.amount is None else str(found.amount)
