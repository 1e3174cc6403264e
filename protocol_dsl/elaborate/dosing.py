"""The settings of a dose section that make an amount of a level: what it is based on, bands, caps and rounding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from attrs import evolve, frozen

from protocol_dsl.base.quantity import Quantity, Unit, read_number, unit
from protocol_dsl.elaborate import bands
from protocol_dsl.elaborate.expressions import named, unit_named
from protocol_dsl.elaborate.kinds import Typed, describe, unit_of
from protocol_dsl.elaborate.phrases import Phrase, Set, part_of, read_settings
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.condition import Fetch
from protocol_dsl.model.dosing import DoseCap, DoseRule, Rounding, Turn, amount_unit, per_size
from protocol_dsl.model.escalation import Ladder
from protocol_dsl.syntax import defining
from protocol_dsl.syntax.tree import Word

SETTINGS = (
    Phrase("based on", "based on {name}"),
    Phrase("banded", "banded by {names}"),
    Phrase("most", "cap {name} at {number} {unit}"),
    Phrase("cap", "cap {number} {unit} per {word}"),
    Phrase("least", "refuse below {number} {unit}"),
    Phrase("rounded down", "rounded down to {sizes}"),
    Phrase("rounded up", "rounded up to {sizes}"),
    Phrase("rounded", "rounded to {sizes}"),
    Phrase("whole down", "rounded down to whole {word} of {sizes}"),
    Phrase("whole up", "rounded up to whole {word} of {sizes}"),
    Phrase("whole", "rounded to whole {word} of {sizes}"),
    Phrase("halves", "halves {word}"),
)

_FOR = re.compile(r"(.*\S)\s+for\s+([a-z][a-z0-9_]*)")
_WITH_HALVES = re.compile(r"rounded to [^,]+,\s*halves \w+")
_LEVEL_SETTINGS = ("start", "never skip")
_ROUNDED = tuple(phrase.key for phrase in SETTINGS if phrase.key.startswith(("rounded", "whole")))
_MOST_RESIDUES = 1_000
"""Sizes of pieces so unlike each other that more than this would have to be looked through are refused."""

Found: TypeAlias = Mapping[str, Set]


@frozen
class Said:
    """The settings by product, those of every product under the empty name; and the tables below them.

    A table is found by the place in the text at which its setting begins.
    """

    of: Mapping[str, Found]
    tables: Mapping[int, tuple[defining.Row, ...]]


@frozen
class Shared:
    """What the settings say of every product, as the ladder has it."""

    based_on: str | None
    caps: tuple[DoseCap, ...]


# --- lines --------------------------------------------------------------------------------------------------------


def has_table(setting: defining.Setting) -> bool:
    """Whether a table belongs below a setting."""
    return setting.phrase.text.startswith("banded by ")


def by_product(
    settings: Sequence[defining.Setting], products: Sequence[str], phrases: tuple[Phrase, ...], scope: Scope
) -> Said:
    """The settings found, by the product they end with, as in `based on weight for drug`."""
    lines: dict[str, list[Word]] = {"": []}
    for setting in settings:
        ending = _FOR.fullmatch(setting.phrase.text)
        if ending is None:
            lines[""].append(setting.phrase)
        elif ending[2] not in products:
            scope.unknown(part_of(setting.phrase, ending.start(2), ending[2]), products, "product")
        elif "," in ending[1] and _WITH_HALVES.fullmatch(ending[1]) is None:
            message = f"it is not certain which of these settings is for `{ending[2]}` alone"
            scope.error("PD407", message, setting.phrase.span, help="write one setting to a line")
        else:
            lines.setdefault(ending[2], []).append(part_of(setting.phrase, 0, ending[1]))
    own = tuple(phrase for phrase in phrases if phrase.key not in _LEVEL_SETTINGS)
    found = {
        name: {one.key: one for one in read_settings(some, own if name else phrases, scope)}
        for name, some in lines.items()
    }
    return Said(found, {setting.phrase.span.start: setting.rows for setting in settings})


def shared(found: Found, scope: Scope) -> Shared:
    """What holds for every product."""
    basis, cap = found.get("based on"), found.get("cap")
    return Shared(None if basis is None else basis.values[0], () if cap is None else _caps(cap, scope))


def _caps(found: Set, scope: Scope) -> tuple[DoseCap, ...]:
    cap = _limit(found, 0, found.values[2], scope)
    return () if cap is None else (cap,)


def _limit(found: Set, place: int, per: str, scope: Scope) -> DoseCap | None:
    """A number and its unit, in two blanks of a setting."""
    number = read_number(found.values[place])
    unit_named(found.word(place + 1), scope)
    return None if number is None else DoseCap(number, found.values[place + 1], per, span=found.span)


# --- rules --------------------------------------------------------------------------------------------------------


def rules(ladder: Ladder, said: Said, common: Shared, scope: Scope) -> tuple[DoseRule, ...]:
    """A rule for each product of which more is said than what it is based on and where it is cut off."""
    found = []
    for product in ladder.product.split(", "):
        settings = _of_product(product, said)
        banded = settings.get("banded")
        rows = () if banded is None else said.tables.get(banded.span.start, ())
        rule = _rule(product, ladder, settings, rows, scope)
        if rule is not None and rule != DoseRule(product, common.based_on, caps=common.caps):
            found.append(rule)
    return tuple(found)


def _of_product(product: str, said: Said) -> Found:
    """The settings of a product: its own before those of all; a rounding of its own replaces the common one whole."""
    own, common = said.of.get(product, {}), dict(said.of.get("", {}))
    if any(key in own for key in (*_ROUNDED, "halves")):
        common = {key: one for key, one in common.items() if key not in (*_ROUNDED, "halves")}
    return {**common, **own}


def _rule(product: str, ladder: Ladder, found: Found, rows: tuple[defining.Row, ...], scope: Scope) -> DoseRule | None:
    """What is said of one product; None where its unit is not known."""
    column = next((one for one in ladder.columns if one.name == product), None)
    given = unit(column.unit if column is not None else ladder.unit)
    if given is None:
        return None
    basis = _basis(found["based on"], scope) if "based on" in found else None
    measured = None if basis is None else unit_of(basis.kind)
    amount = amount_unit(given, measured)
    if basis is not None and amount is None:
        _no_amount(found["based on"], given, basis, ladder, scope)
    if "based on" in found and amount is None:
        return None
    inlined = None if basis is None or isinstance(basis.core, Fetch) else basis.core
    rule = DoseRule(
        product,
        found["based on"].values[0] if "based on" in found else None,
        inlined,
        measured.code if measured is not None and inlined is not None else "",
        most=_most(found, measured, scope),
        caps=_fitted(_caps(found["cap"], scope), amount) if "cap" in found else (),
        least=_limit(found["least"], 0, product, scope) if "least" in found else None,
        rounding=_rounding(found, amount, scope),
        span=ladder.span,
    )
    if "banded" in found:
        by, said = found["banded"].values[0].split(" and "), bands.Banded(found["banded"], rows, given)
        rule = evolve(rule, bands=bands.amounts(product, ladder, said, scope), banded_by=tuple(by))
    if amount is not None and "cap" in found and rule.caps == _caps(found["cap"], scope):
        _measures_amount(found["cap"].word(1), amount, scope)
    if amount is not None and "least" in found:
        _measures_amount(found["least"].word(1), amount, scope)
    return rule


def _fitted(caps: tuple[DoseCap, ...], amount: Unit | None) -> tuple[DoseCap, ...]:
    """Caps in the unit of amounts that are per time: `cap 400 mg per day` of doses in `mg/d`."""
    rates = [(cap, unit(f"{cap.unit}/{cap.per}")) for cap in caps]
    return tuple(
        evolve(cap, unit=rate.code) if amount is not None and rate is not None and rate.same_kind(amount) else cap
        for cap, rate in rates
    )


def _basis(found: Set, scope: Scope) -> Typed | None:
    """What the dose is multiplied with: a number with a unit."""
    word = found.word(0)
    basis = named(word, scope)
    if basis is None or unit_of(basis.kind) is not None:
        return basis
    message = f"a dose cannot be based on `{word.text}`, which is {describe(basis.kind)}"
    others = [(basis.declared, "declared here")]
    cure = "name a number with a unit, such as a weight, or band the doses: `banded by ...`"
    scope.error("PD451", message, word.span, others=others, help=cure)
    return None


def _no_amount(found: Set, given: Unit, basis: Typed, ladder: Ladder, scope: Scope) -> None:
    measured = unit_of(basis.kind)
    code = measured.code if measured is not None else ""
    message = f"`{given.code}` times `{found.values[0]}` in `{code}` is no amount that can be given"
    cure = f"give the doses per unit of it, as in `{given.code}/{code}`, or name what they are per"
    if per_size(given):
        numerator = given.code.partition("/")[0]
        cure = f"base the doses on what they are per, or give them as `{numerator}/{code}`"
    if ", " in ladder.product:
        cure += f"; for one product alone write `based on {found.values[0]} for PRODUCT`"
    scope.error("PD450", message, found.word(0).span, others=[(basis.declared, "declared here")], help=cure)


def _measures_amount(word: Word, amount: Unit, scope: Scope) -> bool:
    found = unit(word.text)
    if found is None or found.same_kind(amount):
        return True
    message = f"the amounts come to `{amount.code}`, and this is in `{word.text}`"
    scope.error("PD452", message, word.span, help=f"write it in `{amount.code}`")
    return False


def _most(found: Found, measured: Unit | None, scope: Scope) -> DoseCap | None:
    """`cap bsa at 2 m2`, which limits what the dose is based on."""
    said = found.get("most")
    if said is None:
        return None
    name, based_on = said.values[0], found.get("based on")
    if based_on is None or based_on.values[0] != name:
        message = f"`{name}` is capped, and the doses are not based on it"
        scope.error("PD452", message, said.word(0).span, help=f"add `based on {name}`, or cap what they are based on")
        return None
    limit = unit_named(said.word(2), scope)
    if measured is not None and limit is not None and not limit.same_kind(measured):
        message = f"`{name}` is in `{measured.code}`, and its cap in `{limit.code}`"
        scope.error("PD452", message, said.word(2).span, help=f"write the cap in `{measured.code}`")
        return None
    return _limit(said, 1, name, scope)


# --- rounding -----------------------------------------------------------------------------------------------------


def _rounding(found: Found, amount: Unit | None, scope: Scope) -> Rounding | None:
    said = [found[key] for key in _ROUNDED if key in found]
    halves = found.get("halves")
    for again in said[1:]:
        others = [(said[0].span, "the first")]
        scope.error("PD453", "amounts are rounded in two ways", again.span, others=others, help="keep one of them")
    if not said:
        if halves is not None:
            scope.error("PD453", "nothing is rounded, so that there are no halves", halves.span, help="leave it out")
        return None
    turn = _turn(said[0], halves, scope)
    sizes = _sizes(said[0], amount, scope)
    if turn is None or sizes is None:
        return None
    pieces = said[0].values[0] if said[0].key.startswith("whole") else ""
    numbers, code = sizes
    if len(numbers) > 1 and not pieces:
        cure = "say of what, as in `rounded down to whole tablets of 25 mg and 100 mg`"
        scope.error("PD453", "an amount is rounded to one step", said[0].span, help=cure)
        return None
    return Rounding(turn, numbers, code, pieces, span=said[0].span)


def _turn(said: Set, halves: Set | None, scope: Scope) -> Turn | None:
    way = said.key.partition(" ")[2]
    if way:
        if halves is not None:
            scope.error("PD453", f"what is rounded {way} has no halves", halves.span, help="leave it out")
        return Turn(way)
    if halves is None:
        cure = "add `halves down` or `halves up`; or write `rounded down to ...`"
        scope.error("PD453", "it is not said what becomes of an amount halfway between two", said.span, help=cure)
        return None
    turns = {"down": Turn.HALVES_DOWN, "up": Turn.HALVES_UP}
    if halves.values[0] not in turns:
        message = f"halves go down or up, and not `{halves.values[0]}`"
        scope.error("PD453", message, halves.span, help="write `halves down` or `halves up`")
    return turns.get(halves.values[0])


def _sizes(said: Set, amount: Unit | None, scope: Scope) -> tuple[tuple[Fraction, ...], str] | None:
    """The sizes in the unit of the first, the smallest first; None where there is an error."""
    place = len(said.values) - 1
    start, found = 0, []
    for text in said.values[place].split(" and "):
        number, _, code = text.partition(" ")
        written = part_of(said.word(place), start + len(number) + 1, code)
        value, measured = read_number(number), unit_named(written, scope)
        start += len(text) + len(" and ")
        if value is None or measured is None or (amount is not None and not _measures_amount(written, amount, scope)):
            return None
        found.append(Quantity(value, measured))
    first = found[0].unit
    numbers = tuple(sorted({first.of_base(one.base) for one in found}))
    if min(numbers) <= 0:
        scope.error("PD453", "nothing can be rounded to multiples of none", said.span, help="give a number above 0")
        return None
    if numbers[0] / _common(numbers) > _MOST_RESIDUES:
        scope.error("PD453", "these sizes have no common measure worth the name", said.span, help="give rounder sizes")
        return None
    return numbers, first.code


def _common(numbers: Sequence[Fraction]) -> Fraction:
    """The greatest number of which all are multiples."""
    below = lcm(*(number.denominator for number in numbers))
    return Fraction(gcd(*(int(number * below) for number in numbers)), below)
