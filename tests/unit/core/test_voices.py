"""Voices: received once, answered by others than those they are about, in time by working days, and erased."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from protocol import codec
from protocol import commands as c
from protocol import voice_commands as vc
from protocol import voice_events as ve
from protocol.link import new_id
from protocol.message import type_of
from protocol.roles import COMMANDS_OF_STAFF_ROLE
from protocol.views import Done, Refused
from protocol.voice_views import VoiceFound, VoicesFound
from protocol.voices import UNATTENDED_DAILY_MOST, Voice
from queue_server import core
from queue_server.core.voices import due_day
from queue_server.voice_codes import voice_code, voice_code_hash
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import MONDAY
from tests.support.voices import ANSWER, TEXT, at_kiosk, by, by_phone, received, voices_hall

KEY = b"k" * 32


class Hall:
    """The small hall with its register, asked as the handler would."""

    def __init__(self, **rules: Any) -> None:
        self.driven = DrivenBranch(voices_hall(**rules), instant("07:00"))
        self.driven.advance(instant("09:00"))

    @property
    def branch(self) -> core.Branch:
        return self.driven.branch

    def ask(self, command: Any) -> Any:
        self.driven.at += timedelta(seconds=1)
        facts = self.driven.facts()
        if isinstance(command, vc.ReceiveVoice):
            code_hash = voice_code_hash(KEY, voice_code(KEY, command.voice_id))
            facts = self.driven.facts(voice_code_hash=code_hash)
        return self.driven.ask(command, facts=facts)

    def code(self, command: Any) -> str:
        reply = self.ask(command)
        return reply.code if isinstance(reply, Refused) else "ok"

    def enter(self, **more: Any) -> Voice:
        command = received(**more)
        assert self.ask(command) == Done()
        return self.branch.voices[command.voice_id]

    def now(self, voice: Voice) -> Voice:
        return self.branch.voices[voice.voice_id]

    def assign(self, voice: Voice, owner: str = "an", **more: Any) -> str:
        return self.code(by(vc.AssignVoice, voice_id=voice.voice_id, owner_id=owner, **more))

    def answer(self, voice: Voice, clerk: str = "boss", role: str = "manager") -> str:
        return self.code(by(vc.AnswerVoice, clerk, role, voice_id=voice.voice_id, text=ANSWER))

    def end(self, voice: Voice, ending: str = "closed") -> str:
        return self.code(by(vc.EndVoice, voice_id=voice.voice_id, ending=ending))

    def seen(self, clerk: str, role: str, **more: Any) -> VoicesFound:
        reply = self.ask(by(vc.FetchVoices, clerk, role, **more))
        assert isinstance(reply, VoicesFound)
        return reply

    def until(self, day: str, clock: str = "09:00") -> None:
        self.driven.advance(instant(clock, day))


@pytest.mark.parametrize(
    ("received_on", "days", "due"),
    [
        ("2026-11-23", 1, "2026-11-25"),  # Tuesday is a holiday.
        ("2026-11-23", 3, "2026-11-27"),
        ("2026-11-27", 1, "2026-11-29"),  # Saturday hands out results alone; Sunday works by Tuesday's hours.
        ("2026-11-27", 2, "2026-11-30"),
        ("2026-11-23", 10, "2026-12-07"),
        ("2026-11-28", 1, "2026-11-29"),  # What comes on a free day counts from the next one.
    ],
)
def test_deadlines_count_in_the_working_days_of_the_branch(received_on: str, days: int, due: str) -> None:
    assert due_day(voices_hall(), date.fromisoformat(received_on), days) == due


def test_a_voice_is_received_once_however_often_it_is_sent() -> None:
    hall = Hall()
    command = received()
    assert [hall.ask(command), hall.ask(command)] == [Done(), Done()]
    assert sum(isinstance(one, ve.VoiceReceived) for one in hall.driven.events()) == 1
    voice = hall.branch.voices[command.voice_id]
    assert (voice.state, voice.received_day, voice.due_day, voice.entered_by) == (
        "received", MONDAY, "2026-11-27", "hoa",
    )  # fmt: skip


def test_other_words_under_the_id_of_a_voice_are_refused_and_not_dropped() -> None:
    hall = Hall()
    command = received()
    assert hall.ask(command) == Done()
    assert hall.code(msgspec.structs.replace(command, kind_id="suggestion")) == "voice_sent_before"
    differs = hall.driven.ask(command, facts=hall.driven.facts(voice_differs=True))
    assert isinstance(differs, Refused)
    assert differs.code == "voice_sent_before"
    assert len(hall.branch.voices) == 1


def test_the_log_holds_no_word_and_no_code() -> None:
    hall = Hall()
    voice = hall.enter(contact="0912 345 678")
    hall.assign(voice)
    hall.answer(voice)
    stored = b"".join(hall.driven.log).decode()
    for secret in (TEXT[:12], "0912 345", ANSWER[:12], voice_code(KEY, voice.voice_id)):
        assert secret not in stored
    assert voice.has_contact


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (received(channel="phone"), "voice_not_offered"),
        (by_phone(channel="paper"), "voice_not_offered"),
        (by_phone(named=("an",)), "not_allowed"),
        (by_phone(received_day="2026-11-20"), "not_allowed"),
        (received(kind_id="praise"), "voice_kind"),
        (received(text=" \n "), "voice_empty"),
        (received(received_day="2026-11-24"), "voice_day"),
        (received(received_day="2026-10-22"), "voice_day"),
        (received(received_day="2026-13-40"), "voice_day"),
        (received(counter_id="counter-77"), "unknown_counter"),
        (received(service_id="nothing"), "unknown_service"),
        (received(prefix="H", number=99), "unknown_number"),
        (received(received_day="2026-10-23"), "ok"),
        (by_phone(), "ok"),
        (received(channel="kiosk"), "voice_not_offered"),
        (at_kiosk(channel="phone"), "voice_not_offered"),
        (at_kiosk(channel="paper"), "voice_not_offered"),
        (at_kiosk(named=("an",)), "not_allowed"),
        (at_kiosk(received_day="2026-11-20"), "not_allowed"),
        (at_kiosk(), "ok"),
    ],
)
def test_what_can_be_received(command: vc.ReceiveVoice, code: str) -> None:
    assert Hall().code(command) == code


def test_a_channel_that_is_off_takes_nothing() -> None:
    hall = Hall(channels=("paper",))
    assert hall.code(by_phone()) == "voice_not_offered"
    assert hall.code(received(channel="hotline")) == "voice_not_offered"
    assert hall.code(received()) == "ok"


def test_neither_phones_nor_kiosks_fill_the_register() -> None:
    hall = Hall()
    for _ in range(UNATTENDED_DAILY_MOST):
        assert hall.code(by_phone()) == "ok"
    assert hall.code(by_phone()) == "too_many_voices"
    for _ in range(UNATTENDED_DAILY_MOST):
        assert hall.code(at_kiosk()) == "ok", "phones do not shut the box at the kiosk"
    assert hall.code(at_kiosk()) == "too_many_voices"
    assert hall.code(received()) == "ok", "staff still enter what comes on paper"


def test_at_the_desk_a_code_tells_what_a_phone_would_but_never_whom_it_is_about() -> None:
    hall = Hall()
    voice = hall.enter(named=("an",))
    code_hash = voice_code_hash(KEY, voice_code(KEY, voice.voice_id))

    def followed(clerk: str, role: str) -> str:
        command = by(vc.FollowVoice, clerk, role, code=voice_code(KEY, voice.voice_id))
        reply = hall.driven.ask(command, facts=hall.driven.facts(voice_code_hash=code_hash))
        return reply.code if isinstance(reply, Refused) else "ok"

    assert followed("hoa", "usher") == followed("binh", "clerk") == followed("boss", "manager") == "ok"
    assert followed("an", "clerk") == "voice_own"
    assert followed("chief", "inspector") == followed("tech", "technician") == "not_allowed"


def test_a_code_is_told_to_the_kind_of_device_that_sent_the_voice() -> None:
    hall = Hall()
    at_the_kiosk, from_a_phone = at_kiosk(), by_phone()
    assert [hall.code(at_the_kiosk), hall.code(from_a_phone)] == ["ok", "ok"]
    for device, voice, code in (
        ("kiosk-1", at_the_kiosk, "ok"),
        ("kiosk-1", from_a_phone, "unknown_voice"),
        ("public-1", from_a_phone, "ok"),
        ("public-1", at_the_kiosk, "unknown_voice"),
    ):
        assert hall.code(vc.FindVoiceCode(function_id=device, voice_id=voice.voice_id)) == code
    staff = by(vc.FindVoiceCode, "hoa", "usher", voice_id=at_the_kiosk.voice_id)
    assert hall.code(staff) == "unknown_voice", "only the kiosk's own citizen has it"


def test_whoever_is_named_neither_sees_nor_answers_it_in_any_role() -> None:
    hall = Hall()
    voice = hall.enter(named=("an", "boss"))
    assert hall.assign(voice, "binh") == "voice_own", "the manager is named too"
    chief = by(vc.AssignVoice, "chief", voice_id=voice.voice_id, owner_id="an")
    assert hall.code(chief) == "voice_owner_named"
    chief = by(vc.AssignVoice, "chief", voice_id=voice.voice_id, owner_id="binh", named=("cuong",))
    assert hall.code(chief) == "ok"
    assert hall.now(voice).named == ("an", "boss", "cuong")
    for clerk, role in (("an", "clerk"), ("boss", "manager"), ("cuong", "inspector")):
        assert hall.code(by(vc.FindVoice, clerk, role, voice_id=voice.voice_id)) == "voice_own"
        seen = hall.seen(clerk, role, shown="all")
        assert (seen.voices, seen.open, seen.overdue, seen.due_soon) == ((), 0, 0, 0)
    assert hall.answer(voice, "boss", "manager") == "voice_own"
    assert hall.answer(voice, "binh", "clerk") == "ok"


def test_a_counter_stands_for_everybody_who_sat_there_that_day() -> None:
    hall = Hall()
    at = {"function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1"}
    for clerk in ("an", "binh"):
        hall.driven.ask(c.SignInClerk(**at, clerk_id=clerk))  # type: ignore[arg-type]  # The four fields it has.
        hall.driven.ask(c.SignOutClerk(**at, clerk_id=clerk))  # type: ignore[arg-type]  # As above.
    assert hall.enter(counter_id="counter-1").named == ("an", "binh")
    assert hall.enter(counter_id="counter-1", received_day="2026-11-20").named == (), "who sat there is not known now"


def test_a_clerk_sees_and_answers_what_is_assigned_to_them_alone() -> None:
    hall = Hall()
    mine, other = hall.enter(), hall.enter()
    hall.assign(mine, "an")
    assert [one.voice_id for one in hall.seen("an", "clerk", shown="all").voices] == [mine.voice_id]
    assert hall.answer(other, "an", "clerk") == "not_allowed"
    assert hall.code(by(vc.FindVoice, "an", "clerk", voice_id=other.voice_id)) == "not_allowed"
    assert isinstance(hall.ask(by(vc.FindVoice, "an", "clerk", voice_id=mine.voice_id)), VoiceFound)
    assert hall.answer(mine, "an", "clerk") == "ok"
    assert hall.seen("boss", "manager", shown="mine").voices == ()


def test_a_voice_goes_its_way_and_no_other() -> None:
    hall = Hall()
    voice = hall.enter()
    assert hall.end(voice) == "voice_unanswered"
    assert [hall.assign(voice), hall.answer(voice), hall.answer(voice)] == ["ok", "ok", "ok"], "an answer is mended"
    assert hall.assign(voice, "binh") == "voice_over"
    assert [hall.end(voice), hall.end(voice), hall.end(voice, "withdrawn")] == ["ok", "ok", "voice_over"]
    assert hall.answer(voice) == "voice_over"
    assert hall.now(voice).state == "closed"
    other = hall.enter()
    assert hall.end(other, "forwarded") == "ok"
    assert hall.now(other).state == "forwarded"
    assert hall.assign(msgspec.structs.replace(voice, voice_id=new_id())) == "unknown_voice"


def test_each_step_is_known_by_whom_and_when() -> None:
    hall = Hall()
    voice = hall.enter()
    assert hall.assign(voice) == hall.answer(voice, "an", "clerk") == hall.end(voice) == "ok"
    now = hall.now(voice)
    assert (now.entered_by, now.assigned_by, now.owner_id, now.answered_by, now.ended_by) == (
        "hoa", "boss", "an", "an", "boss",
    )  # fmt: skip
    assert now.assigned_at is not None
    assert now.answered_at is not None
    assert now.ended_at is not None
    assert voice.received_at < now.assigned_at < now.answered_at < now.ended_at


def test_terminals_are_told_which_ways_are_open_and_no_kinds_where_none_is() -> None:
    hall, shut = Hall(), Hall(channels=())
    shown, none = (core.kiosk_view(one.branch, {}, one.driven.at) for one in (hall, shut))
    assert shown.voice_channels == ("phone", "paper", "hotline", "desk", "kiosk")
    assert [one.kind_id for one in shown.voice_kinds] == ["suggestion", "complaint"]
    assert (none.voice_channels, none.voice_kinds) == ((), ())
    assert hall.seen("boss", "manager").channels == shown.voice_channels
    assert core.hall_view(hall.branch, {}, hall.driven.at).voices_offered
    assert not core.hall_view(shut.branch, {}, shut.driven.at).voices_offered


def test_the_first_answer_tells_whether_it_was_in_time() -> None:
    hall = Hall()
    voice = hall.enter()
    hall.answer(voice)
    hall.until("2026-11-30")
    hall.answer(voice)
    assert (hall.now(voice).answered_day, hall.now(voice).due_day) == (MONDAY, "2026-11-27")


def test_what_is_due_soon_and_overdue_is_told_and_an_answer_ends_it() -> None:
    hall = Hall(due_soon_days=1)
    voice = hall.enter()

    def told() -> tuple[int, int]:
        view = core.hall_view(hall.branch, {}, hall.driven.at)
        found = hall.seen("boss", "manager")
        assert (view.voices_overdue, view.voices_due_soon) == (found.overdue, found.due_soon)
        return found.overdue, found.due_soon

    assert told() == (0, 0)
    hall.until("2026-11-26")
    assert told() == (0, 1)
    hall.until("2026-11-27")
    assert told() == (0, 1), "on its last day it is still in time"
    hall.until("2026-11-30")
    assert told() == (1, 0)
    assert [one.voice_id for one in hall.seen("boss", "manager", shown="overdue").voices] == [voice.voice_id]
    hall.answer(voice)
    assert told() == (0, 0)


def test_those_due_first_come_first_and_what_is_over_last() -> None:
    hall = Hall()
    late, soon, over = hall.enter(kind_id="suggestion"), hall.enter(), hall.enter()
    hall.end(over, "withdrawn")
    shown = [one.voice_id for one in hall.seen("boss", "manager", shown="all").voices]
    assert shown == [soon.voice_id, late.voice_id, over.voice_id]


def test_words_are_kept_so_many_days_after_the_end_and_open_voices_for_ever() -> None:
    hall = Hall(kept_days=7)
    closed, waiting = hall.enter(), hall.enter()
    hall.answer(closed)
    hall.end(closed)
    hall.until("2026-11-30")
    assert set(hall.branch.voices) == {closed.voice_id, waiting.voice_id}, "seven days later it is still there"
    hall.until("2026-12-01")
    assert set(hall.branch.voices) == {waiting.voice_id}
    assert [one.voice_ids for one in hall.driven.events() if isinstance(one, ve.VoicesErased)] == [(closed.voice_id,)]
    assert hall.branch.voice_by_hash == {hall.now(waiting).code_hash: waiting.voice_id}


def test_a_new_day_knows_all_voices_again_and_so_does_a_replay() -> None:
    hall = Hall()
    for number in range(205):
        hall.enter(kind_id="suggestion" if number % 2 else "complaint")
    hall.until("2026-11-25")
    events = hall.driven.events()
    kept = [len(one.voices) for one in events if isinstance(one, ve.VoicesKept)]
    assert kept == [100, 100, 5]
    assert core.replay(events).voices == hall.branch.voices
    opened = max(index for index, one in enumerate(events) if type_of(type(one).__name__) == "day_opened")
    assert core.replay(events[opened:], hall.branch.configuration).voices == hall.branch.voices


@pytest.mark.parametrize("role", ["clerk", "usher", "manager", "inspector", "technician"])
def test_each_role_may_do_what_the_table_says_and_inspectors_change_nothing(role: str) -> None:
    may = {type_of(one.__name__) for one in COMMANDS_OF_STAFF_ROLE[role] if one.__module__ == vc.__name__}
    assert (
        may
        == {
            "clerk": {"fetch_voices", "find_voice", "answer_voice", "follow_voice"},
            "usher": {
                *("fetch_voices", "find_voice", "answer_voice", "follow_voice"),
                *("receive_voice", "find_voice_code"),
            },
            "manager": {
                *("fetch_voices", "find_voice", "answer_voice", "follow_voice", "receive_voice", "find_voice_code"),
                *("assign_voice", "end_voice"),
            },
            "inspector": {"fetch_voices", "find_voice"},
            "technician": set(),
        }[role]
    )


def test_a_code_is_of_its_voice_alone_and_a_wrong_one_has_no_voice() -> None:
    first, second = (voice_code(KEY, one * 32) for one in "ab")
    assert first != second
    assert voice_code(b"x" * 32, "a" * 32) != first
    typed = f" {first[:5].lower()}-{first[5:]} "
    assert voice_code_hash(KEY, typed) == voice_code_hash(KEY, first) != voice_code_hash(KEY, second)
    assert voice_code_hash(KEY, "nonsense") == voice_code_hash(KEY, ""), "whatever is no code has one hash"


def test_events_of_voices_come_back_from_their_bytes() -> None:
    hall = Hall()
    hall.enter(prefix="", counter_id="counter-1", contact="x")
    for event in hall.driven.events():
        assert codec.decode_event(codec.encode(event)) == event
