"""What a clause says it was called is held against the older version, and not guessed at."""

from pathlib import Path

import pytest

from protocol_dsl.amend.change import Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.intent import held
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.cli.main import main
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text

TEXT = """\
protocol "NAMES"
    version {version}

data
    anc  : number in 10*9/L
    ecog : count

inclusion
{inclusion}

exclusion
{exclusion}
"""
ANC = '    {id} "Neutrophils"\n        anc at least 1.5 10*9/L'
ECOG = '    {id} "Performance"\n        ecog at least 2'


def read(inclusion: str, exclusion: str = "E1", version: str = "1.0") -> Protocol:
    lines = "\n".join(ANC.format(id=one) for one in inclusion.split(", "))
    text = TEXT.format(version=version, inclusion=lines, exclusion=ECOG.format(id=exclusion))
    found = load_text(Source("names", text), without=RUN)
    assert found.protocol is not None, [one.message for one in found.errors]
    return found.protocol


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "said"),
    [
        ("I4 renamed from I3", "E1", []),
        ("I4 renamed from I33", "E1", ["I4 is renamed from I33, and the older version has no I33"]),
        ("I4 renamed from I3, I5 renamed from I3", "E1", ["I5 is renamed from I3, and I4 is renamed from I3 already"]),
        ("I3", "T2 renamed from E1", []),
    ],
)
def test_an_id_that_is_named_must_be_there(inclusion: str, exclusion: str, said: list[str]) -> None:
    found = diff(read("I3"), read(inclusion, exclusion, "2.0"))
    assert said == [one.message for one in found.problems]
    assert all(one.code == "PD605" and one.primary.where is not None for one in found.problems)


def test_nothing_is_paired_by_likeness_with_what_says_that_it_was_another() -> None:
    found = diff(read("I3"), read("I4 renamed from I33"))
    assert {one.id: one.kind for one in found.clauses} == {"I4": Kind.ADDED, "I3": Kind.REMOVED}
    guessed = diff(read("I3"), read("I4"))
    assert [(one.id, one.kind, bool(one.guessed)) for one in guessed.clauses] == [("I4", Kind.RENAMED, True)]


def test_a_stated_intent_is_not_matched_with_it() -> None:
    intent = '    amends 1.0\n\namendment\n    reason "so"\n    adds I4\n    removes I3\n\ndata'
    text = TEXT.format(version="2.0", inclusion=ANC.format(id="I4 renamed from I33"), exclusion=ECOG.format(id="E1"))
    new = load_text(Source("names", text.replace("\ndata", intent, 1)), without=RUN).protocol
    assert new is not None
    answer = held(new.amendment, diff(read("I3"), new))
    assert answer is not None
    assert not answer.matched


def test_the_command_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for number, name in enumerate(("I3", "I4 renamed from I33")):
        files.append(str(tmp_path / f"v{number}.protocol"))
        text = TEXT.format(version="1.0", inclusion=ANC.format(id=name), exclusion=ECOG.format(id="E1"))
        (tmp_path / f"v{number}.protocol").write_text(text, encoding="utf-8")
    assert main(["diff", *files]) == 1
    assert "v1.protocol:9:5: error[PD605]" in capsys.readouterr().err
