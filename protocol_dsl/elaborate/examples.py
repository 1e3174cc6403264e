"""Examples: patients and cohorts written in the file, and what is expected of them."""

from __future__ import annotations

from collections.abc import Iterable

from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.protocol import CohortExample, Example
from protocol_dsl.syntax import sections


def examples(found: Iterable[sections.Section], scope: Scope) -> tuple[Example, ...]:
    return ()


def cohort_examples(found: Iterable[sections.Section], scope: Scope) -> tuple[CohortExample, ...]:
    return ()
