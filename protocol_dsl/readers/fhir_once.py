"""Resources that stand in several files, or in several versions: each counts once, the latest version of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from protocol_dsl.readers.fhir_files import Resource
from protocol_dsl.readers.fhir_references import digest

_Key = tuple[str, str]


def once(resources: Iterable[Resource]) -> Iterator[tuple[Resource, str, str]]:
    """Each resource with its digest, and why it does not count: it is there again, or in a later version.

    Where versions cannot be told by their `lastUpdated`, all of them count, and conflict where they differ; so do
    patients, for two of one id may be two people of two hospitals.
    """
    these = list(resources)
    latest = _latest(these)
    seen: set[tuple[str, str, str]] = set()
    for one in these:
        said, key = digest(one), (one.type, one.id)
        if one.id and (*key, said) in seen:
            yield one, said, f"{one.type} that stand there again"
            continue
        seen.add((*key, said))
        when = _updated(one)
        old = one.type != "Patient" and key in latest and when is not None and when < latest[key]
        yield one, said, f"{one.type} in a later version" if old else ""


def _latest(resources: Iterable[Resource]) -> dict[_Key, datetime]:
    """When each resource was last updated; of those alone of which all versions say it."""
    found: dict[_Key, datetime] = {}
    unknown: set[_Key] = set()
    for one in resources:
        key, when = (one.type, one.id), _updated(one)
        if when is None or not one.id:
            unknown.add(key)
        elif key not in found or when > found[key]:
            found[key] = when
    return {key: when for key, when in found.items() if key not in unknown}


def _updated(one: Resource) -> datetime | None:
    about = one.held.get("meta")
    text = about.get("lastUpdated") if isinstance(about, dict) else None
    try:
        when = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return when if when is not None and when.tzinfo is not None else None
