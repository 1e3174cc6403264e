"""`rounded to`: the nearest step, half way away from nought."""

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.pipeline import load_text

FILE = """\
protocol "ROUND"

moments
    enrolment

data
    score : number

define
    tidy is score {more} rounded to 0.5

inclusion at enrolment
    I1
        tidy is {limit}

example "one score"
    given enrolment = 2026-05-04, score = {score}
    then eligible
"""


@pytest.mark.parametrize(
    ("score", "more", "limit"),
    [
        ("1.24", "* 1", "1"),
        ("1.25", "* 1", "1.5"),
        ("1.74", "* 1", "1.5"),
        ("1.75", "* 1", "2"),
        ("0.24", "* 1", "0"),
        ("0", "* 1", "0"),
        ("1.24", "- 3", "-2"),
        ("1.25", "- 3", "-2"),
        ("1.26", "- 3", "-1.5"),
    ],
)
def test_rounding(score: str, more: str, limit: str) -> None:
    loaded = load_text(Source("round.protocol", FILE.format(score=score, more=more, limit=limit)))
    assert loaded.errors == ()
    assert loaded.protocol is not None
