"""Voices through the real handler, log and file of words: kept once, told to whom they belong, copied and erased."""

import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from protocol import voice_commands as vc
from protocol.ballots import CODE_ALPHABET, written_code
from protocol.codec import decode_reply, encode
from protocol.link import new_id
from protocol.views import Done, Refused
from protocol.voice_views import VoiceCodeFound, VoiceFollowed, VoiceFound
from queue_server.backup import VOICES_KEPT_DAYS, back_up, restore
from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE
from queue_server.handler import Asked, Handler
from queue_server.log import Log
from queue_server.recovery import load_branch
from queue_server.voice_words import VOICES_FILE, VoicesFile, WordsNotKept
from tests.faults.morning import BEGINS_AT, SURROUNDINGS
from tests.support.driven_branch import instant
from tests.support.halls import key_of
from tests.support.kept_branch import log_of
from tests.support.voices import ANSWER, CONTACT, TEXT, by, by_phone, follow, received, voices_hall


class FullDisk(VoicesFile):
    """A file on a disk that takes nothing."""

    def _keep(self, *_: object) -> None:
        raise WordsNotKept("the disk is full")


class ReadsCounted(VoicesFile):
    """A file that tells how often it was read."""

    reads = 0

    def _read(self, *asked: Any) -> str:
        self.reads += 1
        return super()._read(*asked)


