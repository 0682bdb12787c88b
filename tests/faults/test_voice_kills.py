"""The real server, killed while citizens tell it something: what was acknowledged is there, whole and once."""

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import apsw
import pytest

from protocol.commands import AnyCommand
from protocol.link import new_id
from protocol.views import Done
from protocol.voice_commands import AnswerVoice, FindVoice, FindVoiceCode, ReceiveVoice
from protocol.voice_events import VoiceAnswered, VoiceReceived
from protocol.voice_views import VoiceCodeFound, VoiceFound
from queue_server.journal import Journal
from queue_server.voice_words import VOICES_FILE
from tests.faults.kills import Ledger, held_against_the_log, live_and_die, plans
from tests.support.served_branch import ServedBranch
from tests.support.voices import by

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def spoken(number: int) -> str:
    """Give the words of a voice, long enough for several pages of a file."""
    return f"Phản ánh số {number}: " + "chờ lâu " * 200


def asked() -> Iterator[AnyCommand]:
    """Give voices without end, each of which is answered."""
    number = 0
    while True:
        number += 1
        voice_id = new_id()
        yield by(
            ReceiveVoice, voice_id=voice_id, channel="paper", kind_id="complaint", text=spoken(number), contact="x@y.vn"
        )
        yield by(AnswerVoice, voice_id=voice_id, text=f"Trả lời số {number}")


def held_against_the_words(branch: ServedBranch, ledger: Ledger) -> list[str]:
    """Compare: every acknowledged voice and answer can be read, and stands in the log once; give what is wrong."""
    wrong: list[str] = []
    branch.start()
    received = [one for _, one, reply in ledger.entries if isinstance(one, ReceiveVoice) and reply == Done()]
    answers = {one.voice_id: one.text for _, one, reply in ledger.entries if isinstance(one, AnswerVoice)}
    with branch.link("staff") as link:
        for one in received:
            found = link.ask_and_wait(by(FindVoice, voice_id=one.voice_id))
            code = link.ask_and_wait(by(FindVoiceCode, voice_id=one.voice_id))
            if not isinstance(found, VoiceFound) or not isinstance(code, VoiceCodeFound):
                wrong.append(f"lost: {one.voice_id}: {found} {code}")
            elif (found.words.text, found.words.answer) != (one.text.strip(), answers.get(one.voice_id, "")):
                wrong.append(f"not whole: {one.voice_id}: {found.words}")
    branch.stop()
    with Journal(branch.state / "branch.db") as journal:
        events = [row.event() for row in journal.rows()]
    kept = [one.voice.voice_id for one in events if isinstance(one, VoiceReceived)]
    if sorted(kept) != sorted(one.voice_id for one in received):
        wrong.append(f"{len(received)} were acknowledged, {len(kept)} are in the log")
    answered = [one.voice_id for one in events if isinstance(one, VoiceAnswered)]
    if sorted(answered) != sorted(answers):
        wrong.append(f"{len(answers)} answers were acknowledged, {len(answered)} are in the log")
    with apsw.Connection(str(branch.state / VOICES_FILE)) as file:
        if [one for (one,) in file.execute("PRAGMA integrity_check")] != ["ok"]:
            wrong.append("the file of words is damaged")
    return wrong


def judged(folder: Path, where: Iterator[tuple[str, int]] | list[tuple[str, int]], kills: int) -> Ledger:
    with ServedBranch(folder) as branch:
        ledger = live_and_die(branch, where, kills=kills, asked=asked())
        assert held_against_the_log(branch, ledger) == []
        assert held_against_the_words(branch, ledger) == []
        branch.start()
    return ledger


@needs_strace
def test_killed_between_the_words_and_the_log_nothing_acknowledged_is_lost_or_twice(tmp_path: Path) -> None:
    # A start makes some 4 flushes and 13 writes, a voice 8 and 16, in two files; `unlink` ends a journal of the words.
    where = [
        *(("fdatasync", 7), ("pwrite64", 25), ("fdatasync", 14), ("pwrite64", 40), ("fdatasync", 22), ("pwrite64", 60)),
        *(("fsync", 6), ("unlink", 4), ("fdatasync", 30), ("pwrite64", 75)),
    ]
    ledger = judged(tmp_path, where, kills=6)
    assert ledger.kills.total() >= 4, ledger.kills
    assert len(ledger.entries) >= 4


@needs_strace
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_sixty_system_calls(tmp_path: Path) -> None:
    assert judged(tmp_path, islice(plans(), 200), kills=60).kills.total() == 60
