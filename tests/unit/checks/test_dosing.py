"""Levels that rounding or a cap brings together: where that is said, and where not."""

import pytest

from tests.unit.dosing.trial import PER_KG, trial

FLAT = """\
doses of agent in mg
    | level | agent |
    | 1     | 12    |
    | 2     | 14    |
    start at level 1
"""
BANDS = """\
doses of agent in mg
    | level |
    | 1     |
    | 2     |
    start at level 1
    banded by age and dry_weight
        | age in years | dry_weight in kg | level 1 | level 2 |
        | under 12     | any              | 1       | 2       |
        | 12 or more   | under 50         | 2       | 4       |
        | 12 or more   | 50 or more       | 3       | 6       |
"""


def said(section: str, *settings: str) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in trial(section, *settings).diagnostics if one.code in ("PD470", "PD471")]


@pytest.mark.parametrize(
    "settings",
    [
        (),
        ("rounded down to 50 mg",),
        ("rounded to 5 mg, halves up",),  # 2.5 mg becomes 5 mg, which level 2 calls for at the same weight
        ("rounded up to 2 mg",),  # 2 mg at the least weight of 2 kg; 2.1 mg becomes 4 mg, and level 2 calls for 4.2 mg
        ("cap 4.1 mg per dose",),  # at 2 kg level 2 comes to 4 mg, and level 3 is cut off just above it
    ],
)
def test_levels_stay_apart(settings: tuple[str, ...]) -> None:
    assert said(PER_KG, *settings) == []


def test_rounding_past_the_next_level_names_a_weight() -> None:
    ((code, message),) = said(PER_KG, "rounded up to 5 mg")
    assert code == "PD470"
    assert message == (
        "level 1 at weight 2 kg: rounding makes it 5 mg, more than the 4 mg that level 2 calls for, "
        "so that it is refused"
    )


def test_the_weight_may_lie_within_the_range() -> None:
    ((_, message),) = said(PER_KG.replace("| 2     | 2     |", "| 2     | 1.4   |"), "rounded up to 2 mg")
    # At 2 kg nothing is rounded; just above it 2 mg becomes 4 mg, and level 2 calls for 2.8 mg.
    assert message.startswith("level 1 at weight 2.1 kg: rounding makes it 4 mg, more than the 2.94 mg")


def test_flat_doses_are_rounded_too() -> None:
    assert [code for code, _ in said(FLAT, "rounded up to 5 mg")] == ["PD470"]  # 12 becomes 15, above 14
    assert [code for code, _ in said(FLAT, "rounded down to 5 mg")] == ["PD471"]  # both become 10
    assert said(FLAT, "rounded to 2 mg, halves down") == []


def test_a_cap_below_every_amount_leaves_no_difference() -> None:
    found = said(PER_KG, "cap 2 mg per dose")
    assert [code for code, _ in found] == ["PD471", "PD471"]


def test_nothing_is_said_without_a_plausible_range() -> None:
    assert said(PER_KG.replace("on weight", "on lean_weight"), "rounded up to 5 mg") == []


@pytest.mark.parametrize(
    ("section", "items"),
    [
        (PER_KG, []),
        (PER_KG.replace("on weight", "on lean_weight"), []),
        (PER_KG.replace("on weight", "on dry_weight"), ["dry_weight"]),
        (FLAT, []),
        (
            BANDS,
            ["dry_weight"],
        ),
    ],
)
def test_a_measured_size_is_valid_for_some_time(section: str, items: list[str]) -> None:
    found = [one.message.split("`")[1] for one in trial(section).diagnostics if one.code == "PD472"]
    assert found == items


@pytest.mark.parametrize(
    ("section", "items"),
    [
        (PER_KG, []),
        (PER_KG.replace("on weight", "on lean_weight"), []),
        (PER_KG.replace("on weight", "on dry_weight"), ["dry_weight"]),
        (PER_KG.replace("on weight", "on half_dry"), ["dry_weight"]),
        (FLAT, []),
        (BANDS, []),  # the band of the heaviest is as far as it goes
    ],
)
def test_what_doses_are_multiplied_with_has_a_range(section: str, items: list[str]) -> None:
    found = [one.message.split("`")[1] for one in trial(section).diagnostics if one.code == "PD473"]
    assert found == items


@pytest.mark.parametrize("section", [BANDS, PER_KG.replace("on weight", "on dry_weight for agent")])
def test_what_doses_rest_on_is_used(section: str) -> None:
    unused = [one.message for one in trial(section).diagnostics if one.code == "PD351"]
    assert "`dry_weight` is declared and never used" not in unused
    assert "`bsa` is declared and never used" in unused
