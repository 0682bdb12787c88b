"""What stops when a device's key is revoked, said before anybody does it. Pure.

One key serves every function of its device: whoever shuts out "agent-1" shuts out the keypads and the display of each
of its counters. The key of these pages is not revoked through these pages: nobody could then mend it from here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from presentation.texts import Words
from protocol.views import DeviceLine

AT_THE_MACHINE: Final = "motcua devices --state /var/lib/motcua/server/technician revoke {device} --reason replaced"
"""How the key of these pages is revoked: at the branch PC, as `docs/operating.md` says of any device."""

_REACHES_FAR: Final = frozenset({"staff", "public", "system", "technician"})
"""Kinds whose end is felt at no one device alone."""


@dataclass(frozen=True)
class Stopping:
    """A function that ends: what it is and where, and what nobody has any more."""

    name: str
    lost: str
    reaches_far: bool


@dataclass(frozen=True)
class Revoking:
    """What is said before a device is revoked. Where `refused` says why not, there is no key to press."""

    device_id: str
    stops: tuple[Stopping, ...]
    refused: str
    command: str


def revoking(
    device_id: str,
    lines: Sequence[DeviceLine],
    counter_named: Callable[[str], str],
    own_function_id: str | None,
    words: Words,
) -> Revoking | None:
    """Say it of a device; None for one that is not there, or revoked already.

    `lines` are all functions of the hall, `counter_named` names a counter by its id ("" for none), and
    `own_function_id` is that of these pages.
    """
    own = [one for one in lines if one.device_id == device_id and one.pairing != "revoked"]
    if not own:
        return None
    is_ours = own_function_id in {one.function_id for one in own}
    technicians = {one.device_id for one in lines if one.kind == "technician" and one.pairing == "paired"}
    refused = words("revoking.own", device=device_id) if is_ours else ""
    if technicians == {device_id}:
        refused = refused or words("refusal.last_technician")
    stops = tuple(_stopping(one, counter_named(one.counter_id), words) for one in own)
    return Revoking(device_id, stops, refused, AT_THE_MACHINE.format(device=device_id) if is_ours else "")


def _stopping(function: DeviceLine, place: str, words: Words) -> Stopping:
    name = " · ".join(part for part in (words(f"device_kind.{function.kind}"), place, function.function_id) if part)
    return Stopping(name, words(f"revoking.lost.{function.kind}"), function.kind in _REACHES_FAR)
