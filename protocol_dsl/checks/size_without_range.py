"""Size without range: doses that are multiplied with a reading of which nothing says how large it can be."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.dosing.resting import multiplied_with
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.protocol import Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each measured item that doses are multiplied with and of which any number is taken."""
    for name in dict.fromkeys(one.item for one in multiplied_with(protocol)):
        item = protocol.items[name]
        if plausible(item) is None:
            message = f"doses are multiplied with `{name}`, and nothing says which values are plausible"
            cure = "add a range, as in `plausible 2 to 200` for a weight in kg"
            yield Diagnostic("PD473", Severity.WARNING, message, Label(item.span), help=cure)
