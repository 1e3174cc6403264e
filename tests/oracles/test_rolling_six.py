"""Rolling six as a table with a `pending` column: every cell of the published table."""

from pathlib import Path

import pytest

from protocol_dsl.escalation.table import TableDesign
from tests.escalation_plans import cohort, levels, shipped

WORDS = {"same": "treat 1 more", "escalate": "escalate", "suspend": "wait", "deescalate": "de-escalate and close level"}
CELLS = [line.split("\t") for line in (Path(__file__).parent / "rolling_six.tsv").read_text("utf-8").splitlines()[2:]]


@pytest.mark.parametrize(("enrolled", "dlt", "no_dlt", "pending", "decision"), CELLS[1:])
def test_cell(enrolled: str, dlt: str, no_dlt: str, pending: str, decision: str) -> None:
    design = TableDesign(shipped("rolling_six"), levels(3))
    letters = "T" * int(dlt) + "N" * int(no_dlt) + "P" * int(pending)
    assert len(letters) == int(enrolled)
    state = design.step(design.start, cohort(0, letters))
    assert WORDS[decision] == design.move(state).reason.action


@pytest.mark.parametrize(("enrolled", "dlt", "no_dlt", "pending", "decision"), CELLS[1:])
def test_cell_of_the_strict_variant(enrolled: str, dlt: str, no_dlt: str, pending: str, decision: str) -> None:
    """It differs in one cell: with five of six clean and one pending it waits (PBTC-042, NCT02255461)."""
    design = TableDesign(shipped("rolling_six_strict"), levels(3))
    state = design.step(design.start, cohort(0, "T" * int(dlt) + "N" * int(no_dlt) + "P" * int(pending)))
    waits = (enrolled, dlt, pending) == ("6", "0", "1")
    assert ("wait" if waits else WORDS[decision]) == design.move(state).reason.action
