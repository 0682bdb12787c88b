"""A terminal's link against a far end over real sockets: retries, views, silence, refusal, keys."""

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from protocol.commands import FetchCatalogue, Introduce
from protocol.keys import BadPairing, LinkSettings, NotPaired, PairingString, UnusableKey, make_keys
from protocol.link import GONE_AFTER_S, Link, NoAnswer, load_or_make_keys, new_id, open_link
from protocol.views import AnyReply, DevicesView, Done, Envelope, Refused
from tests.support.far_end import FarEnd

PATIENCE_S = 10.0
VIEW = DevicesView(lines=())


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with FarEnd() as far_end:
        yield far_end


class Heard:
    """What a link told its program."""

    def __init__(self) -> None:
        self.views: queue.Queue[tuple[str, Envelope]] = queue.Queue()
        self.states: queue.Queue[str] = queue.Queue()

    def link(self, far_end: FarEnd, *topics: str) -> Link:
        return Link(
            far_end.settings,
            make_keys(),
            topics=topics,
            on_view=lambda topic, envelope: self.views.put((topic, envelope)),
            on_state=self.states.put,
        )

    def wait_for_state(self, wanted: str, beat: Callable[[], None] = lambda: None) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            beat()
            try:
                state = self.states.get(timeout=0.1)
            except queue.Empty:
                continue
            if state == wanted:
                return
        pytest.fail(f"the link did not become {wanted}")


def test_a_lost_answer_is_asked_for_again_under_the_same_id(far_end: FarEnd) -> None:
    replies: queue.Queue[AnyReply | None] = queue.Queue()
    with Heard().link(far_end) as link:
        asked = link.ask(Introduce(), replies.put)
        tries = [far_end.next_request() for _ in range(3)]
        assert {request_id for _, request_id, _ in tries} == {asked}
        far_end.reply(tries[2][0], asked, Done())
        far_end.reply(tries[2][0], asked, Done())
        assert replies.get(timeout=PATIENCE_S) == Done()
        assert link.ask(Introduce(), replies.put) != asked
        assert replies.empty(), "the second answer to one request is dropped"


def test_two_who_ask_the_same_under_one_id_are_both_answered(far_end: FarEnd) -> None:
    """A page that sends a press again while its first try still waits: two threads, one id."""
    first: queue.Queue[AnyReply | None] = queue.Queue()
    second: queue.Queue[AnyReply | None] = queue.Queue()
    other: queue.Queue[AnyReply | None] = queue.Queue()
    with Heard().link(far_end) as link:
        asked = link.ask(Introduce(), first.put)
        link.ask(Introduce(), second.put, request_id=asked)
        link.ask(FetchCatalogue(catalogue_hash="", page=1), other.put, request_id=asked)
        assert other.get(timeout=PATIENCE_S) == Refused(code="id_reused"), "another question, though of the same id"
        who, request_id, _ = far_end.next_request()
        far_end.reply(who, request_id, Done())
        assert [first.get(timeout=PATIENCE_S), second.get(timeout=PATIENCE_S)] == [Done(), Done()]


def test_of_two_who_ask_under_one_id_each_waits_as_long_as_it_wants(far_end: FarEnd) -> None:
    impatient: queue.Queue[AnyReply | None] = queue.Queue()
    patient: queue.Queue[AnyReply | None] = queue.Queue()
    with Heard().link(far_end) as link:
        asked = link.ask(Introduce(), patient.put)
        link.ask(Introduce(), impatient.put, request_id=asked, deadline_s=0.2)
        assert impatient.get(timeout=PATIENCE_S) is None
        who, request_id, _ = far_end.next_request()
        far_end.reply(who, request_id, Done())
        assert patient.get(timeout=PATIENCE_S) == Done()


def test_a_question_outlives_a_restart_of_the_server(far_end: FarEnd) -> None:
    replies: queue.Queue[AnyReply | None] = queue.Queue()
    with Heard().link(far_end) as link:
        asked = link.ask(Introduce(), replies.put)
        far_end.next_request()
        far_end.shut()
        far_end.open()
        who, request_id, _ = far_end.next_request()
        far_end.reply(who, request_id, Done())
        assert (request_id, replies.get(timeout=PATIENCE_S)) == (asked, Done())


def test_a_link_says_now_and_then_that_it_is_there(far_end: FarEnd) -> None:
    with Heard().link(far_end):
        assert far_end.next_sign_of_life() == far_end.next_sign_of_life()


def test_no_answer_is_an_unknown_outcome_not_a_refusal(far_end: FarEnd) -> None:
    with Heard().link(far_end) as link, pytest.raises(NoAnswer, match="unknown"):
        link.ask_and_wait(Introduce(), deadline_s=0.3)


def test_a_busy_server_is_asked_again_and_its_refusal_told_only_at_the_deadline(far_end: FarEnd) -> None:
    replies: queue.Queue[AnyReply | None] = queue.Queue()
    busy = Refused(code="busy")
    with Heard().link(far_end) as link:
        link.ask(Introduce(), replies.put, deadline_s=1.5)
        for _ in range(2):
            who, request_id, _ = far_end.next_request()
            far_end.reply(who, request_id, busy)
        assert replies.get(timeout=PATIENCE_S) == busy


