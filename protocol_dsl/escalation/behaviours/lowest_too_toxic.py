"""`stop when chance of a rate above 0.33 at the lowest level is more than 0.9 from 3 patients`: no level is safe then.

All levels are closed, by the counts at the lowest alone and a uniform prior, and the trial ends without a level.
"""

from typing import Final

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.behaviour import Behaviour, Layer
from protocol_dsl.escalation.closing import Lines, asked, closing, faults

_LINES: Final[Lines] = ("lowest above", "lowest")

behaviour = Behaviour(
    "stop when the lowest level is too toxic",
    Layer.CLOSES,
    asked(_LINES),
    closing(_LINES, lowest=True),
    (
        Phrase(
            "lowest above",
            "stop when chance of a rate above {number} at the lowest level is more than {number} from {count} patients",
        ),
        Phrase(
            "lowest",
            "stop when chance that the lowest level exceeds target is more than {number} from {count} patients",
        ),
    ),
    faults(_LINES),
)
