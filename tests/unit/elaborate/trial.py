"""A small trial to write conditions in."""

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.model.condition import Condition
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.syntax.parse import parse

TRIAL = """\
protocol "TRIAL"
    uses ctcae 5.0

moments
    consent
    enrolment  after consent
    first_dose is day 1 after enrolment

record scan
    kind      : one of ct, mri
    organ     : text
    width     : number in mm
    date      : date

record adverse_event adds hospital : yes/no

data
    birth_date : date
    surgery    : date
    sex        : one of female, male
    stage      : one of i, ii, iii, iv
    findings   : any of cough, fever
    smoker     : yes/no
    drug       : text
    ecog       : count
    worst      : grade
    score      : number
    anc        : number in 10*9/L; latest, valid for 14 days
    alt        : number in U/L; with ULN and LLN; latest, valid for 7 days; baseline lowest before first_dose
    creatinine : number in mg/dL; of creatinine; plausible 0.1 to 20; latest
    weight     : number in kg; plausible 2 to 200
    half_life  : duration
    adverse_events : list of adverse_event
    medications    : list of medication
    scans          : list of scan

define
    set statins version 1 is atorvastatin, simvastatin
    age is completed years from birth_date to enrolment
    life is time from birth_date to enrolment
    frail is ecog at least 2
"""


def written(text: str) -> tuple[Protocol | None, tuple[Diagnostic, ...]]:
    """What a whole text comes to."""
    parsed = parse(Source("trial.protocol", text))
    protocol, found = elaborate(parsed.file)
    return protocol, (*parsed.problems, *found)


def exclusion(condition: str, extra: str = "") -> tuple[Protocol | None, tuple[Diagnostic, ...]]:
    """The trial with one exclusion."""
    return written(f"{TRIAL}{extra}\nexclusion at enrolment\n    E1\n        {condition}\n")


def meant(condition: str, extra: str = "") -> Condition:
    """What a condition means in the trial; the findings where it has an error."""
    protocol, found = exclusion(condition, extra)
    assert protocol is not None, found
    return protocol.criteria[0].condition


def codes(condition: str, extra: str = "") -> list[str]:
    """The codes of what is wrong with a condition."""
    return [one.code for one in exclusion(condition, extra)[1]]
