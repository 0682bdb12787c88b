"""Messages to bytes and back: JSON by msgspec, one integer version, :class:`Malformed` for anything else."""

from typing import Final, Protocol, TypeVar

import msgspec

from protocol.commands import AnyCommand
from protocol.configuration import Configuration
from protocol.events import AnyEvent
from protocol.message import OLDEST_SUPPORTED_VERSION, PROTOCOL_VERSION
from protocol.views import AnyReply, AnyView, Envelope

BODY_LIMIT_BYTES: Final = 262_144
"""No message on the wire is longer; the sockets refuse more by ``MAXMSGSIZE``."""

_encoder = msgspec.json.Encoder(order="deterministic")
_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_replies: msgspec.json.Decoder[AnyReply] = msgspec.json.Decoder(AnyReply)
_envelopes = msgspec.json.Decoder(Envelope)
_configurations = msgspec.json.Decoder(Configuration)


DecodedT = TypeVar("DecodedT")


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


VersionedT = TypeVar("VersionedT", bound=_Versioned)


class Malformed(Exception):  # noqa: N818 -- what the wire calls it.
    """Bytes that are no message of ours; says what is wrong and where."""


def encode(message: AnyCommand | AnyEvent | AnyReply | AnyView | Envelope | Configuration) -> bytes:
    """Give the bytes of a message: UTF-8 JSON with ``type`` and ``version`` first."""
    return _encoder.encode(message)


def decode_command(body: bytes) -> AnyCommand:
    """Read a command; raises :class:`Malformed`."""
    return _checked_version(_decode(_commands, body))


def decode_reply(body: bytes) -> AnyReply:
    """Read a reply; raises :class:`Malformed`."""
    return _checked_version(_decode(_replies, body))


def decode_event(body: bytes | str) -> AnyEvent:
    """Read an event of the log, which may hold a whole configuration; raises :class:`Malformed`."""
    try:  # Written out, since a start of the server reads a whole day of them.
        event = _events.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error
    return _checked_version(event)


def decode_envelope(body: bytes) -> Envelope:
    """Read a view in its envelope; raises :class:`Malformed`."""
    return _checked_version(_decode(_envelopes, body))


def decode_configuration(body: bytes) -> Configuration:
    """Read a configuration in its stored form; raises :class:`Malformed`."""
    return _decode(_configurations, body, limit_bytes=None)


def _decode(
    decoder: msgspec.json.Decoder[DecodedT], body: bytes, limit_bytes: int | None = BODY_LIMIT_BYTES
) -> DecodedT:
    if limit_bytes is not None and len(body) > limit_bytes:
        raise Malformed(f"a body of {len(body)} bytes is longer than the {limit_bytes} allowed")
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error


def _checked_version(message: VersionedT) -> VersionedT:
    if not OLDEST_SUPPORTED_VERSION <= message.version <= PROTOCOL_VERSION:
        raise Malformed(
            f"version {message.version} is not spoken here: from {OLDEST_SUPPORTED_VERSION} to {PROTOCOL_VERSION}"
        )
    return message
