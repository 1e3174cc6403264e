"""Powers, roots and logarithms as calculators and other languages write them."""

from __future__ import annotations

import re
from typing import Final

from protocol_dsl.syntax.slips.slip import CONDITIONS, Slip

_IN_WORDS: Final = {
    "sqrt": "square root of (",
    "cbrt": "cube root of (",
    "root": "square root of (",
    "log": "ln of (` or `log10 of (",
    "lg": "log10 of (",
    "log10": "log10 of (",
    "ln": "ln of (",
    "exp": "2.718281828459045 ^ (",
    "max": "the larger of ... and ...",
    "min": "the smaller of ... and ...",
    "pow": "... ^ ...",
}


def _words(found: re.Match[str]) -> str:
    return _IN_WORDS[found[1]]


FORMULAS: Final = (
    Slip(
        "PD036",
        rf"\b({'|'.join(_IN_WORDS)})\s*\(",
        "`{1}` is not called with brackets here",
        "write `{mended}`",
        _words,
        rules=CONDITIONS,
    ),
    Slip(
        "PD036",
        r"([a-z][a-z0-9_]*|\))([²³])",
        "a power is written with `^`, not with a raised digit",
        "write `{mended}`",
        lambda found: f"{found[1]} ^ {'23'['²³'.index(found[2])]}",
        rules=CONDITIONS,
    ),
    Slip("PD036", r"√", "a root is written in words", "write `square root of`", rules=CONDITIONS),
    Slip("PD036", r"\*\s*\*", "a power is not written `**`", "write `^`", rules=CONDITIONS),
    Slip(
        "PD036",
        r"\^\s*-",
        "a sign stands before a value that is no number",
        "take the value from zero: `(0 - ...)`",
        rules=CONDITIONS,
    ),
    Slip(
        "PD036",
        r"\^",
        "this is the power of a power or of a root, and which of them comes first can be read in two ways",
        "put brackets around what is taken first",
        rules=CONDITIONS,
    ),
)
