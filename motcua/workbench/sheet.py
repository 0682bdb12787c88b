"""The commissioning sheet (A4): to be printed, signed and filed, in Vietnamese with English beside it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from motcua.workbench.checks import Check, Result, last_results
from presentation.formats import moment
from presentation.texts import Texts

LANGUAGES: Final = ("vi", "en")
COLUMNS: Final = ("number", "device", "place", "result", "seen", "note", "at")


class Facts(NamedTuple):
    """What stands above the table: where, by whom, when; ``offset_s`` is the hall's distance to UTC in seconds."""

    site: str
    machine: str
    version: str
    technician: str
    at: datetime
    offset_s: int


def sheet(checks: Sequence[Check], results: Sequence[Result], facts: Facts, texts: Texts) -> str:
    """Write the sheet. A check without a result stands on it as not tried, never as passed."""
    known = last_results(checks, results)
    rows = ""
    for address, group in groupby(enumerate(checks, 1), key=lambda numbered: numbered[1].address):
        rows += f'<tr class="wire"><td colspan="{len(COLUMNS)}"><code>{escape(address)}</code></td></tr>'
        rows += "".join(_row(place, check, known.get(check.check_id), facts, texts) for place, check in group)
    passed = sum(check.check_id in known and known[check.check_id].verdict == "passed" for check in checks)
    summary = _both(texts, "summary", passed=passed, total=len(checks))
    heads = "".join(f"<th>{_both(texts, key)}</th>" for key in COLUMNS)
    head = "".join(
        f"<div><dt>{_both(texts, key)}</dt><dd>{escape(value) or '&nbsp;'}</dd></div>"
        for key, value in (
            ("site", facts.site),
            ("machine", facts.machine),
            ("version", facts.version),
            ("date", moment(texts.words("vi"), facts.at, facts.offset_s)),
        )
    )
    title = escape(texts("commissioning.title", "vi"))
    signatures = _signature(texts, "technician", facts.technician) + _signature(texts, "hall_side", "")
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<style>{STYLE}</style></head><body>
<header><h1>{title}</h1><p lang="en">{escape(texts("commissioning.title", "en"))}</p></header>
<dl>{head}</dl>
<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
<p class="summary">{summary}</p>
<section><div class="paper">{_both(texts, "attach")}</div>
<div class="signatures">{signatures}</div></section>
</body></html>
"""


def _row(place: int, check: Check, result: Result | None, facts: Facts, texts: Texts) -> str:
    verdict = result.verdict if result else "not_done"
    cells = (
        str(place),
        f"<b>{escape(check.check_id)}</b><br>{_both(texts, f'kind.{check.kind}')}",
        "<br>".join(part for part in (f"#{check.slave}" if check.slave else "", _language(check)) if part),
        f'<span class="{verdict}">{_both(texts, f"verdict.{verdict}")}</span>',
        escape(result.seen) if result else "",
        escape(result.note) if result else "",
        escape(moment(texts.words("vi"), result.at, facts.offset_s)) if result else "",
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _language(check: Check) -> str:
    return escape(" ".join(part for part in (check.protocol, check.preset, check.file, check.profile) if part))


def _signature(texts: Texts, key: str, name: str) -> str:
    return (
        f"<div><b>{_both(texts, key)}</b><p>{_both(texts, 'sign_here')}</p>"
        f'<p class="name">{escape(name) or "&nbsp;"}</p></div>'
    )


def _both(texts: Texts, key: str, **parts: object) -> str:
    """Give a label in Vietnamese, with the English one small beside it."""
    vi, en = (escape(texts(f"commissioning.{key}", language, **parts)) for language in LANGUAGES)
    return f'{vi} <small lang="en">{en}</small>' if vi != en else vi


STYLE: Final = """
@page { size: A4; margin: 12mm 14mm; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.35 "Be Vietnam Pro", "Noto Sans", "DejaVu Sans", sans-serif; color: #111; margin: 0 auto;
  max-width: 182mm; }
header { text-align: center; border-bottom: 1.5pt solid #111; padding-bottom: 3mm; margin-bottom: 4mm; }
h1 { font-size: 16pt; margin: 0; } header p { margin: 0; color: #444; }
small { display: block; color: #555; font-size: 8pt; font-weight: 400; }
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 2mm 6mm; margin: 0 0 5mm; }
dl div { display: flex; gap: 3mm; border-bottom: 0.5pt solid #999; padding: 1mm 0; }
dt { width: 22mm; flex: none; color: #333; } dd { margin: 0; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 9pt; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { border: 0.5pt solid #666; padding: 1.5mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; font-weight: 600; } code { font-size: 7.5pt; }
th:nth-child(1) { width: 9mm; } th:nth-child(2) { width: 38mm; } th:nth-child(3) { width: 24mm; }
th:nth-child(4) { width: 23mm; } th:nth-child(7) { width: 23mm; }
.wire td { background: #f6f6f6; padding: 0.8mm 1.5mm; } .wire { break-after: avoid; }
@media screen { body { padding: 12mm 0; } }
.passed { font-weight: 600; } .failed { font-weight: 700; text-decoration: underline; }
.not_done, .skipped { font-style: italic; }
.summary { font-weight: 600; margin: 4mm 0; } .summary small { display: inline; }
section { display: grid; grid-template-columns: 58mm 1fr; gap: 8mm; break-inside: avoid; margin-top: 6mm; }
.paper { border: 1pt dashed #777; min-height: 50mm; padding: 3mm; color: #555; text-align: center; }
.signatures { display: grid; grid-template-columns: 1fr 1fr; gap: 6mm; text-align: center; }
.signatures p { margin: 1mm 0 0; } .signatures .name { margin-top: 22mm; border-top: 0.5pt solid #111; }
"""
