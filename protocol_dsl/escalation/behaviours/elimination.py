"""`close level when chance of a rate above 0.33 is more than 0.95 from 3 patients`: such a level is given up for good.

The level and all above are closed, by the counts at the level alone and a uniform prior.
"""

from typing import Final

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.behaviour import Behaviour, Layer
from protocol_dsl.escalation.closing import Lines, asked, closing, faults

_LINES: Final[Lines] = ("close above", "close")

behaviour = Behaviour(
    "elimination",
    Layer.CLOSES,
    asked(_LINES),
    closing(_LINES, lowest=False),
    (
        Phrase(
            "close above",
            "close level when chance of a rate above {number} is more than {number} from {count} patients",
        ),
        Phrase("close", "close level when chance of exceeding target is more than {number} from {count} patients"),
    ),
    faults(_LINES),
)
