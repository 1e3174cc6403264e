"""What becomes of `always` statements, and the amendment details of ICH M11."""

import pytest

from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.intent import held
from protocol_dsl.amend.report import summary, to_json
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
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


DESIGN = """\
protocol "ESC-1"
    version 1.0

doses of d in mg
    | level | d |
    | 1     | 1 |
    | 2     | 2 |
    start at level 1

escalation by table
    cohort of 3, up to 6 per level
    decide, exactly one row applies
        | treated | with_dlt | then                        |
        | 3       | 0        | escalate                    |
        | 3       | 1        | treat 3 more                |
        | 3       | 2 to 3   | de-escalate and close level |
        | 6       | 0 to 1   | escalate                    |
        | 6       | 2 to 6   | de-escalate and close level |
    mtd is highest level with 6 treated and at most 1 dlt

always
    A1
        {claim}
"""


@pytest.mark.parametrize(
    ("was", "now", "kind", "shown"),
    [
        (
            "never escalate when with_dlt * 3 >= treated",
            "never escalate when with_dlt * 2 >= treated",
            "weakened",
            "1 DLT in 3",
        ),
        (
            "never escalate when with_dlt at least 2",
            "never escalate when with_dlt at least 1",
            "strengthened",
            "1 DLT in 1",
        ),
        (
            "never escalate when with_dlt at least 2",
            "never escalate when treated at least 6",
            "weakened and strengthened",
            "2 DLT in 2",
        ),
        ("never escalate when with_dlt at least 2", "never escalate when with_dlt more than 1", "same meaning", ""),
        ("dose rises by at most 1 level", "dose rises by at most 2 levels", "weakened", ""),
        ("stops within 24 evaluable patients", "stops within 18 evaluable patients", "strengthened", ""),
    ],
)
def test_statements_about_the_escalation_are_compared_over_counts(was: str, now: str, kind: str, shown: str) -> None:
    both = [load_text(Source("x", DESIGN.format(claim=claim)), without=RUN).protocol for claim in (was, now)]
    assert both[0] is not None
    assert both[1] is not None
    found = [one for one in diff(both[0], both[1]).said if one.section == "always"]
    assert [kind] == [one.kind for one in found]
    assert shown in found[0].shown


def with_claim(claim: str, *, changes: tuple[str, str] = ("", "")) -> Protocol:
    found = load_text(Source("x", DESIGN.replace(*changes).format(claim=claim)), without=RUN).protocol
    assert found is not None
    return found


def test_a_statement_about_no_level_is_compared_though_the_levels_are_others() -> None:
    more = ("    | 2     | 2 |", "    | 2     | 2 |\n    | 3     | 3 |")
    old = with_claim("never escalate when with_dlt at least 2")
    new = with_claim("never escalate when with_dlt at least 3", changes=more)
    assert [("A1", "weakened")] == [(one.name, one.kind) for one in diff(old, new).said if one.section == "always"]


def test_what_is_counted_besides_is_gone_through_as_well() -> None:
    rows = (
        "| treated | with_dlt | then                        |",
        "| treated | with_dlt | grade_2 | then                        |",
    )
    table = DESIGN.replace(*rows)
    for dlts in ("| 0        |", "| 1        |", "| 2 to 3   |", "| 0 to 1   |", "| 2 to 6   |"):
        table = table.replace(f"{dlts} ", f"{dlts} any     | ")
    found = [
        load_text(Source("x", table.format(claim=f"never escalate when grade_2 at least {limit}")), without=RUN)
        for limit in (3, 2)
    ]
    versions = [one.protocol for one in found]
    assert versions[0] is not None, [one.message for one in found[0].errors]
    assert versions[1] is not None
    said = [one for one in diff(versions[0], versions[1]).said if one.section == "always"]
    assert [("strengthened", True)] == [(one.kind, "grade_2 2" in one.shown) for one in said]
