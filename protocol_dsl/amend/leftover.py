"""What is left of a formula once it is said what some of its atoms come to.

Formulas are kept here so that equal ones are one and the same, which is seen at once, and each is worked with once.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, field, frozen

from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated
from protocol_dsl.base.truth import Truth, negate

_NOT = 0


@frozen(eq=False)
class Left:
    """So many of the parts at least, or with a `count` of 0 the denial of the one part; an atom has no parts.

    `truth` is what it comes to whatever its atoms do; `mask` has a bit for each atom that is in it.
    """

    mask: int
    truth: Truth | None = None
    count: int = _NOT
    parts: tuple[Left, ...] = ()


TRUE, FALSE, UNKNOWN = (Left(0, truth) for truth in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
FIXED: Mapping[Truth, Left] = {Truth.TRUE: TRUE, Truth.FALSE: FALSE, Truth.UNKNOWN: UNKNOWN}


@define
class Table:
    """All that is left of some formulas, each once."""

    _atoms: dict[Atom, Left] = field(factory=dict)
    _known: dict[tuple[int, tuple[Left, ...]], Left] = field(factory=dict)

    def atom(self, atom: Atom) -> Left:
        """The atom, with a bit of its own."""
        found = self._atoms.get(atom)
        if found is None:
            found = self._atoms[atom] = Left(1 << len(self._atoms))
        return found

    def of(self, formula: Formula) -> Left:
        """The formula, where nothing stands in it that is the same whatever its atoms come to."""
        match formula:
            case Atom():
                return self.atom(formula)
            case Negated(inside=inside):
                return self._negated(self.of(inside))
            case Joined(count=count, parts=parts):
                return self._joined(count, [self.of(part) for part in parts])
            case Fixed(truth=truth):
                return FIXED[truth]

    def remaining(self, left: Left, said: Mapping[int, Left], mine: int, known: dict[Left, Left]) -> Left:
        """What is left once the atoms of `mine` are `said`, each by its bit; `known` is what was found so already."""
        if not left.mask & mine:
            return left
        found = known.get(left)
        if found is None:
            if not left.parts:
                return said[left.mask]
            parts = [self.remaining(part, said, mine, known) for part in left.parts]
            found = self._joined(left.count, parts) if left.count else self._negated(parts[0])
            known[left] = found
        return found

    def _negated(self, inside: Left) -> Left:
        return self._made(_NOT, (inside,)) if inside.truth is None else FIXED[negate(inside.truth)]

    def _joined(self, count: int, parts: list[Left]) -> Left:
        """So many of the parts at least, of which those that are known already are counted."""
        rest = tuple([one for one in parts if one.truth is None])
        unknown = 0
        if len(rest) != len(parts):
            count -= parts.count(TRUE)
            unknown = parts.count(UNKNOWN)
        if count <= 0:
            return TRUE
        if count > len(rest) + unknown:
            return FALSE
        if not rest:
            return UNKNOWN
        if count not in (1, len(rest) + unknown):
            return self._made(count, rest + (UNKNOWN,) * unknown)
        # Any of them, or all: one that stands there twice, or is unknown, is as good as once.
        once = tuple(dict.fromkeys(rest)) + (UNKNOWN,) * (unknown > 0)
        if len(once) == 1:
            return once[0]
        return self._made(1 if count == 1 and len(rest) + unknown > 1 else len(once), once)

    def _made(self, count: int, parts: tuple[Left, ...]) -> Left:
        key = (count, parts)
        found = self._known.get(key)
        if found is None:
            mask = 0
            for part in parts:
                mask |= part.mask
            found = self._known[key] = Left(mask, None, count, parts)
        return found
