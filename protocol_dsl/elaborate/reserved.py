"""Words with a meaning of their own wherever a value stands; the grammar keeps those that begin a rule."""

from typing import Final

from protocol_dsl.model.vocabulary import CONTEXT

TAKEN: Final = frozenset({*CONTEXT, "had_dlt", "attributed", "eligible", "never", "none", "yes", "missing", "met"})
"""Words that cannot name an item, a moment or a definition; a field of a record may still be called so."""
