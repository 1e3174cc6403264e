"""The terms of CTCAE by version, as they are printed, and whether a term that a protocol names is one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.shipped import shipped
from protocol_dsl.elaborate.kinds import Typed
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model.grading import Term
from protocol_dsl.syntax import sections
from protocol_dsl.syntax.tree import Word

EVENT = "adverse_event"
"""The record whose `term` is one of CTCAE."""
_FILE = re.compile(r"ctcae_([0-9_]+)_terms\.csv")
_USUAL = {  # what clinicians say, and CTCAE says otherwise
    "neutropenia": "neutrophil_count_decreased",
    "thrombocytopenia": "platelet_count_decreased",
    "leukopenia": "white_blood_cell_decreased",
    "leucopenia": "white_blood_cell_decreased",
    "lymphopenia": "lymphocyte_count_decreased",
    "pyrexia": "fever",
    "nosebleed": "epistaxis",
    "crs": "cytokine_release_syndrome",
    "hyperbilirubinemia": "blood_bilirubin_increased",
    "hyperbilirubinaemia": "blood_bilirubin_increased",
    "alt_increased": "alanine_aminotransferase_increased",
    "ast_increased": "aspartate_aminotransferase_increased",
    "transaminitis": "alanine_aminotransferase_increased",
    "qt_prolongation": "electrocardiogram_qt_corrected_interval_prolonged",
    "pneumonia": "lung_infection",
}
_GRADES = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5")


@cache
def versions() -> tuple[str, ...]:
    """The versions whose terms ship, in their order."""
    names = (path.name for path in (shipped("protocols") / "library").iterdir())
    found = (_FILE.fullmatch(name) for name in names)
    return tuple(one[1].replace("_", ".") for one in sorted(filter(None, found), key=_places))


def _places(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, found[1].split("_")))


@cache
def terms(version: str) -> Mapping[str, Term]:
    """All terms of a version by their names in the language, `febrile_neutropenia`; none for one that is not shipped.

    NCI, Common Terminology Criteria for Adverse Events; of 4.03 the names only.
    """
    path = shipped("protocols") / "library" / f"ctcae_{version.replace('.', '_')}_terms.csv"
    if version not in versions() or not path.is_file():
        return MappingProxyType({})
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), strict=True)
    found = (
        Term(
            row["term"],
            tuple(row.get(grade, "") for grade in _GRADES),
            row.get("definition", ""),
            row.get("note", ""),
        )
        for row in rows
    )
    return MappingProxyType({name_of(term.name): term for term in found})


def name_of(term: str) -> str:
    """A term as a name of the language."""
    return re.sub(r"[^a-z0-9]+", "_", term.casefold().replace("'", "")).strip("_")


def meant(name: str, known: Mapping[str, object]) -> str | None:
    """The known term that a name was probably meant to be: the one that is usually called so, else the nearest."""
    usual = _USUAL.get(name)
    return usual if usual in known else nearest(name, known)


def check(subject: Typed, word: Word, scope: Scope) -> None:
    """Note a term of an adverse event that the version in use does not have, where another has it or one is near.

    What no version has, and no term is near to, is the protocol's own, reported under *Other, specify*.
    """
    version = scope.desk.header.uses.get("ctcae", "")
    known = terms(version)
    if not known or word.text in known or not _is_term(subject, scope):
        return
    having = [other for other in versions() if word.text in terms(other)]
    near = meant(word.text, known)
    if not having and near is None:
        return
    message = f"`{word.text}` is no term of CTCAE {version}"
    if having:
        message += f"; {' and '.join(having)} {'has' if len(having) == 1 else 'have'} it"
    own = "a term of the protocol's own goes into a set, asked by `term is in ...`"
    scope.error("PD241", message, word.span, help=f"`{near}` may be meant; {own}" if near else own)


def _is_term(subject: Typed, scope: Scope) -> bool:
    is_field = isinstance(subject.core, core.FieldOf) and subject.core.name == "term"
    return is_field and scope.event is not None and scope.event.name == EVENT


def check_version(line: sections.UsesLine, scope: Scope) -> None:
    """Note a version of CTCAE that does not ship: no grade of it can be given, and no term held against it."""
    for used in line.used:
        if used.name.text != "ctcae" or used.library or (used.version and used.version.text in versions()):
            continue
        shipping = ", ".join(versions())
        if used.version is None:
            scope.error(
                "PD116", "nothing says which version of CTCAE is used", used.name.span, help=f"write one of {shipping}"
            )
        else:
            message = f"CTCAE `{used.version.text}` does not ship"
            scope.error("PD116", message, used.version.span, help=f"the versions are {shipping}")
