"""Who may come in, who may see what, and how much each may ask. It looks at keys and knows no socket.

CURVE proves that a peer owns a key. It does not tell whether that key is one of ours, still is, or floods us; so every
handshake asks here (ZeroMQ RFC 27, "ZAP"), and so does every message and every subscription.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zmq.utils import z85

from protocol.roles import TOPICS_OF_ROLE, may_watch
from queue_server import core

HALL: Final = b"hall"
PAIRING: Final = b"pairing"
KEY_BYTES: Final = 32
WHOLE_TOPICS: Final = frozenset({"hall", "order", "kiosk", "devices"})
BUCKETS_AT_MOST: Final = 1024

PAIRING_TRIES_AT_ONCE: Final = 10.0
PAIRING_TRIES_PER_SECOND: Final = 0.1
"""How often one stranger may knock at the pairing door in vain. Whoever floods it shuts out nobody but himself, and in
the ten minutes of a code has 70 tries at its 1,024 public names, of which voiding one takes five."""

_ZAP_REQUEST_FRAMES: Final = 9


def answer_handshake(branch: core.Branch, frames: Sequence[bytes]) -> list[bytes]:
    """Answer a ZAP request (from its address frame on) with 200 and the key as user id, or with 400.

    At the pairing door any key may come in; what it may say there is another matter.
    """
    address, empty, version, request_id, domain = frames[:5]
    mechanism, credentials = frames[7], frames[8:]
    reply_to = [address, empty, version, request_id]
    if mechanism == b"CURVE" and len(credentials) == 1 and len(credentials[0]) == KEY_BYTES:
        key = z85.encode(credentials[0])
        if domain == PAIRING or (domain == HALL and key.decode() in branch.device_by_key):
            return [*reply_to, b"200", b"OK", key, b""]
    return [*reply_to, b"400", b"not paired", b"", b""]


def is_handshake(frames: Sequence[bytes]) -> bool:
    """Tell whether this is a ZAP 1.0 request; libzmq sends no other."""
    return len(frames) >= _ZAP_REQUEST_FRAMES - 1 and frames[2] == b"1.0"


def may_subscribe(branch: core.Branch, public_key: str, wire_topic: bytes) -> bool:
    """Tell whether this key may watch what begins with these bytes: one topic, or a family such as ``counter/``.

    A topic ends with a slash on the wire, so that none begins another.
    """
    device = branch.devices.get(branch.device_by_key.get(public_key, ""))
    if device is None or not wire_topic.endswith(b"/"):
        return False
    topic = wire_topic.decode("ascii", "replace").removesuffix("/")
    if "/" not in topic and topic not in WHOLE_TOPICS:
        return any(f"{topic}/" in TOPICS_OF_ROLE[function.kind] for function in device.functions)
    return any(
        may_watch(function.kind, topic, counter_id=function.counter_id, zone_id=function.zone_id)
        for function in device.functions
    )


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


def stranger_of(peer_address: str) -> str:
    """Name who is at the other end of a connection without a known key: a machine, or an IPv6 network of one."""
    try:
        address = ipaddress.ip_address(peer_address.partition("%")[0])
    except ValueError:
        return peer_address
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Buckets:
    """How much each key may ask: ``per_second`` in the long run, ``at_once`` (twice a second's worth) at once."""

    def __init__(self, per_second: float, at_once: float | None = None) -> None:
        self._per_second = per_second
        self._at_once = 2 * per_second if at_once is None else at_once
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: str, now: float) -> bool:
        """Take a token of this key at this instant of the monotonic clock; False when it has none left."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= BUCKETS_AT_MOST:
                self._forget_full(now)
            bucket = self._buckets[key] = _Bucket(self._at_once, now)
        passed_s = now - bucket.filled_at
        bucket.tokens = min(self._at_once, bucket.tokens + passed_s * self._per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def give_back(self, key: str) -> None:
        """Give back a token that was taken for what turned out to be welcome."""
        if key in self._buckets:
            self._buckets[key].tokens += 1  # Never above the brim: the next taker finds it cut to that.

    def _forget_full(self, now: float) -> None:
        """Forget those who asked nothing for so long that their buckets are full again."""
        full_after_s = self._at_once / self._per_second
        for key in [key for key, bucket in self._buckets.items() if now - bucket.filled_at > full_after_s]:
            del self._buckets[key]
        if len(self._buckets) >= BUCKETS_AT_MOST:
            self._buckets.clear()
