"""A directory is a list: the modules of a package, and the item each of them exposes."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any


def names(package: str) -> tuple[str, ...]:
    """The module names of a package, sorted, none of them imported; names that begin with `_` are left out."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return tuple(sorted(module.name for module in iter_modules(places or []) if module.name[0] != "_"))


def shelf(package: str, name: str) -> dict[str, Any]:
    """Each module that exposes `name`, with that item, sorted; then what entry points of group `package` add."""
    modules = {module: import_module(f"{package}.{module}") for module in names(package)}
    items = {module: getattr(found, name) for module, found in modules.items() if hasattr(found, name)}
    for entry, loaded in _added(package).items():
        items.setdefault(entry, getattr(loaded, name, loaded))
    return dict(sorted(items.items()))


@cache
def _added(package: str) -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {entry.name: entry.load() for entry in entry_points(group=package)}
