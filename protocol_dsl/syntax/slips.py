"""The mistakes that people make again and again, each with the message it deserves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from attrs import frozen

from protocol_dsl.base.quantity import canonical
from protocol_dsl.syntax.tables import RESERVED

Mend = Callable[[re.Match[str]], str]


@frozen
class Slip:
    """A mistake, found by a pattern that covers the place where reading stopped.

    `{0}` in message and cure is what was matched, `{1}` its first group, `{mended}` what `mend` makes of it.
    `rules` names the entries in which it is looked for, `wanting` a word or kind that would have been accepted,
    `first` asks that reading stopped at the beginning of a line.
    """

    code: str
    pattern: str
    message: str
    cure: str
    mend: Mend | None = None
    rules: tuple[str, ...] = ()
    wanting: str = ""
    first: bool = False


# --- what a mistake was meant to be -----------------------------------------------------------------------------------

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = r"(?i:(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?)"
_DIGITS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CLAUSES: Final = ("clause", "stopping_clause", "always_clause", "dlt_line")
_CONDITIONS: Final = (*_CLAUSES, "definition", "condition")
_NAMED: Final = ("item", "definition", "moment")


def _iso(year: str, month: int, day: str) -> str:
    return f"{year}-{month:02}-{int(day):02}"


def _day_first(found: re.Match[str]) -> str:
    return _iso(found[3], _MONTHS.index(found[2].lower()) + 1, found[1])


def _month_first(found: re.Match[str]) -> str:
    return _iso(found[3], _MONTHS.index(found[1].lower()) + 1, found[2])


def _year_first(found: re.Match[str]) -> str:
    return _iso(found[1], int(found[2]), found[3])


def _either_date(found: re.Match[str]) -> str:
    """The one date it can be, or both: 12/05 is the fifth of December to some."""
    first, second, year = found[1], found[2], found[3]
    both = ((second, first), (first, second))
    dates = dict.fromkeys(_iso(year, int(month), day) for month, day in both if 1 <= int(month) <= len(_MONTHS))
    return "` or `".join(dates) or "2026-05-31"


def _plain_name(found: re.Match[str]) -> str:
    return re.sub(r"\W+", "_", found[0].strip()).lower()


def _without_commas(found: re.Match[str]) -> str:
    return re.sub(r"[,' ]", "", found[0])


def _unit(found: re.Match[str]) -> str:
    return f"{found[1]} {canonical(found[2]) or found[2]}"


def _ten(found: re.Match[str]) -> str:
    """A power of ten that lost its sign on the way: `109/L` was 10⁹ before it was pasted."""
    text = re.sub(r"^x\s*", "", found[0])
    return canonical(re.sub(r"^10(?=[1-9])", "10^", text)) or text


def _range(found: re.Match[str]) -> str:
    """A range with the unit at both ends, where it was written at one."""
    unit = found[4] or found[2] or ""
    return f"is between {found[1]}{found[2] or unit} and {found[3]}{unit}"


def _digit(found: re.Match[str]) -> str:
    return str(_DIGITS.index(found[1]) + 1)


def _roman(found: re.Match[str]) -> str:
    return str(("I", "II", "III", "IV").index(found[0]) + 1)


def _split(found: re.Match[str]) -> str:
    return re.sub(r"^(at|more|less|no)(?=[a-z])", r"\1 ", found[0])


# --- comparisons ------------------------------------------------------------------------------------------------------


def _means(pattern: str, instead: str) -> Slip:
    message = "`{0}` is not a comparison of the language"
    return Slip("PD027", rf"(?:{pattern}) ?", message, f"write `{instead}`", rules=_CONDITIONS)


_QUANTITY: Final = r"(\d[\d.]*)( [^\W\d]\S*)??"
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
    _means(r"\b(?:is )?(?:not|no) (?:less|lower|smaller|fewer|younger) than\b|\b(?:is )?not (?:below|under)\b", "at least"),
    _means(r"\b(?:is )?(?:not|no) (?:more|greater|higher|larger|older) than\b|\b(?:is )?not (?:above|over)\b", "at most"),
    _means(r"\b(?:is )?(?:a )?min(?:imum)?(?: of)?\b", "at least"),
    _means(r"\b(?:is )?(?:a )?max(?:imum)?(?: of)?\b|\b(?:is )?(?:up to|not exceeding|no greater than)\b", "at most"),
    _means(r"\b(?:is )?(?:greater|higher|larger|bigger|older)(?: than)?\b|\b(?:is )?(?:above|over|exceeds|exceeding)\b", "more than"),
    _means(r"\b(?:is )?(?:lower|smaller|fewer|younger)(?: than)?\b|\b(?:is )?(?:below|under)\b", "less than"),
    _means(r"\b(?:is not|does not|not) equals?(?: to)?\b|\b(?:isn't|doesn't equal)", "is not"),
    _means(r"\b(?:is )?equals?(?: to)?\b", "is"),
    _means(r"\bis (?:any|either|all) of\b", "is one of"),
    _means(r"\b(?<!\bis )(?<!not )in\b(?= )", "is one of"),
    _means(r"(?<!at )\bleast\b", "at least"),
    _means(r"(?<!at )\bmost\b", "at most"),
    Slip("PD027", r"\bis in (\w+), ?", "`is in` is followed by the name of one set", "write `is one of`"),
    Slip("PD027", r"\batleast\b|\batmost\b|\bmorethan\b|\blessthan\b", "`{0}` is two words", "write `{mended}`", _split),
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
        rules=_CONDITIONS,
    ),
    Slip(
        "PD027",
        rf"(?:is )?\b{_QUANTITY} ?(?:-|to) ?{_QUANTITY}(?! before| after)(?![\d./-])",
        "`{0}` is no range of the language",
        "write `{mended}`",
        _range,
        rules=_CONDITIONS,
    ),
)

# --- numbers, dates, units --------------------------------------------------------------------------------------------

NUMBERS: Final = (
    Slip("PD029", rf"\b(\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH}[ -](\d{{4}})\b", "`{0}` is not how a date is written", "write `{mended}`", _day_first),
    Slip("PD029", rf"\b{_MONTH} (\d{{1,2}}),? (\d{{4}})\b", "`{0}` is not how a date is written", "write `{mended}`", _month_first),
    Slip("PD029", r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b", "`{0}` is not how a date is written", "write the year first: `{mended}`", _either_date),
    Slip("PD029", r"\b(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})\b", "`{0}` is not how a date is written", "write `{mended}`", _year_first),
    Slip("PD028", r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])", "`{0}` has commas between its digits", "write `{mended}`; a decimal has a point", _without_commas),
    Slip("PD028", r"(?<![\d,.])(\d+),(\d+)(?![\d,])", "`{0}` has a comma where the decimal point belongs", "write `{1}.{2}`"),
    Slip("PD028", r"(?<![\d,.])\d{1,3}(?:[ ']\d{3})+(?![\d,])", "`{0}` has gaps between its digits", "write `{mended}`", _without_commas),
    Slip("PD028", r"(?<![\w.])\.(\d+)", "`{0}` has no digit before its point", "write `0.{1}`"),
    Slip("PD028", r"(?<![\w.])(\d+)\.(?=\s+\S)", "`{0}` has no digit after its point", "write `{1}`"),
    Slip("PD028", rf"\b({'|'.join(_DIGITS)})\b", "`{0}` is a number in words", "write `{mended}`", _digit, wanting="NUMBER"),
    Slip("PD028", r"\b(?:III|IV|II|I)", "`{0}` is a Roman number", "write `{mended}`", _roman, wanting="PHASE_NUMBER"),
    Slip("PD030", r"(?:(?<=\s)x ?)?10(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[1-9](?=/))\S*", "`{0}` has lost the sign of its power", "write `{mended}`", _ten),
    Slip("PD030", r"(\d[\d.]*) ?(?:[xX*] ?|times |fold )?(?:the )?((?i:uln|lln))\b", "a multiple of a limit has `x` between spaces", "write `{1} x {mended}`", lambda found: found[2].upper()),
    Slip("PD030", r"(\d[\d.]*) ?(?:[xX*] ?|times |fold )?(?:the )?(baseline)\b", "a multiple of the baseline has `x` between spaces", "write `{1} x baseline`"),
    Slip("PD030", r"(\d[\d.]*) ?(?:x |times )?(?:the )?(upper|lower) limit of normal", "`{0}` is not how a limit is written", "write `{1} x {mended}`", lambda found: found[2][0].upper() + "LN"),
    Slip("PD030", r"(?<![\w.])(\d+(?:\.\d+)?)([%A-Za-zµ°/\[{][^\s,;)]*)", "the unit of `{0}` stands without a space", "write `{mended}`", _unit, wanting="UNIT"),
)  # fmt: skip

# --- windows ----------------------------------------------------------------------------------------------------------

WINDOWS: Final = (
    Slip("PD031", r"\b(?:with)?in (?:the )?(?:last|past|previous|preceding) (\d+ \w+)", "`{0}` does not say from when it is counted", "name the moment: `within {1} before enrolment`"),
    Slip("PD031", r"\b(\d+ \w+) ago\b", "`{0}` does not say from when it is counted", "name the moment: `{1} before enrolment`"),
    Slip("PD031", r"\bwithin (\d+ \w+)$", "`{0}` does not say from when it is counted", "name the moment: `within {1} before enrolment`"),
    Slip("PD031", r"\b(?:prior|previous|preceding)(?: to)?\b|\bahead of\b|\bearlier than\b|\buntil\b", "`{0}` is not a side of a window", "write `before`"),
    Slip("PD031", r"\b(?:following|subsequent to|post|since|later than)\b", "`{0}` is not a side of a window", "write `after`"),
    Slip("PD031", r"\b(?:is )?(?:no|not) later than\b", "`{0}` is not a side of a window", "write `is on or before`"),
    Slip("PD031", r"\b(?:is )?(?:no|not) earlier than\b", "`{0}` is not a side of a window", "write `is on or after`"),
    Slip("PD031", r"\b(?:within|on or before|on or after)\b", "`{0}` stands without `is`", "write `is {0}`", wanting="is"),
    Slip("PD031", r"\b(\d+ \w+) from\b", "`from` is not a side of a window", "write `{1} before` or `{1} after`", wanting="before"),
    Slip("PD031", r"\b(?:is )?during\b ?", "`{0}` is not a window", "name its ends: `from ... to ...`"),
)  # fmt: skip

# --- words of other languages and of prose ----------------------------------------------------------------------------

WORDS: Final = (
    Slip("PD036", r"\belse(?: if)?\b", "`{0}` is not a word of the language", "write `otherwise`", rules=("definition",)),
    Slip("PD036", r"\b(?:applies if|applies to|apply when|applicable (?:when|if|to))\b", "`{0}` is not a word of the language", "write `applies when`"),
    Slip("PD036", r"\bif\b(?! missing) ?", "`if` only begins `if missing`", "write `when`, or `applies when` on a line of its own"),
    Slip("PD036", r"\b(?:except(?: when| if| for)?|excluding|unless when|unless if)\b ?", "`{0}` is not a word of the language", "write `unless` on a line of its own"),
    Slip("PD036", r"\bcriteria\b", "`{0}` is not needed here", "delete it", rules=("section_head",)),
    Slip("PD036", r"&&?", "`{0}` is not a word of the language", "write `and`"),
    Slip("PD036", r"\|\||\band/or\b", "`{0}` is not a word of the language", "write `or`"),
    Slip("PD036", r"!(?!=)", "`{0}` is not a word of the language", "write `not`"),
    Slip("PD036", r"\b(?:expect(?:ed)?|result|outcome|should be)\b ?", "`{0}` is not a word of the language", "write `then`", rules=("example_line",)),
    Slip("PD038", r"(?<==) *([\d.]+(?: [^\s,]+)?) (?:at|from) (?=\d{4})", "a reading has its date after `on`", "write `{1} on` and the date"),
    Slip("PD038", r"\b(?:is|are|was|:|equals)(?= |$)", "a given value follows `=`, not `{0}`", "write `=`", rules=("example_line",), wanting="="),
    Slip("PD038", r":", "a given value follows `=`, not `{0}`", "write `=`", rules=("example_line",), wanting="="),
    Slip("PD036", r"\b(?:old|of age)$", "`{0}` is not needed after an age", "delete it"),
    Slip("PD037", r"(?<=\S)[.;,:]$", "`{0}` is not needed at the end of a line", "delete it", wanting="_NL"),
    Slip("PD037", r"(?<=\w):(?= )", "`{0}` is not needed in a header line", "delete it", rules=("header_line",)),
    Slip("PD037", r"(?<=\bof)[.;:]$", "`{0}` is not needed at the end of a line", "delete it"),
    Slip("PD036", r"[,;]", "`{0}` does not join conditions", "write `and` or `or`", rules=_CLAUSES, wanting="and"),
    Slip("PD036", r"\b(where|has) (?=\S)", "what follows `{1}` stands without brackets", "put the condition in `(` and `)`", wanting="("),
    Slip("PD036", r"\bwith\b", "events are told apart by `where`, not `with`", "write `where (...)`", wanting="where"),
    Slip("PD036", r"\bwhere\b", "`where` stands apart from its list", "write it right after the name of the list", wanting="and"),
    Slip("PD036", r"\b(date|time) (?=is|at|more|less|before|after)", "`{1}` does not stand alone in a condition", "write `date of` and the item or list it is the date of", wanting="of"),
    Slip("PD036", r"\bmean of (?=\d)", "`{0}` goes on with `last` and a number", "write `mean of last 3`, for instance"),
    Slip("PD036", r"\bat least \d+ \w+ apart\b", "`{0}` stands in the wrong place", "write it between commas after the item: `2 consecutive qtc, {0}, more than ...`"),
    Slip("PD036", r"\brounding (?:down|up)\b", "`{0}` stands without its comma", "write `, {0}`", wanting=","),
    Slip("PD037", r"^\s*[A-Z]\w*\d[a-z]?([.:)])", "`{1}` is not needed after an id", "delete it", rules=_CLAUSES),
)  # fmt: skip

# --- lines of data ----------------------------------------------------------------------------------------------------


def _type(pattern: str, instead: str) -> Slip:
    message = "`{0}` is not a type of the language"
    return Slip("PD032", rf"(?i:\b(?:{pattern})\b)", message, f"write {instead}", rules=("item",), wanting="yes/no")


DATA: Final = (
    _type(r"bool(?:ean)?|flag|binary|logical|yes or no|yes ?/ ?no|y/n|true/false", "`yes/no`"),
    _type(r"numeric|float|real|decimal|double|value|num|quantity|measurement", "`number`, and its unit: `number in mg/dL`"),
    _type(r"int(?:eger)?|whole number", "`count`"),
    _type(r"string|str|free text|char|varchar|words?", "`text`"),
    _type(r"datetime|timestamp", "`time`, or `date` where the day is enough"),
    _type(r"enum|choices?(?: of)?|categor\w+|select|options?|either(?: of)?|factor", "`one of` and the names it may have"),
    _type(r"multiple(?: choice)?|set of|several of|many of", "`any of` and the names it may have"),
    Slip("PD032", r"^\s*([a-z]\w*)(?: \"[^\"]*\")? +[a-z]", "`{1}` has no colon before its type", "write `{1} : ...`", rules=("item",), wanting=":"),
    Slip("PD032", r"^\s*([a-z]\w*)(?: \"[^\"]*\")?$", "`{1}` has no type", "write `{1} : ...`", rules=("item",), wanting=":"),
    Slip("PD032", r"^\s*([a-z]\w*)\s*[=-]", "`{1}` has no colon before its type", "write `{1} : ...`", rules=("item",), wanting=":"),
    Slip("PD032", r",", "what is said of an item is parted by `;`", "write `;` for `,`", rules=("item",), wanting=";"),
    Slip("PD032", r"\b(?:is required|mandatory|compulsory|not null|needed)\b", "`{0}` is not said of an item", "write `required`", rules=("item",)),
    Slip("PD032", r"\b(?:optional|nullable)\b", "`{0}` is not said of an item", "leave it out: what is not `required` may be missing", rules=("item",)),
    Slip("PD032", r"\bvalid (?=\d)", "`valid` has no `for` after it", "write `valid for`", rules=("item",)),
    Slip("PD032", r"\b(?:range|min|max|between|from|limits)\b", "`{0}` is not said of an item", "write `plausible ... to ...`", rules=("item",), wanting="plausible"),
    Slip("PD032", r"\bplausible (\S+?)(?: ?- ?| and | ?\.\. ?| ?– ?)(\d\S*)", "`{0}` is no range of the language", "write `plausible {1} to {2}`", rules=("item",)),
    Slip("PD032", r"[(\[]([^)\]]+)[)\]]|\bunits? ?=? ?(\S+)", "a unit follows `in`", "write `number in` and the unit", rules=("item",), wanting="in"),
    Slip("PD032", r"\bone of [^;]*?(?: or |/|\|)", "the names after `one of` are parted by commas", "write a comma", rules=("item",)),
    Slip("PD032", r'\b(?:one|any) of [^;]*?"', "the names after `one of` stand without quotes", "write plain names such as `grade_1`", rules=("item",)),
)  # fmt: skip

# --- ids, bullets, tables, texts in quotes ----------------------------------------------------------------------------

SHAPES: Final = (
    Slip("PD014", r"[*•▪◦·‣]", "`{0}` is no bullet", "begin the bullet with `-`", first=True),
    Slip("PD014", r"-", "a bullet stands outside a list", "write `all of`, `any of` or `none of` on the line above the bullets", first=True),
    Slip("PD014", r"(?:\d+|[a-z])[.)] ", "`{0}` is no bullet", "begin the bullet with `-`", first=True, wanting="-"),
    Slip("PD014", r"\S.*", "a line of a list does not begin with a bullet", "begin it with `- `", first=True, wanting="-"),
    Slip("PD014", r"\b(?:all|any|none) of (?=\S)", "a list of conditions begins on the next line", "write each condition on a line of its own, after `- `", rules=_CLAUSES, wanting="_NL"),
    Slip("PD026", r'"', "the wording stands without an id", "begin the line with an id such as `I1`", rules=_CLAUSES, wanting="ID", first=True),
    Slip("PD026", r"([a-z]{1,4}\d+[a-z]?)\b", "the id `{1}` begins with a small letter", "write `{mended}`", lambda found: found[1][:1].upper() + found[1][1:], rules=_CLAUSES, wanting="ID", first=True),
    Slip("PD026", r"([A-Za-z]+)[-._ ](\d+)\b", "`{0}` is not how an id is written", "write `{mended}`", lambda found: (found[1] + found[2]).capitalize(), rules=_CLAUSES, wanting="ID", first=True),
    Slip("PD026", r"[A-Z][A-Za-z]*[-._ ](\d+)", "`{0}` is not how an id is written", "write letters and then digits, such as `I{1}`", rules=_CLAUSES, wanting="ID"),
    Slip("PD026", r"(\d+)[.):]?", "`{0}` is not an id", "write a letter and digits, such as `I{1}`", rules=_CLAUSES, wanting="ID", first=True),
    Slip("PD014", r"[a-z(].*", "a rule stands outside any criterion", "indent it below the criterion it belongs to", rules=_CLAUSES, wanting="ID", first=True),
    Slip("PD023", r'"[^"]*"[^\s,;:)"]', "a text in quotes holds a quotation mark", "write single quotation marks inside the text"),
    Slip("PD023", r'"([^"]*)"', "a version stands in quotes", "write `{1}`", wanting="VERSION"),
    Slip("PD023", r'"([^"]*)"', "a name stands in quotes", "write it without quotes, with `_` for a space", wanting="NAME"),
    Slip("PD023", r"'([^']*)'", "`{0}` stands in single quotes", 'write `"{1}"`'),
    Slip("PD033", r'"[^"]*"', "the reason stands without `because`", "write `because` before it", wanting="because"),
    Slip("PD033", r"\S+$", "nothing says why after `{0}`", 'add `because "..."`', wanting="because"),
)  # fmt: skip

# --- names ------------------------------------------------------------------------------------------------------------

_RESERVED: Final = "|".join(sorted(RESERVED))
NAMES: Final = (
    Slip("PD025", rf"\b({_RESERVED}|set|source|assumed|note|incomplete)(?: \"[^\"]*\")?\s*:", "`{1}` is a word of the language and cannot be a name", "choose a longer name, such as `{1}_value`", rules=("item", "section_note")),
    Slip("PD025", rf"\b({_RESERVED}|set)\b", "`{1}` is a word of the language and cannot be a name", "choose a longer name, such as `{1}_value`", rules=("definition", "moment"), first=True),
    Slip("PD025", rf"(?:(?<=of)|,) +({_RESERVED})\b(?= *(?:,|;|$))", "`{1}` is a word of the language and cannot be a name", "choose a longer name, such as `{1}_value`", rules=("item", "definition"), wanting="NAME"),
    Slip("PD024", r"\b[A-Za-z]\w*(?:-\w+)+", "`{0}` has a hyphen, which a name cannot", "write `{mended}`", _plain_name),
    Slip("PD024", r"\b[a-z]\w*/[a-z]\w*", "`{0}` is no name, and division has spaces around `/`", "write `each of` or `either of` for two items, `{mended}` for one", _plain_name),
    Slip("PD024", r"\b[a-z]\w*(?:\.\w+)+", "`{0}` has a point, which a name cannot", "write `{mended}`", _plain_name),
    Slip("PD024", r"[^\W\d]?\w*[^\x00-\x7f]\w*", "`{0}` has letters that a name cannot", "write names with `a` to `z`, digits and `_`"),
    Slip("PD024", r"^\s*(\d\w*[a-z_]\w*)", "`{1}` begins with a digit, which a name cannot", "begin it with a letter", rules=_NAMED, first=True),
    Slip("PD024", r"^\s*((?:[a-z]\w* +)+[a-z]\w*)(?=\s*[:\"]|\s+is\b)", "`{1}` is more than one word, which a name cannot be", "write `{mended}`", lambda found: _plain_name(found), rules=_NAMED),
)  # fmt: skip

SLIPS: Final[tuple[Slip, ...]] = (*SHAPES, *NUMBERS, *COMPARISONS, *WINDOWS, *WORDS, *NAMES, *DATA)
"""In the order in which they are tried."""
