"""Lines whose shape is wrong: ids, bullets, quotes and reasons, and lines of data."""

from __future__ import annotations

import re
from typing import Final

from protocol_dsl.syntax.slips.slip import CLAUSES, Slip

SHAPES: Final = (
    Slip("PD014", r"[*•▪◦·‣]", "`{0}` is no bullet", "begin the bullet with `-`", first=True),
    Slip(
        "PD014",
        r"-",
        "a bullet stands outside a list",
        "write `all of`, `any of` or `none of` on the line above the bullets",
        first=True,
    ),
    Slip("PD014", r"(?:\d+|[a-z])[.)] ", "`{0}` is no bullet", "begin the bullet with `-`", first=True, wanting="-"),
    Slip(
        "PD014", r"\S.*", "a line of a list does not begin with a bullet", "begin it with `- `", first=True, wanting="-"
    ),
    Slip(
        "PD014",
        r"(?<!is )\b(?:all|any|none) of (?=\S)",
        "a list of conditions begins on the next line",
        "write each condition on a line of its own, after `- `",
        rules=CLAUSES,
        wanting="_NL",
    ),
    Slip(
        "PD026",
        r'"',
        "the wording stands without an id",
        "begin the line with an id such as `I1`",
        rules=CLAUSES,
        wanting="ID",
        first=True,
    ),
    Slip(
        "PD026",
        r"([a-z]{1,4}\d+[a-z]?)\b",
        "the id `{1}` begins with a small letter",
        "write `{mended}`",
        lambda found: found[1][:1].upper() + found[1][1:],
        rules=CLAUSES,
        wanting="ID",
        first=True,
    ),
    Slip(
        "PD026",
        r"([A-Za-z]+)[-._ ](\d+)\b",
        "`{0}` is not how an id is written",
        "write `{mended}`",
        lambda found: (found[1] + found[2]).capitalize(),
        rules=CLAUSES,
        wanting="ID",
        first=True,
    ),
    Slip(
        "PD026",
        r"[A-Z][A-Za-z]*[-._ ](\d+)",
        "`{0}` is not how an id is written",
        "write letters and then digits, such as `I{1}`",
        rules=CLAUSES,
        wanting="ID",
    ),
    Slip(
        "PD026",
        r"(\d+)[.):]?",
        "`{0}` is not an id",
        "write a letter and digits, such as `I{1}`",
        rules=CLAUSES,
        wanting="ID",
        first=True,
    ),
    Slip(
        "PD020",
        r"\b3 ?\+ ?3\b",
        "`{0}` does not say which of its readings is meant",
        'write `escalation by table` and its rows, or one that ships: `escalation by design "three plus three korn6"`',
        rules=("section_head",),
    ),
    Slip(
        "PD020",
        r"(?:attribution|attributable|related|causality)\b.*",
        "this line does not say which attributions count",
        "write `attributed possible, probable, definite`, with those that the protocol counts",
        rules=("dlt_line",),
        wanting="ID",
        first=True,
    ),
    Slip(
        "PD014",
        r"[a-z(].*",
        "a rule stands outside any criterion",
        "indent it below the criterion it belongs to",
        rules=CLAUSES,
        wanting="ID",
        first=True,
    ),
    Slip(
        "PD023",
        r'"[^"]*"[^\s,;:)"]',
        "a text in quotes holds a quotation mark",
        "write single quotation marks inside the text",
    ),
    Slip("PD023", r'"([^"]*)"', "a version stands in quotes", "write `{1}`", wanting="VERSION"),
    Slip(
        "PD023",
        r'"([^"]*)"',
        "a name stands in quotes",
        "write it without quotes, with `_` for a space",
        wanting="NAME",
    ),
    Slip("PD023", r"'([^']*)'", "`{0}` stands in single quotes", 'write `"{1}"`'),
    Slip("PD033", r'"[^"]*"', "the reason stands without `because`", "write `because` before it", wanting="because"),
    Slip("PD033", r"\S+$", "nothing says why after `{0}`", 'add `because "..."`', wanting="because"),
)


