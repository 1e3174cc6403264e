"""Words of other languages and of prose, and names that cannot be names."""

from __future__ import annotations

import re
from typing import Final

from protocol_dsl.syntax.slips.slip import CLAUSES, CONDITIONS, NAMED, Slip
from protocol_dsl.syntax.tables import RESERVED


def _plain_name(found: re.Match[str]) -> str:
    return re.sub(r"\W+", "_", found[0].strip()).lower()


WORDS: Final = (
    Slip(
        "PD036", r"\belse(?: if)?\b", "`{0}` is not a word of the language", "write `otherwise`", rules=("definition",)
    ),
    Slip(
        "PD036",
        r"\b(?:applies if|applies to|apply when|applicable (?:when|if|to))\b",
        "`{0}` is not a word of the language",
        "write `applies when`",
    ),
    Slip(
        "PD036",
        r"\bif\b(?! missing) ?",
        "`if` only begins `if missing`",
        "write `when`, or `applies when` on a line of its own",
        rules=CONDITIONS,
    ),
    Slip(
        "PD036",
        r"\b(?:except(?: when| if| for)?|excluding|unless when|unless if)\b ?",
        "`{0}` is not a word of the language",
        "write `unless` on a line of its own",
    ),
    Slip("PD036", r"\bcriteria\b", "`{0}` is not needed here", "delete it", rules=("section_head",)),
    Slip("PD036", r"&&?", "`{0}` is not a word of the language", "write `and`"),
    Slip("PD036", r"\|\||\band/or\b", "`{0}` is not a word of the language", "write `or`"),
    Slip("PD036", r"!(?!=)", "`{0}` is not a word of the language", "write `not`"),
    Slip(
        "PD036",
        r"\b(?:expect(?:ed)?|result|outcome|should be)\b ?",
        "`{0}` is not a word of the language",
        "write `then`",
        rules=("example_line",),
    ),
    Slip(
        "PD038",
        r"(?<==) *([\d.]+(?: [^\s,]+)?) (?:at|from) (?=\d{4})",
        "a reading has its date after `on`",
        "write `{1} on` and the date",
    ),
    Slip(
        "PD038",
        r"\b(?:is|are|was|:|equals)(?= |$)",
        "a given value follows `=`, not `{0}`",
        "write `=`",
        rules=("example_line",),
        wanting="=",
    ),
    Slip("PD036", r"\b(?:old|of age)$", "`{0}` is not needed after an age", "delete it"),
    Slip("PD037", r"(?<=\S)[.;,:]$", "`{0}` is not needed at the end of a line", "delete it", wanting="_NL"),
    Slip("PD037", r"(?<=\w):(?= )", "`{0}` is not needed in a header line", "delete it", rules=("header_line",)),
    Slip("PD036", r"[,;]", "`{0}` does not join conditions", "write `and` or `or`", rules=CLAUSES, wanting="and"),
    Slip(
        "PD036",
        r"\b(where|has) (?=\S)",
        "what follows `{1}` stands without brackets",
        "put the condition in `(` and `)`",
        wanting="(",
    ),
    Slip("PD036", r"\bwith\b", "events are told apart by `where`, not `with`", "write `where (...)`", wanting="where"),
    Slip(
        "PD036",
        r"\bwhere\b",
        "`where` stands apart from its list",
        "write it right after the name of the list",
        wanting="and",
    ),
    Slip(
        "PD036", r"\bmean of (?=\d)", "`{0}` goes on with `last` and a number", "write `mean of last 3`, for instance"
    ),
    Slip(
        "PD036",
        r"\bat least \d+ \w+ apart\b",
        "`{0}` stands in the wrong place",
        "write it between commas after the item: `2 consecutive qtc, {0}, more than ...`",
    ),
    Slip("PD036", r"\brounding (?:down|up)\b", "`{0}` stands without its comma", "write `, {0}`", wanting=","),
    Slip("PD037", r"^\s*[A-Z]\w*\d[a-z]?([.:)])", "`{1}` is not needed after an id", "delete it", rules=CLAUSES),
)


_RESERVED: Final = "|".join(sorted(RESERVED))
NAMES: Final = (
    Slip(
        "PD025",
        rf"\b({_RESERVED}|set|source|assumed|note|incomplete)(?: \"[^\"]*\")?\s*:",
        "`{1}` is a word of the language and cannot be a name",
        "choose a longer name, such as `{1}_value`",
        rules=("item", "section_note"),
    ),
    Slip(
        "PD025",
        rf"^\s*({_RESERVED}|set)\b ?",
        "`{1}` is a word of the language and cannot be a name",
        "choose a longer name, such as `{1}_value`",
        rules=("definition", "moment"),
    ),
    Slip(
        "PD025",
        rf"(?:(?<=of)|,) +({_RESERVED})\b(?= *(?:,|;|$))",
        "`{1}` is a word of the language and cannot be a name",
        "choose a longer name, such as `{1}_value`",
        rules=("item", "definition"),
        wanting="NAME",
    ),
    Slip(
        "PD024", r"\b[A-Za-z]\w*(?:-\w+)+", "`{0}` has a hyphen, which a name cannot", "write `{mended}`", _plain_name
    ),
    Slip(
        "PD024",
        r"\b[a-z]\w*/[a-z]\w*",
        "`{0}` is no name, and division has spaces around `/`",
        "write `each of` or `either of` for two items, `{mended}` for one",
        _plain_name,
    ),
    Slip(
        "PD024",
        r"(?<=ctcae )(?:v|version )?(\d+(?:\.\d+)*)",
        "`{0}` is not how a version is written",
        "write `{1}`",
        wanting="VERSION",
    ),
    Slip("PD024", r"\b[a-z]\w*(?:\.\w+)+", "`{0}` has a point, which a name cannot", "write `{mended}`", _plain_name),
    Slip(
        "PD024",
        r"[^\W\d]?\w*[^\x00-\x7f]\w*",
        "`{0}` has letters that a name cannot",
        "write names with `a` to `z`, digits and `_`",
    ),
    Slip(
        "PD024",
        r"^\s*(\d\w*[a-z_]\w*)",
        "`{1}` begins with a digit, which a name cannot",
        "begin it with a letter",
        rules=NAMED,
        first=True,
    ),
    Slip(
        "PD024",
        r"^\s*((?:[a-z]\w* +)+[a-z]\w*)(?=\s*[:\"]|\s+is\b)",
        "`{1}` is more than one word, which a name cannot be",
        "write `{mended}`",
        _plain_name,
        rules=NAMED,
    ),
)
