"""Words of the language that cannot name an item, a moment or a definition."""

from typing import Final

RULE_WORDS: Final = frozenset(
    {
        "not", "known", "each", "either", "every", "any", "no", "judged", "lasts", "ongoing", "taken", "followed",
        "latest", "first", "highest", "lowest", "mean", "count", "the", "completed", "time", "date", "all", "none",
        "at", "and", "or", "is", "of", "has", "where", "when", "otherwise", "if", "unless", "applies", "x", "eligible",
    }
)  # fmt: skip
"""Words that begin a rule, or without which one could not be told from a name."""

MOMENT_LIKE: Final = frozenset(
    {
        "level", "part", "cohort", "stratum", "entry", "had_dlt", "attributed", "never", "yes", "missing", "met",
    }
)  # fmt: skip
"""Words that have a meaning of their own wherever they stand; a field of a record may still be called so."""

IN_RECORDS: Final = frozenset({"date"})
"""Words that a field may be called by all the same, since files of data name their columns so."""
