"""Texts of a hall in one message: what is packed comes back, what is no pack is refused, and a bomb bursts nothing."""

import base64
import tracemalloc
import zlib
from pathlib import Path

import pytest

from protocol.codec import BODY_LIMIT_BYTES, decode_command, encode
from protocol.commands import Configure
from protocol.packed import PACKED_MOST, UNPACKED_MOST_BYTES, BadPack, packed, unpacked
from queue_server.core import Refusal
from queue_server.sent_texts import whole

CONFIG = Path(__file__).parents[2] / "config"


def test_texts_come_back_and_the_great_catalogue_fits() -> None:
    sources = {name: (CONFIG / name).read_text("utf-8") for name in ("branch.toml", "catalogue/procedures.toml")}
    pack = packed(sources)
    assert unpacked(pack) == sources
    assert len(pack) < PACKED_MOST / 3
    command = Configure(function_id="staff", packed=pack)
    assert len(encode(command)) < BODY_LIMIT_BYTES
    assert decode_command(encode(command)) == command
    assert whole(command) == Configure(function_id="staff", sources=sources)


def test_the_longest_pack_is_a_message() -> None:
    longest = Configure(function_id="f" * 64, staff_role="technician", effective="next_day", packed="A" * PACKED_MOST)
    assert len(encode(longest)) < BODY_LIMIT_BYTES


def deflated(body: bytes) -> str:
    return base64.b64encode(zlib.compress(body)).decode()


@pytest.mark.parametrize(
    ("pack", "why"),
    [
        ("no base64!", "no packed texts"),
        ("QUJD", "no packed texts"),
        (packed({"a": "b" * 900})[:-8], "cut off"),
        (base64.b64encode(zlib.compress(b"{}") + b"more").decode(), "something follows"),
        (deflated(b"[1]"), "no texts by file name"),
        (deflated(b'{"a": 1}'), "no texts by file name"),
        (deflated(b"\xff"), "no texts by file name"),
    ],
)
def test_what_is_no_pack_is_refused_and_says_why(pack: str, why: str) -> None:
    with pytest.raises(BadPack, match=why):
        unpacked(pack)
    with pytest.raises(Refusal, match="configuration_invalid"):
        whole(Configure(function_id="staff", packed=pack))


def test_a_bomb_is_refused_before_it_has_burst() -> None:
    bomb = deflated(b" " * (40 * UNPACKED_MOST_BYTES))
    assert len(bomb) < PACKED_MOST
    tracemalloc.start()
    with pytest.raises(BadPack, match="longer than"):
        unpacked(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * UNPACKED_MOST_BYTES


def test_texts_in_two_ways_are_refused() -> None:
    with pytest.raises(Refusal, match="configuration_invalid"):
        whole(Configure(function_id="staff", sources={"a": "b"}, packed=packed({"a": "c"})))
