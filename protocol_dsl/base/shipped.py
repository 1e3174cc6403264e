"""Where the files that ship with the package lie, in a checkout or in a wheel."""

import re
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


def find_protocol(name: str) -> "Traversable | Path | None":
    """The shipped file of a trial, a design or a library by its bare name; None where there is none.

    Of a trial it is the newest version, or with `NAME@1.0` the one whose header says `version 1.0`.
    """
    bare, _, version = name.casefold().replace("-", "_").partition("@")
    if re.fullmatch(r"[a-z0-9_+]+", bare) is None:
        return None
    protocols = shipped("protocols")
    versions = sorted(_protocols(protocols / "trials" / bare), key=_number, reverse=True)
    files = versions or [protocols / shelf / f"{bare}.protocol" for shelf in ("designs", "library")]
    return next((file for file in files if file.is_file() and version in ("", _version(file))), None)


def find_records(name: str) -> Path | None:
    """The folder of invented records that ships with a trial; None where it has none."""
    bare = name.casefold().replace("-", "_").partition("@")[0]
    folder = shipped("protocols") / "trials" / bare / "records"
    return folder if re.fullmatch(r"[a-z0-9_]+", bare) and isinstance(folder, Path) and folder.is_dir() else None


def names_of_protocols() -> tuple[str, ...]:
    """The bare names of all that is shipped, trials first."""
    protocols = shipped("protocols")
    trials = protocols / "trials"
    found = [folder.name for folder in trials.iterdir() if _protocols(folder)] if trials.is_dir() else []
    files = [file for shelf in ("designs", "library") for file in _protocols(protocols / shelf)]
    return (*sorted(found), *sorted(file.name.removesuffix(".protocol") for file in files))


def _protocols(folder: "Traversable | Path") -> "list[Traversable | Path]":
    return [file for file in folder.iterdir() if file.name.endswith(".protocol")] if folder.is_dir() else []


def _number(file: "Traversable | Path") -> tuple[int, str]:
    """How `v10` comes after `v2`."""
    digits = re.search(r"[0-9]+", file.name)
    return (int(digits[0]) if digits else 0, file.name)


def _version(file: "Traversable | Path") -> str:
    found = re.search(r"^\s+version\s+(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].casefold() if found else ""
