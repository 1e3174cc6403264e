"""No record refutes what is proved: of a difference, of one version over all records, and of what is missing.

The pairs are texts that are nearly the same; the records lie at, next to and between the limits of both, with several
readings and events, and are read by the interpreter.
"""

# ruff: noqa: S311 - nothing that is drawn here is a secret

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from random import Random

import pytest
from attrs import evolve

from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.promise import promised
from protocol_dsl.amend.settling import settle
from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source
from protocol_dsl.base.truth import Truth
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.evaluate.decide import Standing, Verdict, decide, decide_clause, environment
from protocol_dsl.evaluate.implication import refutes
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Reading, Record
from protocol_dsl.pipeline import load_text
from tests import near_texts
from tests.claims import Versions, in_order, read, records, refuted
from tests.near_records import WHOLE, Near, clauses

RECORDS = 80
SEEDS = (*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 1200)))
seeds = pytest.mark.parametrize("seed", SEEDS)
IDS = re.compile(r"\b[A-Z]+\d+[a-z]?\b")


def drawn_pair(random: Random) -> tuple[near_texts.File, Versions]:
    while True:
        file = near_texts.first(random)
        old = read(file.text)
        new = None if old is None else read(near_texts.second(file, random).text)
        if old is not None and new is not None:
            return file, (old, new)


@seeds
def test_no_record_refutes_what_a_difference_claims(seed: int) -> None:
    random = Random(seed)
    _, versions = drawn_pair(random)
    found = diff(*versions)
    assert [one.message for one in found.defects] == []
    for record, as_of, whole in records(versions, random, RECORDS):
        assert list(refuted(found, versions, record, as_of, whole=whole)) == []


# --- what is proved of one version ------------------------------------------------------------------------------------


def disproved(found: Diagnostic, protocol: Protocol, record: Record, as_of: date) -> bool:
    """Whether a record speaks against what `check` found of all records."""
    moments = moments_of(protocol, record, {})[0]
    decided = {
        clause.id: decide_clause(clause, environment(protocol, record, as_of, moments, clause))
        for clause in clauses(protocol)
    }
    named = [decided[name] for name in IDS.findall(found.message) if name in decided]
    clears = [one.standing is Standing.CLEARS for one in named]
    match found.code:
        case "PD370":
            return all(clears)
        case "PD371" | "PD372":
            applies = named[0].guard is None or named[0].guard.truth is Truth.TRUE
            return applies and named[0].body.truth is (Truth.TRUE if found.code == "PD371" else Truth.FALSE)
        case "PD373" | "PD377":
            return not clears[0] and all(clears[1:])
        case "PD379":
            return decide(protocol, record, as_of).verdict is Verdict.ELIGIBLE
        case _:
            return False


@seeds
def test_no_record_refutes_what_is_proved_of_one_version(seed: int) -> None:
    random = Random(seed)
    file, (protocol, _) = drawn_pair(random)
    found = load_text(Source("near.protocol", file.text), without=RUN, proved=True).diagnostics
    kept = [one for one in protocol.statements if promised(protocol, one).holds]
    for record, as_of, _ in records((protocol,), random, RECORDS):
        assert [one.message for one in found if disproved(one, protocol, record, as_of)] == []
        assert [one.id for one in kept if refutes(protocol, one, record, as_of)] == []


# --- what is missing of a patient -------------------------------------------------------------------------------------


@seeds
def test_what_cannot_matter_does_not(seed: int) -> None:
    """What was taken away is filled in at random, whole and then in one entry that is said not to matter."""
    random = Random(seed)
    _, (protocol, _) = drawn_pair(random)
    near = Near.of(protocol)
    full, as_of = near.record(random, WHOLE)
    named = sorted(full.readings.keys() - protocol.moments.keys())
    gone = frozenset(random.sample(named, min(len(named), random.choice((1, 2, 2, 3)))))
    lacking = evolve(full, readings={name: one for name, one in full.readings.items() if name not in gone})
    if not in_order((protocol,), full) or decide(protocol, lacking, as_of).verdict is not Verdict.UNDETERMINED:
        return
    told = settle(protocol, lacking, as_of)
    idle = [one.item for one in told.missing if one.matters is False and one.item in gone]
    for _ in range(20):
        fillings = [near.record(random, WHOLE)[0].readings for _ in range(2)]
        filled = filled_in(lacking, {name: fillings[0][name] for name in gone}, as_of)
        verdict = decide(protocol, filled, as_of).verdict
        assert told.loose or verdict in told.possible
        for name in idle:
            other = filled_in(filled, {name: fillings[1][name]}, as_of)
            assert (name, decide(protocol, other, as_of).verdict) == (name, verdict)


def filled_in(record: Record, found: Mapping[str, tuple[Reading, ...]], as_of: date) -> Record:
    """The record with these entries; no day is recorded that is to come yet."""
    kept = {name: tuple(_by(reading, as_of) for reading in entries) for name, entries in found.items()}
    return evolve(record, readings={**record.readings, **kept})


def _by(reading: Reading, day: date) -> Reading:
    return evolve(reading, value=day) if type(reading.value) is date and reading.value > day else reading
