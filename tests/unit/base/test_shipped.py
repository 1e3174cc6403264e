"""The shipped directories are found from the imported package."""

import pytest

from protocol_dsl.base.shipped import shipped


@pytest.mark.parametrize("name", ["grammar", "protocols"])
def test_a_shipped_directory_is_found_with_files_in_it(name: str) -> None:
    assert any(shipped(name).iterdir())


def test_what_does_not_ship_is_a_fault() -> None:
    with pytest.raises(FileNotFoundError):
        shipped("no_such_directory")
