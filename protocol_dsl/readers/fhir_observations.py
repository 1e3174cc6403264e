"""Observations of FHIR R4: the result of each and of its components, with unit, limits and why there is none."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from protocol_dsl.base.display import safe
from protocol_dsl.base.quantity import Quantity, read_number, unit
from protocol_dsl.readers import fhir_paths as say
from protocol_dsl.readers.fhir_files import Resource, Written
from protocol_dsl.readers.fhir_paths import Texts, Wrong, codes, of_kind

Complain = Callable[[str, str], None]
"""Says of a path what is wrong there."""

ABSENT: Final = {
    "not-performed": "not done",
    "asked-declined": "refused",
    "temp-unknown": "pending",
    **dict.fromkeys(("error", "not-a-number", "negative-infinity", "positive-infinity", "as-text"), "unreadable"),
}
"""Reasons for a missing value, http://terminology.hl7.org/CodeSystem/data-absent-reason; any other is not collected."""

_WAITING: Final = {"registered": "pending", "preliminary": "pending", "cancelled": "not done", "unknown": "unreadable"}


def results(resource: Resource, complain: Complain) -> Iterator[dict[str, Texts]]:
    """The result of an observation, and of each component that it has, by column. Raises Wrong."""
    held = resource.held
    known = {"EFFECTIVE": (_day(held),), **_state(held, complain)}
    parts = of_kind(held, "component", list) or []
    if not all(isinstance(one, dict) for one in parts):
        raise Wrong("component", "a component is no object")
    yield {**known, **_result(held, "", known, complain)}
    for number, part in enumerate(parts, start=1):
        yield {**known, **_result(part, f"component[{number}].", known, complain)}


def kept(resource: Resource) -> list[dict[str, Texts]]:
    """The places of results that cannot be read; none where it cannot be told of what they are."""
    held, parts = resource.held, resource.held.get("component") or []
    each = [held, *parts] if isinstance(parts, list) else [None]
    codes_of = [
        say.concept(one["code"]) if isinstance(one, dict) and say.is_concept(one.get("code")) else () for one in each
    ]
    day = next((held[key] for key in ("effectiveDateTime", "effectiveInstant") if isinstance(held.get(key), str)), "")
    if not all(codes_of):
        return []
    return [{"CODE": one, "EFFECTIVE": (day,), "MISSING": ("unreadable",)} for one in codes_of]


def _state(held: Mapping[str, Any], complain: Complain) -> dict[str, Texts]:
    status = str(held.get("status", ""))
    if status == "unknown":
        complain("status", "nobody knows whether the result holds")
    if held.get("modifierExtension"):
        complain("modifierExtension", "it changes the meaning, and is not known here")
        return {"MISSING": ("unreadable",)}
    return {"MISSING": (_WAITING.get(status, ""),)}


def _day(held: Mapping[str, Any]) -> str:
    """The day, or between which days; issued is when a report was given out, and none."""
    found = of_kind(held, "effectivePeriod", dict)
    if found is not None:
        return say.period(found)
    return of_kind(held, "effectiveDateTime", str) or of_kind(held, "effectiveInstant", str) or ""


def _result(part: Mapping[str, Any], path: str, known: Mapping[str, Texts], complain: Complain) -> dict[str, Texts]:
    code = of_kind(part, "code", dict, path)
    if not code or not say.concept(code):
        raise Wrong(f"{path}code", "it is not said what was observed")
    texts, written = value(part, path)
    reason = of_kind(part, "dataAbsentReason", dict, path)
    missing = known["MISSING"][0]
    if reason and any(texts):
        complain(f"{path}dataAbsentReason", "there is a value, and a reason why there is none")
        missing = "unreadable"
    elif reason:
        missing = missing or next((ABSENT[one] for one in codes(reason) if one in ABSENT), "not collected")
    low, high = ("", "") if missing else _range(part, written, path)
    return {
        "CODE": say.concept(code),
        "VALUE": () if missing else texts,
        "VALUEU": (written,),
        "LOW": (low,),
        "HIGH": (high,),
        "MISSING": (missing,),
    }


def value(part: Mapping[str, Any], path: str) -> tuple[Texts, str]:
    """The value in all its texts, and its unit. Raises Wrong where it is of no kind that can be told in texts."""
    there = [key for key in part if key.startswith("value") and key[5:6].isupper()]
    if not there:
        return (), ""
    if len(there) > 1:
        raise Wrong(f"{path}{there[1]}", "there are several values")
    key, found = there[0], part[there[0]]
    if key == "valueQuantity":
        quantity = of_kind(part, key, dict, path)
        return (say.number(quantity, f"{path}{key}"),), say.unit(quantity)
    if key == "valueCodeableConcept":
        return say.concept(of_kind(part, key, dict, path)), ""
    return (_other(key, found, f"{path}{key}"),), ""


def _other(key: str, found: Any, path: str) -> str:  # noqa: ANN401 - whatever stands there
    kinds = {"valueInteger": Written, "valueBoolean": bool}
    if key in kinds or key in ("valueString", "valueDateTime", "valueTime"):
        if not isinstance(found, kinds.get(key, str)):
            raise Wrong(path, f"`{safe(str(found)[:40])}` is no {key.removeprefix('value').lower()}")
        return say.plain(found)
    if not isinstance(found, dict):
        raise Wrong(path, "something else than an object stands there")
    if key == "valuePeriod":
        return say.period(found)
    ends = {"valueRatio": ("numerator", "denominator", ":"), "valueRange": ("low", "high", "-")}.get(key)
    if ends is None:
        raise Wrong(path, "values of this kind are not read")
    first, last, between = ends
    each = (of_kind(found, one, dict, f"{path}.") for one in (first, last))
    return between.join(say.number(one, path) if one else "" for one in each)


# --- reference ranges ---------------------------------------------------------------------------------------------


def _range(part: Mapping[str, Any], written: str, path: str) -> tuple[str, str]:
    """The limits of the normal range in the unit of the value; where there are several that differ, no number."""
    ranges = [one for one in of_kind(part, "referenceRange", list, path) or [] if isinstance(one, dict)]
    normal = [one for one in ranges if not one.get("type") or "normal" in codes(one["type"])]
    for_all = [one for one in normal if not one.get("appliesTo") and not one.get("age")] or normal
    each = {
        which: {_limit(one, which, written, f"{path}referenceRange.") for one in for_all if one.get(which)}
        for which in ("low", "high")
    }
    low, high = (_SEVERAL if len(those) > 1 else next(iter(those), "") for those in each.values())
    return low, high


_SEVERAL: Final = "several ranges"  # who asks for the limit is told that this is none


def _limit(one: Mapping[str, Any], which: str, written: str, path: str) -> str:
    """A limit; where its unit cannot be told in that of the value, with its unit, so that who asks for it is told."""
    quantity = of_kind(one, which, dict, path)
    if not quantity:
        return ""
    text, own = say.number(quantity, f"{path}{which}"), say.unit(quantity)
    if not own or own == written or not written:
        return text
    number, given, wanted = read_number(text), unit(own), unit(written)
    made = Quantity(number, given).to(wanted) if number is not None and given and wanted else None
    return (_decimal(made.number.numerator, made.number.denominator) if made else "") or f"{text} {own}"


_PLACES: Final = 30


def _decimal(numerator: int, denominator: int) -> str:
    """An exact decimal; empty where there is none of few places."""
    for places in range(_PLACES):
        if 10**places % denominator == 0:
            digits = str(abs(numerator) * 10**places // denominator).rjust(places + 1, "0")
            whole = f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}".rstrip(".")
            return f"-{whole}" if numerator < 0 else whole
    return ""
