"""The known name nearest to one that is not known, for `did you mean`."""

from collections.abc import Iterable

_LONGEST = 64  # a longer word is not a slip of the pen
_LETTERS_PER_SLIP = 3
_MOST_SLIPS = 3
_FEWEST_SHARED = 4  # fewer letters begin or end too many names
_NEGATING = frozenset({"un", "non", "non_", "non-", "not_", "no_", "in", "im", "ir", "ab", "dis"})


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` was probably meant to be, or None; the same whatever the order of `known`.

    It differs by a few slips; failing that, one of the two begins or ends with the other, which is half of it or more.
    Never is it the opposite: who writes `related` does not mean `unrelated`.
    """
    folded = word.casefold()
    if not word or len(word) > _LONGEST:
        return None
    slips = min(len(folded) // _LETTERS_PER_SLIP, _MOST_SLIPS)
    best: tuple[int, bool, str] | None = None
    for name in known:
        limit = slips if best is None else min(slips, best[0])
        distance = _distance(folded, name.casefold(), limit)
        if distance is None:
            distance = _added(folded, name.casefold())
        if distance is None or _opposite(folded, name.casefold()):
            continue
        candidate = (distance, name[:1].casefold() != folded[:1], name)
        if best is None or candidate < best:
            best = candidate
    return best[2] if best else None


def _added(left: str, right: str) -> int | None:
    """How many letters one has before or after the other, counted so that any slip is nearer; None if too many."""
    short, long = sorted((left, right), key=len)
    if len(short) < _FEWEST_SHARED or 2 * len(short) < len(long):
        return None
    return _MOST_SLIPS + len(long) - len(short) if long.startswith(short) or long.endswith(short) else None


def _opposite(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return long.endswith(short) and long.removesuffix(short) in _NEGATING


def _distance(left: str, right: str, limit: int) -> int | None:
    """Letters added, dropped, changed or swapped with a neighbour (Damerau 1964), None if more than `limit`."""
    if abs(len(left) - len(right)) > limit or len(set(left) ^ set(right)) > 2 * limit:
        return None
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
