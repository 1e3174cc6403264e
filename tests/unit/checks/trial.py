"""A small trial to check criteria in."""

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source, Span
from protocol_dsl.pipeline import load_text

TRIAL = """\
protocol "TRIAL"
    uses ctcae 5.0

moments
    enrolment

data
    birth_date : date
    surgery    : date
    sex        : one of female, male
    ecog       : count
    lansky     : number; plausible 0 to 100
    anc        : number in 10*9/L; plausible 0.1 to 20; recorded to 0.1; latest, valid for 14 days
    creatinine : number in mg/dL; of creatinine; plausible 0.1 to 20; recorded to 0.1; with ULN; latest
    infection  : yes/no
    last_visit : date
    adverse_events : list of adverse_event

define
    age is completed years from birth_date to enrolment
    months_old is completed months from birth_date to enrolment

"""


def checked(text: str) -> tuple[Diagnostic, ...]:
    """All that is said of a whole text."""
    return load_text(Source("trial.protocol", text)).diagnostics


def said(clause: str, *codes: str, effect: str = "inclusion") -> list[tuple[str, str]]:
    """What is said, with some codes, of one criterion: its code, and the words it points at."""
    found = checked(f"{TRIAL}{effect} at enrolment\n    C1 {clause}\n")
    errors = [one for one in found if one.severity == "error"]
    assert errors == []
    return [
        (one.code, one.primary.where.text) for one in found if one.code in codes and isinstance(one.primary.where, Span)
    ]
