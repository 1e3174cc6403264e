"""The model as JSON and back, and the digests that name what was decided by what.

Spans and places of origin are never written. A field that has its default is left out, so that a digest outlives
fields that are added later. Numbers are texts of exact fractions, days and instants ISO texts, enumerations their
values; every class says its name.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from protocol_dsl.base.source import NOWHERE, Span
from protocol_dsl.model import dosing, escalation
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Range, Record

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
T = TypeVar("T")

EDITION: Final = 1
"""The edition of the form written here; it is raised when a text of before can no longer be read."""


def digest(protocol: Protocol) -> str:
    """The SHA-256 of what a protocol means, wording included; layout, comments, notes and examples play no part."""
    return _hash(canonical(protocol))


def digest_of_records(records: Iterable[Record]) -> str:
    """The SHA-256 of what is known of some patients, in this order."""
    return _hash([canonical(record) for record in records])


def _hash(value: Json) -> str:
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def to_json(protocol: Protocol) -> str:
    """The whole protocol, notes and examples included, as JSON text."""
    return json.dumps({"edition": EDITION, "protocol": canonical(protocol, whole=True)}, ensure_ascii=False, indent=1)


def from_json(text: str) -> Protocol:
    """The protocol that `to_json` wrote. Raises ValueError where the text is not of this form."""
    held = json.loads(text)
    if not isinstance(held, dict) or held.get("edition") != EDITION:
        raise ValueError("the text is no protocol of this edition")
    return structure(held.get("protocol"), Protocol)


# --- to JSON ------------------------------------------------------------------------------------------------------


def canonical(value: Any, *, whole: bool = False) -> Json:  # noqa: ANN401 - any value of the model
    """A value of the model as JSON data; with `whole`, also what plays no part in equality."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return value.value  # type: ignore[no-any-return]
    if isinstance(value, str | Fraction):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return _collection(value, whole=whole)


def _collection(value: Any, *, whole: bool) -> Json:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {str(key): canonical(value[key], whole=whole) for key in sorted(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [canonical(one, whole=whole) for one in value]
    written: dict[str, Json] = {"class": type(value).__name__}
    for plan in _plan(value.__class__):
        held = getattr(value, plan.name)
        if (whole or plan.eq) and not (type(held) is type(plan.default) and held == plan.default):
            written[plan.name] = _tagged(held) if plan.open else canonical(held, whole=whole)
    return written


@attrs.frozen
class _Field:
    """A field that is written; `open` where its values are of several kinds that JSON does not tell apart."""

    name: str
    default: Any
    eq: bool
    open: bool


@cache
def _plan(cls: Any) -> tuple[_Field, ...]:  # noqa: ANN401 - a class of attrs
    kinds = get_type_hints(cls)
    return tuple(
        _Field(one.name, one.default, bool(one.eq), _is_open(kinds[one.name]))
        for one in attrs.fields(cls)
        if one.name not in ("span", "origin")
    )


def _is_open(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    args = get_args(kind)
    if get_origin(kind) is tuple:
        return _is_open(args[0])
    return kind is Any or (str in args and Fraction in args)


def _tagged(value: Any) -> Json:  # noqa: ANN401
    """A value of any kind, told apart by its key."""
    if isinstance(value, tuple):
        return [_tagged(one) for one in value]
    if isinstance(value, Fraction):
        return {"number": str(value)}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, frozenset):
        return {"members": sorted(value)}
    return {"attested": value.value} if isinstance(value, Attested) else canonical(value)


# --- from JSON ----------------------------------------------------------------------------------------------------


def structure(held: Any, cls: type[T]) -> T:  # noqa: ANN401 - any JSON
    """A value of a class of the model from JSON data. Raises ValueError where the data are not of that form."""
    from cattrs.errors import BaseValidationError

    try:
        return _converter().structure(held, cls)  # type: ignore[no-any-return]
    except (BaseValidationError, LookupError, TypeError, ValueError, RecursionError) as error:
        message = f"the data are no {cls.__name__}"
        raise ValueError(message) from error


@cache
def _converter() -> Any:  # noqa: ANN401 - a cattrs converter
    from cattrs import Converter

    # Annotations of these are texts inside tuples, which cattrs does not look for.
    for cls in (*vars(dosing).values(), *vars(escalation).values()):
        if attrs.has(cls):
            attrs.resolve_types(cls)
    converter = Converter()
    converter.register_structure_hook(Fraction, lambda held, _: Fraction(held))
    converter.register_structure_hook(date, lambda held, _: date.fromisoformat(held))
    converter.register_structure_hook(Span, lambda _, __: NOWHERE)  # never written
    converter.register_structure_hook_func(_is_union, lambda held, kind: _one_of(converter, held, kind))
    converter.register_structure_hook(Range, lambda held, _: _range(converter, held))
    return converter


def _is_union(kind: Any) -> bool:  # noqa: ANN401
    return get_origin(kind) in (Union, UnionType)


def _one_of(converter: Any, held: Any, kind: Any) -> Any:  # noqa: ANN401
    """What the data say, of the kinds that are allowed."""
    args = get_args(kind)
    if held is None and type(None) in args:
        return None
    if _is_open(kind):
        return _untagged(converter, held)
    if isinstance(held, dict):
        return converter.structure(held, next(arg for arg in args if arg.__name__ == held["class"]))
    for arg in sorted((arg for arg in args if arg is not type(None)), key=lambda arg: not _is_enum(arg)):
        if not _is_enum(arg) or held in {one.value for one in arg}:
            return converter.structure(held, arg)
    raise ValueError(held)


def _is_enum(kind: Any) -> bool:  # noqa: ANN401
    return isinstance(kind, type) and issubclass(kind, Enum)


_UNTAGGED: Final[dict[str, Callable[[Any], Any]]] = {
    "number": Fraction,
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "members": frozenset,
    "attested": Attested,
}


def _untagged(converter: Any, held: Any) -> Any:  # noqa: ANN401
    if not isinstance(held, dict):
        return held
    if "class" in held:
        return _range(converter, held)
    ((tag, inside),) = held.items()
    return _UNTAGGED[tag](inside)


def _range(converter: Any, held: Any) -> Range:  # noqa: ANN401
    low, high = (_untagged(converter, held.get(end)) for end in ("low", "high"))
    return Range(low, high, low_open=bool(held.get("low_open")), high_open=bool(held.get("high_open")))
