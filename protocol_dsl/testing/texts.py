"""Protocols as texts: sound by construction, over the same names as the vocabularies."""

from __future__ import annotations

from textwrap import indent

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn  # noqa: TC002 - read while running

from protocol_dsl.testing.values import one_of
from protocol_dsl.testing.vocabularies import JUDGED, SIGNS, STAGES, TERMS

_HEAD = """\
protocol "DRAWN"
    language 1
    version 1.0
    uses ctcae 5.0

moments
    consent
    enrolment after consent, at most 28 days
    infusion is day 0 after enrolment

record happening
    term    : text
    grade   : grade
    start   : date
    end     : date
    related : yes/no
"""
_DEFINED = """\
define
    age is completed years from birth_date to enrolment
    doubled "twice the score" is 2 * score
    either_scale is
        score when age less than 18 years
        doubled otherwise
        rounded to 0.5
    surface with score, anc in 10*9/L is square root of (score * anc)
        valid when age at least 1 year
        valid for "those who are drawn"
    decline "a power" with age in a, score is (the larger of score and 1)^-0.241 * 0.9938^age rounded to 0.001
    logarithm is log10 of (score + 1) + ln of 2 - (cube root of score) ^2
"""
_FORMULAS = ("surface", "decline", "logarithm")
_NUMBERS = dict.fromkeys(("score", "doubled", "either_scale", *_FORMULAS), "") | {"anc": " 10*9/L", "alt": " U/L"}
_MEASURED = ("score", "anc", "alt")
_SIGN = st.sampled_from(("at least", "at most", "more than", "less than"))
_MOMENT = st.sampled_from(("consent", "enrolment", "infusion"))
_LENGTH = st.builds("{} {}".format, st.integers(2, 40), st.sampled_from(("days", "weeks", "hours")))
_DAYS = st.integers(2, 40).map("{} days".format)
Texts = st.SearchStrategy[str]


@st.composite
def texts(draw: DrawFn, most: int = 3) -> str:
    """The text of a sound protocol, in a layout of its own, with up to so many inclusions and exclusions."""
    sections = [_HEAD, draw(_data()), _DEFINED]
    for section, letter in (("inclusion", "I"), ("exclusion", "E")):
        number = draw(st.integers(1, most))
        clauses = [draw(_clauses(f"{letter}{at}")) for at in range(1, number + 1)]
        where = draw(st.sampled_from((" at enrolment", " at consent", "")))
        sections.append(f"{section}{where}\n" + "".join(indent(clause, " " * 4) for clause in clauses))
    return "\n".join(sections)


@st.composite
def _data(draw: DrawFn) -> str:
    choice = st.sampled_from(("latest", "first", "highest", "lowest", "mean of last 2", "latest, valid for 28 days"))
    by_day = st.sampled_from(("latest", "first", "latest, valid for 14 days"))
    rules = ("", '; complete to last_visit because "asked every time"', "; complete within 14 days")
    complete = draw(st.sampled_from(rules))
    lines = [
        f"score : number; plausible 0 to 100; {draw(choice)}",
        f"anc   : number in 10*9/L; plausible 0 to 100; with ULN and LLN; {draw(choice)}",
        f"alt   : number in U/L; with ULN and LLN; {draw(choice)}; baseline latest before infusion",
        f"visits : count; {draw(choice)}",
        f"flag  : yes/no; {draw(by_day)}",
        f"stage : one of {', '.join(STAGES)}; {draw(by_day)}",
        f"signs : any of {', '.join(SIGNS)}; {draw(by_day)}",
        "birth_date : date",
        f"last_therapy : date; {draw(by_day)}",
        "last_visit : date",
        f"events : list of happening{complete}",
    ]
    return "data\n" + "".join(f"    {line}\n" for line in lines)


@st.composite
def _clauses(draw: DrawFn, name: str) -> str:
    lines = [f'{name} "as drawn"']
    if draw(st.integers(0, 3)) == 0:
        lines.append(f"    applies when {draw(leaves())}")
    body = draw(one_of(_lines, _lines, _blocks))
    lines += indent(body, " " * 4).splitlines()
    if draw(st.integers(0, 3)) == 0:
        lines.append(f"    unless {draw(leaves())}")
    if draw(st.integers(0, 3)) == 0:
        lines.append(f'    if missing treat as {draw(st.sampled_from(("met", "not met")))} because "as drawn"')
    if draw(st.booleans()):
        lines.append(f'    {draw(st.sampled_from(("source", "note")))} "section 5"')
    return "\n".join(lines) + "\n"


# --- conditions -------------------------------------------------------------------------------------------------------


def _lines() -> Texts:
    joined = st.builds(
        lambda parts, word: f" {word} ".join(parts),
        st.lists(leaves(), min_size=2, max_size=3),
        st.sampled_from(("and", "or")),
    )
    return one_of(leaves, leaves, lambda: joined, lambda: joined.map("not ({})".format))


