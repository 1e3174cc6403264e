"""Kleene's laws, over all combinations of up to four truths."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product

import pytest

from protocol_dsl.base.truth import Truth, agree, at_least, conjoin, disjoin, negate

SETTLED = (Truth.TRUE, Truth.FALSE)
ROWS = [row for length in range(5) for row in product(Truth, repeat=length)]
PAIRS = list(product(Truth, repeat=2))
TRIPLES = list(product(Truth, repeat=3))

Operation = Callable[[Iterable[Truth]], Truth]


def completions(row: tuple[Truth, ...]) -> Iterator[tuple[Truth, ...]]:
    """Every way in which the unknown could turn out."""
    return product(*(SETTLED if truth is Truth.UNKNOWN else (truth,) for truth in row))


def settled(row: tuple[Truth, ...], classical: Callable[[list[bool]], bool]) -> Truth:
    """What every completion agrees on, by two-valued logic."""
    results = {classical([truth is Truth.TRUE for truth in done]) for done in completions(row)}
    return Truth.of(results.pop()) if len(results) == 1 else Truth.UNKNOWN


@pytest.mark.parametrize("row", ROWS)
def test_and_or_and_at_least_are_unknown_only_where_the_unknown_matters(row: tuple[Truth, ...]) -> None:
    assert (settled(row, all), settled(row, any)) == (conjoin(row), disjoin(row))
    for count in range(-1, 6):
        assert settled(row, lambda held, n=count: sum(held) >= n) is at_least(count, row)  # type: ignore[misc]


@pytest.mark.parametrize("row", ROWS)
def test_de_morgan(row: tuple[Truth, ...]) -> None:
    assert negate(conjoin(row)) is disjoin(map(negate, row))


@pytest.mark.parametrize("row", ROWS)
def test_order_and_repetition_do_not_matter(row: tuple[Truth, ...]) -> None:
    operations: tuple[Operation, ...] = (conjoin, disjoin, agree)
    assert [operation(row) for operation in operations] == [operation(row[::-1] + row) for operation in operations]


@pytest.mark.parametrize("row", ROWS)
def test_at_least_runs_from_any_to_all(row: tuple[Truth, ...]) -> None:
    assert (disjoin(row), conjoin(row)) == (at_least(1, row), at_least(len(row), row))


@pytest.mark.parametrize(("a", "b", "c"), TRIPLES)
def test_and_distributes_over_or(a: Truth, b: Truth, c: Truth) -> None:
    assert conjoin([a, disjoin([b, c])]) is disjoin([conjoin([a, b]), conjoin([a, c])])


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_absorption(a: Truth, b: Truth) -> None:
    assert (a, a) == (conjoin([a, disjoin([a, b])]), disjoin([a, conjoin([a, b])]))


@pytest.mark.parametrize("truth", Truth)
def test_negation_undoes_itself(truth: Truth) -> None:
    assert truth is negate(negate(truth))


@pytest.mark.parametrize("row", ROWS)
def test_settling_the_unknown_never_turns_a_settled_result(row: tuple[Truth, ...]) -> None:
    for operation in (conjoin, disjoin, lambda truths: at_least(2, truths)):
        before = operation(row)
        after = {operation(done) for done in completions(row)}
        assert before is Truth.UNKNOWN or after == {before}


@pytest.mark.parametrize("row", ROWS)
def test_agreement_is_what_all_say(row: tuple[Truth, ...]) -> None:
    expected = row[0] if row and all(truth is row[0] for truth in row) else Truth.UNKNOWN
    assert expected is agree(row)


@pytest.mark.parametrize(("value", "truth"), [(True, Truth.TRUE), (False, Truth.FALSE), (None, Truth.UNKNOWN)])
def test_truth_of_a_python_value(value: bool | None, truth: Truth) -> None:  # noqa: FBT001 - the case itself
    assert truth is Truth.of(value)
