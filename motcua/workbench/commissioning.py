"""Walk through the devices of a machine with a technician: try each, ask what the eyes saw, keep the answer on disk.

The loop of ``checks`` (what there is), ``key_walk`` and ``replug`` (what is tried) and ``sheet`` (what is signed). A
result is on disk before the next device is begun, so a walk that was broken off goes on where it was. What nobody
answered stays open: a result is never invented.
"""

import os
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
from hardware.ticket import TRIAL_CODE
from motcua.commands import Problem
from motcua.workbench.answers import Answers
from motcua.workbench.checks import QUESTIONS, Check, Result, Seen, Step, Verdict, verdict_of
from motcua.workbench.key_walk import KeyWalk
from motcua.workbench.printing import claimable, print_trial
from motcua.workbench.replug import FIRST_S, can_be_watched, place_of, presence_of, replugged
from motcua.workbench.wires import Changed, News, Pressed, opened, show_text
from motcua.workbench.words import code_of, seen_text, world_text
from presentation.texts import Words

RESULTS_FILE: Final = "commissioning.jsonl"
HEADING_FILE: Final = "commissioning-sheet.json"
DISPLAY_TEXT: Final = "8888"
PRINT_DEADLINE_S: Final = 20.0
SHOW_DEADLINE_S: Final = 2.0
ROUNDS_MOST: Final = 20
"""So often a technician is asked whether the missing keys will still come."""

QR_PREFIX: Final = "]Q1"
"""What a scanner may be told to put before a QR code (ISO/IEC 15424)."""


class Heading(msgspec.Struct, frozen=True):
    """What was typed for the sheet once: the hall, and who signs."""

    site: str = ""
    technician: str = ""


