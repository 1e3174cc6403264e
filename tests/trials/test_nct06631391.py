"""The fourteen invented children of the seed trial: what must come out was derived by hand, in the README beside."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve

import protocol_dsl
from protocol_dsl.base.shipped import shipped
from protocol_dsl.conduct.history import history_of
from protocol_dsl.face import Protocol
from protocol_dsl.model.record import Record

FOLDER = Path(str(shipped("protocols"))) / "trials" / "nct06631391" / "records"
CUT = date(2025, 11, 20)

Row = Mapping[str, str]


def tables() -> Iterator[list[Row]]:
    """The tables of the README, each a list of rows by the names in its head."""
    lines = (FOLDER / "README.md").read_text("utf-8").splitlines()
    table: list[list[str]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            table.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif table:
            yield [dict(zip(table[0], row, strict=True)) for row in table[2:]]
            table = []


SCREENING, TOXICITY, MOVES = tables()


def name_of(row: Row) -> str:
    return row.get("patient") or row["as of"]


@cache
def protocol(version: str) -> Protocol:
    return protocol_dsl.load(f"nct06631391@{version}")


@cache
def children(version: str) -> Mapping[str, Record]:
    return {record.patient: record for record in protocol(version).read(FOLDER).records}


def test_the_bare_name_finds_the_newest_version() -> None:
    assert protocol_dsl.load("nct06631391").digest == protocol("2.0").digest


def test_the_records_are_read_to_the_last_row_without_a_diagnostic() -> None:
    data = protocol("2.0").read(FOLDER)
    assert ((), CUT) == (data.diagnostics, data.latest_day)


@pytest.mark.parametrize("row", SCREENING, ids=name_of)
def test_a_child_is_screened_as_derived_by_hand(row: Row) -> None:
    found = protocol("2.0").screen(children("2.0")[row["patient"]], as_of=CUT)
    assert (row["verdict"], row["because"]) == (found.verdict.value, ", ".join(found.because))


def test_a_table_of_children_gets_the_same_verdicts() -> None:
    found = protocol("2.0").screen_many(FOLDER)
    assert [row["verdict"] for row in SCREENING] == list(found["verdict"])


@pytest.mark.parametrize("row", SCREENING, ids=name_of)
def test_nobody_is_eligible_where_criteria_are_not_public(row: Row) -> None:
    expected = "ineligible" if row["patient"] == "SYN-03" else "undetermined"
    assert expected == protocol("1.0").screen(children("1.0")[row["patient"]], as_of=CUT).verdict.value


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_deleting_whatever_is_known_of_an_item_or_a_list_makes_nobody_eligible(version: str) -> None:
    now_eligible = [
        (record.patient, lost)
        for record in children(version).values()
        if protocol(version).screen(record, as_of=CUT).verdict.value != "eligible"
        for lost in {*record.readings, *record.lists, *record.attested} - {"enrolment"}
        if protocol(version).screen(without(record, lost), as_of=CUT, policies=False).verdict.value == "eligible"
    ]
    assert [] == now_eligible


def without(record: Record, lost: str) -> Record:
    return evolve(
        record,
        readings={name: found for name, found in record.readings.items() if name != lost},
        lists={name: found for name, found in record.lists.items() if name != lost},
        attested={name: day for name, day in record.attested.items() if name != lost},
    )


def test_what_is_assumed_is_refused_without_assumptions() -> None:
    with pytest.raises(protocol_dsl.ProtocolError, match="PD390"):
        protocol_dsl.load("nct06631391", assumptions=False)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_every_example_in_the_file_holds(version: str) -> None:
    results = protocol(version).test()
    assert [] == [result for result in results if not result.passed]


@pytest.mark.parametrize("row", TOXICITY, ids=name_of)
def test_a_child_had_a_dlt_or_not_as_derived_by_hand(row: Row) -> None:
    status, _, clause = row["status"].partition(", ")
    found = next(one for one in protocol("2.0").dlt(FOLDER) if one.patient == row["patient"])
    ends = date.fromisoformat(row["window ends"]) if status == "pending" else None
    assert (row["level"], status, ends) == (found.level, found.status.value, found.pending_until)
    assert ((clause,) if clause else ()) == found.because


def test_a_child_with_too_few_infusions_is_not_said_to_have_left() -> None:
    found = next(one for one in protocol("2.0").dlt(FOLDER) if one.patient == "SYN-11")
    assert found.why == "what makes a patient evaluable is not met, and the window closed on 2025-10-01"


@pytest.mark.parametrize("row", MOVES, ids=name_of)
def test_the_history_and_the_next_move_follow_from_the_records(row: Row) -> None:
    seen = protocol("2.0")
    history = str(history_of(seen.model, tuple(children("2.0").values()), date.fromisoformat(row["as of"]), {}))
    advice = seen.advise(history)
    move = f"treat {advice.patients} at level {advice.level}" if advice.move == "treat" else advice.move
    assert (row["history"], row["move"]) == (history, move)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_every_statement_holds_over_all_histories(version: str) -> None:
    assert [] == [finding for finding in protocol(version).verify() if finding.holds is not True]
