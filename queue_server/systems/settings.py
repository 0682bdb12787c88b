"""What the technician allows webhooks beyond the usual: `systems.toml`, which need not be there."""

import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from presentation.checked_tables import Reader
from presentation.mistakes import Mistake, Mistakes, locate, place_of
from queue_server.systems.addresses import Network

SETTINGS_FILE: Final = "systems.toml"


class WrongSettings(Exception):  # noqa: N818 -- it says what is wrong with a file.
    """The file cannot be used; says where, why, and what mends it."""


class _Webhooks(msgspec.Struct, frozen=True):
    allowed_networks: tuple[str, ...] = ()
    ca_file: str = ""


class _File(msgspec.Struct, frozen=True):
    webhooks: _Webhooks = _Webhooks()


class Settings(msgspec.Struct, frozen=True):
    """What deliveries may do."""

    allowed: tuple[Network, ...] = ()
    """Networks that are reached although they are the machine's own, or of a kind that is refused."""
    ca_file: str = ""
    """The certificate of an authority of the hall's own, beside those that the machine trusts."""


def read_settings(config: Path) -> Settings:
    """Read the file of a folder; raises :class:`WrongSettings`."""
    try:
        return checked_settings(config)
    except Mistakes as found:
        raise WrongSettings(str(found)) from found


def checked_settings(config: Path) -> Settings:
    """Read the file of a folder; raises :class:`Mistakes` with all that is wrong with it."""
    path = config / SETTINGS_FILE
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise Mistakes([Mistake(str(path), 0, "", "it is no UTF-8 text", "save it as UTF-8")]) from error
    except OSError as error:
        what = f"it cannot be read: {error.strerror or error}"
        raise Mistakes([Mistake(str(path), 0, "", what, "let this program's user read it")]) from error
    return parse_settings(text, str(path))


def parse_settings(text: str, file: str) -> Settings:
    """Read the text of the file, named `file` where something is wrong; raises :class:`Mistakes`."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        what = f"this is no TOML: {error}"
        raise Mistakes([Mistake(file, int(line[1]) if line else 0, "", what, "mend the syntax there")]) from error
    mistakes: list[Mistake] = []
    found = Reader(mistakes).part(_File, tables, file, ())
    webhooks = found.webhooks if found is not None else _Webhooks()
    allowed = []
    for number, one in enumerate(webhooks.allowed_networks):
        try:
            allowed.append(ipaddress.ip_network(one))
        except ValueError as error:
            mistakes.append(_mistake(file, ("webhooks", "allowed_networks", number), str(error), _near_network(one)))
    if webhooks.ca_file and not Path(webhooks.ca_file).is_file():
        mend = "write the path of the certificate, or take the line away"
        mistakes.append(_mistake(file, ("webhooks", "ca_file"), f"there is no file {webhooks.ca_file}", mend))
    if mistakes:
        raise Mistakes([replace(one, line=one.line or locate(text, one.path)) for one in mistakes])
    return Settings(tuple(allowed), webhooks.ca_file)


def _mistake(file: str, path: tuple[str | int, ...], what: str, mend: str) -> Mistake:
    return Mistake(file, 0, place_of(path), what, mend, path)


def _near_network(written: str) -> str:
    """Tell what to write in the place of this: the network that an address with a prefix lies in, if it is one."""
    try:
        return f'write "{ipaddress.ip_network(written, strict=False)}"'
    except ValueError:
        return 'write a network such as "127.0.0.1/32" or "fd00::/8"'
