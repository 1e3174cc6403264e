"""Every shipped protocol survives being written as JSON."""

import json
from functools import cache

import pytest
from attrs import evolve

from protocol_dsl.base.shipped import find_protocol, names_of_protocols
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.serial import canonical, digest, from_json, structure, to_json
from protocol_dsl.pipeline import load_bytes

NAMES = [*names_of_protocols(), "nct06631391@1.0"]


@cache
def protocol(name: str) -> Protocol:
    """A shipped protocol; the checks that run its design and its examples are for others."""
    path = find_protocol(name)
    assert path is not None
    found = load_bytes(name, path.read_bytes(), without=RUN).protocol
    assert found is not None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read(name: str) -> None:
    written = protocol(name)
    text = to_json(written)
    read = from_json(text)
    assert read == written
    assert (read.examples, read.cohort_examples, read.notes) == (
        written.examples,
        written.cohort_examples,
        written.notes,
    )
    assert to_json(read) == text
    assert digest(read) == digest(written)


@pytest.mark.parametrize("name", NAMES)
def test_the_canonical_form_is_json(name: str) -> None:
    form = canonical(protocol(name))
    assert json.loads(json.dumps(form)) == form
    assert structure(form, Protocol) == protocol(name)


@pytest.mark.parametrize("name", NAMES)
def test_layout_and_comments_play_no_part_in_the_digest(name: str) -> None:
    path = find_protocol(name)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    airy = "# another comment\n\n" + text.replace("\n\n", "\n\n\n")
    found = load_bytes(name, airy.encode()).protocol
    assert found is not None
    assert digest(found) == digest(protocol(name))


def test_protocols_that_differ_have_digests_that_differ() -> None:
    assert len({digest(protocol(name)) for name in NAMES}) == len(NAMES)
    one = protocol("nk_ped_01")
    for clause in range(len(one.criteria)):
        less = evolve(one, criteria=one.criteria[:clause] + one.criteria[clause + 1 :])
        assert digest(less) != digest(one)
