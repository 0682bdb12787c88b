"""The texts of a hall, small enough for one message: their JSON, deflated, in base64. Pure.

A hall that publishes the whole catalogue of a commune has half a megabyte of texts, and a message carries a quarter of
one. Texts of this kind shrink to a tenth. What is unpacked is bounded too, and never by what the sender says of it.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Final

import msgspec

PACKED_MOST: Final = 240_000
"""Letters of a pack: with what stands around it, a message of at most `codec.BODY_LIMIT_BYTES`."""
UNPACKED_MOST_BYTES: Final = 4_000_000


class BadPack(Exception):  # noqa: N818 -- a state of what was sent.
    """This is no pack of texts, or it holds too much; says which."""


def packed(sources: Mapping[str, str]) -> str:
    """Pack texts by file name; the same texts are always the same pack of one zlib."""
    body = msgspec.json.encode(dict(sources), order="deterministic")
    return base64.b64encode(zlib.compress(body, 9)).decode()


def unpacked(pack: str) -> dict[str, str]:
    """Unpack texts by file name. Raises :class:`BadPack`."""
    try:
        deflated = base64.b64decode(pack, validate=True)
        stream = zlib.decompressobj()
        body = stream.decompress(deflated, UNPACKED_MOST_BYTES + 1)
    except (binascii.Error, zlib.error) as error:
        raise BadPack(f"these are no packed texts: {error}") from error
    if len(body) > UNPACKED_MOST_BYTES:
        raise BadPack(f"the texts are longer than {UNPACKED_MOST_BYTES} bytes")
    if not stream.eof or stream.unused_data:
        raise BadPack("the packed texts are cut off, or something follows them")
    try:
        return msgspec.json.decode(body, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPack(f"the packed texts are no texts by file name: {error}") from error
