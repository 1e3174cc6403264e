"""A clean invented trial adjudicates to the truth it was made from; a dirty one never to what is less safe."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from protocol_dsl.cli.inputs import RUN
from protocol_dsl.conduct.dlt import DltVerdict
from protocol_dsl.conduct.status import PatientState, TrialState, trial_state
from protocol_dsl.evaluate.decide import Verdict
from protocol_dsl.evaluate.strange_terms import with_strange_terms
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_bytes
from protocol_dsl.readers.choose import read
from protocol_dsl.synthesize.files import files
from protocol_dsl.synthesize.trial import Invented, Plan, Trial, invent

TRIALS = Path("protocols/trials")
DLT = sorted(str(path) for path in Path("tests/trials/dlt").glob("*.protocol"))
EVERY = [
    *(str(TRIALS / name) for name in ("nk_ped_01/v2.protocol", "nct06631391/v2.protocol", "kin_204/v3.protocol")),
    *DLT,
]
QUICK = [str(TRIALS / "nk_ped_01/v2.protocol"), "tests/trials/dlt/mk1454.protocol", "tests/trials/dlt/chrono.protocol"]


@cache
def protocol_of(name: str) -> Protocol:
    path = Path(name)
    loaded = load_bytes(name, path.read_bytes(), folder=path.parent, without=RUN)
    assert loaded.protocol is not None, loaded.errors
    return loaded.protocol


def written(folder: Path, made: Mapping[str, bytes]) -> None:
    for name, content in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def adjudicated(protocol: Protocol, trial: Trial, folder: Path) -> TrialState:
    data = with_strange_terms(protocol, read(protocol, folder))
    assert not data.unread, data.diagnostics
    return trial_state(protocol, data.records, trial.as_of)


def truth(one: Invented) -> tuple[str | None, str | None, str | None, tuple[str, ...]]:
    verdict = None if one.eligible is None else "eligible" if one.eligible else "ineligible"
    return verdict, one.level, one.dlt, one.clauses


def found(one: PatientState) -> tuple[str | None, str | None, str | None, tuple[str, ...]]:
    verdict = None if one.eligible is None else one.eligible.value
    if one.dlt is None:
        return verdict, None, None, ()
    because = one.dlt.because if one.dlt.status is DltVerdict.YES else ()
    return verdict, one.dlt.level, one.dlt.status.value, because


def clean(name: str, patients: int, seed: int, folder: Path) -> None:
    protocol = protocol_of(name)
    plan = Plan(patients=patients, seed=seed)
    trial = invent(protocol, plan)
    assert trial.patients
    written(folder, files(protocol, trial, plan, forms=("plain", "sdtm")))
    for form in ("plain", "sdtm"):
        state = adjudicated(protocol, trial, folder / form)
        by_id = {one.patient: found(one) for one in state.patients}
        expected = {one.record.patient: truth(one) for one in trial.patients}
        if form == "sdtm":  # which has no place for judgements: what hangs on them is open there
            by_id = {
                one: (expected[one][0] if told[0] == "undetermined" else told[0], *told[1:])
                for one, told in by_id.items()
            }
        assert by_id == expected
        history = None if state.advice is None else str(state.advice.history)
        assert history == trial.history


def dirty(name: str, patients: int, seed: int, folder: Path) -> int:
    """Nothing certain is wrong: neither way for a verdict, and no DLT is lost. How many entries were spoiled."""
    protocol = protocol_of(name)
    plan = Plan(
        patients=patients, seed=seed, rates=(Fraction(1, 2),) * len(protocol.ladder.names if protocol.ladder else "1")
    )
    trial = invent(protocol, plan)
    made = files(protocol, trial, plan, forms=("plain", "sdtm"), missing=Fraction(1, 8), dirty=Fraction(1, 8))
    written(folder, made)
    for form in ("plain", "sdtm"):
        states = {one.patient: one for one in adjudicated(protocol, trial, folder / form).patients}
        for one in trial.patients:
            state = states[one.record.patient]
            assert state.eligible in (
                None,
                Verdict.UNDETERMINED,
                Verdict.ELIGIBLE if one.eligible else Verdict.INELIGIBLE,
            )
            if one.dlt == "yes":
                assert state.dlt is not None
                assert state.dlt.status in (DltVerdict.YES, DltVerdict.PENDING, DltVerdict.ADJUDICATE)
            if one.dlt == "no" and state.dlt is not None:
                assert state.dlt.status is not DltVerdict.YES
    return made["truth.json"].count(b'"what"')


@pytest.mark.parametrize("name", QUICK)
def test_a_clean_trial_comes_to_the_truth_it_was_made_from(name: str, tmp_path: Path) -> None:
    clean(name, 7, 3, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", [*EVERY, str(TRIALS / "cdisc_pilot/v1.protocol")])
def test_every_clean_trial_comes_to_the_truth_it_was_made_from(name: str, seed: int, tmp_path: Path) -> None:
    clean(name, 30, seed, tmp_path)


@pytest.mark.parametrize("name", QUICK[:2])
def test_a_dirty_trial_says_nothing_that_is_not_so(name: str, tmp_path: Path) -> None:
    assert dirty(name, 6, 2, tmp_path) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", EVERY)
def test_every_dirty_trial_says_nothing_that_is_not_so(name: str, seed: int, tmp_path: Path) -> None:
    dirty(name, 30, seed, tmp_path)
