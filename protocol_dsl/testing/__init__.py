"""Protocols, conditions and records drawn at random, for whoever embeds us (needs the extra `testing`).

Each strategy is built backwards from the kind that is wanted, so nothing that is drawn is ever thrown away.
`completions` fills in what a record leaves open.
"""

from protocol_dsl.testing.completions import completions
from protocol_dsl.testing.conditions import conditions, expressions
from protocol_dsl.testing.protocols import clauses, protocols
from protocol_dsl.testing.records import records
from protocol_dsl.testing.texts import texts
from protocol_dsl.testing.values import days
from protocol_dsl.testing.vocabularies import vocabularies

__all__ = [
    "clauses",
    "completions",
    "conditions",
    "days",
    "expressions",
    "protocols",
    "records",
    "texts",
    "vocabularies",
]
