"""Walk through the devices of a machine with a technician: try each, ask what the eyes saw, keep the answer on disk.

The loop of ``checks`` (what there is) and ``sheet`` (what is signed). A result is on disk before the next device is
begun, so a walk that was broken off goes on where it was.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import msgspec

from hardware.codecs.scan import Dropped, ScanEvent, Scanned
from hardware.codecs.withheld import Withheld
from hardware.inputs import InputOwner, SourceHealth, scans_of
from hardware.registry import WrongAddress, find
from motcua.commands import Problem
from motcua.workbench.checks import Check, Result, Verdict, keys_seen
from motcua.workbench.printing import TRIAL_CODE, claimable, print_trial
from motcua.workbench.wires import Changed, Place, Pressed, keys_of, show_text
from presentation.texts import Words

RESULTS_FILE: Final = "commissioning.jsonl"
DISPLAY_TEXT: Final = "8888"
PRINT_DEADLINE_S: Final = 20.0
SHOW_DEADLINE_S: Final = 2.0
QR_PREFIX: Final = "]Q1"
"""What a scanner may be told to put before a QR code (ISO/IEC 15424)."""

Ask = Callable[[str, str], str]
"""Asks a question about a check (its id first), and gives the technician's answer: yes, no, skip, and words behind."""


class Records:
    """The results of a machine, in its folder of state."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / RESULTS_FILE

    def read(self) -> list[Result]:
        """Give all results, oldest first; a line that a power cut tore is left out. Raises Problem."""
        if not self.path.exists():
            return []
        found = []
        lines = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            try:
                found += [msgspec.json.decode(line, type=Result)] if line else []
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                if number < len(lines):
                    raise Problem(f"{self.path}, line {number}: {error}; move the file away to begin anew") from error
        return found

    def keep(self, result: Result) -> None:
        """Put a result on disk, in the place of a line that a power cut tore."""
        whole = self.path.read_bytes().rfind(b"\n") + 1 if self.path.exists() else 0
        with self.path.open("ab") as file:
            file.truncate(whole)
            file.write(msgspec.json.encode(result) + b"\n")
            file.flush()
            os.fsync(file.fileno())


class Walk:
    """One walk through checks. ``say`` tells what happens; ``key_s`` is the patience for the next key or scan."""

    def __init__(self, words: Words, ask: Ask, say: Callable[[str], None], *, key_s: float) -> None:
        self._words, self._ask, self._say, self._key_s = words, ask, say, key_s

    def try_out(self, check: Check) -> Result:
        """Try one device. What stands in the way of it (no such device, held by a program) is its result."""
        self._say(self._words("commissioning.now", device=check.check_id, place=check.place))
        begin = self._ask(f"{check.check_id}.begin", self._words("commissioning.begin")).strip().lower()
        if begin.startswith("s"):
            return _result(check, "skipped", "", begin.partition(" ")[2])
        steps = {
            "printer": self._printer,
            "scanner": self._scanner,
            "keypad": self._keypad,
            "display": self._display,
        }
        try:
            is_good, seen = steps[check.kind](check)
        except (Problem, WrongAddress) as problem:
            self._say(str(problem))
            return _result(check, "failed", str(problem).partition("\n")[0], "")
        self._say(seen)
        answer = self._ask(check.check_id, self._words(f"commissioning.question.{check.kind}", text=DISPLAY_TEXT))
        word, _, note = answer.strip().partition(" ")
        agreed = word.strip(":,").lower() in {"y", "yes", "c", "có", "co"}
        return _result(check, "passed" if is_good and agreed else "failed", seen, note.strip())

    def _printer(self, check: Check) -> tuple[bool, str]:
        now = datetime.now(UTC)  # noqa: TID251 -- the paper tells the hour of this machine.
        printed = print_trial(
            check.address,
            check.profile,
            self._words,
            now,
            deadline_s=PRINT_DEADLINE_S,
            tell=lambda outcome: self._say(f"{outcome.state} {outcome.reason}".strip()),
        )
        return printed.is_good, f"{printed.state} {printed.reason}".strip() + f", {printed.took_s:.1f} s"

    def _scanner(self, check: Check) -> tuple[bool, str]:
        """The code of the test ticket must come out of it as it went onto the paper; nothing else is looked at."""
        claimable(check.address)
        news: SimpleQueue[ScanEvent | SourceHealth] = SimpleQueue()
        device = find(check.address)
        owner = InputOwner(device.open, scans_of(device), news.put, "scanner-check")
        try:
            return self._scanned(news)
        finally:
            owner.close()

    def _scanned(self, news: "SimpleQueue[ScanEvent | SourceHealth]") -> tuple[bool, str]:
        right = (Withheld(TRIAL_CODE), Withheld(QR_PREFIX + TRIAL_CODE))
        while True:
            try:
                event = news.get(timeout=self._key_s)
            except Empty:
                return False, self._words("commissioning.nothing_scanned")
            match event:
                case Scanned(text=text):
                    is_right = text in right
                    return is_right, self._words(f"commissioning.{'scanned' if is_right else 'scanned_wrong'}")
                case Dropped(reason=reason, length_bytes=length):
                    return False, f"{reason}, {length} B"
                case SourceHealth(is_open=True):
                    self._say(self._words("commissioning.scan_now"))
                case SourceHealth(what=what):
                    self._say(what)

    def _keypad(self, check: Check) -> tuple[bool, str]:
        self._say(self._words("commissioning.keys_now", keys=" ".join(check.keys), seconds=f"{self._key_s:g}"))
        pressed: Counter[str] = Counter()
        trouble = ""
        with_keys = keys_of(_place(check), patience_s=self._key_s)
        for told in with_keys:
            match told:
                case Pressed(key=key):
                    pressed[key] += 1
                    self._say(f"  {key}")
                    if all(pressed[one] for one in check.keys):
                        break
                case Changed(present=present, what=what):
                    trouble = "" if present else what
        with_keys.close()
        seen = keys_seen(check.keys, pressed)
        return bool(pressed) and not trouble and max(
            pressed.values()
        ) == 1, f"{seen}{' | ' + trouble if trouble else ''}"

    def _display(self, check: Check) -> tuple[bool, str]:
        shown = show_text(_place(check), DISPLAY_TEXT, deadline_s=SHOW_DEADLINE_S)
        return shown.is_good, f"{DISPLAY_TEXT}: {shown.state}"


def _place(check: Check) -> Place:
    protocol = check.protocol or "reference"
    return Place(check.address, check.slave or 1, protocol, check.preset, check.file, check.answer_ms)


def _result(check: Check, verdict: Verdict, seen: str, note: str) -> Result:
    now = datetime.now(UTC)  # noqa: TID251 -- the sheet says when it was tried.
    return Result(check_id=check.check_id, device=check.device, verdict=verdict, seen=seen, note=note, at=now)
