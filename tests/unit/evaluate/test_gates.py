"""Gates, dose by dose: what each comes to, and how it is told."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from protocol_dsl.evaluate.decide import GateDecision, Passage
from protocol_dsl.evaluate.screening import Screening
from protocol_dsl.face import Protocol, loads
from tests.schema import faults

Screen = Callable[..., Screening]

TRIAL = """\
protocol "GATE-1"
    language 1
    uses ucum

moments
    enrolment
    infusion is every dose of cells
    biopsy

data
    saturation : number in %; plausible 0 to 100; latest, valid for 1 day
    swelling   : yes/no
    doses      : list of dose

inclusion at enrolment
    I1 "Well saturated"
        saturation at least 90 %

gate "Before each infusion" at infusion
    G1 "No oxygen needed"
        saturation at least 92 %
    G2 "No swelling"
        swelling is no
        if missing treat as met because "it is recorded where there is some"
"""

BIOPSY = """
gate "Before the biopsy" at biopsy
    G3 "At least 95 %"
        saturation at least 95 %
"""

INCOMPLETE = '    incomplete "the others are not public"\n'

READINGS = {
    "patients": "patient,enrolment\nA,2026-03-01\n",
    "observations": "patient,item,date,value,unit\n"
    "A,saturation,2026-03-01,97,%\nA,saturation,2026-03-10,92,%\nA,saturation,2026-03-16,91.5,%\n",
    "doses": "patient,product,date\nA,cells,2026-03-24\nA,cells,2026-03-10\nA,cells,2026-03-17\nA,other,2026-03-18\n",
}


@pytest.fixture
def screened(tmp_path_factory: pytest.TempPathFactory) -> Screen:
    def screen(text: str = TRIAL, tables: Mapping[str, str] = READINGS, **more: str) -> Screening:
        folder = tmp_path_factory.mktemp("records")
        for name, table in tables.items():
            (folder / f"{name}.csv").write_text(table, encoding="utf-8")
        protocol: Protocol = loads(text)
        as_of = more.pop("as_of", "2026-03-31")
        return protocol.screen(protocol.read(folder).records[0], as_of=as_of, policies=True, **more)

    return screen


def passages(gates: tuple[GateDecision, ...]) -> list[tuple[str, Passage]]:
    return [("-" if one.day is None else one.day.isoformat(), one.passage) for one in gates]


def test_each_dose_of_the_product_by_its_own_readings(screened: Screen) -> None:
    """92 on the day clears; 91.5 of the day before bars; a week later nothing is valid any more."""
    assert [
        ("2026-03-10", Passage.PROCEED),
        ("2026-03-17", Passage.HOLD),
        ("2026-03-24", Passage.UNDETERMINED),
    ] == passages(screened().gates)


def test_a_gate_has_no_part_in_the_verdict(screened: Screen) -> None:
    found = screened()
    assert ("eligible", ()) == (found.verdict, found.because)


def test_a_dose_after_the_as_of_date_is_not_seen(screened: Screen) -> None:
    assert [("2026-03-10", Passage.PROCEED)] == passages(screened(as_of="2026-03-16").gates)
    assert () == screened(as_of="2026-03-09").gates


def test_a_dose_on_an_uncertain_day_is_told_and_undetermined(screened: Screen) -> None:
    tables = {**READINGS, "doses": "patient,product,date\nA,cells,2026-03-10\nA,cells,2026-03\n"}
    found = screened(TRIAL, tables)
    assert [("2026-03-10", Passage.PROCEED), ("-", Passage.UNDETERMINED)] == passages(found.gates)
    assert (
        'gate "Before each infusion" on a day of 2026-03-01 to 2026-03-31: undetermined: G1 is open' in found.explain()
    )


def test_a_dose_without_a_day_is_told(screened: Screen) -> None:
    tables = {**READINGS, "doses": "patient,product,date\nA,cells,\n"}
    assert 'gate "Before each infusion" on a day that is not known: undetermined' in screened(TRIAL, tables).explain()


def test_without_doses_nothing_is_told(screened: Screen) -> None:
    found = screened(TRIAL + BIOPSY, {name: READINGS[name] for name in ("patients", "observations")})
    assert () == found.gates
    assert "gate" not in found.explain()
    assert [] == found.to_json()["gates"]


def test_a_moment_that_has_a_day_is_tried_on_it(screened: Screen) -> None:
    found = screened(TRIAL + BIOPSY, biopsy="2026-03-01", infusion="2026-03-16")
    assert [("2026-03-16", Passage.HOLD), ("2026-03-01", Passage.PROCEED)] == passages(found.gates)


def test_an_incomplete_gate_says_so(screened: Screen) -> None:
    told = screened(TRIAL + INCOMPLETE, as_of="2026-03-16").explain()
    assert "at 2026-03-10: undetermined: nothing bars, but the criteria are not known in full (gate)" in told
    assert 'incomplete: gate, "the others are not public"' in told


def test_the_policy_that_let_a_dose_pass_is_named(screened: Screen) -> None:
    told = screened(as_of="2026-03-16").explain()
    assert told.count('policies used: G2 (treated as met because "it is recorded where there is some")') == 1
    without = loads(TRIAL).gates(screened().record, as_of="2026-03-16", policies=False)
    assert [("2026-03-10", Passage.UNDETERMINED)] == passages(without)


def test_what_decided_is_told_in_the_manner_of_criteria(screened: Screen) -> None:
    lines = screened(as_of="2026-03-17").explain().splitlines()
    at = lines.index('gate "Before each infusion" at 2026-03-17: hold: G1 bars')
    assert "  G1 No oxygen needed" == lines[at + 1]
    assert lines[at + 2].startswith("     saturation 91.5 % of 2026-03-16; at least 92 % ")
    assert lines[-1].startswith("GATE-1, rules ")


def test_gates_as_data(screened: Screen) -> None:
    gates = screened().to_json()["gates"]
    assert [("infusion", "2026-03-10", []), ("infusion", "2026-03-17", ["G1"]), ("infusion", "2026-03-24", ["G1"])] == [
        (one["moment"], one["day"], one["because"]) for one in gates
    ]
    assert [[], [], [{"item": "saturation", "reason": "stale"}]] == [one["missing"] for one in gates]
    assert ["met", "not met", "unknown"] == [one["clauses"][0]["status"] for one in gates]


def test_gates_as_data_fit_the_published_schema(screened: Screen) -> None:
    schema = json.loads((Path(__file__).parents[3] / "docs/language/explanation.schema.json").read_text("utf-8"))
    assert [] == list(faults(json.loads(json.dumps(screened(TRIAL + BIOPSY + INCOMPLETE).to_json())), schema))


def test_gates_in_a_notebook(screened: Screen) -> None:
    assert "hold: G1 bars" in screened()._repr_html_()
