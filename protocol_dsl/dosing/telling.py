"""A dose in words, and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from protocol_dsl.base.quantity import Quantity, decimal_text
from protocol_dsl.dosing.reckon import number_words

if TYPE_CHECKING:
    from protocol_dsl.dosing.dose import Dose

CAUTION = "It informs; people decide. No gate and no escalation rule is looked at here."


def lines(dose: Dose) -> Iterator[str]:
    """The result, then each step with the line of the protocol by which it is taken."""
    yield f"{dose.patient}, {dose.product}{_where(dose)}: {result_words(dose)}"
    steps = [step for step in dose.steps if step.text not in dose.why.split("; ")]
    width = max((len(step.text) for step in steps), default=0)
    for step in steps:
        yield f"  {step.text:<{width}}  ({step.rule})"
    for source in dose.sources:
        yield f"  source: {source}"
    if dose.why:
        yield f"  refused: {dose.why}"
    for settled in dose.settles:
        yield f"  would settle it: {settled}"


def _where(dose: Dose) -> str:
    level = "" if dose.level is None else f" at level {dose.level}"
    day = "" if dose.day is None else f" {dose.day.isoformat()}"
    return f"{level}, {dose.moment}{day}" if dose.moment else f"{level}, as of{day}"


def result_words(dose: Dose) -> str:
    """`2.6e8 cells`, `125 mg (tablets: 1 x 100 mg and 1 x 25 mg)`, or `no amount`."""
    if dose.amount is None:
        return "no amount"
    made = " and ".join(f"{count} x {quantity_words(size)}" for count, size in dose.pieces)
    return f"{quantity_words(dose.amount)}{f' ({dose.called}: {made})' if made else ''}"


def quantity_words(quantity: Quantity) -> str:
    """A quantity as protocols write it."""
    return f"{number_words(quantity.number)} {quantity.unit.code}"


def as_data(dose: Dose) -> dict[str, Any]:
    """The dose for programs: numbers as texts of exact decimals."""
    amount = dose.amount
    return {
        "patient": dose.patient,
        "product": dose.product,
        "level": dose.level,
        "moment": dose.moment,
        "date": None if dose.day is None else dose.day.isoformat(),
        "result": dose.outcome.value,
        "amount": None if amount is None else decimal_text(amount.number),
        "unit": None if amount is None else amount.unit.code,
        "pieces": [
            {"count": count, "size": decimal_text(size.number), "unit": size.unit.code, "of": dose.called}
            for count, size in dose.pieces
        ],
        "steps": [{"text": step.text, "rule": step.rule} for step in dose.steps],
        "because": dose.why,
        "settles": list(dose.settles),
        "missing": [{"item": gap.item, "reason": gap.reason.value} for gap in dose.missing],
        "sources": list(dose.sources),
    }
