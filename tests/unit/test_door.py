"""Who may come in and watch, and how much each may ask."""

import pytest

from queue_server import core
from queue_server.server.door import (
    PAIRING_TRIES_AT_ONCE,
    PAIRING_TRIES_PER_SECOND,
    Buckets,
    answer_handshake,
    may_subscribe,
    stranger_of,
)
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import key_of, small_hall


@pytest.fixture
def branch() -> core.Branch:
    return DrivenBranch(small_hall(), instant("08:00")).branch


@pytest.mark.parametrize(
    ("device_id", "wire_topic", "allowed"),
    [
        ("kiosk-1", b"kiosk/", True),
        ("kiosk-1", b"kiosk", False),
        ("kiosk-1", b"", False),
        ("kiosk-1", b"/", False),
        ("kiosk-1", b"hall/", False),
        ("staff-1", b"counter/", True),
        ("staff-1", b"counter/counter-2/", True),
        ("staff-1", b"rating/", False),
        ("call-keypad-1", b"counter/counter-1/", True),
        ("call-keypad-1", b"counter/counter-1", False),
        ("call-keypad-1", b"counter/counter-2/", False),
        ("call-keypad-1", b"counter/", False),
        ("rating-keypad-1", b"rating/counter-1/", True),
        ("public-1", b"board/", True),
        ("public-1", b"\xff\xfe/", False),
        ("stranger", b"kiosk/", False),
    ],
)
def test_a_subscription_goes_by_the_row_of_the_function(
    branch: core.Branch, device_id: str, wire_topic: bytes, *, allowed: bool
) -> None:
    assert may_subscribe(branch, key_of(device_id), wire_topic) == allowed


@pytest.mark.parametrize(
    ("domain", "mechanism", "credentials"),
    [
        (b"hall", b"CURVE", bytes(32)),
        (b"hall", b"NULL", b""),
        (b"other", b"CURVE", bytes(32)),
        (b"pairing", b"PLAIN", b"x"),
    ],
)
def test_a_handshake_without_a_paired_key_is_refused(
    branch: core.Branch, domain: bytes, mechanism: bytes, credentials: bytes
) -> None:
    asked = [b"route", b"", b"1.0", b"7", domain, b"127.0.0.1", b"", mechanism, credentials]
    assert answer_handshake(branch, asked)[:5] == [b"route", b"", b"1.0", b"7", b"400"]


def test_at_the_pairing_door_any_key_may_knock(branch: core.Branch) -> None:
    asked = [b"route", b"", b"1.0", b"7", b"pairing", b"127.0.0.1", b"", b"CURVE", bytes(32)]
    answer = answer_handshake(branch, asked)
    assert answer[4] == b"200"
    assert len(answer[6]) == 40, "the key in Z85 is the user id of the connection"


def test_a_bucket_gives_two_seconds_worth_at_once_and_then_so_many_a_second() -> None:
    buckets = Buckets(10)
    assert sum(buckets.take("a", 0.0) for _ in range(100)) == 20
    assert sum(buckets.take("a", 1.0) for _ in range(100)) == 10
    assert sum(buckets.take("b", 1.0) for _ in range(100)) == 20, "each key has its own"


def test_buckets_of_many_keys_are_forgotten() -> None:
    buckets = Buckets(10)
    for number in range(5000):
        assert buckets.take(f"key {number}", float(number))
    assert len(buckets._buckets) <= 1024


def test_one_strangers_flood_leaves_the_others_their_tries_and_few_names_to_void() -> None:
    buckets = Buckets(PAIRING_TRIES_PER_SECOND, PAIRING_TRIES_AT_ONCE)
    tried = sum(buckets.take("192.0.2.66", tenth / 10) for tenth in range(6000))
    assert tried == 10 + 59, "in the ten minutes of a code"
    assert buckets.take("192.0.2.7", 600.0)


def test_a_try_that_succeeds_costs_none_and_fills_no_bucket_above_its_brim() -> None:
    buckets = Buckets(PAIRING_TRIES_PER_SECOND, PAIRING_TRIES_AT_ONCE)
    for _ in range(60):
        assert buckets.take("192.0.2.7", 0.0)
        buckets.give_back("192.0.2.7")
    buckets.give_back("192.0.2.7")
    assert sum(buckets.take("192.0.2.7", 0.0) for _ in range(50)) == 10


@pytest.mark.parametrize(
    ("address", "stranger"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_stranger_is_a_machine_whatever_addresses_it_takes(address: str, stranger: str) -> None:
    assert stranger_of(address) == stranger
