"""Comparisons and windows in the words of other languages."""

from __future__ import annotations

import re
from typing import Final

from protocol_dsl.syntax.slips.slip import CONDITIONS, Slip


def _range(found: re.Match[str]) -> str:
    """A range with the unit at both ends, where it was written at one."""
    unit = found[4] or found[2] or ""
    return f"is between {found[1]}{found[2] or unit} and {found[3]}{unit}"


def _split(found: re.Match[str]) -> str:
    return re.sub(r"^(at|more|less|no)(?=[a-z])", r"\1 ", found[0])


def _means(pattern: str, instead: str) -> Slip:
    message = "`{0}` is not a comparison of the language"
    return Slip("PD027", rf"(?:{pattern}) ?", message, f"write `{instead}`", rules=CONDITIONS)


_QUANTITY: Final = r"(\d[\d.]*)( (?!(?:and|or|to|before|after)\b)[^\W\d]\S*)?"
_THAN_OR_EQUAL: Final = r" than or equal(?: to)?\b"
COMPARISONS: Final = (
    Slip(
        "PD027",
        r"\bbetween\b(?=.* and )",
        "`between` stands without `is`",
        "write `is between`",
        wanting="is",
    ),
    Slip(
        "PD027",
        r"\S+ *(?:<=?|≤|>=?|≥) *([a-z]\w*) *(?:<=?|≤|>=?|≥)",
        "two comparisons share one subject",
        "write `{1} is between ... and ...`, or two comparisons joined by `and`",
    ),
    _means(r"=>", "at least"),
    _means(r"=<", "at most"),
    _means(r"<>|!==?|=/=|~=", "is not"),
    _means(r"==+", "is"),
    _means(rf"\b(?:is )?(?:greater|higher|larger|bigger|more){_THAN_OR_EQUAL}", "at least"),
    _means(rf"\b(?:is )?(?:less|lower|smaller|fewer){_THAN_OR_EQUAL}", "at most"),
    _means(
        r"\b(?:is )?(?:not|no) (?:less|lower|smaller|fewer|younger) than\b|\b(?:is )?not (?:below|under)\b", "at least"
    ),
    _means(
        r"\b(?:is )?(?:not|no) (?:more|greater|higher|larger|older) than\b|\b(?:is )?not (?:above|over)\b", "at most"
    ),
    _means(r"\b(?:is )?(?:a )?min(?:imum)?(?: of)?\b", "at least"),
    _means(r"\b(?:is )?(?:a )?max(?:imum)?(?: of)?\b|\b(?:is )?(?:up to|not exceeding|no greater than)\b", "at most"),
    _means(
        r"\b(?:is )?(?:greater|higher|larger|bigger|older)(?: than)?\b|\b(?:is )?(?:above|over|exceeds|exceeding)\b",
        "more than",
    ),
    _means(r"\b(?:is )?(?:lower|smaller|fewer|younger)(?: than)?\b|\b(?:is )?(?:below|under)\b", "less than"),
    _means(r"\blonger than\b", "more than"),
    _means(r"\bshorter than\b", "less than"),
    _means(r"\b(?:is not|does not|not) equals?(?: to)?\b|\b(?:isn't|doesn't equal)", "is not"),
    _means(r"\b(?:is )?equals?(?: to)?\b", "is"),
    _means(r"\bis (?:any|either|all) of\b", "is one of"),
    _means(r"\b(?<!\bis )(?<!not )in\b(?= )", "is one of"),
    _means(r"(?<!at )\bleast\b", "at least"),
    _means(r"(?<!at )\bmost\b", "at most"),
    Slip("PD027", r"\bis in (\w+), ?", "`is in` is followed by the name of one set", "write `is one of`"),
    Slip(
        "PD027", r"\batleast\b|\batmost\b|\bmorethan\b|\blessthan\b", "`{0}` is two words", "write `{mended}`", _split
    ),
    Slip(
        "PD027",
        r"(\d\S*(?: \S+)?) (?:or|and) (?:older|more|greater|above|over|higher|up)\b",
        "`{0}` is not a comparison of the language",
        "write `at least {1}`",
    ),
    Slip(
        "PD027",
        r"(\d\S*(?: \S+)?) (?:or|and) (?:younger|less|fewer|below|under|lower)\b",
        "`{0}` is not a comparison of the language",
        "write `at most {1}`",
    ),
    Slip(
        "PD027",
        rf"(?:is )?(?:between|from) {_QUANTITY} (?:to|-|and) {_QUANTITY}(?! before| after)",
        "`{0}` is no range of the language",
        "write `{mended}`",
        _range,
        rules=CONDITIONS,
    ),
    Slip(
        "PD027",
        rf"(?:is )?\b{_QUANTITY} ?(?:-|to) ?{_QUANTITY}(?! before| after)(?![\d./-])",
        "`{0}` is no range of the language",
        "write `{mended}`",
        _range,
        rules=CONDITIONS,
    ),
)


WINDOWS: Final = (
    Slip(
        "PD031",
        r"\b(?:with)?in (?:the )?(?:last|past|previous|preceding) (\d+ \w+)",
        "`{0}` does not say from when it is counted",
        "name the moment: `within {1} before enrolment`",
    ),
    Slip(
        "PD031",
        r"\b(\d+ \w+) ago\b",
        "`{0}` does not say from when it is counted",
        "name the moment: `{1} before enrolment`",
    ),
    Slip(
        "PD031",
        r"\bwithin (\d+ \w+)$",
        "`{0}` does not say from when it is counted",
        "name the moment: `within {1} before enrolment`",
    ),
    Slip(
        "PD031",
        r"\b(?:prior|previous|preceding)(?: to)?\b|\bahead of\b|\bearlier than\b|\buntil\b",
        "`{0}` is not a side of a window",
        "write `before`",
    ),
    Slip(
        "PD031",
        r"\b(?:following|subsequent to|post|since|later than)\b",
        "`{0}` is not a side of a window",
        "write `after`",
    ),
    Slip("PD031", r"\b(?:is )?(?:no|not) later than\b", "`{0}` is not a side of a window", "write `is on or before`"),
    Slip("PD031", r"\b(?:is )?(?:no|not) earlier than\b", "`{0}` is not a side of a window", "write `is on or after`"),
    Slip(
        "PD031", r"\b(?:within|on or before|on or after)\b", "`{0}` stands without `is`", "write `is {0}`", wanting="is"
    ),
    Slip(
        "PD031",
        r"\b(\d+ \w+) from\b",
        "`from` is not a side of a window",
        "write `{1} before` or `{1} after`",
        wanting="before",
    ),
    Slip("PD031", r"\b(?:is )?during\b ?", "`{0}` is not a window", "name its ends: `from ... to ...`"),
)