def test_what_is_unanswered_when_the_link_closes_is_told_so(far_end: FarEnd) -> None:
    replies: queue.Queue[AnyReply | None] = queue.Queue()
    with Heard().link(far_end) as link:
        link.ask(Introduce(), replies.put)
    assert replies.get(timeout=PATIENCE_S) is None


def test_each_new_view_is_told_once_and_the_last_stays_at_hand(far_end: FarEnd) -> None:
    heard = Heard()
    with heard.link(far_end, "counter/1") as link:
        heard.wait_for_state("up", lambda: far_end.publish("counter/1", VIEW))
        far_end.publish("counter/10", VIEW, sequence=8)
        far_end.publish("counter/1", VIEW, sequence=2)
        seen = [heard.views.get(timeout=PATIENCE_S) for _ in range(2)]
        assert [(topic, envelope.sequence) for topic, envelope in seen] == [("counter/1", 1), ("counter/1", 2)]
        last = link.last_view("counter/1")
        assert last is not None
        assert last.sequence == 2
        assert abs((link.hall_now() - last.at).total_seconds()) < 2.0


def test_three_missed_heartbeats_are_gone_within_three_seconds_and_the_next_is_back(far_end: FarEnd) -> None:
    heard = Heard()
    with heard.link(far_end, "devices") as link:
        heard.wait_for_state("up", lambda: far_end.publish("devices", VIEW))
        silent_since = time.monotonic()
        heard.wait_for_state("gone")
        assert GONE_AFTER_S - 0.3 < time.monotonic() - silent_since < 3.1
        before = link.hall_now()
        assert link.hall_now() >= before, "hall time goes on while the server is gone"
        heard.wait_for_state("up", lambda: far_end.publish("devices", VIEW))


def test_a_view_that_was_overtaken_is_dropped_but_a_restored_branch_is_believed(far_end: FarEnd) -> None:
    heard = Heard()
    with heard.link(far_end, "devices") as link:
        heard.wait_for_state("up", lambda: far_end.publish("devices", VIEW, epoch=5, sequence=9))
        far_end.publish("devices", VIEW, epoch=5, sequence=8)
        far_end.publish("devices", VIEW, epoch=5, sequence=10)
        assert [heard.views.get(timeout=PATIENCE_S)[1].sequence for _ in range(2)] == [9, 10]
        heard.wait_for_state("gone", lambda: far_end.publish("devices", VIEW, epoch=4, sequence=1))
        heard.wait_for_state("up", lambda: far_end.publish("devices", VIEW, epoch=4, sequence=1))
        last = link.last_view("devices")
        assert last is not None
        assert last.epoch == 4


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_callback_that_fails_leaves_nothing_that_passes_for_live(far_end: FarEnd) -> None:
    states: queue.Queue[str] = queue.Queue()

    def fail(_topic: str, _envelope: Envelope) -> None:
        raise AssertionError("planted")

    link = Link(far_end.settings, make_keys(), topics=("devices",), on_view=fail, on_state=states.put)
    with link:
        deadline = time.monotonic() + PATIENCE_S
        while link.state != "gone" and time.monotonic() < deadline:
            far_end.publish("devices", VIEW)
            far_end.asked(20)
    assert states.get(timeout=PATIENCE_S) == "gone"


def test_a_refused_key_says_so_and_works_once_it_is_let_in(far_end: FarEnd) -> None:
    heard = Heard()
    far_end.allowed = set()
    with heard.link(far_end) as link:
        heard.wait_for_state("refused")
        far_end.allowed = None
        heard.wait_for_state("up")
        replies: queue.Queue[AnyReply | None] = queue.Queue()
        link.ask(Introduce(), replies.put)
        who, request_id, _ = far_end.next_request()
        far_end.reply(who, request_id, Done())
        assert replies.get(timeout=PATIENCE_S) == Done()


def test_a_key_file_is_made_once_private_and_refused_when_others_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "kiosk" / "device.key"
    keys = load_or_make_keys(path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert load_or_make_keys(path) == keys
    path.chmod(0o640)
    with pytest.raises(UnusableKey, match="read by others"):
        load_or_make_keys(path)
    path.chmod(0o600)
    path.write_text('{"public": "' + "a" * 40 + '", "secret": "' + keys.secret + '"}')
    with pytest.raises(UnusableKey, match="do not belong together"):
        load_or_make_keys(path)


def test_settings_are_kept_in_the_devices_folder(tmp_path: Path, far_end: FarEnd) -> None:
    with pytest.raises(NotPaired, match="motcua pair"):
        open_link(tmp_path)
    far_end.settings.save(tmp_path)
    assert LinkSettings.load(tmp_path) == far_end.settings


def test_a_pairing_string_survives_its_way_through_a_qr_code() -> None:
    asked = PairingString("192.168.7.2", 7500, 7501, 7502, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "AB23CDEF")
    assert PairingString.parse(str(asked)) == asked
    for wrong in ("http://host:1/", "motcua://host/KEY", str(asked).replace("&code=AB23CDEF", "")):
        with pytest.raises(BadPairing):
            PairingString.parse(wrong)


def test_ids_are_version_7_and_rise_with_time() -> None:
    ids = [new_id() for _ in range(100)]
    assert len(set(ids)) == 100
    assert {one[12] for one in ids} == {"7"}
    assert {one[16] for one in ids} <= set("89ab")
    assert sorted(one[:11] for one in ids) == [one[:11] for one in ids]