class Hall:
    """A branch in a folder, taken up as often as a test wants."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.path = log.path.with_name(VOICES_FILE)
        self.at = BEGINS_AT
        self.start()

    def start(self, file: VoicesFile | None = None) -> None:
        loaded = load_branch(self.log)
        assert loaded is not None
        self.file = file or VoicesFile(self.path)
        self.handler = Handler(self.log, loaded[0], replace(SURROUNDINGS, voices=self.file))
        self.until(self.at)

    def until(self, at: datetime) -> None:
        self.at = at
        while self.handler.tick(at):
            pass

    def say(self, command: Any, request_id: str = "") -> Any:
        self.at += timedelta(seconds=1)
        device = command.function_id
        asked = Asked(key_of(device), (request_id or new_id()).encode(), encode(command))
        (body,) = self.handler.handle([asked], self.at).replies
        assert body is not None
        return decode_reply(body)

    def enter(self, **more: Any) -> str:
        command = received(contact=CONTACT, **more)
        assert self.say(command) == Done()
        return command.voice_id

    def code_of(self, voice_id: str) -> str:
        reply = self.say(by(vc.FindVoiceCode, "hoa", "usher", voice_id=voice_id))
        assert isinstance(reply, VoiceCodeFound)
        return reply.code

    def stored(self) -> int:
        with apsw.Connection(str(self.path)) as file:
            (count,) = next(file.execute("SELECT count(*) FROM words"))
        return int(count)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    (tmp_path / "branch").mkdir()
    with log_of(voices_hall(kept_days=7), tmp_path / "branch") as log:
        made = Hall(log)
        yield made
        made.file.close()


def test_a_citizen_follows_by_the_code_and_learns_the_answer_and_no_name(hall: Hall) -> None:
    command = by_phone(contact=CONTACT)
    assert hall.say(command) == Done()
    code = hall.say(vc.FindVoiceCode(function_id="public-1", voice_id=command.voice_id))
    assert isinstance(code, VoiceCodeFound)
    assert re.fullmatch(f"[{CODE_ALPHABET}]{{11}}", code.code)
    before = hall.say(follow(written_code(code.code).lower()))
    assert isinstance(before, VoiceFollowed)
    assert (before.state, before.due_day, before.answer) == ("received", "2026-11-27", "")
    hall.say(by(vc.AssignVoice, voice_id=command.voice_id, owner_id="an"))
    hall.say(by(vc.AnswerVoice, "an", "clerk", voice_id=command.voice_id, text=ANSWER))
    after = hall.say(follow(code.code))
    assert isinstance(after, VoiceFollowed)
    assert (after.state, after.answer) == ("answered", ANSWER)
    told = encode(after).decode()
    for secret in (TEXT[:12], "0912", '"an"', "boss"):
        assert secret not in told


def test_staff_read_the_words_and_the_log_and_its_replies_hold_none(hall: Hall) -> None:
    voice_id = hall.enter()
    found = hall.say(by(vc.FindVoice, voice_id=voice_id))
    assert isinstance(found, VoiceFound)
    assert (found.words.text, found.words.contact, found.words.answer) == (TEXT, CONTACT, "")
    hall.say(by(vc.AnswerVoice, voice_id=voice_id, text=ANSWER))
    code = hall.code_of(voice_id)
    hall.say(follow(code))
    assert stat.S_IMODE(hall.path.stat().st_mode) == 0o600
    bytes_of_log = b"".join(
        path.read_bytes() for path in hall.log.path.parent.iterdir() if path.name.startswith("branch.db")
    )
    for secret in (TEXT[:12], "0912 345", ANSWER[:12], code):
        assert secret.encode() not in bytes_of_log


def test_sent_again_it_is_the_same_voice_with_the_same_code_after_a_restart_too(hall: Hall) -> None:
    command, request_id = received(), new_id()
    assert [hall.say(command, request_id) for _ in range(2)] == [Done(), Done()]
    code = hall.code_of(command.voice_id)
    hall.start()
    assert [hall.say(command, request_id), hall.say(command)] == [Done(), Done()]
    assert hall.code_of(command.voice_id) == code
    assert len(hall.handler.branch.voices) == 1
    assert hall.say(by(vc.FindVoice, voice_id=command.voice_id)).words.text == TEXT


def test_other_words_or_another_way_to_be_reached_under_the_same_id_are_refused(hall: Hall) -> None:
    command = by_phone(contact=CONTACT, text="Quầy 3  chờ lâu.\r\nXin xem lại.")
    assert hall.say(command) == Done()
    assert hall.say(msgspec.structs.replace(command, text=" Quầy 3 chờ lâu.\nXin xem lại. ")) == Done(), "as it is kept"
    for other in ({"text": "Đã ổn."}, {"contact": "0900 000 000"}, {"contact": ""}):
        assert hall.say(msgspec.structs.replace(command, **other)).code == "voice_sent_before"
    code = hall.say(vc.FindVoiceCode(function_id="public-1", voice_id=command.voice_id)).code
    assert hall.say(follow(code)).state == "received"
    hall.file.keep_only([])
    assert hall.say(msgspec.structs.replace(command, text="Đã ổn.")) == Done(), "of erased words nobody can say"


def test_who_did_not_enter_it_is_not_told_the_code(hall: Hall) -> None:
    voice_id = hall.enter()
    assert hall.say(by(vc.FindVoiceCode, "boss", "manager", voice_id=voice_id)).code == "not_allowed"
    assert hall.say(vc.FindVoiceCode(function_id="public-1", voice_id=voice_id)).code == "unknown_voice"


def test_any_code_that_is_not_one_gets_the_same_refusal_after_the_same_reads(hall: Hall) -> None:
    code = hall.code_of(hall.enter())
    counted = ReadsCounted(hall.path)
    hall.start(counted)

    def reads(typed: str) -> tuple[bytes, int]:
        counted.reads = 0
        return encode(hall.say(follow(typed))), counted.reads

    flipped = [
        code[:place] + next(sign for sign in CODE_ALPHABET if sign != code[place]) + code[place + 1 :]
        for place in range(len(code))
    ]
    answers = {reads(typed) for typed in (*flipped, "", "x", "2" * 11, "nonsense")}
    assert len(answers) == 1, "one answer for whatever is wrong"
    ((refused, wrong_reads),) = answers
    assert b"unknown_voice" in refused
    assert reads(code)[1] == wrong_reads, "and as many reads as for the right one"


def test_what_cannot_be_kept_is_not_received(hall: Hall) -> None:
    hall.start(FullDisk(hall.path))
    reply = hall.say(received())
    assert isinstance(reply, Refused)
    assert reply.code == "voice_not_kept"
    assert hall.handler.branch.voices == {}


def test_words_without_their_event_belong_to_nobody_and_go_with_the_next_day(hall: Hall) -> None:
    voice_id = hall.enter()
    with apsw.Connection(str(hall.path)) as file:  # As a server leaves it that ends between the words and the log.
        file.execute("INSERT INTO words VALUES (?, 'text', ?, 'orphan')", (new_id(), hall.at.isoformat()))
        file.execute("INSERT INTO words VALUES (?, 'answer', ?, 'orphan')", (voice_id, hall.at.isoformat()))
    assert hall.say(by(vc.FindVoice, voice_id=voice_id)).words.answer == "", "an answer counts by its event alone"
    hall.until(instant("09:00", "2026-11-25"))
    assert hall.stored() == 3, "text, contact, and what lies under the voice that is kept"


def test_erased_words_are_gone_from_the_file_and_cannot_be_followed(hall: Hall) -> None:
    voice_id = hall.enter()
    code = hall.code_of(voice_id)
    hall.say(by(vc.EndVoice, voice_id=voice_id, ending="withdrawn"))
    hall.until(instant("09:00", "2026-11-30"))
    assert isinstance(hall.say(follow(code)), VoiceFollowed)
    hall.until(instant("09:00", "2026-12-01"))
    assert hall.stored() == 0
    assert hall.say(follow(code)).code == "unknown_voice"
    hall.file.close()
    assert TEXT[:12].encode() not in hall.path.read_bytes(), "overwritten, not only let go"


def test_a_copy_holds_the_words_for_two_weeks_and_gives_them_back(hall: Hall, tmp_path: Path) -> None:
    voice_id = hall.enter()
    code = hall.code_of(voice_id)
    for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
        hall.log.path.with_name(name).write_bytes(b"x")
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    copies, state = tmp_path / "copies", hall.log.path.parent
    first = back_up(state, copies, at).path
    restore(first, tmp_path / "again", at)
    log = Log(tmp_path / "again" / hall.log.path.name)
    again = Hall(log)
    try:
        found = again.say(by(vc.FindVoice, voice_id=voice_id))
        assert (found.words.text, again.code_of(voice_id)) == (TEXT, code)
    finally:
        again.file.close()
        log.close()
    for days, holds in ((VOICES_KEPT_DAYS, True), (VOICES_KEPT_DAYS + 1, False)):
        back_up(state, copies, at + timedelta(days=days))
        assert (first / VOICES_FILE).exists() == holds
    restore(first, tmp_path / "later", at)
    assert not (tmp_path / "later" / VOICES_FILE).exists(), "an old copy is whole without them"