def _blocks(depth: int = 1) -> Texts:
    """`all of` and its kin, with a bullet for each part."""
    inner = one_of(leaves, leaves, lambda: _blocks(depth - 1)) if depth else leaves()
    words = st.sampled_from(("all of", "any of", "none of", "at least 2 of"))
    return st.builds(_bulleted, words, st.lists(inner, min_size=2, max_size=3))


def _bulleted(words: str, parts: list[str]) -> str:
    found = []
    for part in parts:
        first, *rest = part.splitlines()
        found += [f"    - {first}", *(f"    {line}" for line in rest)]
    return "\n".join([words, *found])


def leaves() -> Texts:
    """A condition on one line."""
    return one_of(_comparisons, _limits, _grades, _repeated, _memberships, _dates, _events, _others)


def _comparisons() -> Texts:
    def against(item: str) -> Texts:
        unit = _NUMBERS[item]
        limit = st.integers(1, 80).map(lambda tenths: f"{tenths / 10:g}{unit}")
        between = st.builds("{} is between {} and {}".format, st.just(item), limit, limit)
        return one_of(lambda: st.builds("{} {} {}".format, st.just(item), _SIGN, limit), lambda: between)

    return st.sampled_from(tuple(_NUMBERS)).flatmap(against)


def _limits() -> Texts:
    factor = st.integers(1, 60).map(lambda tenths: f"{tenths / 10:g}")
    item, limit = st.sampled_from(("anc", "alt")), st.sampled_from(("ULN", "LLN"))
    return st.builds("{} {} {} x {}".format, item, _SIGN, factor, limit)


def _grades() -> Texts:
    """The CTCAE grade of a reading: bands that speak of limits and of the baseline."""
    term = "alanine_aminotransferase_increased"
    return st.builds("ctcae grade of alt as {} {} {}".format, st.just(term), _SIGN, st.integers(0, 4))


def _windows() -> Texts:
    return one_of(
        lambda: st.builds("within {} {} {}".format, _DAYS, st.sampled_from(("before", "after")), _MOMENT),
        lambda: st.builds("on or before {}".format, _MOMENT),
        lambda: st.builds("from {} before to {} after {}".format, _DAYS, _DAYS, _MOMENT),
    )


def _repeated() -> Texts:
    def about(item: str) -> Texts:
        limit = st.integers(1, 9).map(lambda whole: f"{whole}{_NUMBERS[item]}")
        chosen = st.sampled_from(("latest", "first", "highest", "lowest", "any", "every"))
        return one_of(
            lambda: st.builds(f"{{}} {item} {{}} {{}} {{}}".format, chosen, _windows(), _SIGN, limit),
            lambda: st.builds(f"2 consecutive {item}, at least {{}} apart, {{}} {{}}".format, _DAYS, _SIGN, limit),
        )

    return st.sampled_from(_MEASURED).flatmap(about)


def _memberships() -> Texts:
    stages = st.lists(st.sampled_from(STAGES), min_size=1, max_size=2, unique=True).map(", ".join)
    signs = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=2, unique=True).map(", ".join)
    return one_of(
        lambda: st.sampled_from(("flag", "not flag", "flag is no", "visits is 2")),
        lambda: st.builds("stage is {}".format, st.sampled_from(STAGES)),
        lambda: st.builds("stage is one of {}".format, stages),
        lambda: st.builds("signs includes {} of {}".format, st.sampled_from(("any", "all")), signs),
        lambda: st.builds("known stage is {}".format, st.sampled_from(STAGES)),
    )


def _dates() -> Texts:
    side = st.sampled_from(("before", "after"))
    return one_of(
        lambda: st.builds("last_therapy is {} {} {} {}".format, _SIGN, _LENGTH, side, _MOMENT),
        lambda: st.builds("last_therapy is {}".format, _windows()),
        lambda: st.builds("age {} {} years".format, _SIGN, st.integers(2, 40)),
        lambda: st.sampled_from(("last_therapy is never", "last_visit is on or after enrolment")),
    )


def _events() -> Texts:
    asked = one_of(
        lambda: st.builds("grade {} {}".format, _SIGN, st.integers(1, 5)),
        lambda: st.builds("grade is {} and related".format, st.integers(1, 5)),
        lambda: st.builds("term is {}".format, st.sampled_from(TERMS)),
        lambda: st.builds("start is {}".format, _windows()),
        lambda: st.builds("lasts {} {}".format, _SIGN, st.integers(2, 90).map("{} hours".format)),
    )
    return one_of(
        lambda: st.builds("{} events where ({})".format, st.sampled_from(("any", "no")), asked),
        lambda: st.builds("count of events where ({}) {} {}".format, asked, _SIGN, st.integers(1, 4)),
    )


def _others() -> Texts:
    return one_of(
        lambda: st.sampled_from(JUDGED).map('judged "{}"'.format),
        lambda: st.builds("entry {} {}".format, _SIGN, st.integers(1, 6)),
    )
