"""Pictures: well formed, the same every time, true to what they show, and legible without colour."""

import re
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from protocol_dsl.escalation.decision_table import DecisionTable, decision_table
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.paths import Pathways, each, pathways
from protocol_dsl.escalation.simulate import Scenario, Simulator
from protocol_dsl.figures import looks
from protocol_dsl.figures.characteristics import characteristics
from protocol_dsl.figures.decision_grid import decision_grid
from protocol_dsl.figures.page import page
from protocol_dsl.figures.shown import ShownPaths, ShownTable
from protocol_dsl.figures.svg import Tone, TooLarge, fitted, width_of, wrapped
from protocol_dsl.figures.transitions import transitions
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from tests.escalation_plans import ROWS, climbed, file, ladder, levels, plan, shipped

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ladder('<script>alert("1")</script>', "]]>&amp;", "\x00\x1b[2J\u202e", start="]]>&amp;")


def table(of: EscalationPlan, rungs: Ladder) -> DecisionTable:
    found = decision_table(of, rungs)
    assert isinstance(found, DecisionTable)
    return found


def shipped_table(name: str) -> DecisionTable:
    protocol = file(name)
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    return table(protocol.escalation, protocol.ladder)


def ahead(of: EscalationPlan, rungs: Ladder, cohorts: int | None = 3) -> Pathways:
    found = pathways(of, rungs, History(), cohorts)
    assert isinstance(found, Pathways)
    return found


def drawn(picture: str | TooLarge) -> str:
    assert isinstance(picture, str)
    return picture


def grid(name: str) -> str:
    return drawn(decision_grid(shipped_table(name), name))


def tree(name: str) -> str:
    return drawn(transitions(ahead(shipped(name), climbed(name, 5)), name))


def scenarios(*truths: tuple[str, ...], trials: int | None = None) -> list[Scenario]:
    simulator = Simulator(shipped("three_plus_three_korn6"), climbed("three_plus_three_korn6", 3))
    return [simulator.scenario(tuple(map(Fraction, truth)), trials=trials) for truth in truths]


def chances(*truths: tuple[str, ...], target: str | None = None, trials: int | None = None) -> str:
    found = scenarios(*truths, trials=trials)
    return drawn(characteristics(found, "P", None if target is None else Fraction(target)))


PICTURES = {
    "a table": lambda: grid("three_plus_three_korn6"),
    "a table with pending patients": lambda: grid("rolling_six_strict"),
    "limits": lambda: grid("boin"),
    "paths": lambda: tree("three_plus_three_korn6"),
    "paths of limits": lambda: tree("boin"),
    "chances": lambda: chances(("0.05", "0.12", "0.3"), ("0.3", "0.4", "0.5"), target="0.3"),
    "chances drawn": lambda: chances(("0.05", "0.12", "0.3"), trials=200),
    "hostile names": lambda: drawn(transitions(ahead(plan(ROWS), HOSTILE), "<b>&\x00")),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_well_formed_and_says_what_it_shows(name: str) -> None:
    root = ET.fromstring(PICTURES[name]())  # noqa: S314 - our own
    assert root.tag == f"{SVG}svg"
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"
    assert len(root[1].text or "") > 40


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_same_every_time(name: str) -> None:
    assert PICTURES[name]() == PICTURES[name]()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_needs_nothing_from_elsewhere(name: str) -> None:
    text = PICTURES[name]().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|<script|<image|<style|@import|href|onload|<!ENTITY", text)


@pytest.mark.parametrize("name", PICTURES)
def test_everything_lies_inside_the_picture(name: str) -> None:
    root = ET.fromstring(PICTURES[name]())  # noqa: S314 - our own
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for shape in root.iter(f"{SVG}text"):
        x, y, size = (float(shape.attrib[key]) for key in ("x", "y", "font-size"))
        long = 0 if "transform" in shape.attrib else width_of(shape.text or "", size)
        left = x - {"start": 0, "middle": long / 2, "end": long}[shape.attrib.get("text-anchor", "start")]
        assert left >= 0
        assert left + long <= width + 1, shape.text
        assert 0 < y <= height


def test_each_cell_of_the_grid_is_an_entry_of_the_table() -> None:
    found = shipped_table("boin")
    cells = re.findall(r"<title>(\d+) treated, (\d+) with DLT: ([^<]+)</title>", grid("boin"))
    assert [(str(one.treated), str(one.with_dlt), one.move) for one in found.entries] == cells


def test_each_move_has_one_letter_and_each_letter_one_move() -> None:
    found = table(
        plan("""
        cohort of 1, up to 3 per level
        | treated | with_dlt  | then                   |
        | 1       | 0         | treat 1 more           |
        | 1       | 1         | treat 2 more           |
        | 2       | 0         | declare this level     |
        | 2       | 1         | stop                   |
        | 2       | 2         | declare previous level |
        | 3       | any       | review                 |
        """),
        levels(2),
    )
    picture = drawn(decision_grid(found, "P"))
    cells = re.findall(r": ([^<:]+)</title>.*?>([^<>]+)</text></g>", picture)
    assert len({move for move, _ in cells}) == len(set(cells)) == len({letter for _, letter in cells})
    assert {move for move, _ in cells} == {one.move for one in found.entries}


def test_the_end_of_each_path_is_in_the_tree() -> None:
    found = ahead(shipped("three_plus_three_korn6"), climbed("three_plus_three_korn6", 3), None)
    root = ET.fromstring(drawn(transitions(found, "P")))  # noqa: S314 - our own
    boxes = [element.text for element in root.iter(f"{SVG}title")]
    assert found.root is not None
    for path in each(found.root):
        rung = getattr(path.end.move, "rung", None)
        said = "stop, no level is recommended" if rung is None else f"stop, level {rung + 1} is recommended"
        assert any((box or "").startswith(said) for box in boxes)


def bars(picture: str) -> dict[str, float]:
    """What each bar says of itself, and how high it is."""
    found = re.findall(r'<g><title>([^<]*)</title><rect [^>]*height="([0-9.]+)"', picture)
    return {said: float(height) for said, height in found}


def test_each_bar_is_as_high_as_its_chance() -> None:
    (one,) = scenarios(("0.05", "0.12", "0.3"))
    heights = bars(chances(("0.05", "0.12", "0.3")))
    for name, chance in zip(("level 1", "level 2", "level 3", "no level"), map(float, one.found.selected), strict=True):
        found = heights[f"{name} is recommended with chance {chance:.3f}"]
        assert found == pytest.approx(96 * chance, abs=0.01)


def test_the_levels_closest_to_the_target_are_marked() -> None:
    """0.25 and 0.35 lie equally far from 0.3, which floats would not see."""
    assert chances(("0.25", "0.35", "0.5"), target="0.3").count(looks.TARGET.fill) == 3  # two bars, and the legend
    assert chances(("0.25", "0.35", "0.5")).count(looks.TARGET.fill) == 0


def test_every_scenario_and_number_is_said_in_words() -> None:
    picture = chances(("0.05", "0.12", "0.3"), ("0.3", "0.4", "0.5"), target="0.3")
    description = ET.fromstring(picture)[1].text or ""  # noqa: S314 - our own
    assert "The target is 0.3. Scenario 1, true rates 0.05, 0.12, 0.3:" in description
    assert description.count("is recommended with chance") == 8
    assert description.count("patients on average") == 6


def test_too_many_scenarios_are_not_drawn() -> None:
    assert isinstance(characteristics([], "P"), TooLarge)
    assert isinstance(characteristics(scenarios(("0.1", "0.2", "0.3")) * 13, "P"), TooLarge)


# --- without colour ---------------------------------------------------------------------------------------------------


TONES = {name: tone for name, tone in vars(looks).items() if isinstance(tone, Tone)}


def _linear(channel: int) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _rgb(colour: str) -> list[float]:
    return [_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5)]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    red, green, blue = _rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", TONES)
