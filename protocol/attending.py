"""A program's attendance: it tells its server every few seconds what it runs and holds, and tries what it is told to.

The rhythm is the link's own sign of life, so nothing here has a thread or a clock. What is asked for is tried once,
however often it is told; what became of it is told until the server has heard it. A program hands in its trials as
functions; they are called in the link's thread and must return at once, and tell the result later from any thread.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from protocol.commands import About, Attend, FunctionDescription, Trial, TrialKind, TrialResult
from protocol.link import Link, LinkFull
from protocol.views import AnyReply, Attended

ANSWER_S: Final = 2.5
"""A server that has not answered by then is asked anew at the next sign of life."""
REMEMBERED: Final = 64
RESULTS_MOST: Final = 16

Tell = Callable[[TrialResult], None]
"""Tells what became of a trial; from any thread."""
Try = Callable[[Trial, Tell], None]
"""Tries something; returns at once. Called in the link's thread."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a program holds at this moment; None where it has no such thing."""

    configuration_id: str = ""
    waiting: int | None = None
    refused: int | None = None
    jobs: int | None = None
    tickets_left: int | None = None


@dataclass(frozen=True)
class Program:
    """What attends: its name, the hash of its words, what it holds now, and how it tries things.

    ``on_functions`` hears, in the link's thread, what the server says the device is there for, when that has changed
    since it was said last.
    """

    name: str
    texts_hash: str = ""
    holding: Callable[[], Holding] = Holding
    trials: Mapping[TrialKind, Try] = field(default_factory=dict)
    on_functions: Callable[[tuple[FunctionDescription, ...]], None] = lambda _: None


def attend(link: Link, program: Program, utc_now: Callable[[], datetime] | None = None) -> "Attendant":
    """Have a program attend over a link that has not been started yet."""
    return Attendant(link, program, utc_now or _utc_now)


class Attendant:
    """One program's attendance, as long as its link lives."""

    def __init__(self, link: Link, program: Program, utc_now: Callable[[], datetime]) -> None:
        self._link = link
        self._program = program
        self._utc_now = utc_now
        self._started_at = utc_now()
        self._lock = threading.Lock()
        self._results: deque[TrialResult] = deque(maxlen=RESULTS_MOST)
        self._seen: deque[str] = deque(maxlen=REMEMBERED)
        self._functions: tuple[FunctionDescription, ...] | None = None
        self._asking = False
        link.on_sign = self.sign

    def sign(self) -> None:
        """Attend once; an answer that is still awaited is not asked for twice."""
        with self._lock:
            if self._asking:
                return
            self._asking = True
            results = tuple(self._results)
        try:
            self._link.ask(
                Attend(about=self._about(), results=results),
                lambda reply: self._answered(reply, results),
                deadline_s=ANSWER_S,
            )
        except LinkFull:
            with self._lock:
                self._asking = False

    def _about(self) -> About:
        holding = self._program.holding()
        return About(
            program=self._program.name,
            program_version=program_version(),
            machine_at=self._utc_now(),
            started_at=self._started_at,
            texts_hash=self._program.texts_hash,
            configuration_id=holding.configuration_id,
            waiting=holding.waiting,
            refused=holding.refused,
            jobs=holding.jobs,
            tickets_left=holding.tickets_left,
        )

    def _answered(self, reply: AnyReply | None, told: tuple[TrialResult, ...]) -> None:
        with self._lock:
            self._asking = False
            if not isinstance(reply, Attended):
                return  # Told again at the next sign of life; an older server knows nothing of this.
            kept = [one for one in self._results if one not in told]
            self._results.clear()
            self._results.extend(kept)
            fresh = [one for one in reply.trials if one.trial_id not in self._seen]
            self._seen.extend(one.trial_id for one in fresh)
            known, self._functions = self._functions, reply.functions
        if known is not None and known != reply.functions:
            self._program.on_functions(reply.functions)
        for trial in fresh:
            self._try(trial)

    def _try(self, trial: Trial) -> None:
        how = self._program.trials.get(trial.trial)
        if how is not None:
            how(trial, self._tell)
        elif trial.trial == "answer":
            self._tell(TrialResult(trial_id=trial.trial_id, result="done"))
        else:
            self._tell(TrialResult(trial_id=trial.trial_id, result="cannot", reason="no_such_part"))

    def _tell(self, result: TrialResult) -> None:
        """Keep a result, and attend at once: somebody stands before a page and waits for it."""
        with self._lock:
            if any(one.trial_id == result.trial_id for one in self._results):
                return  # The first word counts.
            self._results.append(result)
        self.sign()


@cache
def program_version() -> str:
    """Give the version of the programs that are installed here."""
    try:
        return version("motcua")
    except PackageNotFoundError:
        return "unknown"  # Run from a copy that was never installed.


def hash_of(words: Mapping[str, Mapping[str, str]]) -> str:
    """Give what tells two sets of words apart: the beginning of a SHA-256 over all of them, in order."""
    told = hashlib.sha256()
    for language in sorted(words):
        for key in sorted(words[language]):
            told.update(f"{language}\0{key}\0{words[language][key]}\0".encode())
    return told.hexdigest()[:12]


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- how the clock of this machine goes is what is told.
