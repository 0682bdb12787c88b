"""What a device may tell has words in both languages: no technician reads a code, and no program stops at one."""

from typing import get_args

import pytest

from display.voice import VoiceState
from hardware.bus import schedule
from hardware.keypad import KeypadAction
from hardware.printer import JobState, Reason, Trouble
from motcua.workbench.checks import OPTIONAL, QUESTIONS, Check, Kind, Seen, Step
from motcua.workbench.commissioning import meaning_text
from motcua.workbench.key_walk import KeyWalk
from motcua.workbench.words import code_of, seen_text, world_text
from protocol.commands import DeviceState
from tests.support.texts import shipped_texts

SHIPPED = shipped_texts()
LANGUAGES = ("vi", "en")
OF_A_STATUS = ("storage",)  # PrinterStatus.trouble, besides a Trouble or a Reason.
OF_THE_DOOR = ("mute", "printer_unheard", "unheard", "paper_low")
PRINTER = {str(one) for one in (*Trouble, *Reason)} - {""} | {*OF_A_STATUS, *OF_THE_DOOR}
LINK_REASONS = {Reason.UNREACHABLE, Reason.IN_USE, Reason.STALLED}  # What a printer's health may carry of a job's.
WIRE = {*get_args(schedule.SlaveState), *get_args(schedule.Reason), "open", "away", "babbling"} - {""}
ASKED = {one for questions in QUESTIONS.values() for one in questions}
VOICE = {f"voice_{state}" for state in get_args(VoiceState) if state not in {"starting", "ok"}}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("workbench.printer", PRINTER),
        ("workbench.job", {str(state) for state in JobState}),
        ("workbench.wire", WIRE),
        ("workbench.display", {"shown", "refused", "sent", "gone"}),
        ("workbench.meaning", {str(action) for action in KeypadAction}),
        ("device_state", set(get_args(DeviceState))),
        ("devices.reason", {str(one) for one in (*Trouble, *LINK_REASONS, *OF_A_STATUS)} | VOICE),
        ("devices.reason", {"mute", "printer_unheard", "printer_silent", "paper_low", "no_answer", "garbled"}),
        ("commissioning.kind", set(get_args(Kind))),
        ("commissioning.question", (set(get_args(Kind)) - set(QUESTIONS)) | ASKED),
        ("commissioning.step", ASKED | OPTIONAL),
    ],
)  # fmt: skip
def test_each_state_has_words(language: str, table: str, codes: set[str]) -> None:
    assert codes
    assert not sorted(code for code in codes if not SHIPPED.has(f"{table}.{code}", language))


def test_a_port_that_another_program_holds_is_named_with_its_mend() -> None:
    assert world_text(SHIPPED.words("vi"), "job.held", "in_use").startswith(
        "đang giữ lại: chương trình khác đang giữ cổng"
    )
    assert "end that program" in world_text(SHIPPED.words("en"), "job.held", "in_use")
    assert code_of("in_use") == "printer.in_use"


def test_a_walk_of_keys_forgives_two_presses_and_no_missing_key() -> None:
    walk = KeyWalk("12N")
    assert [walk.press(key) for key in ("N", "1", "1", "KEY_F1")] == ["new", "new", "again", "unknown"]
    assert walk.missing == "2"
    failed = walk.step()
    assert (failed.verdict, [seen.key for seen in failed.seen]) == (
        "failed", ["keys_came", "keys_again", "keys_unknown", "keys_missing"],
    )  # fmt: skip
    left_out = walk.step("no key 2 on it")
    assert (left_out.verdict, left_out.seen[-1].key, left_out.note) == ("passed", "keys_left_out", "no key 2 on it")
    assert walk.press("2") == "new"
    assert (walk.step().verdict, walk.missing) == ("passed", "")
    assert walk.step(trouble=(Seen(key="reason", parts={"reason_code": "wire.silent"}),)).verdict == "failed"


def test_a_keypad_of_which_no_key_came_does_not_pass_whatever_the_reason() -> None:
    assert KeyWalk("123").step("it has none").verdict == "failed"


def test_what_was_measured_is_said_in_the_hours_of_the_hall() -> None:
    parts = {"gone_at": "2026-11-22T02:05:09+00:00", "back_at": "2026-11-22T02:05:17+00:00"}
    assert seen_text(SHIPPED.words("vi"), Seen(key="replugged", parts=parts), 25_200) == (
        "Rút 09:05:09, có lại 09:05:17 (8 giây)"
    )
    printed = Seen(key="printed", parts={"state_code": "job.confirmed", "seconds": "1.4"})
    assert seen_text(SHIPPED.words("vi"), printed, 0) == "Phiếu in thử: đã in xong, 1,4 giây"


def test_a_key_says_what_it_means() -> None:
    words = SHIPPED.words("vi")
    assert [meaning_text(words, meaning) for meaning in ("next", "level 3", "")] == ["gọi số tiếp theo", "mức 3", ""]


def test_another_table_of_keys_is_another_keypad_to_be_tried() -> None:
    one = Check(check_id="k", kind="call_keypad", address="evdev:///dev/input/by-id/x-event-kbd")
    other = Check(check_id="k", kind="call_keypad", address=one.address, usb_keys={"KEY_F1": "N"})
    assert one.device != other.device
    assert Step(name="keys", verdict="passed").seen == ()
