"""The nine rules of printing, one by one; ``docs/devices/printers.md`` lists them.

What takes a real wire to show stands in ``test_printer.py`` and ``test_links.py``; here each rule is held by itself,
most of them on a clock of our own.
"""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware import registry
from hardware.links import CHUNK_BYTES, Link, LinkBusy, loopback, open_serial
from hardware.printer import JobState, PrinterOwner, Profile, profile_named
from hardware.printer.dialogue import Dialogue
from hardware.printer.jobs import Job, JobTable
from hardware.printer.notes import CloseLink, Effect, Note, PutBack
from hardware.printer.proof import PAPER_ANSWERS
from tests.devices.test_links import Pty
from tests.support.devices import Heard

EPSON, CLONE, MUTE = profile_named("tm_t82"), profile_named("xprinter_80"), profile_named("mute_80mm")
WELL, OUT_OF_PAPER, COVER_OPEN = "10 00 00 00", "18 00 0c 00", "38 00 00 00"
JAMMED, HOT = "18 08 00 00", "18 40 00 00"
BODY = b"\x1dv0\x00\x48\x00\x32\x00" + b"\x55" * (72 * 50)


def _job(serial: int = 1, body: bytes = BODY) -> Job:
    return Job(f"job-{serial}", f"visit-{serial}", 0, serial, body, datetime(2026, 11, 23, tzinfo=UTC))


class Talk:
    """A dialogue whose far end is the test: what it says, and what it makes of what it hears."""

    def __init__(self, profile: Profile) -> None:
        self.dialogue = Dialogue(profile)
        self.now_s = 0.0
        self.said = b""
        self.news: list[Effect] = []
        self.news += self.dialogue.opened(self.now_s)

    def drain(self) -> bytes:
        """Let everything that it wants to say go; gives what was said now."""
        before = len(self.said)
        while piece := self.dialogue.to_write():
            self.said += piece
            self.news += self.dialogue.wrote(len(piece), self.now_s)
        return self.said[before:]

    def hear(self, data: str) -> bytes:
        self.news += self.dialogue.received(bytes.fromhex(data), self.now_s)
        return self.drain()

    def later(self, seconds: float) -> bytes:
        """Time passes, deadline by deadline."""
        end_s = self.now_s + seconds
        while (due_s := self.dialogue.deadline_s()) <= end_s:
            self.now_s = max(self.now_s, due_s)
            if self.dialogue.wants_port_status(self.now_s):
                self.news += self.dialogue.port_told(None, self.now_s)  # No such lines.
            self.news += self.dialogue.tick(self.now_s)
            self.drain()
        self.now_s = end_s
        return b""

    def submit(self, job: Job) -> None:
        self.news += self.dialogue.submitted(job, self.now_s, self.now_s + 600.0)
        self.drain()

    def look(self, fourth: str = "12") -> bytes:
        """Answer DLE EOT 1 to 4."""
        said = b""
        for answer in ("12", "12", "12", fourth):
            said = self.hear(answer)
        return said

    def states(self) -> list[str]:
        notes = [one for one in self.news if isinstance(one, Note)]
        return [f"{note.state}:{note.reason}" if note.reason else str(note.state) for note in notes]


def _sent(profile: Profile) -> Talk:
    """A ticket has been handed over and waits for its confirmation."""
    talk = Talk(profile)
    talk.submit(_job())
    talk.look()
    assert talk.states()[-1] == "sent"
    return talk


def test_rule_1_one_thread_owns_the_link_and_each_step_is_on_disk_before_it_is_told(tmp_path: Path) -> None:
    near, far = loopback()
    threads: set[str] = set()
    told: list[tuple[str, str]] = []
    heard = Heard()

    def opening() -> Link:
        threads.add(threading.current_thread().name)
        return near

    def outcome(news: object) -> None:
        threads.add(threading.current_thread().name)
        told.append((getattr(news, "state", ""), owner.attempts("job-1")[0].state))
        heard(news)

    owner = PrinterOwner(opening, MUTE, tmp_path / "lone" / "jobs.db", outcome)
    try:
        for _ in range(2):
            owner.submit("job-1", "visit-1", BODY)
        heard.settled("job-1")
    finally:
        owner.close(finish_s=1)
        far.close()
    assert threads == {"printer lone"}
    assert told
    assert all(said == kept for said, kept in told)
    assert len(owner_states(told)) == 3


def owner_states(told: list[tuple[str, str]]) -> list[str]:
    return [said for said, _ in told]


