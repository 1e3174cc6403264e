"""What follows from a hole in the tree, and so is not worth a finding of its own."""

from __future__ import annotations

from protocol_dsl.syntax import sections

_NAMES = frozenset({"PD101", "PD104", "PD106", "PD107", "PD110", "PD332"})
_FROM_SECTIONS = frozenset({"PD320", "PD401", "PD411"})
"""What may only say that a whole section is lost."""
_FROM: dict[type, frozenset[str]] = {
    sections.ProtocolHead: frozenset({"PD106", "PD112"}),
    sections.LibraryHead: frozenset({"PD106", "PD112"}),
    sections.MomentsHead: _NAMES,
    sections.DataHead: _NAMES,
    sections.DefineHead: _NAMES,
    sections.RecordHead: _NAMES,
    sections.RecordAddsHead: _NAMES,
    sections.CriteriaHead: frozenset({"PD101"}),
    sections.GateHead: frozenset({"PD101"}),
    sections.DltHead: frozenset({"PD101", "PD209", "PD330", "PD504"}),
    sections.ExampleHead: frozenset({"PD320", "PD321"}),
    sections.CohortExampleHead: frozenset({"PD320", "PD321"}),
}
_ANY = _FROM_SECTIONS.union(*_FROM.values())


def muted(file: sections.File) -> frozenset[str]:
    """The codes that may only say that something before them could not be read."""
    if file.whole:
        return frozenset()
    holed = [section for section in file.sections if not section.whole]
    if not holed:
        return _ANY
    return _FROM_SECTIONS.union(*(_FROM.get(type(section.head), frozenset()) for section in holed))
