"""Are the devices of this machine's settings there, ours to open, and named so that they stay? Part of `motcua doctor`.

What the machine says is gathered by :func:`seen_of`; the judgements of it are pure.
"""

import grp
import os
import pwd
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hardware.agent.settings import SETTINGS_FILE, WrongSettings, load_settings
from hardware.registry import WrongAddress, find
from motcua.fitness import Finding
from motcua.workbench.holders import holders

GROUPS: Final = ("dialout", "lp", "input")
"""Serial ports, USB printers, keypads and scanners that type."""

NUMBERED: Final = re.compile(r"/dev/(tty(USB|ACM)[0-9]+|usb/lp[0-9]+|input/event[0-9]+)")
STAYING: Final = ("/dev/serial/by-id", "/dev/serial/by-path", "/dev/input/by-id", "/dev/input/by-path")
RULES: Final = (Path("/usr/lib/udev/rules.d"), Path("/etc/udev/rules.d"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the machine says of one address. ``staying`` are names of the same node that outlive a plug.

    ``looked``: whether the machine can say anything without a word to the device; of the network and libusb it cannot.
    """

    address: str
    mistake: str = ""
    path: str = ""
    there: bool = True
    looked: bool = True
    openable: bool = True
    group: str = ""
    holders: tuple[str, ...] = ()
    staying: tuple[str, ...] = ()


def look_at_wiring(state: Path, addresses: Sequence[str]) -> Iterator[Finding]:
    """Look at the groups of this user, and at the devices of each agent below ``state`` and of ``addresses``."""
    user = pwd.getpwuid(os.geteuid()).pw_name
    yield judge_groups(user, _groups_of(user), is_root=os.geteuid() == 0)
    yield judge_rivals(rival for folder in RULES for rival in folder.glob("*brltty*"))
    named = list(addresses)
    for file in sorted(state.rglob(SETTINGS_FILE)) if state.is_dir() else ():
        try:
            settings = load_settings(file.parent)
        except WrongSettings as wrong:
            yield Finding("settings", "bad", str(wrong), f"Mend {file}; motcua agent --help shows a right one.")
            continue
        named += [wire.address for wire in settings.wires] + [usb.address for usb in settings.usb_keypads]
    for address in dict.fromkeys(named):
        yield judge_device(seen_of(address))


def seen_of(address: str, folders: Sequence[str] = STAYING) -> Seen:
    """Look at one address, without opening anything: bytes are never sent to find out what a device is."""
    try:
        find(address)
    except WrongAddress as wrong:
        return Seen(address, mistake=str(wrong))
    parts = urlsplit(address)
    who = tuple(str(holder) for holder in holders(address))
    if parts.scheme not in {"serial", "file", "evdev"}:
        return Seen(address, looked=parts.scheme == "simulated", holders=who)
    path = Path(parts.path)
    if not path.exists():
        return Seen(address, path=str(path), there=False)
    node = path.resolve()
    staying = (link for folder in folders for link in sorted(Path(folder).glob("*")) if link.resolve() == node)
    needed = os.R_OK if parts.scheme == "evdev" else os.R_OK | os.W_OK
    return Seen(
        address,
        path=str(path),
        openable=os.access(path, needed),
        group=_group_of(path),
        holders=who,
        staying=tuple(str(link) for link in staying),
    )


def judge_groups(user: str, groups: frozenset[str], *, is_root: bool) -> Finding:
    """Judge whether this user may open what hangs at the machine."""
    missing = [name for name in GROUPS if name not in groups]
    if is_root or not missing:
        return Finding("groups", "good", f"{user} may open serial ports, printers and keypads")
    mend = f"For programs that own such devices: usermod -aG {','.join(missing)} {user}, then sign in anew"
    return Finding("groups", "weak", f"{user} is not in {', '.join(missing)}", mend)


def judge_rivals(rules: Iterator[Path]) -> Finding:
    """Judge whether a program for Braille displays takes serial adapters of the kind CH340 for its own."""
    found = " ".join(str(rule) for rule in rules)
    if not found:
        return Finding("rivals", "good", "nobody else takes serial adapters")
    return Finding("rivals", "weak", f"brltty takes CH340 adapters for itself ({found})", "apt-get remove brltty")


def judge_device(seen: Seen) -> Finding:
    """Judge one device of the settings."""
    if seen.mistake:
        return Finding("device", "bad", seen.mistake, "Mend the address; docs/devices.md lists the kinds.")
    if not seen.there:
        mend = f"Is it plugged in and on? Compare the name with {_names_like(seen)}"
        return Finding("device", "bad", f"{seen.path} is not there", mend)
    held = f", held by {', '.join(seen.holders)}" if seen.holders else ""
    if not seen.looked:
        mend = "Nothing is sent to find out whether it is there: try it with motcua devices test-print"
        return Finding("device", "weak", f"{seen.address} was not looked at{held}", mend)
    if not seen.openable:
        mend = f"usermod -aG {seen.group} USER, and copy config/udev/70-motcua.rules to /etc/udev/rules.d/"
        return Finding("device", "bad", f"{seen.path} may not be opened by this user{held}", mend)
    if NUMBERED.fullmatch(seen.path):
        better = seen.staying[0] if seen.staying else "a name under /dev/serial/by-path or /dev/input/by-path"
        return Finding("device", "weak", f"{seen.path} is another device after the next plug{held}", f"Use {better}")
    return Finding("device", "good", f"{seen.address}{held}")


def _names_like(seen: Seen) -> str:
    """Say where the names of such devices stand."""
    if seen.path.startswith("/dev/usb/"):
        return "ls -l /dev/usb; if that is empty: lsusb sees the printer, modprobe usblp gives it a name"
    folder = {"serial": "/dev/serial/by-id", "evdev": "/dev/input/by-id"}.get(urlsplit(seen.address).scheme)
    return f"ls -l {folder or Path(seen.path).parent}"


def _groups_of(user: str) -> frozenset[str]:
    own = pwd.getpwnam(user).pw_gid
    return frozenset(group.gr_name for group in grp.getgrall() if user in group.gr_mem or group.gr_gid == own)


def _group_of(path: Path) -> str:
    try:
        return path.group()
    except KeyError:
        return str(path.stat().st_gid)  # A group that only another machine knows, as in containers.
