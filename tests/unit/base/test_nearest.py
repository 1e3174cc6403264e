"""Which known name a misspelt one was meant to be."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.base.nearest import nearest

NAMES = (
    "anc",
    "alt",
    "ast",
    "creatinine",
    "bilirubin",
    "platelets",
    "birth_date",
    "qtcf",
    "dsa",
    "hb",
    "ejection_fraction",
)
WORDS = st.text(alphabet="abcde_", max_size=8)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("creatinin", "creatinine"),
        ("craetinine", "creatinine"),
        ("Bilirubin", "bilirubin"),
        ("platlets", "platelets"),
        ("ANC", "anc"),
        ("atl", "alt"),
        ("nac", "anc"),
        ("qtfc", "qtcf"),
        ("birthdate", "birth_date"),
        ("HB", "hb"),
        ("ejektion_fracton", "ejection_fraction"),
        ("birth", "birth_date"),  # half of the name, and its beginning
        ("fraction", None),  # less than half of it
        ("platelets_count", "platelets"),
        ("neonatal_bilirubin", "bilirubin"),
        ("alt_uln", None),  # `alt` is too short to be what is shared
        ("rate", None),
        ("hx", None),  # two letters leave no room for a slip
        ("dose", None),
        ("haemoglobin", None),
        ("c", None),
        ("", None),
        ("x" * 1000, None),
    ],
)
def test_nearest(word: str, name: str | None) -> None:
    assert name == nearest(word, NAMES)


@pytest.mark.parametrize(
    ("word", "opposite"),
    [("related", "unrelated"), ("not_recovered", "recovered"), ("normal", "abnormal"), ("inactive", "active")],
)
def test_the_opposite_is_never_near(word: str, opposite: str) -> None:
    assert nearest(word, [opposite]) is None
    assert nearest(opposite, [word]) is None


def test_a_tie_goes_to_the_same_first_letter_and_then_to_the_alphabet() -> None:
    assert ("bbx", "abd") == (nearest("bbc", ["abc", "bbx"]), nearest("abc", ["abx", "abd", "zbc"]))


def test_the_nearer_wins_over_the_earlier() -> None:
    assert "platelets" == nearest("platelet", ["plateau", "plates", "platelets"])


@pytest.mark.parametrize("word", ["last_chemotherapy", "chemo", "last_chem"])
def test_a_word_that_goes_on_or_stops_early_is_known_again(word: str) -> None:
    assert "last_chemo" == nearest(word, ["last_chemo", "last_surgery", "creatinine"])


def test_a_slip_is_nearer_than_a_word_that_goes_on() -> None:
    assert "bilirubon" == nearest("bilirubin", ["bilirubin_total", "bilirubon"])


def test_of_two_that_go_on_the_one_with_fewer_letters_more_is_nearer() -> None:
    assert "platelets_last" == nearest("platelets", ["platelets_latest", "platelets_last"])


@given(st.text(alphabet="abcdef", min_size=1, max_size=20), st.text(alphabet="uvwxyz", min_size=1, max_size=20))
def test_words_that_share_no_letter_are_never_near(word: str, name: str) -> None:
    assert nearest(word, [name]) is None


@given(st.text(alphabet="abcdef", min_size=4, max_size=20), st.text(alphabet="uvwxyz", min_size=4, max_size=30))
def test_what_goes_on_is_near_while_it_is_half_of_the_whole(word: str, more: str) -> None:
    assert (word if len(word) >= len(more) else None) == nearest(word + more, [word])


def test_nothing_known_is_nearest_to_nothing() -> None:
    assert nearest("anc", ()) is None


@given(WORDS, st.lists(WORDS))
def test_the_order_of_the_known_names_does_not_matter(word: str, known: list[str]) -> None:
    found = nearest(word, known)
    assert found == nearest(word, known[::-1]) == nearest(word, sorted(known))
    assert found is None or found in known


@given(WORDS.filter(bool), st.lists(WORDS))
def test_a_known_name_is_nearest_to_itself(word: str, known: list[str]) -> None:
    assert word == nearest(word, [*known, word])


@given(st.text(alphabet="abcdef", min_size=6, max_size=12), st.data())
def test_one_swap_of_neighbours_is_forgiven(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert word == nearest(swapped, [word])


def test_a_large_vocabulary_costs_little() -> None:
    known = [f"{stem}_{number}" for number in range(5000) for stem in ("platelets", "creatinine")]
    start = process_time()
    assert nearest("platelest_49999", known) is not None
    assert process_time() - start < 2
