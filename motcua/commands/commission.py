"""Walk through the devices of a machine, keep what came of each, and write the sheet that is signed.

    motcua commission --state /var/lib/motcua/agent --site "Phường Bến Thành" --technician "Nguyễn Văn Định"
    motcua commission --state /var/lib/motcua/kiosk --printer tcp://10.0.0.9:9100 --profile tm_t82 --scanner serial:///…
    motcua commission --state /var/lib/motcua/display --screen board:board-1

In the folder of an agent the devices are those of its agent.toml; a kiosk's are named here. The program itself must not
run meanwhile: it holds the devices. A screen (kiosk, board, rating_terminal) is looked at while its program runs; what
to look at is asked, and who answered is kept. Each device is also unplugged and plugged in again.

A walk that was broken off goes on with what has not passed yet (--again: all). What nobody answered stays open, also in
a file of --answers; the sheet says which results come from a file. The sheet is an HTML page beside the results, to be
printed from any browser.
"""

import argparse
import getpass
import json
import platform
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from motcua.commands import Problem

if TYPE_CHECKING:
    from motcua.workbench.answers import Answers
    from motcua.workbench.checks import Check, Result
    from motcua.workbench.commissioning import Heading, Records
    from presentation.texts import Texts

CONFIG = Path(__file__).parents[2] / "config"
SHEET_FILE: Final = "commissioning.html"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="the machine's folder of state")
    parser.add_argument("--config", type=Path, default=CONFIG, metavar="DIR", help="the folder with texts/")
    parser.add_argument("--printer", default="", metavar="ADDRESS", help="a kiosk's printer")
    parser.add_argument(
        "--profile",
        default="generic_80mm",
        metavar="NAME|FILE.toml",
        help="its kind (default: generic_80mm); `motcua devices profiles` lists them",
    )
    parser.add_argument("--scanner", default="", metavar="ADDRESS", help="a kiosk's scanner")
    screens = "a program with a screen, as board:board-1; may be given again"
    parser.add_argument("--screen", action="append", default=[], metavar="KIND:FUNCTION", help=screens)
    parser.add_argument("--site", default="", help="the hall, as it shall stand on the sheet")
    parser.add_argument("--technician", default="", help="who tries, as on the sheet (default: asked)")
    parser.add_argument("--language", default="vi", metavar="CODE", help="of questions and test tickets (default: vi)")
    parser.add_argument("--key-s", type=float, default=20.0, metavar="S", help="patience for the next key or scan")
    parser.add_argument("--plug-s", type=float, default=60.0, metavar="S", help="patience for a plug, pulled or put in")
    parser.add_argument("--again", action="store_true", help="try also what has passed before")
    parser.add_argument("--sheet-only", action="store_true", help="try nothing; write the sheet of what is known")
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="answers by check, as TOML; what it lacks stays open"
    )
    parser.add_argument("--json", action="store_true", help="print the results as one JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Walk, keep, write the sheet; the exit code is 0 when all has passed."""
    from msgspec import to_builtins

    from motcua.workbench.checks import last_results
    from motcua.workbench.commissioning import Heading, Records
    from motcua.workbench.words import read_texts

    texts = read_texts(arguments.config)
    if arguments.language not in texts.by_language:
        raise Problem(f"there are no words in {arguments.language!r}; there are: {', '.join(texts.by_language)}")
    if not arguments.state.is_dir():
        raise Problem(f"{arguments.state} is no folder: name the folder of the program whose devices are tried")
    checks = _checks(arguments)
    records = Records(arguments.state)
    before = records.heading()
    heading = Heading(arguments.site or before.site, arguments.technician or before.technician)
    if not arguments.sheet_only:
        heading = Heading(heading.site, _walk(arguments, checks, records, texts, heading.technician))
    if heading != before:
        records.keep_heading(heading)
    results = records.read()
    path = _write_sheet(arguments, checks, results, texts, heading)
    known = last_results(checks, results)
    passed = [
        check.check_id for check in checks if check.check_id in known and known[check.check_id].verdict == "passed"
    ]
    if arguments.json:
        told = [
            {"check_id": one.check_id, "verdict": one.verdict, "steps": to_builtins(one.steps), "note": one.note}
            for one in known.values()
        ]
        print(
            json.dumps(
                {"passed": len(passed), "checks": len(checks), "sheet": str(path), "results": told}, ensure_ascii=False
            )
        )
    else:
        print(texts("commissioning.summary", arguments.language, passed=len(passed), total=len(checks)))
        print(path)
    return int(len(passed) < len(checks))


def _walk(
    arguments: argparse.Namespace, checks: "tuple[Check, ...]", records: "Records", texts: "Texts", technician: str
) -> str:
    """Walk through what has not passed yet, and give the name of who did; ``technician`` is who did before."""
    from motcua.workbench.answers import AtTheTerminal, FromFile
    from motcua.workbench.checks import answer_names, last_results
    from motcua.workbench.commissioning import Walk

    words = texts.words(arguments.language)
    known = last_results(checks, records.read())
    say = (lambda _: None) if arguments.json else _said
    if arguments.answers:
        answers: Answers = FromFile(arguments.answers, answer_names(checks))
    else:
        answers = AtTheTerminal(_at_the_terminal, say, words("commissioning.not_understood"))
        if not arguments.technician:
            technician = technician or getpass.getuser()
            technician = _at_the_terminal(f"{words('commissioning.who')} [{technician}]").strip() or technician
    walk = Walk(words, answers, say, technician=technician, key_s=arguments.key_s, plug_s=arguments.plug_s)
    for check in checks:
        before = known.get(check.check_id)
        if before is None or before.verdict != "passed" or arguments.again:
            records.keep(walk.try_out(check))
    return technician


def _said(text: str) -> None:
    print(text, flush=True)


def _checks(arguments: argparse.Namespace) -> "tuple[Check, ...]":
    from hardware.agent.functions import load_functions
    from hardware.agent.settings import SETTINGS_FILE, WrongSettings, load_settings
    from motcua.workbench.checks import Unknown, checks_of_agent, checks_of_kiosk, checks_of_screens

    found = checks_of_kiosk(arguments.printer, arguments.profile, arguments.scanner)
    if (arguments.state / SETTINGS_FILE).exists():
        kinds = {one.function_id: one.kind for one in load_functions(arguments.state)}
        try:
            found += checks_of_agent(load_settings(arguments.state), kinds)
        except (WrongSettings, Unknown) as problem:
            raise Problem(str(problem)) from problem
    try:
        found += checks_of_screens(arguments.screen, f"{platform.node()}:{arguments.state.absolute()}")
    except ValueError as mistake:
        raise Problem(str(mistake)) from mistake
    if not found:
        mend = "name the folder of an agent, a kiosk's --printer and --scanner, or a --screen"
        raise Problem(f"{arguments.state} has no {SETTINGS_FILE}, and no device is named: {mend}")
    return found


def _at_the_terminal(question: str) -> str:
    try:
        return input(f"{question} ")
    except EOFError as error:
        mend = "sit at a terminal, or write the answers into a file for --answers; what was tried so far is kept"
        raise Problem(f"nobody answers: {mend}") from error


def _write_sheet(
    arguments: argparse.Namespace,
    checks: "tuple[Check, ...]",
    results: "list[Result]",
    texts: "Texts",
    heading: "Heading",
) -> Path:
    from motcua.workbench.sheet import Facts, sheet

    now = datetime.now(UTC)  # noqa: TID251 -- the sheet bears the day on which it was written.
    offset_s = round((now.astimezone().utcoffset() or timedelta()).total_seconds())
    machine = f"{platform.node()} ({arguments.state.absolute()})"
    program = f"Motcua {version('motcua')}"
    facts = Facts(heading.site, machine, program, heading.technician, now, offset_s, arguments.language)
    path: Path = arguments.state / SHEET_FILE
    path.write_text(sheet(checks, results, facts, texts), encoding="utf-8")
    return path
