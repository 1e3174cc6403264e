"""A page that holds pictures and tables, and needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from protocol_dsl.base.sheet import Sheet
from protocol_dsl.figures.svg import words

_STYLE = """
body { font: 15px/1.45 Helvetica, Arial, sans-serif; color: #1a1a1a; background: #fff }
body { margin: 2rem auto; max-width: 64rem; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
figure { margin: 1.5rem 0; overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { border-bottom: 1px solid #bfbfbf; padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top }
thead th { border-bottom: 2px solid #1a1a1a } ul { color: #404040; padding-left: 1.2rem }
@media print { body { margin: 0; max-width: none } figure, tr { break-inside: avoid } }
"""


def page(title: str, pictures: Iterable[str], sheets: Sequence[Sheet]) -> str:
    """One HTML file: no script, no style, font or picture is fetched."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{words(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{words(title)}</h1>\n{parts(pictures, sheets)}\n</body>\n</html>\n"
    )


def parts(pictures: Iterable[str], sheets: Iterable[Sheet]) -> str:
    """Pictures, then tables, as a part of a page."""
    body = [f"<figure>\n{drawn}</figure>" for drawn in pictures]
    for sheet in sheets:
        body += list(_table(sheet))
    return "\n".join(body)


def _table(sheet: Sheet) -> Iterator[str]:
    if sheet.title:
        yield f"<h2>{words(sheet.title)}</h2>"
    yield f"<table>\n<thead><tr>{''.join(f'<th scope=col>{words(cell)}</th>' for cell in sheet.head)}</tr></thead>"
    yield "<tbody>"
    for row in sheet.rows:
        yield f"<tr>{''.join(f'<td>{words(cell)}</td>' for cell in row)}</tr>"
    yield "</tbody>\n</table>"
    if sheet.notes:
        yield f"<ul>{''.join(f'<li>{words(note)}</li>' for note in sheet.notes)}</ul>"
