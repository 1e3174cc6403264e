"""One page with both texts side by side and what is said of the difference: HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape

from protocol_dsl.base.sheet import Sheet

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 110em; padding: 0 1em; color: #1a1a1a; }
pre { background: #f6f6f4; padding: 1em; overflow-x: auto; white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
td, th { vertical-align: top; padding: 0 .6em; overflow-wrap: anywhere; }
.texts td { font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; width: 50%; }
.texts th { text-align: left; padding: .3em .6em; }
.changes { table-layout: auto; } .changes td, .changes th { padding: .35em .6em; border-bottom: 1px solid #d5d5d0; }
.changes th { text-align: left; background: #f0f0ee; } .changes td:nth-child(-n+2) { white-space: nowrap; }
.changes td:nth-child(5) { width: 26%; }
td.was { background: #fbe9d7; border-left: 4px solid #b35900; }
td.is { background: #dceaf7; border-left: 4px solid #0b5394; }
tr.gap td { color: #777; text-align: center; background: #f0f0ee; }
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #e8e8e8; } pre { background: #222; }
  td.was { background: #3f2a14; } td.is { background: #14293d; } tr.gap td, .changes th { background: #222; }
  .changes td, .changes th { border-color: #444; }
}
"""
_AROUND = 3


def side_by_side(changes: Sheet, told: str, old: tuple[str, str], new: tuple[str, str]) -> str:
    """The table of changes, both texts with what differs marked, and all that is told.

    Of each text there is its name and what it says; stretches that are the same are cut short.
    """
    title = escape(changes.title)
    rows = "\n".join(_rows(old[1].splitlines(), new[1].splitlines()))
    heads = "".join(f"<th>{escape(name)}</th>" for name, _ in (old, new))
    notes = "".join(f"<li>{escape(note)}</li>" for note in changes.notes)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{_table(changes)}\n<ul>{notes}</ul>\n"
        f'<h2>Both texts</h2>\n<table class="texts">\n<tr>{heads}</tr>\n{rows}\n</table>\n'
        f"<h2>All that is told</h2>\n<pre>{escape(told)}</pre>\n</body>\n</html>\n"
    )


def _table(changes: Sheet) -> str:
    """The table, without the columns in which nothing stands."""
    used = [at for at, _ in enumerate(changes.head) if any(row[at] for row in changes.rows)]
    if not used:
        return "<p>No difference.</p>"
    head = "".join(f"<th>{escape(changes.head[at])}</th>" for at in used)
    rows = ("".join(f"<td>{escape(row[at])}</td>" for at in used) for row in changes.rows)
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table class="changes">\n<tr>{head}</tr>\n{body}\n</table>'


def _rows(old: list[str], new: list[str]) -> Iterator[str]:
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _same(old[i:j])
            continue
        for number in range(max(j - i, m - k)):
            was = old[i + number] if i + number < j else None
            now = new[k + number] if k + number < m else None
            yield f"<tr>{_cell(was, 'was')}{_cell(now, 'is')}</tr>"


def _same(lines: list[str]) -> Iterator[str]:
    cut = len(lines) - 2 * _AROUND
    for number, line in enumerate(lines):
        if cut > 1 and _AROUND <= number < len(lines) - _AROUND:
            if number == _AROUND:
                yield f'<tr class="gap"><td colspan="2">{cut} lines alike</td></tr>'
            continue
        yield f"<tr><td>{escape(line)}</td><td>{escape(line)}</td></tr>"


def _cell(line: str | None, kind: str) -> str:
    return "<td></td>" if line is None else f'<td class="{kind}">{escape(line)}</td>'
