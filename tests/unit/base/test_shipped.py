"""The shipped directories are found from the imported package."""

import pytest

from protocol_dsl.base.shipped import find_protocol, find_records, names_of_protocols, shipped


@pytest.mark.parametrize("name", ["grammar", "protocols"])
def test_a_shipped_directory_is_found_with_files_in_it(name: str) -> None:
    assert any(shipped(name).iterdir())


def test_what_does_not_ship_is_a_fault() -> None:
    with pytest.raises(FileNotFoundError):
        shipped("no_such_directory")


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("nct06631391", "trials/nct06631391/v2.protocol"),
        ("NCT06631391@1.0", "trials/nct06631391/v1.protocol"),
        ("NK-PED-01", "trials/nk_ped_01/v2.protocol"),
    ],
)
def test_a_bare_name_finds_the_newest_version_or_the_one_named(name: str, ending: str) -> None:
    assert str(find_protocol(name)).endswith(ending)


@pytest.mark.parametrize("name", ["", "absent", "nct06631391@9.9", "../trials/kin_204", "trials", "kin_204/v3", "@1.0"])
def test_what_is_no_shipped_name_finds_nothing(name: str) -> None:
    assert find_protocol(name) is None


def test_every_name_that_is_listed_is_found() -> None:
    assert all(find_protocol(name) for name in names_of_protocols())


def test_records_of_a_trial_are_found() -> None:
    folder = find_records("nct06631391@1.0")
    assert folder is not None
    assert (folder / "patients.csv").is_file()
    assert find_records("kin_204") is None
    assert find_records("../trials/nct06631391") is None
