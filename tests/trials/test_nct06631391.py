"""The fourteen invented children of the seed trial: what must come out was derived by hand, in the README beside them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import protocol_dsl
from protocol_dsl.base.shipped import shipped
from protocol_dsl.face import Protocol

FOLDER = Path(str(shipped("protocols"))) / "trials" / "nct06631391" / "records"


@cache
def protocol(version: str) -> Protocol:
    return protocol_dsl.load(f"nct06631391@{version}")


def tables() -> Iterator[list[dict[str, str]]]:
    """The tables of the README, each a list of rows by the names in its head."""
    lines = [line.strip() for line in (FOLDER / "README.md").read_text("utf-8").splitlines()]
    table: list[list[str]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            table.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif table:
            yield [dict(zip(table[0], row, strict=True)) for row in table[2:]]
            table = []


SCREENING, TOXICITY, MOVES = tables()


@pytest.mark.parametrize("expected", SCREENING, ids=lambda row: row["patient"])
def test_each_child_is_screened_as_derived_by_hand(expected: dict[str, str]) -> None:
    found = protocol("2.0").screen_many(FOLDER).set_index("patient").loc[expected["patient"]]
    assert (expected["verdict"], expected["because"]) == (found["verdict"], found["because"])
