"""What has happened: cohorts in the order in which they were treated, written `1NNN 2NTP`."""

import re

from attrs import frozen

LETTERS = {"N": "no DLT", "T": "DLT", "P": "pending", "X": "not evaluable"}

_MINUS_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})
_SPLIT_COHORT = re.compile(r"(?<!\S)([^\sNTPX]+)\s+(?=[NTPX]+(?!\S))")


@frozen
class Cohort:
    """Patients treated together at a level: its name, and a letter for each of them."""

    level: str
    outcomes: str

    def __str__(self) -> str:
        return self.level + self.outcomes


@frozen
class Unreadable:
    """Why a history cannot be read: the characters `start` to `end` of the text, and what would do."""

    message: str
    start: int
    end: int
    help: str = ""


@frozen
class History:
    """Cohorts, earliest first. `History.read` and `str` are inverse but for spaces."""

    cohorts: tuple[Cohort, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.cohorts))

    @staticmethod
    def read(text: str, names: tuple[str, ...] = ()) -> "History | Unreadable":
        """Read `1NNN 2NTP`. With the names of a ladder, a level that is not one of them cannot be read.

        A level may stand apart from its letters (`1 NNN`), and any white space separates cohorts.
        """
        plain = text.translate(_MINUS_SIGNS)
        joined = _SPLIT_COHORT.sub(lambda found: found[1] + "\0" * (len(found[0]) - len(found[1])), plain)
        cohorts = []
        for found in re.finditer(r"\S+", joined):
            cohort = _cohort(found[0].replace("\0", ""), found.span(), names)
            if isinstance(cohort, Unreadable):
                return cohort
            cohorts.append(cohort)
        return History(tuple(cohorts))


def _cohort(word: str, where: tuple[int, int], names: tuple[str, ...]) -> Cohort | Unreadable:
    splits = _splits(word, names)
    if len(splits) == 1:
        return splits[0]
    if splits:
        readings = " or ".join(f"level `{split.level}`" for split in splits)
        return Unreadable(f"`{word}` may be {readings}", *where, help="rename one of the levels")
    return _why_not(word, where, names)


def _splits(word: str, names: tuple[str, ...]) -> list[Cohort]:
    if names:
        return [Cohort(name, word.removeprefix(name)) for name in names if _continues(name, word)]
    found = re.fullmatch(r"([^NTPX]+)([NTPX]+)", word)
    return [Cohort(found[1], found[2])] if found else []


def _continues(name: str, word: str) -> bool:
    rest = word.removeprefix(name)
    return word.startswith(name) and rest != "" and set(rest) <= LETTERS.keys()


def _why_not(word: str, where: tuple[int, int], names: tuple[str, ...]) -> Unreadable:
    letters = ", ".join(f"{letter} {meaning}" for letter, meaning in LETTERS.items())
    if re.fullmatch(r"[NTPX]+", word):
        return Unreadable(f"`{word}` has no level", *where, help="write the level before the letters, as in `1NNN`")
    found = re.fullmatch(r"([^NTPX]+)([NTPX]+)", word)
    if found and names:
        known = ", ".join(f"`{name}`" for name in names)
        return Unreadable(f"there is no level `{found[1]}`", *where, help=f"the levels are {known}")
    between = re.search(r"[NTPX]([^NTPX]+)[NTPX]+$", word)
    if between:
        together = not between[1].isalpha() or between[1] in names
        message = f"`{word}` runs cohorts together" if together else f"`{between[1]}` is no outcome"
        cure = "put a space between cohorts: `1NNN 2NTP`" if together else f"the letters are {letters}"
        return Unreadable(message, *where, help=cure)
    if re.fullmatch(r"-?[0-9.]+[ntpx]+", word) and word not in names:
        return Unreadable(f"`{word}` has small letters", *where, help=f"write `{word.upper()}`")
    if re.fullmatch(r"-?[0-9.]+[a-z]*", word):
        return Unreadable(f"level `{word}` has no patients", *where, help=f"add a letter for each: {letters}")
    return Unreadable(f"`{word}` is no level followed by outcomes", *where, help=f"the letters are {letters}")
