"""What a stranger, a thief, a revoked device and a flood get from a real server."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from protocol.codec import BODY_LIMIT_BYTES, decode_reply, encode
from protocol.commands import Introduce, Pair, RevokeDevice, TakeTicket
from protocol.keys import PairingString, make_keys
from protocol.link import Link, LinkSettings, PairingRefused, new_id, pair
from protocol.views import Done, Introduction, Refused, TicketTaken
from tests.support.raw import hears, keys_of, peer
from tests.support.served_branch import ServedBranch, function, until

KIOSK = function("kiosk", "kiosk-1")


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBranch]:
    with ServedBranch(tmp_path_factory.mktemp("security"), options=["--requests-per-second", "50"]) as branch:
        branch.pair("kiosk-hall", KIOSK)
        branch.pair("keypad-1", function("rating_keypad", "rating-1", "counter-1"))
        yield branch


def take() -> TakeTicket:
    return TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="land", priority_class_id="usual")


def resident_kb(branch: ServedBranch) -> int:
    assert branch.process is not None
    status = Path(f"/proc/{branch.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def test_a_key_that_nobody_paired_gets_nothing(branch: ServedBranch) -> None:
    settings, stranger = branch.settings, make_keys()
    with peer(zmq.DEALER, settings.commands_address, settings, stranger) as dealer:
        dealer.send_multipart([new_id().encode(), encode(Introduce())])
        assert hears(dealer) is None
    with peer(zmq.SUB, settings.views_address, settings, stranger) as sub:
        sub.subscribe(b"")
        assert hears(sub) is None
    with Link(settings, stranger, topics=("hall",)) as link:
        until(lambda: link.state == "refused", "the link says that it is refused")


def test_a_peer_that_does_not_know_the_servers_key_or_uses_no_key_gets_nothing(branch: ServedBranch) -> None:
    settings = branch.settings
    own = keys_of(branch.folder / "devices" / "kiosk-hall")
    other = LinkSettings(
        commands_address=settings.commands_address, views_address="", pairing_address="", server_key=make_keys().public
    )
    with peer(zmq.DEALER, settings.commands_address, other, own) as dealer:
        dealer.send_multipart([new_id().encode(), encode(Introduce())])
        assert hears(dealer) is None
    with zmq.Context() as context, context.socket(zmq.DEALER) as plain:
        plain.linger = 0
        plain.connect(settings.commands_address)
        plain.send_multipart([new_id().encode(), encode(Introduce())])
        assert hears(plain) is None


def test_an_identity_is_no_proof_and_gets_nobody_elses_answers(branch: ServedBranch) -> None:
    settings = branch.settings
    kiosk, keypad = (keys_of(branch.folder / "devices" / name) for name in ("kiosk-hall", "keypad-1"))
    with peer(zmq.DEALER, settings.commands_address, settings, kiosk, b"kiosk-hall") as honest:
        honest.send_multipart([new_id().encode(), encode(Introduce())])
        assert hears(honest, 5000) is not None
        honest.send_multipart([new_id().encode(), encode(take())])
        with peer(zmq.DEALER, settings.commands_address, settings, keypad, b"kiosk-hall") as thief:
            thief.send_multipart([new_id().encode(), encode(Introduce())])
            answer = hears(honest, 5000)
            assert answer is not None
            assert isinstance(decode_reply(answer[1]), TicketTaken)
            assert hears(thief) is None, "the name is taken as long as its owner is there"
    with peer(zmq.DEALER, settings.commands_address, settings, keypad, b"kiosk-hall") as thief:
        thief.send_multipart([new_id().encode(), encode(Introduce())])
        answer = hears(thief, 5000)
        assert answer is not None
        introduction = decode_reply(answer[1])
        assert isinstance(introduction, Introduction)
        assert introduction.device_id == "keypad-1", "the key tells who asks, whatever the identity says"
        thief.send_multipart([new_id().encode(), encode(take())])
        answer = hears(thief, 5000)
        assert answer is not None
        reply = decode_reply(answer[1])
        assert isinstance(reply, Refused)
        assert reply.code == "unknown_function"


def test_a_revoked_device_is_cut_off_within_a_second_while_others_come_back(branch: ServedBranch) -> None:
    state = branch.pair("stolen", function("observer", "stolen"))
    settings, keys = branch.settings, keys_of(state)
    with (
        branch.link("kiosk-hall", topics=("kiosk",)) as honest,
        peer(zmq.SUB, settings.views_address, settings, keys) as sub,
        peer(zmq.DEALER, settings.commands_address, settings, keys) as dealer,
    ):
        sub.subscribe(b"board/hall/")
        assert hears(sub, 5000) is not None
        dealer.send_multipart([new_id().encode(), encode(Introduce())])
        assert hears(dealer, 5000) is not None
        with branch.technician() as technician:
            reply = technician.ask_and_wait(RevokeDevice(function_id="technician", device_id="stolen"))
        revoked_at = time.monotonic()
        assert isinstance(reply, Done)
        dealer.send_multipart([new_id().encode(), encode(Introduce())])
        last_heard_at = revoked_at
        while hears(sub, 2500) is not None:
            last_heard_at = time.monotonic()
        assert last_heard_at - revoked_at < 1.0
        assert not dealer.poll(0)
        assert isinstance(honest.ask_and_wait(Introduce()), Introduction)
        before = honest.last_view("kiosk")
        until(lambda: honest.last_view("kiosk") is not before, "an honest subscriber is back")


def test_a_message_that_is_too_long_costs_its_sender_the_connection_and_nobody_else(branch: ServedBranch) -> None:
    settings = branch.settings
    keypad = keys_of(branch.folder / "devices" / "keypad-1")
    before_kb = resident_kb(branch)
    for _ in range(5):
        with peer(zmq.DEALER, settings.commands_address, settings, keypad) as dealer:
            dealer.send_multipart([new_id().encode(), b" " * (64 * BODY_LIMIT_BYTES)])
            assert hears(dealer, 300) is None
    with branch.link("kiosk-hall") as honest:
        assert isinstance(honest.ask_and_wait(take()), TicketTaken)
    assert resident_kb(branch) - before_kb < 20_000


def test_what_is_no_message_of_ours_is_malformed_or_dropped(branch: ServedBranch) -> None:
    settings = branch.settings
    keypad = keys_of(branch.folder / "devices" / "keypad-1")
    own_id = new_id().encode()
    with peer(zmq.DEALER, settings.commands_address, settings, keypad) as dealer:
        for dropped in ([b""], [own_id], [own_id, b"x", b"y"]):
            dealer.send_multipart(dropped)
        for frames in ([own_id, b"{}"], [own_id, b"\xff\x00"], [b"not an id", encode(Introduce())]):
            dealer.send_multipart(frames)
            answer = hears(dealer, 5000)
            assert answer is not None
            reply = decode_reply(answer[1])
            assert isinstance(reply, Refused)
            assert reply.code == "malformed"


def test_a_flood_is_told_busy_now_and_then_and_others_are_served(branch: ServedBranch) -> None:
    settings = branch.settings
    keypad = keys_of(branch.folder / "devices" / "keypad-1")
    with (
        peer(zmq.DEALER, settings.commands_address, settings, keypad) as flood,
        branch.link("kiosk-hall") as honest,
    ):
        for _ in range(3000):
            flood.send_multipart([new_id().encode(), encode(Introduce())])
        asked_at = time.monotonic()
        assert isinstance(honest.ask_and_wait(take()), TicketTaken)
        assert time.monotonic() - asked_at < 1.0
        codes = []
        while (answer := hears(flood, 500)) is not None:
            reply = decode_reply(answer[1])
            codes.append(reply.code if isinstance(reply, Refused) else "")
        assert 90 <= codes.count("") <= 300, "about twice a second's worth at once, then so many a second"
        assert 1 <= codes.count("busy") <= 100, "most of a flood is dropped"


def test_five_wrong_codes_void_a_pairing_and_the_right_one_comes_too_late(branch: ServedBranch, tmp_path: Path) -> None:
    asked = PairingString.parse(branch.announce("board-pc", function("board", "board-1")))
    wrong = asked._replace(code=asked.code[:2] + ("000000" if asked.code[2:] != "000000" else "111111"))
    for number in range(5):
        with pytest.raises(PairingRefused):
            pair(str(wrong), tmp_path / f"guess-{number}")
    with pytest.raises(PairingRefused):
        pair(str(asked), tmp_path / "late")


def test_a_code_pairs_once_and_the_same_device_may_ask_again(branch: ServedBranch, tmp_path: Path) -> None:
    asked = branch.announce("board-2", function("board", "board-2"))
    paired = pair(asked, tmp_path / "board")
    assert paired.device_id == "board-2"
    assert pair(asked, tmp_path / "board") == paired, "a lost answer is asked for again"
    with pytest.raises(PairingRefused):
        pair(asked, tmp_path / "thief")


def test_the_pairing_door_hears_nothing_but_pair(branch: ServedBranch) -> None:
    settings = branch.settings
    at_pairing = LinkSettings(
        commands_address=settings.pairing_address, views_address="", pairing_address="", server_key=settings.server_key
    )
    with Link(at_pairing, make_keys()) as link:
        for command in (Introduce(), take()):
            reply = link.ask_and_wait(command)
            assert isinstance(reply, Refused)
            assert reply.code == "not_allowed"
    with peer(zmq.DEALER, settings.pairing_address, settings, make_keys()) as dealer:
        for _ in range(200):
            dealer.send_multipart([new_id().encode(), encode(Pair(code="ZZ000000"))])
        answered = 0
        while hears(dealer, 1000) is not None:
            answered += 1
        assert answered <= 12, "a stranger has a small bucket"
