"""What a terminal keeps to reach its server: a key pair, the addresses, ids of its own making, the pairing string.

The private key never leaves the device: it lies in a file that only its owner may read, and a file that others can
read is refused rather than used.
"""

import ipaddress
import os
import re
import secrets
import time
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

import msgspec
import zmq
from zmq.utils import z85

KEY_FILE: Final = "device.key"
LINK_FILE: Final = "link.json"
PAIRING_SCHEME: Final = "motcua"

_OTHERS: Final = 0o077
_Z85_LENGTH: Final = 40
_CODE: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")


class UnusableKey(Exception):  # noqa: N818 -- it says what is wrong with the key, not that an error happened.
    """The key file cannot be used; says why and what to do."""


class NotPaired(Exception):  # noqa: N818 -- a state of the device.
    """This device has no addresses yet: it must be paired first."""


class BadPairing(ValueError):  # noqa: N818 -- what the person typed.
    """A pairing string that is none of ours."""


def new_id() -> str:
    """Make a UUIDv7 (RFC 9562 §5.7) as 32 lower-case hex digits: milliseconds since 1970, then 74 random bits."""
    stamp = (time.time_ns() // 1_000_000) & (1 << 48) - 1
    random = secrets.randbits(74)
    value = stamp << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return f"{value:032x}"


class Keys(NamedTuple):
    """A CURVE key pair, each half 40 characters of Z85 (ZeroMQ RFC 32)."""

    public: str
    secret: str


class _KeyFile(msgspec.Struct):
    public: str
    secret: str


def make_keys() -> Keys:
    """Make a fresh key pair."""
    public, secret = zmq.curve_keypair()
    return Keys(public.decode(), secret.decode())


def load_or_make_keys(path: Path) -> Keys:
    """Read the key pair at ``path``, or make one there (file 0600, folders 0700).

    Raises :class:`UnusableKey` when others may read the file or it holds no matching pair.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        keys = make_keys()
        write_private(path, msgspec.json.encode(_KeyFile(public=keys.public, secret=keys.secret)))
        return keys
    if mode & _OTHERS:
        raise UnusableKey(
            f"{path} may be read by others (mode {mode & 0o777:03o}): it is no secret any more. Remove "
            "it and pair the device again; revoke the old device."
        )
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_KeyFile)
        matches = zmq.curve_public(stored.secret.encode()).decode() == stored.public
    except (msgspec.DecodeError, ValueError, zmq.ZMQError) as error:
        raise UnusableKey(f"{path} holds no key pair ({error}). Remove it and pair the device again.") from error
    if not matches:
        raise UnusableKey(f"{path} holds two halves that do not belong together. Remove it and pair the device again.")
    return Keys(stored.public, stored.secret)


def write_private(path: Path, content: bytes) -> None:
    """Put a file in its place whole or not at all, readable by its owner alone, and safe from a power cut."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class LinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the server is and by which key it is known; saved as ``link.json`` in the device's folder."""

    commands_address: str
    views_address: str
    pairing_address: str
    server_key: str

    def save(self, state: Path) -> None:
        """Keep the settings in the device's folder."""
        write_private(state / LINK_FILE, msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")

    @classmethod
    def load(cls, state: Path) -> Self:
        """Read the settings; raises :class:`NotPaired` when there are none."""
        path = state / LINK_FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except FileNotFoundError:
            raise NotPaired(f"{path} does not exist: pair this device first (motcua pair --state {state} …)") from None
        except msgspec.DecodeError as error:
            raise NotPaired(f"{path} cannot be read ({error}): pair this device again") from error


def only_here(host: str) -> bool:
    """Tell whether a host means, on whichever machine it is read, that machine itself."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


class PairingString(NamedTuple):
    """``motcua://HOST:PORT/KEY?views=PORT&pairing=PORT&code=CODE``: what a technician types or a QR code holds.

    ``KEY`` is the server's public key in Z85, percent-encoded since Z85 uses letters that mean something in a URL.
    """

    host: str
    port: int
    views_port: int
    pairing_port: int
    server_key: str
    code: str

    @classmethod
    def to_reach(cls, settings: LinkSettings, code: str, host: str = "") -> Self:
        """Make the string for a device that reaches the server as ``settings`` do, or by another name of its host."""
        places = [
            urlsplit(address)
            for address in (settings.commands_address, settings.views_address, settings.pairing_address)
        ]
        commands, views, pairing = (place.port or 0 for place in places)
        return cls(host or places[0].hostname or "", commands, views, pairing, settings.server_key, code)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            f"{PAIRING_SCHEME}://{host}:{self.port}/{quote(self.server_key, safe='')}"
            f"?views={self.views_port}&pairing={self.pairing_port}&code={self.code}"
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a pairing string; raises :class:`BadPairing` with what is missing."""
        parts = urlsplit(text.strip())
        if parts.scheme != PAIRING_SCHEME or not parts.hostname:
            raise BadPairing(f"a pairing string begins with {PAIRING_SCHEME}://HOST:PORT/, this one does not: {text!r}")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        lacking = [name for name in ("views", "pairing", "code") if name not in query]
        code = query.get("code", "").upper()
        key = unquote(parts.path.removeprefix("/"))
        if lacking or not _CODE.fullmatch(code) or len(key) != _Z85_LENGTH:
            what = ", ".join(lacking) or ("a code of 8 letters and digits" if len(key) == _Z85_LENGTH else "the key")
            raise BadPairing(f"the pairing string lacks {what}; copy the whole of it, from motcua:// on")
        try:
            z85.decode(key)
            ports = (parts.port or 0, int(query["views"]), int(query["pairing"]))
        except ValueError as error:
            raise BadPairing(f"the pairing string cannot be read: {error}") from error
        return cls(parts.hostname, *ports, key, code)

    def settings(self) -> LinkSettings:
        """Give the addresses that the device will use."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return LinkSettings(
            commands_address=f"tcp://{host}:{self.port}",
            views_address=f"tcp://{host}:{self.views_port}",
            pairing_address=f"tcp://{host}:{self.pairing_port}",
            server_key=self.server_key,
        )
