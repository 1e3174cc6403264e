"""Where the files that ship with the package lie, in a checkout or in a wheel."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_PACKAGE = Path(__file__).parent.parent


def shipped(name: str) -> "Traversable | Path":
    """The directory `name` (`grammar`, `protocols`): inside the installed package, else beside it.

    Raises FileNotFoundError where neither has it, which is a fault of the installation.
    """
    for place in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    from importlib.resources import files

    inside = files(_PACKAGE.name) / "_shipped" / name
    if inside.is_dir():
        return inside
    raise FileNotFoundError(name)
