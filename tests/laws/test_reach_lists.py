"""What static checks call impossible of lists is not to be had with any list of a small world."""

from itertools import product

import pytest

from protocol_dsl.amend.formula import clearing
from protocol_dsl.amend.typical import typical
from protocol_dsl.amend.world import world
from tests.law import law
from tests.laws.test_solver_lists import RULES, read, records, said

pytest.importorskip("z3", reason="the extra `solver` is not installed")


@law(RULES, RULES, times=5, at_length=100)
def test_no_list_of_a_small_world_is_what_no_list_can_be(one: str, other: str) -> None:
    from protocol_dsl.amend.reach import FALSE, NOT_TRUE, TRUE, UNKNOWN, Space

    here = typical(world((read(one), read(other))))
    sides = clearing(read(one).criteria[0], 0), clearing(read(other).criteria[0], 1, "other")
    space = Space.over(sides, here)
    ways = (TRUE, FALSE, UNKNOWN, NOT_TRUE)
    never = [both for both in product(ways, repeat=2) if space.can(*zip(sides, both, strict=True)) is False]
    if never:
        for record in records(here, 2):
            truths = said(sides, here, record)
            assert not any(truths[0] in first and truths[1] in second for first, second in never), record.lists
