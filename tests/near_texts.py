"""Texts of small protocols in which every form of the language may stand, and others that are nearly the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from random import Random

from attrs import evolve, frozen

from tests import near_forms as forms
from tests.near_forms import DATA, LINES

_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]|<([a-z_]+)>")
_NUMBER = re.compile(r"(?<![\w*.^/{-])\d+(?:\.\d+)?(?=[ ]|$)(?! ?- )", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _several(lines: str) -> tuple[str, ...]:
    """The lines that are not only there to be read; a group with one empty line first may draw nothing."""
    stripped = tuple(line.strip() for line in lines.split("\n"))
    return stripped if not lines.startswith("\n        ") else tuple(line for line in stripped[1:-1])


_CHOICES = {name: _several(lines) for name, lines in LINES.items()}
DEFINED = tuple(forms.DEFINED.strip().split("\n"))
SWAPS = tuple(tuple(line.split("|")) for line in forms.SWAPS.strip().split("\n"))


def drawn(text: str, random: Random) -> str:
    """The text with every choice in it made."""
    while (found := _CHOICE.search(text)) is not None:
        options = found[1].split("|") if found[1] is not None else _CHOICES[found[2]]
        text = text[: found.start()] + random.choice(options) + text[found.end() :]
    return text


def nearly(text: str, random: Random) -> str:
    """The text with one number, or one word, that is another; the same text where none is found."""
    for _ in range(20):
        found = _another_number(text, random) if random.random() < 0.4 else _another_word(text, random)
        if found is not None:
            return found
    return text


def _another_number(text: str, random: Random) -> str | None:
    spots = list(_NUMBER.finditer(text))
    if not spots:
        return None
    spot = random.choice(spots)
    steps = ("0.5", "-0.5", "0.1", "-0.1") if "." in spot[0] else ("1", "-1", "1", "-1", "7", "-7")
    number = Decimal(spot[0]) + Decimal(random.choice(steps))
    return None if number < 0 else f"{text[: spot.start()]}{number}{text[spot.end() :]}"


def _another_word(text: str, random: Random) -> str | None:
    swap = random.choice(SWAPS)
    here, there = swap if random.random() < 0.5 else swap[::-1]
    spots = list(re.finditer(rf"(?<!\w){re.escape(here)}(?!\w)", text)) if here else []
    if not spots:
        return None
    spot = random.choice(spots)
    return f"{text[: spot.start()]}{there}{text[spot.end() :]}"


@frozen
class Written:
    """A clause as it is written: its section, its id, the id it had, and the lines below it."""

    part: str
    id: str
    lines: tuple[str, ...]
    was: str = ""

    @property
    def text(self) -> str:
        renamed = f" renamed from {self.was}" if self.was else ""
        return "\n".join((f"    {self.id}{renamed}", *(f"        {line}" for line in self.lines)))


@frozen
class File:
    """A file as it is written; only what its clauses name is declared."""

    version: str
    moments: tuple[str, ...]
    data: Mapping[str, str]
    clauses: tuple[Written, ...]
    at: str = " at enrolment"
    when: str = ""
    promised: tuple[str, ...] = ()
    defined: tuple[str, ...] = DEFINED
    examples: str = ""

    @property
    def text(self) -> str:
        rules = "\n".join(line for part in _HEADS for line in self._section(part))
        promised = [f"    A{number}\n        eligible implies {one}" for number, one in enumerate(self.promised, 1)]
        rules = "\n".join((rules, *(("\nalways", *promised) if promised else ()), self.examples))
        moments = "\n".join(f"    {one}" for one in self.moments)
        head = f'protocol "NEAR"\n    version {self.version}\n    uses ctcae 5.0, ucum\n\nmoments\n{moments}\n'
        defined, names = self._used(set(_NAME.findall(rules + moments + self.at)))
        data = {name: kind for name, kind in self.data.items() if name in names}
        kept = [f"\ndata\n{_lines(f'{name} : {kind}' for name, kind in data.items())}\n"] if data else []
        kept += [f"\ndefine\n{_lines(defined)}\n"] if defined else []
        return "".join((head, *kept, rules, "\n"))

    def _section(self, part: str) -> Iterator[str]:
        mine = [clause.text for clause in self.clauses if clause.part == part]
        if mine:
            first = "first_dose" if any(one.startswith("first_dose is day") for one in self.moments) else "enrolment"
            asked = f"{self.at}{self.when}" if part in ("inclusion", "exclusion") else ""
            yield from ("", _HEADS[part].format(asked=asked, first=first), *mine)

    def _used(self, names: set[str]) -> tuple[list[str], set[str]]:
        """The definitions that are named, directly or through others, and all names by which they may go."""
        kept: dict[str, None] = {}
        while more := [one for one in self.defined if one not in kept and _called(one) in names]:
            kept |= dict.fromkeys(more)
            names |= {name for one in more for name in _NAME.findall(one)}
        names |= (
            {"last_visit"} if any("to last_visit" in self.data[name] for name in names & self.data.keys()) else set()
        )
        return list(kept), names | ({"doses_given"} if any("dose of" in one for one in self.moments) else set())


_HEADS = {
    "inclusion": "inclusion{asked}",
    "exclusion": "exclusion{asked}",
    "gate": 'gate "Before a dose" at enrolment',
    "dlt": "dlt\n    window from {first} through day 28\n    attributed possible, probable, definite",
}
_ASKED = ("", " at first_dose")
_WHEN = (*[""] * 8, " when sex is female", " when stage is not iv")


def _called(definition: str) -> str:
    return definition.split()[definition.startswith("set ")]


def _lines(several: Iterable[str]) -> str:
    return "\n".join("    " + one.replace("/    ", "\n        ") for one in several)


def lines(random: Random) -> tuple[str, ...]:
    """The lines of a clause: a rule in one line or in bullets, and now and then an exception, a guard or a policy."""
    shape = random.random()
    if shape < 0.62:
        found = [drawn("<rule>", random)]
    elif shape < 0.74:
        one = drawn("<rule>", random)
        found = [f"({one}) {random.choice(('and', 'or'))} ({random.choice(('', 'not '))}({nearly(one, random)}))"]
    else:
        found = [random.choice(("all of", "any of", "none of", "at least 2 of"))]
        for _ in range(3 if "2" in found[0] else 2):
            found.append(drawn("    - <leaf>", random))
            found += [drawn("        <policy>", random)] * (random.random() < 0.15)
    more = (("unless <rule>", 0.15), ("applies when <rule>", 0.2), ("<policy>", 0.2))
    return (*found, *(drawn(line, random) for line, chance in more if random.random() < chance))


def first(random: Random) -> File:
    """A file of one or two clauses, which may have to do with one another."""
    parts = random.choices(tuple(_HEADS), (4, 4, 1, 1), k=random.choice((1, 1, 2)))
    clauses = [Written(part, f"{part[0].upper()}{number}", lines(random)) for number, part in enumerate(parts, 1)]
    if len(clauses) > 1 and random.random() < 0.3:
        clauses[1] = evolve(clauses[1], lines=tuple(nearly(line, random) for line in clauses[0].lines))
    promised: tuple[str, ...] = ()
    if random.random() < 0.25:
        promised = (nearly(clauses[0].lines[0], random) if len(clauses[0].lines) < 3 else drawn("<leaf>", random),)
    data = {name: drawn(kind, random) for name, kind in DATA.items()}
    moments = tuple(drawn("<moments>", random).split("/"))
    return File("1.0", moments, data, tuple(clauses), when=random.choice(_WHEN), promised=promised)


def second(old: File, random: Random) -> File:
    """Another version of a file: one thing in it, or two, is another."""
    new = evolve(old, version="2.0")
    for _ in range(random.choice((1, 1, 1, 2))):
        at = random.randrange(len(new.clauses))
        if random.random() < 0.75:
            changed = _clause_changed(new.clauses[at], random)
            new = evolve(new, clauses=(*new.clauses[:at], changed, *new.clauses[at + 1 :]))
        else:
            new = random.choice(
                (_other_data, _other_data, _more, _fewer, _turned, _defined_otherwise, _asked_otherwise)
            )(new, random)
    return new


def _clause_changed(clause: Written, random: Random) -> Written:
    before, how = clause.lines, random.random()
    if how < 0.6:
        at = random.randrange(len(before))
        return evolve(clause, lines=(*before[:at], nearly(before[at], random), *before[at + 1 :]))
    if how < 0.75 and not before[0].endswith(" of"):
        one, other, more = before[0], nearly(before[0], random), drawn("<leaf>", random)
        forms = (
            "({0}) and ({1})",
            "({0}) or ({1})",
            "not (not ({0}))",
            "({0}) and ({2})",
            "({0}) or ({2})",
            "not ({0})",
        )
        return evolve(clause, lines=(random.choice(forms).format(one, other, more), *before[1:]))
    if how < 0.82 and len(before) > 1:
        at = random.randrange(1, len(before))
        return evolve(clause, lines=(*before[:at], *before[at + 1 :]))
    if how < 0.92:
        line = random.choice(("<policy>", "unless <leaf>", "applies when <leaf>"))
        return evolve(clause, lines=(*before, drawn(line, random)))
    return evolve(clause, lines=lines(random)) if how < 0.97 else evolve(clause, id=f"{clause.id}b", was=clause.id)


def _other_data(file: File, random: Random) -> File:
    named = {name for clause in file.clauses for line in clause.lines for name in _NAME.findall(line)}
    name = random.choice(sorted(named & DATA.keys()) or ["anc"])
    kind = random.choice((nearly(file.data[name], random), drawn(DATA[name], random)))
    return evolve(file, data={**file.data, name: kind})


def _more(file: File, random: Random) -> File:
    part = random.choice(("inclusion", "exclusion"))
    return evolve(file, clauses=(*file.clauses, Written(part, f"{part[0].upper()}9", lines(random))))


def _fewer(file: File, random: Random) -> File:
    return evolve(file, clauses=tuple(random.sample(file.clauses, 1)))


def _turned(file: File, random: Random) -> File:
    return evolve(file, clauses=tuple(random.sample(file.clauses, len(file.clauses))))


def _defined_otherwise(file: File, random: Random) -> File:
    at = random.randrange(len(file.defined))
    changed = nearly(file.defined[at], random)
    return evolve(file, defined=(*file.defined[:at], changed, *file.defined[at + 1 :]))


def _asked_otherwise(file: File, random: Random) -> File:
    return evolve(file, at=random.choice(_ASKED))
