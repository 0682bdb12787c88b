"""What a technician types on a device to pair it: which machine it calls, which folder keeps its key. Pure."""

import ipaddress
import re
from typing import Final

from protocol.keys import LinkSettings, PairingString, only_here

PROGRAMS: Final[dict[str, str]] = {
    "kiosk": "kiosk",
    "board": "display",
    "rating_terminal": "rating",
    "call_keypad": "agent",
    "rating_keypad": "agent",
    "counter_display": "agent",
    "staff": "web",
    "public": "public",
    "system": "api",
}
"""The program that has a kind of function; its unit is `motcua-` with this name, its folder of state is called so, too.
A technician's own key and an observer's have no program that starts with the machine."""
STATE: Final = "/var/lib/motcua"
WITH_WIRES: Final = "agent"
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def known_as(text: str) -> str:
    """Check the name or address under which devices are to reach the branch PC; empty: none is set.

    Raises ValueError with what is wrong and what to write.
    """
    if not text or _is_address(text) or (_HOST.fullmatch(text) and not text.replace(".", "").isdecimal()):
        return text
    raise ValueError(f"{text!r} is neither a host name nor an address; write it as motcua.lan or 192.168.10.5")


def host_for_devices(settings: LinkSettings, known_as: str, browser_host: str) -> str:
    """Choose the host that devices are told.

    Pages that reach the server across the network tell where they reach it. Those on the branch PC itself reach it by
    a name that only holds there: then it is the name that was set, else the one by which the technician's browser came.
    """
    own = PairingString.to_reach(settings, "").host
    return own if not only_here(own) else known_as or browser_host or own


def pairing_command(settings: LinkSettings, code: str, host: str, kind: str) -> str:
    """Write the whole line: paired as the user of the programs, into the folder where the program looks for its key."""
    pairing = PairingString.to_reach(settings, code, host)
    return f"sudo -u motcua motcua pair --state {STATE}/{PROGRAMS.get(kind, kind)} '{pairing}'"


def start_command(kind: str) -> str:
    """Write how the program of a kind is started, now and with the machine; empty where there is none."""
    return f"systemctl enable --now motcua-{PROGRAMS[kind]}" if kind in PROGRAMS else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
