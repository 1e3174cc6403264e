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
_MEANT = {"ineligible": "not eligible", "excluded": "not eligible", "unknown": "undetermined", "pending": "dlt pending"}
"""What may stand after `then` in an example of a patient."""
MOST_DIGITS = 6


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
    if said in _MEANT:
        scope.error("PD321", f"the expectation `{said}` is not known", phrase.span, help=f"write `{_MEANT[said]}`")
        return None
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


def cohort_examples(
    found: Iterable[sections.Section], counts: tuple[str, ...], scope: Scope
) -> tuple[CohortExample, ...]:
    """The examples of cohorts: a history, with `counts` that the escalation keeps, and the move that is expected."""
    made = [_cohort(one, one.head, counts, scope) for one in found if isinstance(one.head, sections.CohortExampleHead)]
    return tuple(one for one in made if one is not None)


def _cohort(
    section: sections.Section, head: sections.CohortExampleHead, kept: tuple[str, ...], scope: Scope
) -> CohortExample | None:
    told = _told(section, kept, scope)
    history, counts = told.pop("history", None), tuple((name, _numbers(word, scope)) for name, word in told.items())
    moves = [line.phrase.text for line in section.entries if isinstance(line, sections.ThenLine)]
    if history is not None and len(moves) == 1:
        return CohortExample(head.label.text, history.text, " ".join(moves[0].split()), counts, span=head.span)
    if section.whole:
        message = f'the cohort example "{head.label.text}" needs one history and one move'
        cure = 'write `given history = "1NNN 2NTN"` and `then treat 3 more`'
        scope.error("PD321", message, head.label.span, help=cure)
    return None


def _told(section: sections.Section, kept: tuple[str, ...], scope: Scope) -> dict[str, Word]:
    """The history, and what is counted besides DLTs, by their names."""
    found: dict[str, Word] = {}
    for line in section.entries:
        for one in line.givens if isinstance(line, stated.GivenLine) else ():
            value = one.readings[0].value if isinstance(one, stated.Given) else None
            if not isinstance(one, stated.Given) or not isinstance(one.key, Word) or not isinstance(value, stated.Text):
                message = "a cohort example gives its history, and counts that its escalation keeps, as texts"
                cure = 'write `given history = "1NNN 2NTN"`, or `given history = "1NNN 2NTN", grade_2 = "0,1"`'
                scope.error("PD322", message, one.span, help=cure)
            elif one.key.text not in ("history", *kept):
                scope.unknown(one.key, ("history", *kept), "count", "PD322")
            else:
                found[one.key.text] = value.word
    return found


def _numbers(word: Word, scope: Scope) -> tuple[int, ...]:
    """A number for each cohort, as in `0,1`."""
    each = [number.strip() for number in word.text.split(",")]
    if all(number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS for number in each):
        return tuple(map(int, each))
    message = f"`{word.text}` is not a number for each cohort"
    scope.error("PD322", message, word.span, help="write them with commas between, as in `0,1`")
    return ()