def test_rule_2_a_port_is_locked_and_written_in_pieces() -> None:
    pty = Pty()
    link = open_serial(pty.path)
    with pytest.raises(LinkBusy):
        open_serial(pty.path)
    assert link.write_some(bytes(100_000)) <= CHUNK_BYTES
    link.close()
    pty.close()
    talk = Talk(EPSON)
    talk.submit(_job(body=bytes(50_000)))
    assert len(talk.dialogue.to_write()) <= CHUNK_BYTES


def test_rule_2_a_link_is_opened_again_later_and_later() -> None:
    dialogue = Dialogue(EPSON)
    waits = []
    now_s = 0.0
    for _ in range(8):
        assert dialogue.wants_open(now_s)
        dialogue.open_failed(now_s, 0.0)
        assert not dialogue.wants_open(now_s)
        waits.append(dialogue.deadline_s() - now_s)
        now_s = dialogue.deadline_s()
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_rule_2_a_link_may_be_given_back_after_each_ticket_and_taken_again() -> None:
    talk = Talk(replace(EPSON, link="per_job"))
    talk.look()
    assert isinstance(talk.news[-1], CloseLink), "nothing is to do"
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    assert talk.dialogue.resting
    assert talk.dialogue.condition.known, "it was well when it was left"
    assert not talk.dialogue.wants_open(talk.now_s + 29.0)
    assert talk.dialogue.wants_open(talk.now_s + 30.0), "its paper is looked at now and then"
    talk.submit(_job())
    assert talk.dialogue.wants_open(talk.now_s), "a ticket waits for nobody"
    talk.news += talk.dialogue.opened(talk.now_s)
    talk.drain()
    talk.look()
    talk.hear("37 22 20 20 20 21 00")
    assert talk.states()[-1] == "confirmed"
    assert isinstance(talk.news[-1], CloseLink)


@pytest.mark.parametrize("profile", [EPSON, CLONE], ids=lambda profile: profile.name)
def test_rule_3_the_printer_is_asked_before_each_ticket(profile: Profile) -> None:
    talk = Talk(profile)
    talk.submit(_job())
    assert talk.said.endswith(b"\x10\x04\x01")
    for number in (2, 3, 4):
        assert talk.hear("12") == bytes((0x10, 0x04, number))
    assert b"\x1dv0" not in talk.said
    assert talk.hear("12").startswith(b"\x1b@")


def test_rule_3_silence_is_not_well() -> None:
    talk = Talk(EPSON)
    talk.submit(_job())
    talk.later(EPSON.reply_s)
    assert talk.states() == ["held:silent"]
    assert not talk.dialogue.condition.known
    assert b"\x1dv0" not in talk.said


@pytest.mark.parametrize("heard", range(4))
def test_rule_3_a_ticket_that_comes_between_the_answers_is_told_the_reason_and_not_its_symptom(heard: int) -> None:
    talk = Talk(CLONE)
    talk.drain()
    answers = ("1a", "32", "12", "72")  # Off line; the end of paper has stopped it; no error; no paper.
    for answer in answers[:heard]:
        talk.hear(answer)
    talk.submit(_job())
    for answer in answers[heard:]:
        talk.hear(answer)
    assert talk.states() == ["held:paper_out"]


