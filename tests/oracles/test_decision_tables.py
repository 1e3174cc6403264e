"""Decision tables and paths as they are printed: the published boundaries, rolling six, the courses of 3+3."""

from collections import defaultdict
from pathlib import Path

import pytest
from attrs import evolve

from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.escalation.decision_table import Boundary, DecisionTable, decision_table
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.paths import Pathways, each, pathways
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text
from tests.escalation_plans import DESIGNS, climbed, file, shipped

HERE = Path(__file__).parent
HEAD = """\
protocol "P"

doses of agent
    | level |
    | 1     |
    | 2     |
    | 3     |
    start at level 1

"""


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines()[2:]]


def table_of(family: str, *settings: str) -> DecisionTable:
    section = "".join(f"    {line}\n" for line in (*settings, "mtd is isotonic estimate closest to target"))
    loaded = load_text(Source("p.protocol", f"{HEAD}escalation by {family}\n{section}"), without=RUN)
    assert loaded.protocol is not None, loaded.diagnostics
    return _table(loaded.protocol)


def _table(protocol: Protocol) -> DecisionTable:
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    found = decision_table(protocol.escalation, protocol.ladder)
    assert isinstance(found, DecisionTable)
    return found


# --- BOIN -------------------------------------------------------------------------------------------------------------


def printed() -> dict[tuple[str, str, str], list[list[str]]]:
    by_design: dict[tuple[str, str, str], list[list[str]]] = defaultdict(list)
    for target, p_saf, p_tox, *rest in lines("boin_boundaries.tsv"):
        by_design[target, p_saf, p_tox].append(rest)
    return by_design


@pytest.mark.parametrize(("target", "p_saf", "p_tox"), printed())
def test_the_boundaries_of_boin(target: str, p_saf: str, p_tox: str) -> None:
    rows = printed()[target, p_saf, p_tox]
    stops = "-" not in {row[4] for row in rows}
    found = table_of(
        "boin",
        f"target dlt rate {target}",
        *([f"underdosing {p_saf} and overdosing {p_tox}"] if p_saf else []),
        "close level when chance of exceeding target is more than 0.95 from 3 patients",
        *(["stop when chance that the lowest level exceeds target is more than 0.90 from 3 patients"] if stops else []),
        "cohort of 1",
        f"at most {len(rows)} patients",
    )
    expected = [Boundary(int(row[0]), *(int(cell) if cell.isdigit() else None for cell in row[1:])) for row in rows]
    actual = [one if stops else evolve(one, stop=None) for one in found.boundaries]
    assert expected == actual


# --- other designs of an interval -------------------------------------------------------------------------------------


SETTINGS = {
    "mtpi": ["rates from 0.25 to 0.35 count as the target"],
    "mtpi2": ["rates from 0.25 to 0.35 count as the target"],
    "i3plus3": ["rates from 0.25 to 0.35 count as the target"],
    "tpi": ["target interval from 1.5 standard deviations below to 1 above"],
    "ccd": ["rates strictly between 0.20 and 0.40 count as the target"],
}
LETTERS = {"escalate": "E", "stay": "S", "de-escalate": "D", "de-escalate and close level": "U"}


@pytest.mark.parametrize("family", SETTINGS)
def test_the_cells_of_designs_of_an_interval(family: str) -> None:
    """At a target of 0.30, on which the settings above are those of the oracle."""
    expected = {
        int(n): letters
        for design, target, n, letters in lines("interval_tables.tsv")
        if (design, target) == (family, "0.3")
    }
    close = "close level when chance of exceeding target is more than 0.95 from 1 patients"
    closes = [close] if any("U" in letters for letters in expected.values()) else []
    found = table_of(
        family, "target dlt rate 0.30", *SETTINGS[family], *closes, "cohort of 3", f"at most {max(expected)} patients"
    )
    actual: dict[int, str] = defaultdict(str)
    for one in found.entries:
        actual[one.treated] += LETTERS[one.move]
    assert expected == actual


# --- rolling six ------------------------------------------------------------------------------------------------------


WORDS = {"same": "treat 1 more", "escalate": "escalate", "suspend": "wait", "deescalate": "de-escalate and close level"}


def test_every_cell_of_rolling_six_is_met_and_no_other() -> None:
    expected = {
        (int(enrolled), int(dlt), int(pending)): WORDS[decision]
        for enrolled, dlt, _, pending, decision in lines("rolling_six.tsv")
        if enrolled != "0"
    }
    text = (DESIGNS / "rolling_six.protocol").read_text("utf-8")
    loaded = load_text(Source("rolling_six.protocol", text), without=RUN)
    assert loaded.protocol is not None
    found = _table(loaded.protocol)
    assert expected == {(one.treated, one.with_dlt, one.pending): one.move for one in found.entries}
    assert len(expected) == len(found.entries)


# --- 3+3 --------------------------------------------------------------------------------------------------------------


def whole(design: str, levels: int, most: int = 10_000) -> Pathways:
    found = pathways(shipped(design), climbed(design, levels), History(), None, most)
    assert isinstance(found, Pathways)
    return found


@pytest.mark.parametrize(("design", "levels", "expected"), lines("three_plus_three_counts.tsv"))
def test_the_number_of_paths(design: str, levels: str, expected: str) -> None:
    assert int(expected) == whole(design, int(levels), most=0).count


@pytest.mark.parametrize("design", sorted({design for design, _, _ in lines("three_plus_three_counts.tsv")}))
def test_the_number_of_paths_of_the_file_as_it_is_shipped(design: str) -> None:
    protocol = file(design)
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    counts = {(name, levels): int(paths) for name, levels, paths in lines("three_plus_three_counts.tsv")}
    found = pathways(protocol.escalation, protocol.ladder, History(), None)
    assert isinstance(found, Pathways)
    assert counts[design, str(len(protocol.ladder.levels))] == found.count


def courses() -> dict[tuple[str, str], list[tuple[str, str]]]:
    by_design: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for design, levels, course, recommended in lines("three_plus_three_paths.tsv"):
        by_design[design, levels].append((course, recommended))
    return by_design


@pytest.mark.parametrize(("design", "levels"), courses())
def test_every_path(design: str, levels: str) -> None:
    found = whole(design, int(levels))
    assert found.root is not None
    actual = []
    for path in each(found.root):
        course = " ".join(f"{one.rung + 1}:{one.dlts}" for one in path.seen)
        rung = getattr(path.end.move, "rung", None)
        actual.append((course, "0" if rung is None else str(rung + 1)))
    assert sorted(courses()[design, levels]) == sorted(actual)
