"""A table of texts as it is printed: a title, a head, rows, and what is said below."""

from collections.abc import Iterator

from attrs import frozen


@frozen
class Sheet:
    """Each row has a cell for each of the head."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def runs(numbers: list[int]) -> str:
    """Numbers as they are spoken of: `0`, `2 to 4`, `1, 3 to 5`."""
    return ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in _runs(sorted(set(numbers))))


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    low = None
    for number, after in zip(numbers, [*numbers[1:], None], strict=True):
        low = number if low is None else low
        if after != number + 1:
            yield low, number
            low = None


def together(mixes: list[tuple[tuple[int, ...], ...]]) -> list[tuple[tuple[int, ...], ...]]:
    """Mixes of numbers that differ in one place alone as one, with all its numbers there.

    >>> together([((0,), (0,)), ((0,), (1,)), ((1,), (0,))])
    [((0,), (0, 1)), ((1,), (0,))]
    """
    for at in reversed(range(len(mixes[0]) if mixes else 0)):
        groups: dict[tuple[tuple[int, ...], ...], list[int]] = {}
        for mix in mixes:
            groups.setdefault((*mix[:at], (), *mix[at + 1 :]), []).extend(mix[at])
        mixes = [(*mix[:at], tuple(sorted(numbers)), *mix[at + 1 :]) for mix, numbers in groups.items()]
    return mixes
