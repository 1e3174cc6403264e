"""Ladders of two agents with levels named by fractions, as in NCT03387020; the amounts are invented."""

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.decision_table import DecisionTable, decision_table
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.verify import verify
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.pipeline import load_text
from tests.escalation_plans import brief

TEXT = """\
protocol "TWO"

data
    bsa : number in m2; plausible 0.2 to 3; latest, valid for 7 days

doses of ribociclib, everolimus
    | level | ribociclib in mg/m2 | everolimus in mg/m2 |
    | -1    | 80                  | 0.6                 |
    | -0.5  | 80                  | 0.8                 |
    | 0     | 120                 | 0.8                 |
    | 1     | 120                 | 1.2                 |
    | 7b    | 160                 | 1.2                 |
    start at level 0
    never skip a level
    based on bsa

escalation by table
    cohort of 3, up to 6 per level
    decide, exactly one row applies
        | treated | with_dlt | level | then                        |
        | 3       | 0        | any   | escalate                    |
        | 3       | 1        | any   | treat 3 more                |
        | 3       | 2 to 3   | any   | de-escalate and close level |
        | 6       | 0        | any   | escalate                    |
        | 6       | 1        | -0.5  | stop                        |
        | 6       | 1        | -1    | escalate                    |
        | 6       | 1        | 0     | escalate                    |
        | 6       | 1        | 1     | escalate                    |
        | 6       | 1        | 7b    | escalate                    |
        | 6       | 2 to 6   | any   | de-escalate and close level |
    mtd is highest level with 6 treated and at most 1 dlt

always
    A1 "Above 1 nothing rises"
        never escalate when level is more than 1
    A2 "Nor from the last"
        never escalate when level is 7 b
    A3 "A third at -0.5 is too much"
        never escalate when level is -0.5 and with_dlt at least 1
    A4 "Nor from -1, for all above is closed once it is given"
        never escalate when level is -1
"""


def both() -> tuple[EscalationPlan, Ladder]:
    loaded = load_text(Source("two.protocol", TEXT))
    assert loaded.protocol is not None, loaded.diagnostics
    assert loaded.protocol.escalation is not None
    assert loaded.protocol.ladder is not None
    return loaded.protocol.escalation, loaded.protocol.ladder


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("0NNN", "treat 3 at 1"),
        ("0NTT", "treat 3 at -0.5"),
        ("0NTT -0.5NNT", "treat 3 at -0.5"),
        ("0NTT -0.5NNT -0.5NNN", "stop with -0.5"),
        ("0NTT -0.5TTN", "treat 3 at -1"),
        ("0NTT -0.5TTN -1NNN", "treat 3 at -1"),
        ("-1NNN", "treat 3 at -0.5"),
        ("\N{MINUS SIGN}1NNN", "treat 3 at -0.5"),
        ("0 NNN 1 NNN 7b NNT", "treat 3 at 7b"),
        ("0NNN 1NNN 7bNNN 7bNNT", "stop with 7b"),
    ],
)
def test_move(history: str, expected: str) -> None:
    plan, ladder = both()
    read = History.read(history, ladder.names)
    assert isinstance(read, History)
    found = advise(plan, ladder, read)
    assert isinstance(found, Advice)
    assert expected == brief(found)


def test_each_product_keeps_its_column_and_its_unit() -> None:
    _, ladder = both()
    assert [("ribociclib", "mg/m2"), ("everolimus", "mg/m2")] == [(one.name, one.unit) for one in ladder.columns]
    amounts = [[str(amount) for amount in one.amounts] for one in ladder.levels[1:3]]
    assert amounts == [["80", "4/5"], ["120", "4/5"]]


def test_statements_and_tables_name_such_levels() -> None:
    plan, ladder = both()
    held = {one.id: (one.holds, str(one.counterexample or "")) for one in verify(plan, ladder)}
    assert [(True, "")] * 4 == [held[name] for name in ("A1", "A2", "A3", "A4")]
    table = decision_table(plan, ladder)
    assert isinstance(table, DecisionTable)
    assert any("-0.5" in one.level for one in table.entries)


def test_a_statement_about_such_a_level_is_refuted() -> None:
    loaded = load_text(
        Source("two.protocol", TEXT + '    A5 "No"\n        never escalate when level is -0.5 or level is 0\n')
    )
    assert ["PD421"] == [one.code for one in loaded.diagnostics]
    assert "0NNN" in loaded.diagnostics[0].message
