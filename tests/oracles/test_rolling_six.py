"""Rolling six as a table with a `pending` column: every cell of the published table."""

from pathlib import Path

import pytest

from protocol_dsl.escalation.table import TableDesign
from tests.escalation_plans import cohort, levels, plan

ROLLING_SIX = plan("""
    cohort of 1, up to 6 per level
    | treated | with_dlt  | pending   | then                        |
    | 1 to 5  | 1         | any       | treat 1 more                |
    | 1 to 2  | 0         | any       | treat 1 more                |
    | 3 to 5  | 0         | 0         | escalate                    |
    | 3 to 5  | 0         | 1 or more | treat 1 more                |
    | 2 to 6  | 2 or more | any       | de-escalate and close level |
    | 6       | 0         | 0 to 1    | escalate                    |
    | 6       | 0         | 2 or more | wait                        |
    | 6       | 1         | 0         | escalate                    |
    | 6       | 1         | 1 or more | wait                        |
    mtd is highest level with 6 treated and at most 1 dlt
""")
WORDS = {"same": "treat 1 more", "escalate": "escalate", "suspend": "wait", "deescalate": "de-escalate and close level"}
CELLS = [line.split("\t") for line in (Path(__file__).parent / "rolling_six.tsv").read_text("utf-8").splitlines()[2:]]


@pytest.mark.parametrize(("enrolled", "dlt", "no_dlt", "pending", "decision"), CELLS[1:])
def test_cell(enrolled: str, dlt: str, no_dlt: str, pending: str, decision: str) -> None:
    design = TableDesign(ROLLING_SIX, levels(3))
    letters = "T" * int(dlt) + "N" * int(no_dlt) + "P" * int(pending)
    assert len(letters) == int(enrolled)
    state = design.step(design.start, cohort(0, letters))
    assert WORDS[decision] == design.move(state).reason.action
