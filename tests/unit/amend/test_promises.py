"""What becomes of `always` statements, and the amendment details of ICH M11."""

import pytest

from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.intent import held
from protocol_dsl.amend.report import summary, to_json
from protocol_dsl.base.source import Source
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text

TEXT = """\
protocol "PROM-1"
    version {version}
{amends}
data
    anc  : number in 10*9/L; plausible 0 to 100
    ecog : count

inclusion
    I1
        anc at least 5 10*9/L and ecog at most 1

always
{statements}
"""


def version(*claims: str, number: str = "1.0", amends: str = "") -> Protocol:
    statements = "\n".join(f"    A{n}\n        eligible implies {claim}" for n, claim in enumerate(claims, start=1))
    found = load_text(Source("x", TEXT.format(version=number, amends=amends, statements=statements)))
    assert [one.message for one in found.errors] == []
    assert found.protocol is not None
    return found.protocol


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        ("anc at least 2 10*9/L", "anc at least 1 10*9/L", "weakened"),
        ("anc at least 1 10*9/L", "anc at least 2 10*9/L", "strengthened"),
        ("anc at least 1 10*9/L", "anc at least 1 10*9/L or ecog at most 0", "weakened"),
        ("anc at least 1 10*9/L", "anc at least 1 10*9/L and ecog at most 1", "strengthened"),
        ("anc is between 1 10*9/L and 99 10*9/L", "anc at least 2 10*9/L", "weakened and strengthened"),
        ("anc at least 1 10*9/L", "not (anc less than 1 10*9/L)", None),
        ("anc at least 1 10*9/L", "anc at least 1000 /uL", None),
        ("ecog at most 3 or ecog at least 1", "ecog at most 2 or ecog at least 1", "same meaning"),
    ],
)
def test_a_statement_is_weaker_where_it_holds_of_more_records(was: str, now: str, kind: str | None) -> None:
    found = [one for one in diff(version(was), version(now)).said if one.section == "always"]
    assert ([kind] if kind else []) == [one.kind for one in found]
    assert all(bool(one.shown) is (one.kind != "same meaning") for one in found)


def test_a_record_shows_which_way() -> None:
    found = diff(version("anc at least 2 10*9/L"), version("anc at least 1 10*9/L")).said
    assert "anc 1 10*9/L: the newer alone is satisfied" in [one.shown for one in found]


def test_a_dropped_statement_is_told_as_it_was() -> None:
    found = diff(version("anc at least 2 10*9/L", "ecog at most 1"), version("anc at least 2 10*9/L")).said
    assert [("A2", "removed", "eligible implies ecog at most 1")] == [(one.name, one.kind, one.old) for one in found]


AMENDS = """\
    amends 1.0

amendment
    reason "slow accrual"
    primary reason "Recruitment difficulty"
    secondary reason "other: a new laboratory"
    scope sites "07"
    {impact}
    changes always
    changes nothing else
"""


@pytest.mark.parametrize(
    ("impact", "answers"),
    [
        ("substantial for data", ["no", "yes"]),
        ("not substantial", ["no", "no"]),
        ("substantial for safety, data", ["yes", "yes"]),
    ],
)
def test_the_details_go_with_the_summary(impact: str, answers: list[str]) -> None:
    old = version("anc at least 2 10*9/L")
    new = version("anc at least 1 10*9/L", number="2.0", amends=AMENDS.format(impact=impact))
    found = diff(old, new)
    intent = held(new.amendment, found)
    assert intent is not None
    assert intent.matched
    details = to_json(found, new, intent)["amendment"]["details"]
    assert ["not global: sites 07", "recruitment difficulty", "other: a new laboratory", *answers] == [
        *details.values()
    ]
    sheet = summary(found, new, intent)
    assert {"recruitment difficulty"} == {row[-1] for row in sheet.rows}
    assert "Rationale: slow accrual." in sheet.notes


def test_a_statement_that_means_the_same_changes_nothing() -> None:
    old = version("ecog at most 3 or ecog at least 1")
    new = version("ecog at most 2 or ecog at least 1", number="2.0", amends=AMENDS.format(impact="not substantial"))
    intent = held(new.amendment, diff(old, new))
    assert intent is not None
    assert "changes always: not so, nothing there is changed" in intent.lines
