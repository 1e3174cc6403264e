"""What is said of an item: the order makes no difference, and nothing is said twice."""

from itertools import permutations

import pytest

from protocol_dsl.model.vocabulary import Item
from tests.unit.elaborate.trial import TRIAL, written


def declared(attributes: str) -> tuple[Item | None, list[str]]:
    """The item with these attributes, and what is wrong with them."""
    line = f"    urea : number in mg/dL; {attributes}\n    half_life"
    protocol, found = written(TRIAL.replace("    half_life", line))
    return (protocol.items["urea"] if protocol else None), [one.message for one in found]


@pytest.mark.parametrize("order", list(permutations(["latest", "valid for 7 days", "plausible 1 to 300", "with ULN"])))
def test_the_order_of_attributes_makes_no_difference(order: tuple[str, ...]) -> None:
    found, wrong = declared("; ".join(order))
    assert [] == wrong
    assert found is not None
    assert found.choice is not None
    assert (7, (True, False)) == (found.valid_days, (found.uln, found.lln))


@pytest.mark.parametrize(
    ("attributes", "what"),
    [
        ("latest, valid for 7 days; valid for 14 days", "how long a reading is valid"),
        ("valid for 14 days; latest, valid for 7 days", "how long a reading is valid"),
        ("with ULN; with LLN", "which limits come with it"),
        ("plausible 1 to 300; plausible 1 to 30", "what is plausible"),
        ("first; latest", "which reading is chosen"),
    ],
)
def test_nothing_is_said_twice(attributes: str, what: str) -> None:
    assert [f"{what} is said twice of `urea`"] == declared(attributes)[1]
