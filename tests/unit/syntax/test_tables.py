"""The parser's tables: saved, loaded, stale, and shared by threads."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.syntax import tables
from protocol_dsl.syntax.parse import parse

ROOT = Path(__file__).parents[3]


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the tables would lie, and a parser that has not been asked for yet."""
    path = tmp_path / "tables.bin"
    monkeypatch.setattr(tables, "SAVED", path)
    tables.parser.cache_clear()
    yield path
    tables.parser.cache_clear()


def shape(text: str) -> object:
    return parse(Source("file", text)).file


@pytest.fixture(scope="module")
def protocol() -> str:
    return (ROOT / "protocols" / "trials" / "nk_ped_01" / "v2.protocol").read_text(encoding="utf-8")


def test_saved_tables_read_what_the_grammar_reads(saved: Path, protocol: str) -> None:
    expected = shape(protocol)
    tables.write(saved)
    tables.parser.cache_clear()
    assert shape(protocol) == expected


def test_tables_of_another_grammar_are_not_used(saved: Path, protocol: str) -> None:
    expected = shape(protocol)
    saved.write_bytes(b"\0" * 32 + b"no tables")
    tables.parser.cache_clear()
    assert shape(protocol) == expected


def test_saved_tables_do_not_say_where_they_were_made(saved: Path) -> None:
    tables.write(saved)
    assert str(ROOT).encode() not in saved.read_bytes()


def test_one_parser_serves_many_threads(protocol: str) -> None:
    expected = shape(protocol)
    broken = protocol.replace("at least", "at lest")
    problems = parse(Source("file", broken)).problems
    with ThreadPoolExecutor(4) as pool:
        sound = [pool.submit(shape, protocol) for _ in range(8)]
        spoilt = [pool.submit(parse, Source("file", broken)) for _ in range(8)]
        assert all(found.result() == expected for found in sound)
        assert all(found.result().problems == problems for found in spoilt)
