"""The commissioning sheet (A4): to be printed, signed and filed, in Vietnamese with English beside it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from motcua.workbench.checks import Check, Result, Step, last_results
from motcua.workbench.words import seen_text
from presentation.formats import clock, date
from presentation.texts import Texts, Words

LANGUAGES: Final = ("vi", "en")
COLUMNS: Final = ("number", "device", "result", "found", "note", "at")


class Facts(NamedTuple):
    """What stands above the table: where, by whom, when; ``offset_s`` is the hall's distance to UTC in seconds.

    Labels stand in both languages, what was found in ``language`` alone, so that a hall's devices fit a page.
    """

    site: str
    machine: str
    version: str
    technician: str
    at: datetime
    offset_s: int
    language: str = "vi"


def sheet(checks: Sequence[Check], results: Sequence[Result], facts: Facts, texts: Texts) -> str:
    """Write the sheet. A check without a result stands on it as not tried, never as passed."""
    known = last_results(checks, results)
    rows = ""
    for address, group in groupby(enumerate(checks, 1), key=lambda numbered: numbered[1].address):
        at_wire = f"{_both(texts, 'at_wire')} <code>{escape(address)}</code>"
        rows += f'<tr class="wire"><td colspan="{len(COLUMNS)}">{at_wire}</td></tr>'
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
            ("date", date(texts.words(facts.language), facts.at, facts.offset_s)),
        )
    )
    files = sorted({one.answers_file for one in known.values() if one.answers_file})
    warning = "".join(f'<p class="warning">{_both(texts, "from_file", file=file)}</p>' for file in files)
    title = escape(texts("commissioning.title", "vi"))
    has_paper = any(check.kind == "printer" for check in checks)
    paper = f'<div class="paper">{_both(texts, "attach")}</div>' if has_paper else "<div></div>"
    signatures = _signature(texts, "technician", facts.technician) + _signature(texts, "hall_side", "")
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<style>{STYLE}</style></head><body>
<header><h1>{title}</h1><p lang="en">{escape(texts("commissioning.title", "en"))}</p></header>
<dl>{head}</dl>
<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
<p class="summary">{summary}</p>{warning}
<section>{paper}
<div class="signatures">{signatures}</div></section>
</body></html>
"""


def _row(place: int, check: Check, result: Result | None, facts: Facts, texts: Texts) -> str:
    verdict = result.verdict if result else "not_done"
    words = texts.words(facts.language)
    where = " ".join(part for part in (f"#{check.slave}" if check.slave else "", _language(check)) if part)
    cells = (
        str(place),
        f"<b>{escape(check.check_id)}</b><br>{_both(texts, f'kind.{check.kind}')} <span class='where'>{where}</span>",
        f'<span class="{verdict}">{_both(texts, f"verdict.{verdict}")}</span>{_left_out(result, words)}',
        _steps(result, facts, words) if result else "",
        _notes(result, words) if result else "",
        _tried(result, facts, words) if result else "",
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _left_out(result: Result | None, words: Words) -> str:
    """Say beside the verdict how many keys nobody tried: a device that passed without them has not passed whole."""
    seen = (one for step in result.steps for one in step.seen if one.key == "keys_left_out") if result else ()
    count = sum(len(one.parts["keys"].split()) for one in seen)
    return f'<div class="untried">{escape(words("commissioning.untried", count=count))}</div>' if count else ""


def _language(check: Check) -> str:
    return escape(" ".join(part for part in (check.protocol, check.preset, check.file, check.profile) if part))


def _steps(result: Result, facts: Facts, words: Words) -> str:
    """Write what each step found, a line each."""
    return "".join(
        f'<div class="step {step.verdict}">{escape(_step(step, words, facts.offset_s))}</div>' for step in result.steps
    )


def _step(step: Step, words: Words, offset_s: int) -> str:
    """Say what a step found. Its name and verdict stand there where no measurement speaks for it, or it failed."""
    seen = "; ".join(seen_text(words, one, offset_s) for one in step.seen)
    if seen and step.verdict != "failed":
        return seen
    named = f"{words(f'commissioning.step.{step.name}')}: {words(f'commissioning.verdict.{step.verdict}')}"
    return f"{named} – {seen}" if seen else named


def _notes(result: Result, words: Words) -> str:
    """Write what was said, each below the other, behind the step it was said of."""
    notes = [f"{words(f'commissioning.step.{step.name}')}: {step.note}" for step in result.steps if step.note]
    return "<br>".join(escape(note) for note in [*([result.note] if result.note else []), *notes])


def _tried(result: Result, facts: Facts, words: Words) -> str:
    """Write when it was tried, and who answered, unless it is the technician who signs."""
    when = f"{date(words, result.at, facts.offset_s)}<br>{clock(words, result.at, facts.offset_s)}"
    by = result.answers_file or (result.answered_by if result.answered_by != facts.technician else "")
    return f"{when}<br><small>{escape(by)}</small>" if by else when


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
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 1mm 6mm; margin: 0 0 4mm; }
dl div { display: flex; gap: 3mm; border-bottom: 0.5pt solid #999; padding: 1mm 0; }
dt { width: 24mm; flex: none; color: #333; } dd { margin: 0; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 8.5pt; table-layout: fixed; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { border: 0.5pt solid #666; padding: 0.9mm 1.5mm; text-align: left; vertical-align: top;
  overflow-wrap: break-word; }
th { background: #eee; font-weight: 600; } code { font-size: 7.5pt; overflow-wrap: anywhere; }
th:nth-child(1) { width: 10mm; } th:nth-child(2) { width: 39mm; } th:nth-child(3) { width: 20mm; }
th:nth-child(5) { width: 26mm; } th:nth-child(6) { width: 22mm; }
td:nth-child(1) { text-align: right; }
.wire td { background: #f6f6f6; padding: 0.8mm 1.5mm; text-align: left; } .wire { break-after: avoid; }
.wire small { display: inline; margin-right: 2mm; }
.where { color: #333; font-size: 7.5pt; white-space: nowrap; } td small { font-size: 7.5pt; }
td:nth-child(2) small { display: inline-block; }
.where, .step { line-height: 1.3; } .step { font-size: 8pt; }
.step.failed { font-weight: 700; text-decoration: none; } .step.passed { font-weight: 400; }
@media screen { body { padding: 12mm 0; } }
.passed { font-weight: 600; } .failed { font-weight: 700; text-decoration: underline; }
.not_done, .skipped { font-style: italic; } .untried { font-size: 7.5pt; line-height: 1.2; font-weight: 600; }
.summary { font-weight: 600; margin: 4mm 0 2mm; } .summary small, .warning small { display: inline; }
.warning { border: 1.2pt solid #111; padding: 1.5mm 2mm; font-weight: 600; margin: 0 0 2mm; }
section { display: grid; grid-template-columns: 58mm 1fr; gap: 8mm; break-inside: avoid; margin-top: 5mm; }
.paper { border: 1pt dashed #777; min-height: 34mm; padding: 3mm; color: #555; text-align: center; }
.signatures { display: grid; grid-template-columns: 1fr 1fr; gap: 6mm; text-align: center; }
.signatures p { margin: 1mm 0 0; } .signatures .name { margin-top: 16mm; border-top: 0.5pt solid #111; }
"""
