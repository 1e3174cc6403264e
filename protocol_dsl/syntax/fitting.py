"""What could have stood where reading stopped, in few words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

_MOST_WORDS: Final = 6
_KINDS: Final = {
    "NAME": "a name",
    "NUMBER": "a number",
    "UNIT": "a unit",
    "DATE": "a date such as `2026-05-31`",
    "STRING": "a text in quotes",
    "ID": "an id such as `I1`",
    "ROW": "a row of a table",
    "VERSION": "a version such as `2.0`",
    "PHASE_NUMBER": "a phase such as `1` or `1b`",
    "PHRASE": "plain words",
    "_INDENT": "an indented line",
    "_NL": "the end of the line",
}
_SIGNS: Final = frozenset({"+", "*", "^", "-", "/", "(", ")", "<", ">", "<=", ">=", "≤", "≥", "=", "!=", "≠"})
_DOUBLES: Final = frozenset({"≤", "≥", "≠"})
_OPERANDS: Final = frozenset({
    "not", "known", "each", "either", "every", "any", "no", "judged", "lasts", "ongoing", "taken", "followed", "count",
    "latest", "first", "highest", "lowest", "mean", "the", "date", "completed", "time", "ULN", "LLN", "baseline",
    "square", "cube", "log10", "ln", "ctcae", "at", "returns", "together",
})  # fmt: skip
_COMPARISONS: Final = frozenset({"is", "at", "more", "less", "includes"})
_AFTER_VALUES: Final = _COMPARISONS | {"by", "before", "after", "together"}
_TYPES: Final = frozenset({
    "date", "time", "yes/no", "one", "any", "number", "count", "grade", "duration", "text", "list",
})  # fmt: skip
_SECTIONS: Final = frozenset({
    "protocol", "library", "moments", "data", "define", "record", "inclusion", "exclusion", "gate", "doses", "dlt",
    "escalation", "stopping", "always", "example", "cohort", "grading", "parts", "conduct", "modifications", "timing",
    "schedule", "amendment",
})  # fmt: skip
_VALUES: Final = frozenset({"NAME", "NUMBER", "DATE"})
# Many words at once: the few by which they are known, what they are called, and the words and kinds they stand for.
_GROUPS: Final[tuple[tuple[frozenset[str], str, frozenset[str], frozenset[str]], ...]] = (
    (frozenset({"not", "known", "judged"}), "a condition", _OPERANDS, _VALUES),
    (_COMPARISONS, "a comparison such as `is` or `at least`", _AFTER_VALUES, frozenset()),
    (frozenset({"at", "more", "less"}), "a comparison such as `at least`", _COMPARISONS, frozenset()),
    (frozenset({"yes/no", "list", "grade"}), "a type such as `number`, `date` or `yes/no`", _TYPES, frozenset()),
    (frozenset({"protocol", "moments"}), "a section such as `inclusion at enrolment`", _SECTIONS, frozenset()),
    (frozenset({"latest", "first", "highest", "completed"}), "a value", _OPERANDS, _VALUES),
)


def fitting(words: Collection[str], kinds: Collection[str]) -> str | None:
    """What fits, given the words and the kinds of word that would have been accepted; None for nothing."""
    left, rest = set(words), set(kinds)
    told: list[str] = []
    for marks, phrase, stands_for, of_kinds in _GROUPS:
        if marks <= left:
            told.append(phrase)
            left -= stands_for | _SIGNS
            rest -= of_kinds
    told += _quoted(left - _SIGNS)
    told += [phrase for kind, phrase in _KINDS.items() if kind in rest]
    told = told or _quoted(left - _DOUBLES)
    if len(told) <= 1:
        return told[0] if told else None
    return f"{', '.join(told[:-1])} or {told[-1]}"


def _quoted(words: set[str]) -> list[str]:
    return [f"`{word}`" for word in sorted(words)[:_MOST_WORDS]]
