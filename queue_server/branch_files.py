"""What lies in a branch's folder, and how a branch begins.

server.key      the server's key pair: every device knows its public half          branch.db    the log
branch.key      the secret from which the tickets' secrets are made                heads.jsonl  the days' heads
server.json     where the server listens                                           clock.json   the anchor of hall time
person.key      the key of the day for the marks of persons, where numbers are limited per person; in no copy
private.db      what clerks wrote for the next colleague, until it is erased; in no copy
voices.db       what citizens told the hall, until it is erased; only in copies of the last two weeks
months/         what was frozen of each closed month; its hash is in the log
inquiries.db    what was written in alerts and inquiries, until it is erased; only in copies of the last two weeks
technician/     the first technician's key and link, which pair all other devices
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from protocol.commands import FunctionDescription
from protocol.configuration import Configuration
from protocol.events import ConfigurationChanged, DevicePaired
from protocol.keys import KEY_FILE, Keys, LinkSettings, UnusableKey, load_or_make_keys, write_private
from queue_server.log import LOG_FILE, Log

SERVER_KEY_FILE: Final = "server.key"
BRANCH_KEY_FILE: Final = "branch.key"
ADDRESS_FILE: Final = "server.json"
TECHNICIAN: Final = "technician"
"""The folder, the device id and the function id of the first technician."""

_OTHERS: Final = 0o077


class NoBranch(Exception):  # noqa: N818 -- a state of the folder.
    """The folder holds no branch."""


class BranchExists(Exception):  # noqa: N818 -- a state of the folder.
    """The folder holds a branch already."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where the server listens: an address of this machine (``0.0.0.0`` = all) and three ports (0 = any free one)."""

    host: str = "0.0.0.0"  # noqa: S104 -- devices stand all over the hall; CURVE keeps strangers out.
    commands_port: int = 7411
    views_port: int = 7412
    pairing_port: int = 7413

    @property
    def local_host(self) -> str:
        """By which name programs on this machine reach it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 -- where all means here.

    def settings(self, server_key: str) -> LinkSettings:
        """Give the addresses as programs on this machine use them."""
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host
        return LinkSettings(
            commands_address=f"tcp://{host}:{self.commands_port}",
            views_address=f"tcp://{host}:{self.views_port}",
            pairing_address=f"tcp://{host}:{self.pairing_port}",
            server_key=server_key,
        )


class Secrets(msgspec.Struct, frozen=True):
    """The branch's own keys."""

    server: Keys
    branch: bytes


def found_branch(
    state: Path, configuration: Configuration, sources: Mapping[str, str], address: Address, at: datetime
) -> Secrets:
    """Begin a branch: keys, the first technician, and a log whose first event is the configuration.

    Safe to repeat until it has succeeded. Raises :class:`BranchExists`, :class:`UnusableKey`, OSError.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = Log(state / LOG_FILE)
    try:
        if log.seq:
            raise BranchExists(f"{state} holds a branch already; choose another folder, or remove this one with care")
        server = load_or_make_keys(state / SERVER_KEY_FILE)
        write_private(state / BRANCH_KEY_FILE, secrets.token_hex(32).encode() + b"\n")
        save_address(state, address)
        address.settings(server.public).save(state / TECHNICIAN)
        technician = load_or_make_keys(state / TECHNICIAN / KEY_FILE)
        paired = DevicePaired(
            at=at,
            device_id=TECHNICIAN,
            name="",
            public_key=technician.public,
            functions=(FunctionDescription(function_id=TECHNICIAN, kind="technician"),),
        )
        changed = ConfigurationChanged(at=at, configuration=configuration, sources=dict(sources))
        log.append([changed, paired])
    finally:
        log.close()
    return read_secrets(state)


def read_secrets(state: Path) -> Secrets:
    """Read the branch's keys; raises :class:`NoBranch` or :class:`UnusableKey`."""
    for name in (LOG_FILE, SERVER_KEY_FILE, BRANCH_KEY_FILE):
        if not (state / name).exists():
            raise NoBranch(f"{state} holds no branch ({name} is missing): begin one with motcua init --state {state}")
    path = state / BRANCH_KEY_FILE
    mode = path.stat().st_mode
    if mode & _OTHERS:
        raise UnusableKey(f"{path} may be read by others (mode {mode & 0o777:03o}): chmod 600 it if you trust them all")
    try:
        branch = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError as error:
        raise UnusableKey(f"{path} holds no key ({error}); restore it from a backup") from error
    return Secrets(load_or_make_keys(state / SERVER_KEY_FILE), branch)


def save_address(state: Path, address: Address) -> None:
    """Keep where the server listens."""
    write_private(state / ADDRESS_FILE, msgspec.json.format(msgspec.json.encode(address), indent=2) + b"\n")


def load_address(state: Path) -> Address:
    """Read where the server listens; raises :class:`NoBranch`."""
    try:
        return msgspec.json.decode((state / ADDRESS_FILE).read_bytes(), type=Address)
    except FileNotFoundError as error:
        raise NoBranch(f"{state} holds no branch: begin one with motcua init --state {state}") from error
    except msgspec.DecodeError as error:
        raise NoBranch(
            f"{state / ADDRESS_FILE} cannot be read ({error}); mend it or restore it from a backup"
        ) from error
