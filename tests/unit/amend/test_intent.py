"""`changes PART` covers what is changed in that part, and nothing besides; each part that can be named is tried."""

from functools import cache

import pytest

from protocol_dsl.amend.change import Diff, Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.intent import Held, held
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.elaborate.amending import PARTS
from protocol_dsl.model.protocol import Amendment, Intent, Protocol
from protocol_dsl.pipeline import load_text

OLD = """
protocol "INTENT-1"
    language 1
    version 1.0
    uses ctcae 5.0

moments
    consent
    enrolment after consent, at most 28 days
    infusion is day 0

data
    anc : number in 10*9/L; plausible 0 to 100
    drug : text
    adverse_events : list of adverse_event

define
    set strong version 2026-01 is ketoconazole, ritonavir
    low is anc less than 1 10*9/L

inclusion at enrolment
    I1 "Neutrophils"
        anc at least 1 10*9/L

exclusion at enrolment
    incomplete "criteria 5 on are not public"
    E1 "Strong inhibitors"
        drug is in strong

gate "Before the infusion" at infusion
    G1 "Neutrophils"
        anc at least 1.5 10*9/L

doses of abc in mg
    | level | abc  |
    | 1     | 1    |
    | 2     | 2    |
    start at level 1

dlt
    window from infusion through day 27
    evaluable when had_dlt
    T1 "Grade 3"
        grade at least 3

escalation by table
    cohort of 3, up to 6 per level
    decide, exactly one row applies
        | treated | with_dlt | then                        |
        | 3       | 0        | escalate                    |
        | 3       | 1        | treat 3 more                |
        | 3       | 2 to 3   | de-escalate and close level |
        | 6       | 0 to 1   | escalate                    |
        | 6       | 2 to 6   | de-escalate and close level |

stopping
    S1 "Two deaths"
        count of adverse_events where (grade is 5) over all patients at least 2
        then stop trial

modifications
    M1 "Grade 3"
        any adverse_events where (grade is 3)
        then one level down
        at most 2 reductions, else off treatment

timing
    wait 28 days between levels

parts
    escalation
    expansion of 12 at recommended level

always
    A1 "Nobody with fewer than 1.0"
        eligible implies anc at least 1 10*9/L
"""
CHANGES = {
    "doses": ("| 2     | 2 ", "| 2     | 3 "),
    "dlt": ("through day 27", "through day 28"),
    "escalation": ("| 6       | 0 to 1   | escalate ", "| 6       | 0 to 1   | stop     "),
    "always": ("implies anc at least 1 ", "implies anc at least 0.5 "),
    "data": ("plausible 0 to 100", "plausible 0 to 99"),
    "moments": ("at most 28 days", "at most 21 days"),
    "define": ("anc less than 1 ", "anc less than 0.5 "),
    "gates": ('"Before the infusion"', '"Before the dose"'),
    "stopping": ("over all patients at least 2", "over all patients at least 3"),
    "modifications": ("grade is 3", "grade is 4"),
    "timing": ("wait 28 days", "wait 21 days"),
    "parts": ("expansion of 12", "expansion of 15"),
    "uses": ("ctcae 5.0", "ctcae 4.03"),
    "incomplete": ("criteria 5 on", "criteria 6 on"),
}
MORE = {
    "dlt": [("grade at least 3", "grade at least 4")],
    "gates": [("anc at least 1.5", "anc at least 1.2")],
    "modifications": [
        ("then one level down", "then hold until anc at least 1 10*9/L\n        then one level down"),
        ("at most 2 red", "at most 3 red"),
    ],
    "define": [("ketoconazole, rit", "cobicistat, ketoconazole, rit")],
}
EVERY = [(part, *change) for part in CHANGES for change in (CHANGES[part], *MORE.get(part, ()))]


@cache
def read(text: str) -> Protocol:
    found = load_text(Source("intent", text), without=RUN)
    assert found.protocol is not None, found.diagnostics
    return found.protocol


@cache
def found(*change: str) -> Diff:
    new = OLD
    for was, now in zip(change[::2], change[1::2], strict=True):
        assert was in new
        new = new.replace(was, now)
    return diff(read(OLD), read(new))


