"""What everyone eligible satisfies is proved only by a criterion that is read at the same moment."""

import pytest

from protocol_dsl.evaluate.implication import claimed
from tests.trials_by_hand import trial

ALWAYS = 'always\n    A1 "Lansky is at least 50"\n        eligible implies lansky at least 50\n'


@pytest.mark.parametrize(
    ("criterion", "holds"),
    [
        ("lansky at least 60", True),
        ("lansky at least 50", True),
        ("lansky more than 50", True),
        ("lansky at least 40", None),
        ("lansky at least 60 and gilbert", True),
        ("lansky at least 60 or gilbert", None),
        ("any lansky within 7 days before enrolment at least 60", None),
    ],
)
def test_a_criterion_proves_no_more_than_it_says(criterion: str, holds: bool | None) -> None:  # noqa: FBT001
    protocol = trial(f'inclusion at enrolment\n    I1 "as written"\n        {criterion}\n', ALWAYS)
    assert holds is claimed(protocol, protocol.statements[0]).holds


@pytest.mark.parametrize(
    "below",
    ["        applies when sex is female\n", '        if missing treat as met because "seldom missing"\n'],
)
def test_a_criterion_with_a_guard_or_a_policy_proves_nothing(below: str) -> None:
    rule = "        lansky at least 60\n"
    body = below + rule if "applies" in below else rule + below
    protocol = trial(f'inclusion at enrolment\n    I1 "as written"\n{body}', ALWAYS)
    assert claimed(protocol, protocol.statements[0]).holds is None


def test_what_held_at_another_moment_proves_nothing() -> None:
    first = 'inclusion at enrolment\n    I1 "as written"\n        gilbert\n\n'
    later = 'inclusion at first_dose\n    I2 "as written"\n        lansky at least 60\n'
    protocol = trial(first + later, ALWAYS)
    assert claimed(protocol, protocol.statements[0]).holds is None