@pytest.mark.parametrize(
    ("profile", "opening", "fence"),
    [
        (EPSON, "1b 40 1d 61 0e", "1d 28 48 06 00 30 30 20 20 20 21"),
        (CLONE, "1b 40 1d 61 0e", "1d 72 01 1d 72 01"),
        (profile_named("generic_80mm"), "1b 40", "1d 72 01 1d 72 01"),
        (MUTE, "1b 40", ""),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_rule_4_reset_status_body_cut_fence_in_this_order(profile: Profile, opening: str, fence: str) -> None:
    talk = Talk(profile)
    talk.submit(_job())
    if profile.status != "none":
        talk.look()
    ticket = talk.said[talk.said.index(b"\x1b@") :]
    assert ticket == bytes.fromhex(opening) + BODY + bytes.fromhex("1b 64 04 1d 56 01") + bytes.fromhex(fence)


@pytest.mark.parametrize("trouble", [OUT_OF_PAPER, COVER_OPEN])
def test_rule_5_what_the_printer_holds_is_never_sent_again(trouble: str) -> None:
    talk = _sent(EPSON)
    sent = len(talk.said)
    talk.hear(trouble)
    assert talk.states()[-1].startswith("held:")
    talk.later(60.0)
    talk.hear(WELL)
    assert b"\x1dv0" not in talk.said[sent:]
    talk.hear("37 22 20 20 20 21 00")
    assert talk.states()[-1] == "confirmed"


@pytest.mark.parametrize(("clear", "said"), [("enq", "10 05 02"), ("dc4", "10 14 08 01 03 14 01 06 02 08")])
def test_rule_5_a_ticket_whose_citizen_leaves_is_cleared_and_void_only_when_that_was_heard(
    clear: str, said: str
) -> None:
    talk = _sent(replace(EPSON, clear=clear))  # type: ignore[arg-type] # One of its two words.
    talk.hear(OUT_OF_PAPER)
    talk.news += talk.dialogue.withdrawn("job-1", talk.now_s)
    assert talk.drain() == bytes.fromhex(said) + b"\x10\x04\x01"
    assert "void" not in " ".join(talk.states())
    talk.hear("1a")
    assert talk.states()[-1] == "void:withdrawn"


@pytest.mark.parametrize("gone_first", [True, False], ids=["leaves, then paper out", "paper out, then leaves"])
def test_rule_5_half_a_ticket_whose_citizen_leaves_is_fed_no_more(*, gone_first: bool) -> None:
    talk = _sending(EPSON)
    sent = len(talk.said)
    for step in (False, True) if gone_first else (True, False):
        if step:
            talk.news += talk.dialogue.received(bytes.fromhex(OUT_OF_PAPER), talk.now_s)
        else:
            talk.news += talk.dialogue.withdrawn("job-1", talk.now_s)
    assert talk.states()[-1] == "uncertain:withdrawn"
    assert isinstance(talk.news[-1], CloseLink)
    assert talk.drain() == b"", "the rest would come out after the refill"
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    talk.news += talk.dialogue.opened(talk.now_s)
    assert talk.drain().startswith(bytes(1000)), "white ends the half ticket"
    assert talk.dialogue.jobs_waiting == 0
    assert BODY[-72:] not in talk.said[sent:]


def test_rule_5_of_which_no_byte_has_left_is_void_when_its_citizen_leaves_and_the_link_breaks() -> None:
    talk = Talk(EPSON)
    talk.submit(_job())
    for answer in ("12", "12", "12"):
        talk.hear(answer)
    talk.news += talk.dialogue.received(b"\x12", talk.now_s)
    talk.news += talk.dialogue.withdrawn("job-1", talk.now_s)
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    assert talk.states()[-1] == "void:withdrawn"
    assert talk.dialogue.jobs_waiting == 0


@pytest.mark.parametrize("within", [True, False], ids=["within the ticket", "after its last byte"])
def test_rule_6_a_link_that_breaks_under_a_ticket_leaves_it_uncertain_and_sends_nothing_again(*, within: bool) -> None:
    talk = Talk(EPSON)
    talk.submit(_job())
    for answer in ("12", "12", "12"):
        talk.hear(answer)
    talk.news += talk.dialogue.received(b"\x12", talk.now_s)
    talk.news += talk.dialogue.wrote(len(talk.dialogue.to_write()), talk.now_s)
    if not within:
        talk.drain()
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    assert talk.states()[-1] == "uncertain:link_gone"
    assert talk.dialogue.jobs_waiting == 0


def test_rule_6_of_which_no_byte_has_left_waits_again() -> None:
    talk = Talk(EPSON)
    talk.submit(_job())
    for answer in ("12", "12", "12"):
        talk.hear(answer)
    talk.news += talk.dialogue.received(b"\x12", talk.now_s)
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    assert isinstance(talk.news[-1], PutBack)
    assert talk.dialogue.jobs_waiting == 1


def test_rule_7_near_end_prints_on() -> None:
    talk = Talk(EPSON)
    talk.submit(_job())
    talk.look(fourth="1e")
    assert talk.dialogue.condition.near_end
    assert talk.states()[-1] == "sent"


def test_rule_8_a_jam_waits_for_the_word_and_a_hot_head_only_for_time() -> None:
    jam, hot = _sent(EPSON), _sent(EPSON)
    jam.hear(JAMMED)
    assert jam.states()[-1] == "held:cutter"
    jam.later(30.0)
    assert b"\x10\x05\x01" not in jam.said, "nobody has said that hands are out of the blade"
    jam.news += jam.dialogue.mended(jam.now_s)
    assert jam.drain().startswith(b"\x10\x05\x01")
    hot.hear(HOT)
    assert hot.states()[-1] == "held:overheated"
    hot.hear(WELL)
    hot.hear("37 22 20 20 20 21 00")
    assert hot.states()[-1] == "confirmed"
    assert b"\x10\x05" not in hot.said


def test_rule_9_a_serial_printer_is_asked_between_rows_and_one_answer_too_few_proves_nothing() -> None:
    profile = replace(CLONE.on_wire(1152.0), stall_s=60.0)
    for missing in (0, 1):
        talk = Talk(profile)
        talk.submit(_job())
        said = talk.look()
        asked = said.count(b"\x10\x04\x01")
        assert asked > 10
        for _ in range(asked - missing):
            talk.hear("12")
        talk.hear("00 00")
        assert talk.states()[-1] == ("uncertain:interrupted" if missing else "confirmed")


@pytest.mark.parametrize("name", ["generic_80mm", "xprinter_80"])
@pytest.mark.parametrize(("first", "state"), [("1a", "confirmed"), ("12", "uncertain:interrupted")])
def test_rule_9_a_silence_that_no_trouble_explains_may_have_been_a_loss_of_power(
    name: str, first: str, state: str
) -> None:
    profile = replace(profile_named(name).on_wire(1152.0), stall_s=60.0)
    talk = Talk(profile)
    talk.submit(_job())
    asked = talk.look().count(b"\x10\x04\x01")
    talk.hear(first)  # Off line, or well; and then nothing, as if its buffer were full.
    talk.later(profile.printing_s(len(BODY)) + 1.5 * profile.reply_s)
    assert talk.states()[-1] == ("held:off_line" if first == "1a" else "held:silent")
    for _ in range(asked - 1):
        talk.hear("12")
    talk.hear("00 00")
    for _ in range(8):  # It answers what it is asked, and is well.
        talk.hear("12")
        talk.later(0.3)
    assert talk.states()[-1] == state


@pytest.mark.parametrize("noise", ["00", "80", "00 05", "ff 00 00", "00 80 00", "05 00"])
def test_a_fence_without_a_name_is_believed_only_twice_well_formed_and_on_a_clean_wire(noise: str) -> None:
    talk = _sent(CLONE)
    talk.hear(noise)
    assert "confirmed" not in talk.states()
    talk = _sent(CLONE)
    talk.hear("03 03")
    assert talk.states()[-1] == "confirmed"
    assert frozenset((0, 3, 12, 15)) == PAPER_ANSWERS


def test_late_answers_to_an_earlier_fence_do_not_confirm_the_next_ticket() -> None:
    talk = _sent(CLONE)
    talk.later(0.1)
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    talk.now_s = talk.dialogue.deadline_s()
    talk.submit(_job(2))
    talk.news += talk.dialogue.opened(talk.now_s)
    talk.drain()
    said = talk.look()
    assert said.endswith(b"\x1dr\x01"), "the printer is asked to say when it has worked off the old ticket"
    assert b"\x1dv0" not in said
    talk.hear("00 00 00")
    talk.later(0.5)
    assert JobState.SENDING not in [note.state for note in talk.news[-1:] if isinstance(note, Note)]
    talk.now_s += CLONE.reply_s
    talk.news += talk.dialogue.tick(talk.now_s)
    talk.drain()
    talk.look()
    assert talk.states()[-1] == "sent"
    talk.hear("00")
    assert talk.states()[-1] == "sent"
    talk.hear("00")
    assert talk.states()[-1] == "confirmed"


def test_a_mute_printer_is_not_sent_to_while_its_port_tells_of_a_trouble() -> None:
    talk = Talk(MUTE)
    assert talk.dialogue.wants_port_status(talk.now_s)
    talk.news += talk.dialogue.port_told(0x30, talk.now_s)
    talk.submit(_job())
    assert talk.states() == ["held:paper_out"]
    assert talk.said == b""
    talk.news += talk.dialogue.port_told(0x18, talk.now_s)
    talk.drain()
    assert talk.states()[-1] == "sent:unconfirmed"
    assert not talk.dialogue.condition.known, "well is what such a port always says"


def test_registered_links_are_the_ones_of_the_documents() -> None:
    for address in ("serial:///dev/serial/by-id/x", "tcp://10.0.0.9:9100", "file:///dev/usb/lp0", "usb://04b8:0e28"):
        assert registry.find(address).address == address


def test_a_ticket_taken_back_from_a_printer_that_was_silent_meanwhile_may_be_out_already() -> None:
    talk = _sent(EPSON)
    talk.hear(OUT_OF_PAPER)
    talk.later(2.5)  # It was asked once, in vain.
    talk.news += talk.dialogue.withdrawn("job-1", talk.now_s)
    talk.drain()
    talk.hear("1a")
    assert talk.states()[-1] == "uncertain:withdrawn"


def test_a_named_answer_that_comes_while_the_ticket_is_still_sent_proves_nothing() -> None:
    talk = _sending(EPSON)
    talk.hear("37 22 20 20 20 21 00")  # Another program named its ticket so.
    assert talk.states()[-1] == "sent"
    talk.hear("37 22 20 20 20 21 00")
    assert talk.states()[-1] == "confirmed"


def test_two_tables_name_their_first_tickets_differently(tmp_path: Path) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    serials = set()
    for name in ("kiosk", "bench"):
        table = JobTable(tmp_path / name / "jobs.db", now)
        job = table.add("job-1", "visit-1", BODY, attempt=0, now=now, replied_at=None)
        assert job is not None
        serials.add(job.serial)
        table.close()
    assert len(serials) == 2


def test_an_answer_that_comes_while_the_ticket_is_still_sent_proves_nothing() -> None:
    talk = Talk(CLONE)
    talk.submit(_job())
    for answer in ("12", "12", "12"):
        talk.hear(answer)
    talk.news += talk.dialogue.received(b"\x12", talk.now_s)
    talk.news += talk.dialogue.received(b"\x00", talk.now_s)
    talk.drain()
    talk.hear("00 00")
    assert talk.states()[-1] == "uncertain:interrupted"


def test_a_mend_while_the_link_is_away_is_told_when_it_is_back() -> None:
    talk = Talk(EPSON)
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    talk.news += talk.dialogue.mended(talk.now_s)
    talk.news += talk.dialogue.opened(talk.now_s)
    assert talk.drain().startswith(b"\x10\x05\x01")


def _sending(profile: Profile) -> Talk:
    """A ticket of which some bytes have left."""
    talk = Talk(profile)
    talk.submit(_job())
    for answer in ("12", "12", "12"):
        talk.hear(answer)
    talk.news += talk.dialogue.received(b"\x12", talk.now_s)
    talk.news += talk.dialogue.wrote(100, talk.now_s)
    assert talk.states()[-1] == "sending"
    return talk


@pytest.mark.parametrize("profile", [EPSON, CLONE], ids=["named fence", "GS r"])
def test_a_mend_within_a_raster_is_told_right_behind_the_ticket(profile: Profile) -> None:
    talk = _sending(profile)
    talk.news += talk.dialogue.mended(talk.now_s)
    rest = talk.drain()
    assert talk.states()[-1] == "sent"
    assert BODY[-72:] in rest
    assert b"\x10\x05\x01" not in rest.rpartition(BODY[-72:])[0], "it would be dots"
    assert rest.endswith(b"\x10\x05\x01")
    assert rest.count(b"\x10\x05\x01") == 1


def test_a_mend_within_a_raster_that_breaks_off_is_told_when_the_link_is_back() -> None:
    talk = _sending(EPSON)
    talk.news += talk.dialogue.mended(talk.now_s)
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    talk.news += talk.dialogue.opened(talk.now_s)
    assert talk.drain().startswith(bytes(8) + b"\x10\x05\x01")


def test_a_mend_that_was_said_to_a_link_that_broke_is_said_again() -> None:
    talk = Talk(EPSON)
    talk.news += talk.dialogue.mended(talk.now_s)
    assert b"\x10\x05\x01" in talk.dialogue.to_write()
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    talk.news += talk.dialogue.opened(talk.now_s)
    assert talk.drain().startswith(b"\x10\x05\x01")
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    talk.news += talk.dialogue.opened(talk.now_s)
    assert b"\x10\x05\x01" not in talk.drain(), "once it has left it is not said again"


def test_after_a_torn_ticket_zeros_end_the_torn_head_before_the_mend_is_told() -> None:
    talk = Talk(EPSON)
    talk.submit(_job())
    for answer in ("12", "12", "12", "12"):
        talk.hear(answer)
    talk.drain()
    talk.news += talk.dialogue.gone(talk.now_s, 0.0)
    talk.news += talk.dialogue.mended(talk.now_s)
    talk.news += talk.dialogue.opened(talk.now_s)
    assert talk.drain().startswith(bytes(8) + b"\x10\x05\x01" + bytes(72))


def test_a_slow_printer_that_takes_some_bytes_now_and_then_has_not_stalled() -> None:
    talk = Talk(EPSON)
    talk.submit(_job())
    for answer in ("12", "12", "12"):
        talk.hear(answer)
    talk.news += talk.dialogue.received(b"\x12", talk.now_s)
    for _ in range(5):
        talk.now_s += EPSON.stall_s * 0.8
        talk.news += talk.dialogue.tick(talk.now_s)
        talk.news += talk.dialogue.wrote(100, talk.now_s)
    assert "held:stalled" not in talk.states()