def test_words_stand_out_from_what_they_stand_on(name: str) -> None:
    assert contrast(TONES[name].fill, TONES[name].ink) >= 7  # WCAG 2.2, enhanced


@pytest.mark.parametrize(("one", "other"), list(combinations(TONES, 2)))
def test_two_tones_differ_in_lightness_or_pattern(one: str, other: str) -> None:
    first, second = TONES[one], TONES[other]
    if {one, other} == {"TARGET", "CLOSED"} or {one, other} == {"TARGET", "END"}:
        return  # no picture has both
    assert first.pattern != second.pattern or contrast(first.fill, second.fill) >= 1.4


# --- hostile and huge -------------------------------------------------------------------------------------------------


def test_names_are_shown_and_not_obeyed() -> None:
    picture = PICTURES["hostile names"]()
    html = ShownPaths("<b>", ahead(plan(ROWS), HOSTILE)).html()
    for text in (picture, html):
        assert "<script" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "&lt;script&gt;" in html
    assert "U+202E" in html


WIDE = plan("cohort of 70\n| treated | with_dlt | then |\n| 70 | any | stop |")
LARGE = {
    "many cohorts": lambda: transitions(ahead(shipped("boin"), climbed("boin", 5), 6), "P"),
    "many levels": lambda: transitions(ahead(shipped("boin"), climbed("boin", 9), None), "P"),
    "many patients": lambda: decision_grid(table(WIDE, levels(1)), "P"),
}


@pytest.mark.parametrize("picture", LARGE)
def test_what_could_not_be_read_is_not_drawn(picture: str) -> None:
    assert isinstance(LARGE[picture](), TooLarge)


def test_a_page_still_holds_the_table_where_the_picture_is_too_large() -> None:
    shown = ShownTable("P", table(WIDE, levels(1)))
    assert "<svg" not in shown.html()
    assert "<td>70</td>" in shown.html()
    with pytest.raises(ValueError, match="at most 60 are drawn"):
        shown.svg()


def test_a_page_is_well_formed() -> None:
    text = page("<&>", [grid("three_plus_three_korn6")], [])
    body = text.removeprefix("<!DOCTYPE html>").replace('<meta charset="utf-8">', "")
    ET.fromstring(re.sub(r"<meta [^>]*>", "", body))  # noqa: S314 - our own


def test_a_long_text_is_cut_or_wrapped_to_its_width() -> None:
    assert fitted("level 2", 100, 12) == "level 2"
    cut = fitted("a level with a long name", 60, 12)
    assert cut.endswith("…")
    assert width_of(cut, 12) <= 60
    assert " ".join(wrapped("one two three four", 50, 12)) == "one two three four"
    assert all(width_of(line, 12) <= 50 for line in wrapped("one two three four", 50, 12))


def test_the_folder_holds_no_colour_besides_those_that_are_tested() -> None:
    """A new tone belongs among the looks, where its contrast is tested."""
    folder = Path(looks.__file__).parent
    named = {path.name: set(re.findall(r"#[0-9a-f]{6}", path.read_text("utf-8"))) for path in folder.glob("*.py")}
    assert {name for name, found in named.items() if found} <= {"looks.py", "svg.py", "page.py"}
