"""Questions and answers between the server and its estimating process: JSON behind its length (4 bytes, big-endian)."""

from collections.abc import Mapping
from typing import BinaryIO, Final

import msgspec

from protocol.estimates import Estimate
from queue_server.core.snapshot import Snapshot

Estimates = dict[tuple[str, str], Estimate]
"""By (service id, priority class id)."""

FRAME_LIMIT_BYTES: Final = 4 * 1024 * 1024


class Broken(Exception):  # noqa: N818 -- what happened to the pipe.
    """The other side sent something that is no frame: what, and how long it claimed to be."""


def write_frame(pipe: BinaryIO, body: bytes) -> None:
    """Write one frame and flush."""
    pipe.write(len(body).to_bytes(4, "big") + body)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Read one frame; ``None`` when the other side closed the pipe. Raises :class:`Broken`."""
    head = pipe.read(4)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) < 4 or length > FRAME_LIMIT_BYTES:  # noqa: PLR2004 -- the length of a length.
        raise Broken(f"a frame began with {head!r}, which is no length up to {FRAME_LIMIT_BYTES}")
    body = pipe.read(length)
    if len(body) < length:
        raise Broken(f"a frame of {length} bytes ended after {len(body)}")
    return body


class _Range(msgspec.Struct, frozen=True):
    service_id: str
    priority_class_id: str
    estimate: Estimate


def encode_question(snapshot: Snapshot) -> bytes:
    """Give the body of the frame that asks."""
    return msgspec.json.encode(snapshot)


def encode_answer(ranges: Mapping[tuple[str, str], Estimate]) -> bytes:
    """Give the body of the frame that answers."""
    return msgspec.json.encode(
        [_Range(service, class_id, estimate) for (service, class_id), estimate in ranges.items()]
    )


def decode_answer(body: bytes) -> Estimates:
    """Read the body of an answer; raises ``msgspec.DecodeError`` for anything else."""
    ranges = msgspec.json.decode(body, type=list[_Range])
    return {(found.service_id, found.priority_class_id): found.estimate for found in ranges}