def _type(pattern: str, instead: str) -> Slip:
    message = "`{0}` is not a type of the language"
    return Slip("PD032", rf"(?<=:) *(?i:\b(?:{pattern})\b)", message, f"write {instead}", rules=("item",))


DATA: Final = (
    _type(r"bool(?:ean)?|flag|binary|logical|yes or no|yes ?/ ?no|y/n|true/false", "`yes/no`"),
    _type(
        r"numeric|float|real|decimal|double|value|num|quantity|measurement", "`number`, and its unit: `number in mg/dL`"
    ),
    _type(r"int(?:eger)?|whole number", "`count`"),
    _type(r"string|str|free text|char|varchar|words?", "`text`"),
    _type(r"datetime|timestamp", "`time`, or `date` where the day is enough"),
    _type(
        r"enum|choices?(?: of)?|categor\w+|select|options?|either(?: of)?|factor", "`one of` and the names it may have"
    ),
    Slip(
        "PD032",
        r"(?<=: )([a-z]\w*(?: *[,|/] *[a-z]\w*)+)",
        "`{1}` does not say that one of them holds",
        "write `one of {mended}`, or `any of` where several may",
        lambda found: re.sub(r" *[,|/] *", ", ", found[1]),
        rules=("item",),
    ),
    Slip(
        "PD032",
        r"(?<=: )\d+(?:(?: *, *| to |-)\d+)+",
        "`{0}` is no type",
        "write `count; plausible ... to ...`, or `number`",
        rules=("item",),
    ),
    _type(r"multiple(?: choice)?|set of|several of|many of", "`any of` and the names it may have"),
    Slip(
        "PD032",
        r"^\s*([a-z]\w*)(?: \"[^\"]*\")? +[a-z]",
        "`{1}` has no colon before its type",
        "write `{1} : ...`",
        rules=("item",),
        wanting=":",
    ),
    Slip(
        "PD032",
        r"^\s*([a-z]\w*)(?: \"[^\"]*\")?$",
        "`{1}` has no type",
        "write `{1} : ...`",
        rules=("item",),
        wanting=":",
    ),
    Slip(
        "PD032",
        r"^\s*([a-z]\w*)\s*[=-]",
        "`{1}` has no colon before its type",
        "write `{1} : ...`",
        rules=("item",),
        wanting=":",
    ),
    Slip("PD032", r",", "what is said of an item is parted by `;`", "write `;` for `,`", rules=("item",), wanting=";"),
    Slip(
        "PD032",
        r"\b(?:is required|mandatory|compulsory|not null|needed)\b",
        "`{0}` is not said of an item",
        "write `required`",
        rules=("item",),
    ),
    Slip(
        "PD032",
        r"\b(?:optional|nullable)\b",
        "`{0}` is not said of an item",
        "leave it out: what is not `required` may be missing",
        rules=("item",),
    ),
    Slip("PD032", r"\bvalid (?=\d)", "`valid` has no `for` after it", "write `valid for`", rules=("item",)),
    Slip(
        "PD032",
        r"\b(?:range|min|max|between|from|limits)\b",
        "`{0}` is not said of an item",
        "write `plausible ... to ...`",
        rules=("item",),
        wanting="plausible",
    ),
    Slip(
        "PD032",
        r"\bplausible (\S+?)(?: ?- ?| and | ?\.\. ?| ?– ?)(\d\S*)",
        "`{0}` is no range of the language",
        "write `plausible {1} to {2}`",
        rules=("item",),
    ),
    Slip(
        "PD032",
        r"[(\[]([^)\]]+)[)\]]|\bunits? ?=? ?(\S+)",
        "a unit follows `in`",
        "write `number in` and the unit",
        rules=("item",),
        wanting="in",
    ),
    Slip(
        "PD032",
        r"\bone of [^;]*?(?: or |/|\|)",
        "the names after `one of` are parted by commas",
        "write a comma",
        rules=("item",),
    ),
)
