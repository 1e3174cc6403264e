"""The mistakes that people make again and again, each with the message it deserves.

A row is a `Slip`; the rows of the modules of this folder are tried in the order below, and the first that fits is told.
It must not know how a mistake is found in a text: that is for `syntax.malformed`.
"""

from typing import Final

from protocol_dsl.syntax.slips.comparisons import COMPARISONS, WINDOWS
from protocol_dsl.syntax.slips.formulas import FORMULAS
from protocol_dsl.syntax.slips.lines import DATA, SHAPES
from protocol_dsl.syntax.slips.numbers import NUMBERS
from protocol_dsl.syntax.slips.slip import Slip
from protocol_dsl.syntax.slips.words import NAMES, WORDS

SLIPS: Final[tuple[Slip, ...]] = (*SHAPES, *NUMBERS, *FORMULAS, *COMPARISONS, *WINDOWS, *WORDS, *NAMES, *DATA)
"""In the order in which they are tried."""
