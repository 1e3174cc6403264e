"""Where a policy decided: `if missing treat as ...`, and `known` of what there is no record of."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Finding
from protocol_dsl.model.condition import Known


def relied_on(finding: Finding) -> Iterator[Finding]:
    """The findings, this one among them, that a line of policy decided."""
    if finding.policy is not None or by_known(finding):
        yield finding
    for part in (*finding.parts, *finding.relied):
        yield from relied_on(part)


def by_known(finding: Finding) -> bool:
    """Whether the word `known` took what is not recorded for not so."""
    decided = finding.truth is not Truth.UNKNOWN
    return decided and isinstance(finding.condition, Known) and finding.parts[0].truth is Truth.UNKNOWN
