"""A validator for the few keywords of JSON Schema (2020-12) that our own schemas use; any other keyword is refused."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_PROSE = {"$schema", "$defs", "title", "description"}


def faults(
    value: Any,  # noqa: ANN401 - any JSON
    schema: Mapping[str, Any],
    root: Mapping[str, Any] | None = None,
    at: str = "$",
) -> Iterator[str]:
    """What is wrong with a value of JSON, and where; nothing if it fits the schema."""
    top = schema if root is None else root
    for keyword, wanted in schema.items():
        if keyword not in _PROSE:
            yield from _CHECKS[keyword](value, wanted, schema, top, at)


def _ref(value: Any, wanted: str, _: Any, top: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    yield from faults(value, top["$defs"][wanted.removeprefix("#/$defs/")], top, at)


def _any_of(value: Any, wanted: list[Any], _: Any, top: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    each = [list(faults(value, one, top, at)) for one in wanted]
    if all(each):
        yield from min(each, key=len)


def _type(value: Any, wanted: str | list[str], _: Any, __: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(_TYPES[name](value) for name in names):
        yield f"{at}: {value!r} is not {' or '.join(names)}"


def _enum(value: Any, wanted: list[Any], _: Any, __: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    if value not in wanted:
        yield f"{at}: {value!r} is none of {wanted}"


def _pattern(value: Any, wanted: str, _: Any, __: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, str) and not re.search(wanted, value):
        yield f"{at}: {value!r} does not match {wanted}"


def _required(value: Any, wanted: list[str], _: Any, __: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    yield from (f"{at}: lacks {name}" for name in wanted if isinstance(value, dict) and name not in value)


def _properties(value: Any, wanted: Mapping[str, Any], _: Any, top: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    for name, schema in wanted.items():
        if isinstance(value, dict) and name in value:
            yield from faults(value[name], schema, top, f"{at}.{name}")


def _additional(value: Any, wanted: Any, schema: Any, top: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    rest = [] if not isinstance(value, dict) else [name for name in value if name not in schema.get("properties", {})]
    for name in rest:
        if wanted is False:
            yield f"{at}: {name} is not foreseen"
        else:
            yield from faults(value[name], wanted, top, f"{at}.{name}")


def _items(value: Any, wanted: Mapping[str, Any], _: Any, top: Any, at: str) -> Iterator[str]:  # noqa: ANN401
    for number, one in enumerate(value if isinstance(value, list) else ()):
        yield from faults(one, wanted, top, f"{at}[{number}]")


_CHECKS: Mapping[str, Callable[[Any, Any, Any, Any, str], Iterator[str]]] = {
    "$ref": _ref,
    "anyOf": _any_of,
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
}
