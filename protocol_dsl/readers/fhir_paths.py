"""What a FHIR resource says, by path: lists are gone through, and codes, quantities and periods are told in texts.

`Observation.component.code` of a path are all its codings: its text or first display, then each display, code, and
`system|code`. A quantity is its number, with its unit beside it under the path with a `U` behind it; a period its two
days with a `/` between them. An extension is found under the last part of its URL: `extension.ctcae-grade`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from protocol_dsl.base.display import safe
from protocol_dsl.readers.fhir_files import Written

Texts = tuple[str, ...]
_APART: Final = frozenset({"resourceType", "contained", "meta", "text", "implicitRules", "language"})
_UCUM: Final = "http://unitsofmeasure.org"
_CONCEPT: Final = frozenset({"coding", "text", "id", "extension"})


@frozen
class Wrong(Exception):  # noqa: N818 - what is wrong with a resource, and where
    """Why a resource cannot be taken as it stands: the path, and what is wrong there."""

    path: str
    message: str


def paths(held: Mapping[str, Any]) -> Iterator[tuple[str, Texts]]:
    """Every path of a resource with its texts; one that is there several times comes several times."""
    for key, value in held.items():
        if key not in _APART and not key.startswith("_"):
            yield from _of(key, value)


def _of(path: str, value: Any) -> Iterator[tuple[str, Texts]]:  # noqa: ANN401 - whatever stands there
    if isinstance(value, list):
        for one in value:
            yield from _extension(path, one) if path.endswith(("xtension",)) else _of(path, one)
    elif isinstance(value, dict):
        yield from _table(path, value)
    elif value is not None:
        yield path, (plain(value),)


def _table(path: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Texts]]:
    said = concept(value) if is_concept(value) else coding(value) if _is_coding(value) else ()
    if said:
        yield path, said
    elif "value" in value and isinstance(value["value"], Written):
        yield path, (number(value, path),)
        yield f"{path}U", (unit(value),)
    elif value.keys() & {"start", "end"} and value.keys() <= {"start", "end", "id", "extension"}:
        yield path, (period(value),)
    elif isinstance(value.get("reference"), str):
        yield path, (value["reference"],)
    for key, inside in value.items():
        if key not in {"coding", "div"} and not key.startswith("_"):
            yield from _of(f"{path}.{key}", inside)


def _extension(path: str, one: Any) -> Iterator[tuple[str, Texts]]:  # noqa: ANN401
    if not isinstance(one, dict) or not isinstance(one.get("url"), str):
        return
    name = f"{path}.{one['url'].rstrip('/').rpartition('/')[2]}"
    for key, value in one.items():
        if key.startswith("value"):
            yield from _of(name, value)
        elif key == "extension":
            yield from _of(f"{name}.extension", value)


def plain(value: object) -> str:
    """A text, a number or a switch as a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.text if isinstance(value, Written) else str(value).strip()


# --- data types ---------------------------------------------------------------------------------------------------


def is_concept(value: object) -> bool:
    """Whether something is a CodeableConcept."""
    return isinstance(value, dict) and value.keys() <= _CONCEPT and bool(value.keys() & {"coding", "text"})


def _is_coding(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("code"), str) and isinstance(value.get("system"), str) and "value" not in value


def concept(value: Mapping[str, Any]) -> Texts:
    """What a CodeableConcept says: its text or a display first."""
    codings = value.get("coding")
    each = [coding(one) for one in codings if isinstance(one, dict)] if isinstance(codings, list) else []
    text = value.get("text")
    said = [text.strip()] if isinstance(text, str) and text.strip() else []
    displays = [one.get("display") for one in codings or () if isinstance(one, dict)] if each else []
    said += [one.strip() for one in displays if isinstance(one, str) and one.strip()]
    return tuple(dict.fromkeys((*said, *(one for those in each for one in those))))


def coding(value: Mapping[str, Any]) -> Texts:
    """What a Coding says: display, code, and `system|code`; a code that only LOINC's can be needs no system."""
    display, code, system = (value.get(key) for key in ("display", "code", "system"))
    texts = [one.strip() for one in (display, code) if isinstance(one, str) and one.strip()]
    if isinstance(code, str) and code.strip():
        known = system.strip() if isinstance(system, str) else ""
        known = known or ("http://loinc.org" if is_of_loinc(code.strip()) else "")
        texts += [f"{known}|{code.strip()}"] if known else []
    return tuple(texts)


_LOINC = re.compile(r"[1-9][0-9]{0,6}-[0-9]")


def is_of_loinc(code: str) -> bool:
    """Whether a code has the form of LOINC's, with a check digit that is right (LOINC Users' Guide, appendix C)."""
    if not _LOINC.fullmatch(code):
        return False
    digits = [int(one) for one in reversed(code[:-2])]
    doubled = (sum(divmod(2 * one, 10)) if place % 2 == 0 else one for place, one in enumerate(digits))
    return (10 - sum(doubled) % 10) % 10 == int(code[-1])


def codes(value: object) -> frozenset[str]:
    """The bare codes of a CodeableConcept."""
    codings = value.get("coding") if isinstance(value, dict) else None
    each = codings if isinstance(codings, list) else []
    return frozenset(one["code"] for one in each if isinstance(one, dict) and isinstance(one.get("code"), str))


def number(value: Mapping[str, Any], path: str) -> str:
    """The number of a Quantity, with its comparator before it. Raises Wrong where it is none."""
    written, comparator = value.get("value"), value.get("comparator", "")
    if not isinstance(written, Written):
        said = f"`{safe(str(written)[:40])}` is no number" if written is not None else "there is no number"
        raise Wrong(f"{path}.value", said)
    if comparator not in ("", "<", "<=", ">", ">="):
        raise Wrong(f"{path}.comparator", f"`{safe(str(comparator)[:40])}` is no comparator")
    return f"{comparator}{written.text}"


def unit(value: Mapping[str, Any]) -> str:
    """The unit of a Quantity: its code of UCUM, else as it is written."""
    code, written = value.get("code"), value.get("unit")
    if isinstance(code, str) and value.get("system") == _UCUM:
        return code.strip()
    return next((one.strip() for one in (written, code) if isinstance(one, str) and one.strip()), "")


def period(value: Mapping[str, Any]) -> str:
    """Between which days; empty where one of them is not known."""
    start, end = value.get("start"), value.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        return ""
    return start if start == end else f"{start}/{end}"


def of_kind(held: Mapping[str, Any], key: str, kind: type, path: str = "") -> Any:  # noqa: ANN401 - of that kind, or None
    """What stands behind a key, if anything does. Raises Wrong where it is not of its kind."""
    value = held.get(key)
    if value is not None and not isinstance(value, kind):
        raise Wrong(f"{path}{key}", f"`{key}` is {_SAID.get(kind, 'something else')}, and something else stands there")
    return value


_SAID: Final[Mapping[type, str]] = {str: "a text", dict: "an object", list: "a list", bool: "`true` or `false`"}
