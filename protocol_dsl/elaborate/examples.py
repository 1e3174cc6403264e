"""Examples: patients and cohorts written in the file, and what is expected of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import evolve

from protocol_dsl.elaborate import givens
from protocol_dsl.elaborate.givens import Draft
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.protocol import CohortExample, Example
from protocol_dsl.syntax import sections, stated
from protocol_dsl.syntax.tree import Word

EXPECTED = (
    "eligible",
    "not eligible",
    "undetermined",
    "dlt",
    "no dlt",
    "dlt pending",
    "needs adjudication",
    "not evaluable",
    "may proceed",
    "hold",
    "undetermined at gate",
)
"""What may stand after `then` in an example of a patient."""


def examples(found: Iterable[sections.Section], scope: Scope) -> tuple[Example, ...]:
    """The examples of patients; one that is `like` another starts from what is given there."""
    drafts: dict[str, Draft] = {}
    made: list[Example] = []
    for section in found:
        head = section.head
        if not isinstance(head, sections.ExampleHead):
            continue
        if head.label.text in drafts:
            message = f'the example "{head.label.text}" stands twice'
            scope.error("PD102", message, head.label.span, help="give each example a name of its own")
        draft = _draft(section, drafts, scope)
        drafts[head.label.text] = draft
        made.append(_example(section, head, draft, scope))
    return tuple(made)


def _draft(section: sections.Section, drafts: Mapping[str, Draft], scope: Scope) -> Draft:
    """What is given, the lines in their order, the later going before the earlier."""
    draft = Draft()
    for line in section.entries:
        match line:
            case stated.Like(example=label):
                draft = _like(label, drafts, scope)
            case stated.GivenLine(givens=lines):
                for one in lines:
                    givens.put(one, draft, scope)
            case stated.GivenList():
                givens.put_list(line, draft, scope)
            case stated.AsOfLine(date=word):
                draft.as_of = givens.whole_day(word, scope)
            case _:
                pass
    return draft


def _like(label: Word, drafts: Mapping[str, Draft], scope: Scope) -> Draft:
    if label.text in drafts:
        return drafts[label.text].copy()
    scope.unknown(label, drafts, "example", "PD320")
    return Draft()


def _example(section: sections.Section, head: sections.ExampleHead, draft: Draft, scope: Scope) -> Example:
    lines = [line for line in section.entries if isinstance(line, sections.ThenLine)]
    if not lines and section.whole:
        message = f'the example "{head.label.text}" expects nothing'
        scope.error("PD321", message, head.label.span, help="end it with a line such as `then eligible`")
    found = [_expected(line.phrase, scope) for line in lines]
    record = givens.record(head.label.text, draft)
    as_of: date | None = draft.as_of
    expected = tuple(one for one in found if one is not None)
    return Example(head.label.text, record, expected, as_of, span=head.span)


def _expected(phrase: Word, scope: Scope) -> tuple[str, tuple[str, ...]] | None:
    """`undetermined because E5, E7`: the verdict, and the ids."""
    said, _, because = " ".join(phrase.text.split()).partition(" because ")
    if said not in EXPECTED:
        scope.unknown(evolve(phrase, text=said), EXPECTED, "expectation", "PD321")
        return None
    ids = tuple(part.strip() for part in because.split(",") if part.strip())
    for name in ids:
        if name not in scope.desk.ids:
            known = [known for known in scope.desk.ids if not known.startswith("section ")]
            scope.unknown(evolve(phrase, text=name), known, "id")
    return said, ids


# --- cohorts ------------------------------------------------------------------------------------------------------


def cohort_examples(found: Iterable[sections.Section], scope: Scope) -> tuple[CohortExample, ...]:
    """The examples of cohorts: a history, and the move that is expected."""
    made = [_cohort(one, one.head, scope) for one in found if isinstance(one.head, sections.CohortExampleHead)]
    return tuple(one for one in made if one is not None)


def _cohort(section: sections.Section, head: sections.CohortExampleHead, scope: Scope) -> CohortExample | None:
    history = _history(section, scope)
    moves = [line.phrase.text for line in section.entries if isinstance(line, sections.ThenLine)]
    if history is not None and len(moves) == 1:
        return CohortExample(head.label.text, history, " ".join(moves[0].split()), span=head.span)
    if section.whole:
        message = f'the cohort example "{head.label.text}" needs one history and one move'
        cure = 'write `given history = "1NNN 2NTN"` and `then treat 3 more`'
        scope.error("PD321", message, head.label.span, help=cure)
    return None


def _history(section: sections.Section, scope: Scope) -> str | None:
    found: str | None = None
    for line in section.entries:
        for one in line.givens if isinstance(line, stated.GivenLine) else ():
            if isinstance(one, stated.Given) and isinstance(one.key, Word) and one.key.text == "history":
                value = one.readings[0].value
                found = value.word.text if isinstance(value, stated.Text) else None
            else:
                message = "a cohort example gives its history only"
                scope.error("PD322", message, one.span, help='write `given history = "1NNN 2NTN"`')
    return found
