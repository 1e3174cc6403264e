"""Which measured items the doses of a protocol rest on."""

from collections.abc import Iterator

from protocol_dsl.dosing.plan import Plan, plan, products
from protocol_dsl.model.condition import Series
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Number
from protocol_dsl.model.walk import walk


def rested_on(protocol: Protocol) -> Iterator[Series]:
    """Readings of numbers that the level or the amount of a dose depends on, product by product."""
    for found in _plans(protocol):
        yield from _measured((*found.levels, None if found.basis is None else found.basis.value), protocol)


def multiplied_with(protocol: Protocol) -> Iterator[Series]:
    """Those that an amount grows with: no table of bands holds them."""
    for found in _plans(protocol):
        if found.basis is not None:
            yield from _measured(found.basis.value, protocol)


def _plans(protocol: Protocol) -> Iterator[Plan]:
    for product in () if protocol.ladder is None else products(protocol.ladder):
        found = plan(protocol, product)
        if not isinstance(found, str):
            yield found


def _measured(node: object, protocol: Protocol) -> Iterator[Series]:
    for one in walk(node):
        item = protocol.items.get(one.item) if isinstance(one, Series) else None
        if isinstance(one, Series) and item is not None and isinstance(item.kind, Number):
            yield one
