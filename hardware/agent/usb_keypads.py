"""Keypads at USB as functions of the agent: from `[[usb_keypads]]` in `agent.toml` to owners of their device nodes."""

from collections.abc import Callable, Mapping

import msgspec

from hardware import registry
from hardware.codecs.hid_keypad import CALL_KEYS, RATING_KEYS, HidKeypad, key_table
from hardware.inputs import InputOwner, KeypadSource, KeysDropped, SourceHealth
from protocol.message import Identifier

KEYS_OF_KIND: Mapping[str, Mapping[str, str]] = {"call_keypad": CALL_KEYS, "rating_keypad": RATING_KEYS}
"""The kinds of functions that a USB keypad may be, with what their keys send unless configured otherwise."""


KeypadNews = str | KeysDropped | SourceHealth


class UsbKeypadSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A keypad at USB. ``keys`` say by the kernel's names what single keys send instead of the usual."""

    function_id: Identifier
    address: str
    keys: dict[str, str] = msgspec.field(default_factory=dict)


def check(settings: UsbKeypadSettings) -> None:
    """Look whether a keypad can be meant. Raises ValueError, which WrongAddress and UnknownKey are."""
    if not registry.find(settings.address).gives_events:
        what = "its bytes are not those of a keyboard"
        raise registry.WrongAddress(settings.address, what, "Write evdev:///dev/input/by-id/usb-…-event-kbd")
    key_table(settings.keys)


def open_keypad(
    settings: UsbKeypadSettings, kind: str, on_event: Callable[[KeypadNews], None]
) -> InputOwner[str | KeysDropped]:
    """Open a keypad for a function of this kind and tell its keys. Raises ValueError when the kind has no keys."""
    if kind not in KEYS_OF_KIND:
        kinds = ", ".join(KEYS_OF_KIND)
        raise ValueError(f"a USB keypad cannot be a {kind}, as the server says it is; it may be: {kinds}")
    table = key_table({**KEYS_OF_KIND[kind], **settings.keys})
    device = registry.find(settings.address)
    return InputOwner(device.open, KeypadSource(HidKeypad(table)), on_event, f"keypad-{settings.function_id}")
