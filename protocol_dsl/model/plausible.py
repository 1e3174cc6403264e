"""Where the values of an item plausibly lie: as it declares, or as is known of its analyte."""

from fractions import Fraction

from attrs import frozen

from protocol_dsl.base import analyte
from protocol_dsl.base.quantity import ONE, Unit, decimal_text
from protocol_dsl.model.vocabulary import Item, Number


@frozen
class Plausible:
    """A range in the item's own unit; `of` names the analyte where the item declares no range itself."""

    low: Fraction
    high: Fraction
    unit: Unit
    of: str | None = None

    def holds(self, least: Fraction | None, most: Fraction | None) -> bool:
        """Whether some value from `least` to `most`, in base units, is plausible."""
        low, high = self.unit.in_base(self.low), self.unit.in_base(self.high)
        return (most is None or most >= low) and (least is None or least <= high)

    def __str__(self) -> str:
        span = f"{decimal_text(self.low)} to {decimal_text(self.high)}"
        return span if self.unit == ONE else f"{span} {self.unit.code}"


def plausible(item: Item) -> Plausible | None:
    """The range of an item; None where none is known."""
    unit = item.kind.unit if isinstance(item.kind, Number) else None
    if item.plausible is not None:
        return Plausible(*item.plausible, unit or ONE)
    known = analyte.plausible(item.analyte, unit)
    return None if known is None or unit is None else Plausible(*known, unit, item.analyte)