class Records:
    """The results of a machine, in its folder of state."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / RESULTS_FILE
        self._heading = folder / HEADING_FILE

    def heading(self) -> Heading:
        """Give what was typed for the sheet before. Raises Problem."""
        try:
            return msgspec.json.decode(self._heading.read_bytes(), type=Heading)
        except FileNotFoundError:
            return Heading()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Problem(f"{self._heading}: {error}; remove the file, and type the names once more") from error

    def keep_heading(self, heading: Heading) -> None:
        """Put it on disk, whole or not at all."""
        fresh = self._heading.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(msgspec.json.encode(heading))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._heading)

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
    """One walk through checks. ``say`` tells what happens; ``technician`` is who answers, unless a file does.

    ``key_s`` is the patience for the next key or scan, ``plug_s`` that for a plug to be pulled or put in.
    """

    def __init__(
        self,
        words: Words,
        answers: Answers,
        say: Callable[[str], None],
        *,
        technician: str,
        key_s: float,
        plug_s: float,
    ) -> None:
        self._words, self._answers, self._say = words, answers, say
        self._technician, self._key_s, self._plug_s = technician, key_s, plug_s

    def try_out(self, check: Check) -> Result:
        """Try one device or screen. What stands in the way (no such device, held by a program) is its result."""
        self._say(self._words("commissioning.now", device=check.check_id, place=check.place))
        begin = self._answers.begins(check.check_id, self._words("commissioning.begin"))
        if begin is None or begin.word == "skip":
            note = begin.note if begin is not None else ""
            self._say_left_out(note)
            return self._result(check, (), note)
        if check.kind in QUESTIONS:
            return self._result(check, tuple(self._looked(check, name) for name in QUESTIONS[check.kind]))
        steps = [self._tried(check)]
        self._say_seen(steps[0])
        if steps[0].name != "reached":  # It could not even be opened: there is nothing to look at.
            steps += [self._looked(check, check.kind), self._replug(check)]
        return self._result(check, tuple(steps))

    def _result(self, check: Check, steps: tuple[Step, ...], note: str = "") -> Result:
        now = datetime.now(UTC)  # noqa: TID251 -- the sheet says when it was tried.
        file = self._answers.answers_file
        return Result(
            check_id=check.check_id,
            device=check.device,
            verdict=verdict_of(steps),
            steps=steps,
            note=note,
            at=now,
            answered_by="" if file else self._technician,
            answers_file=file,
        )

    def _say_left_out(self, note: str) -> None:
        left_out = self._words("commissioning.left_out")
        self._say(f"  {left_out}: {note}" if note else f"  {left_out}")

    def _say_seen(self, step: Step) -> None:
        for seen in step.seen:
            self._say(f"  {seen_text(self._words, seen)}")

    def _tried(self, check: Check) -> Step:
        """Have the machine try what it can by itself."""
        steps = {"printer": self._printer, "scanner": self._scanner, "counter_display": self._display}
        try:
            return steps.get(check.kind, self._keypad)(check)
        except (Problem, WrongAddress) as problem:
            self._say(str(problem))
            return _step("reached", "failed", Seen(key="problem", parts={"text": str(problem).partition("\n")[0]}))

    def _looked(self, check: Check, name: str) -> Step:
        """Ask what only a person can tell."""
        question = self._words(f"commissioning.question.{name}", text=DISPLAY_TEXT)
        choice = self._words("commissioning.choice")
        answer = self._answers.judges(
            check.check_id if name == check.kind else f"{check.check_id}.{name}", f"{question} {choice}"
        )
        verdict: Verdict = "passed" if answer.word == "yes" else "failed" if answer.word == "no" else "skipped"
        return Step(name="looked" if name == check.kind else name, verdict=verdict, note=answer.note)

    def _printer(self, check: Check) -> Step:
        now = datetime.now(UTC)  # noqa: TID251 -- the paper tells the hour of this machine.
        printed = print_trial(
            check.address,
            check.profile,
            self._words,
            now,
            deadline_s=PRINT_DEADLINE_S,
            tell=lambda outcome: self._say(world_text(self._words, f"job.{outcome.state}", outcome.reason)),
        )
        parts = {"state_code": f"job.{printed.state}", "seconds": f"{printed.took_s:.1f}"}
        reason = (Seen(key="reason", parts={"reason_code": code_of(printed.reason)}),) if printed.reason else ()
        return _step("printed", "passed" if printed.is_good else "failed", Seen(key="printed", parts=parts), *reason)

    def _scanner(self, check: Check) -> Step:
        """The code of the test ticket must come out of it as it went onto the paper; nothing else is looked at."""
        claimable(check.address)
        news: SimpleQueue[ScanEvent | SourceHealth] = SimpleQueue()
        device = find(check.address)
        owner = InputOwner(device.open, scans_of(device), news.put, "scanner-check")
        try:
            return self._scanned(news)
        finally:
            owner.close()

    def _scanned(self, news: "SimpleQueue[ScanEvent | SourceHealth]") -> Step:
        right = (Withheld(TRIAL_CODE), Withheld(QR_PREFIX + TRIAL_CODE))
        while True:
            try:
                event = news.get(timeout=self._key_s)
            except Empty:
                return _step("scanned", "failed", Seen(key="nothing_scanned"))
            match event:
                case Scanned(text=text) if text in right:
                    return _step("scanned", "passed", Seen(key="scanned"))
                case Scanned():
                    return _step("scanned", "failed", Seen(key="scanned_wrong"))
                case Dropped(length_bytes=length):
                    return _step("scanned", "failed", Seen(key="scan_dropped", parts={"length": str(length)}))
                case SourceHealth(is_open=True):
                    self._say(self._words("commissioning.scan_now"))
                case SourceHealth(what=what):
                    self._say(world_text(self._words, "wire.away", detail=what))

    def _keypad(self, check: Check) -> Step:
        """Wait for each of its keys, in any order; what does not come is asked for, until it is left out by word."""
        walk = KeyWalk(check.keys)
        trouble: tuple[Seen, ...] = ()
        left_out = ""
        with opened(place_of(check)) as news:
            for _ in range(ROUNDS_MOST):
                keys = " ".join(walk.missing)
                self._say(self._words("commissioning.keys_now", keys=keys, seconds=f"{self._key_s:g}"))
                trouble = self._keys(walk, check, news, trouble)
                if not walk.missing:
                    break
                question = self._words("commissioning.keys_missing", keys=" ".join(walk.missing))
                answer = self._answers.goes_on(f"{check.check_id}.missing", question)
                if answer is None or answer.word == "skip":
                    left_out = answer.note if answer is not None else ""
                    self._say_left_out(left_out)
                    break
        return walk.step(left_out, trouble)

    def _keys(
        self, walk: KeyWalk, check: Check, news: "SimpleQueue[News | None]", trouble: tuple[Seen, ...]
    ) -> tuple[Seen, ...]:
        """Take keys until all have come or none comes any more; give what is wrong with the keypad at the end."""
        while walk.missing:
            try:
                told = news.get(timeout=self._key_s)
            except Empty:
                break
            match told:
                case Pressed(key=key):
                    self._say(f"  {self._key_text(walk, check, key)}")
                case Changed(present=present, word=word, detail=detail):
                    self._say(f"  {world_text(self._words, f'wire.{word}', detail=detail)}")
                    trouble = () if present else (Seen(key="reason", parts={"reason_code": f"wire.{word}"}),)
        return trouble

    def _key_text(self, walk: KeyWalk, check: Check, key: str) -> str:
        told = walk.press(key)
        missing = " ".join(walk.missing) or "–"
        meaning = meaning_text(self._words, check.meanings.get(key, ""))
        named = f"{key} ({meaning})" if meaning else key
        return self._words(f"commissioning.key_{told}", key=named, missing=missing, count=walk.count(key))

    def _display(self, check: Check) -> Step:
        shown = show_text(place_of(check), DISPLAY_TEXT, deadline_s=SHOW_DEADLINE_S)
        parts = {"text": DISPLAY_TEXT, "state_code": f"display.{shown.state}"}
        why = (Seen(key="reason", parts={"reason_code": f"wire.{shown.word}"}),) if shown.word else ()
        return _step("shown", "passed" if shown.is_good else "failed", Seen(key="shown", parts=parts), *why)

    def _replug(self, check: Check) -> Step:
        """Have the plug pulled and put in again. What stands in the way is the step's result."""
        try:
            if not can_be_watched(check):
                return _step("replug", "skipped", Seen(key="cannot_tell"))
            answer = self._answers.goes_on(f"{check.check_id}.replug", self._words("commissioning.replug"))
            if answer is None or answer.word == "skip":
                note = answer.note if answer is not None else ""
                self._say_left_out(note)
                return Step(name="replug", verdict="skipped", note=note)
            step = self._plug(check)
        except (Problem, WrongAddress) as problem:
            self._say(str(problem))
            parts = {"text": str(problem).partition("\n")[0]}
            step = _step("replug", "failed", Seen(key="problem", parts=parts))
        self._say_seen(step)
        return step

    def _plug(self, check: Check) -> Step:
        with presence_of(check, DISPLAY_TEXT) as presence:
            if presence.wait(present=True, within_s=FIRST_S) is None:
                return replugged(begun=False, gone_at=None, back_at=None)
            self._say(self._words("commissioning.pull_now", seconds=f"{self._plug_s:g}"))
            gone_at = presence.wait(present=False, within_s=self._plug_s)
            if gone_at is None:
                return replugged(begun=True, gone_at=None, back_at=None)
            self._say(self._words("commissioning.plug_in_now", seconds=f"{self._plug_s:g}"))
            return replugged(begun=True, gone_at=gone_at, back_at=presence.wait(present=True, within_s=self._plug_s))


def meaning_text(words: Words, meaning: str) -> str:
    """Say what a key means; empty for a digit, and for a key that means nothing."""
    kind, _, level = meaning.partition(" ")
    return (
        words("workbench.meaning.level", level=level) if level else words(f"workbench.meaning.{kind}") if kind else ""
    )


def _step(name: str, verdict: Verdict, *seen: Seen) -> Step:
    return Step(name=name, verdict=verdict, seen=seen)