def stated(amendment: Amendment, *change: str) -> Held:
    answer = held(amendment, found(*change))
    assert answer is not None
    return answer


def changes(*parts: str) -> Amendment:
    return Amendment("so", (), parts, nothing_else=True)


def does(what: str, name: str, *parts: str) -> Amendment:
    return Amendment("so", (Intent(what, (name,)),), parts, nothing_else=True)


def test_every_part_is_tried() -> None:
    assert set(CHANGES) == set(PARTS)


@pytest.mark.parametrize(("part", "was", "now"), EVERY)
def test_a_part_that_is_named_may_change_and_no_other(part: str, was: str, now: str) -> None:
    named = stated(changes(part), was, now)
    assert named.lines[0] == f"changes {part}: so it does"
    # A set that a criterion looks into changes the criterion as well.
    beside = {"changes nothing else: not so, E1 is tightened"} if "cobicistat" in now else set()
    assert set(named.lines[1:]) == beside
    assert not stated(changes(), was, now).matched
    other = stated(changes(next(one for one in PARTS if one != part)), was, now)
    assert not other.matched


def test_a_clause_that_is_named_does_not_cover_what_else_its_section_says() -> None:
    loosened, other = ("grade at least 3", "grade at least 4"), ("    evaluable when had_dlt\n", "")
    assert stated(does("loosens", "T1"), *loosened).matched
    assert not stated(does("loosens", "T1"), *loosened, *other).matched
    assert stated(does("loosens", "T1", "dlt"), *loosened, *other).matched


def test_a_modification_that_is_named_may_come() -> None:
    whole = OLD[OLD.index('    M1 "Grade 3"') : OLD.index("timing\n")].rstrip() + "\n"
    another = whole.replace("M1", "M2").replace("grade is 3", "grade is 4")
    assert stated(does("adds", "M2"), whole, whole + another).matched
    assert not stated(changes(), whole, whole + another).matched


def test_how_many_events_of_all_patients_stop_the_trial_is_compared() -> None:
    """Of three deaths the older rule made as much as of two; the newer does not of two."""
    change = next(one for one in found(*CHANGES["stopping"]).clauses if one.id == "S1")
    assert change.kind is Kind.LOOSENED
    assert change.proved
    shown = [one for one in change.witnesses if one.whole]
    assert [len(one.record.lists["adverse_events"]) for one in shown] == [2]


E1 = "        drug is in strong"
POLICY = f'{E1}\n        if missing treat as not met because "asked of everybody"'
I1 = ("        anc at least 1 10*9/L\n\nexclusion", "        anc is between 2 10*9/L and 9 10*9/L\n\nexclusion")
BOTH = ("        anc is between 1 10*9/L and 9 10*9/L", "        anc is between 2 10*9/L and 10 10*9/L")


@pytest.mark.parametrize(
    ("what", "was", "now", "matched"),
    [
        ({"loosens": "E1"}, E1, POLICY, True),
        ({"tightens": "E1"}, E1, POLICY, False),
        ({"loosens": "E1", "tightens": "E1"}, E1, POLICY, False),
        ({"tightens": "E1"}, POLICY, E1, True),
        ({"tightens": "I1"}, *I1, True),
        ({"loosens": "I1"}, *BOTH, False),
        ({"tightens": "I1"}, *BOTH, False),
        ({"loosens": "I1", "tightens": "I1"}, *BOTH, True),
    ],
)
def test_a_clause_does_what_is_stated_of_it_and_nothing_more(
    what: dict[str, str],
    was: str,
    now: str,
    matched: bool,  # noqa: FBT001 - the answer
) -> None:
    intents = tuple(Intent(one, (name,)) for one, name in what.items())
    old = OLD.replace(*((I1[0], f"{was}\n\nexclusion") if was == BOTH[0] else (E1, was) if was == POLICY else ("", "")))
    new = old.replace(was, now)
    assert old != new
    answer = held(Amendment("so", intents, (), nothing_else=True), diff(read(old), read(new)))
    assert answer is not None
    assert answer.matched is matched, answer.lines
