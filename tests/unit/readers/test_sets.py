"""The names in a set's own file, and what no protocol can reach through one."""

from pathlib import Path

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.pipeline import load_text
from protocol_dsl.readers.sets import names_beside

PROTOCOL = """protocol "X"
    language 1

data
    drug : text

define
    set strong from "{file}" version 2023-08

exclusion
    E1 "Strong inhibitors"
        drug is in strong
"""


def test_a_set_takes_its_names_from_the_file_beside_the_protocol(tmp_path: Path) -> None:
    (tmp_path / "strong.csv").write_text("name,why\nketoconazole,azole\nSt Johns-wort,herb\nketoconazole,again\n")
    loaded = load_text(Source("x.protocol", PROTOCOL.format(file="strong.csv")), folder=tmp_path)
    assert loaded.protocol is not None
    assert loaded.protocol.sets["strong"].members == ("ketoconazole", "st_johns_wort")


@pytest.mark.parametrize("file", ["../strong.csv", "/etc/passwd", "strong.txt", "a/strong.csv", "absent.csv", ""])
def test_a_set_reaches_no_other_file(file: str, tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    (folder / "a").mkdir(parents=True)
    for place in (tmp_path, folder / "a"):
        (place / "strong.csv").write_text("ketoconazole\n")
    (folder / "strong.txt").write_text("ketoconazole\n")
    loaded = load_text(Source("x.protocol", PROTOCOL.format(file=file)), folder=folder)
    assert ["PD115"] == [found.code for found in loaded.errors]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("root\n")
    (tmp_path / "strong.csv").symlink_to(tmp_path / "secret.txt")
    assert names_beside(tmp_path)("strong.csv") is None


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"name\n", b"a b c!\n", b"x" * 1_000_001, b'"open\n'])
def test_what_is_no_list_of_names_is_no_set(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "strong.csv").write_bytes(data)
    assert names_beside(tmp_path)("strong.csv") is None
