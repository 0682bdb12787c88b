"""Open an input device of the kernel, such as a USB keypad or a scanner that types, for ourselves alone.

Grabbed (``EVIOCGRAB``), its keys reach nobody else: no screen program takes a citizen's card for typing, no console
takes a clerk's key for a command. What is read are ``struct input_event`` records (``codecs.input_event``), with times
of the steady clock. ``linux/input.h`` holds the requests; a device that is unplugged answers reads with ENODEV (19).
"""

import errno
import fcntl
import os
import struct
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from hardware.codecs.input_event import EV_KEY, KEY_CODES
from hardware.links import Link, LinkGone, descriptor_link

_READ: Final = 2
_WRITE: Final = 1
NAME_BYTES: Final = 256
KEY_BYTES: Final = 96
"""Room for the bits of KEY_MAX (2FFh)."""


def _request(direction: int, number: int, size: int) -> int:
    """Give the number of an ioctl of input devices, as ``_IOC`` of ``asm-generic/ioctl.h`` does."""
    return direction << 30 | size << 16 | ord("E") << 8 | number


EVIOCGNAME: Final = _request(_READ, 0x06, NAME_BYTES)
EVIOCGBIT_KEY: Final = _request(_READ, 0x20 + EV_KEY, KEY_BYTES)
EVIOCGRAB: Final = _request(_WRITE, 0x90, 4)
EVIOCSCLOCKID: Final = _request(_WRITE, 0xA0, 4)

_MEND_GONE: Final = "See that it is plugged in, and whether its name under /dev/input/by-id/ is still the same"
_MEND_RIGHTS: Final = "Make the user a member of the group input, and sign in or start the program anew"
_MEND_HELD: Final = "End the program that holds it; a keypad or scanner belongs to one program"
_MEND_KIND: Final = "Name the node of its keyboard: under /dev/input/by-id/ that is the one ending in -event-kbd"


class InputDevice(NamedTuple):
    """What an input device says of itself. ``keys`` are the codes that it can send."""

    name: str
    keys: frozenset[int]


def describe(descriptor: int) -> InputDevice:
    """Ask an open device node for its name and keys. Raises OSError; ENOTTY means that it is no input device."""
    name = bytearray(NAME_BYTES)
    fcntl.ioctl(descriptor, EVIOCGNAME, name)
    bits = bytearray(KEY_BYTES)
    fcntl.ioctl(descriptor, EVIOCGBIT_KEY, bits)
    keys = frozenset(code for code in range(KEY_BYTES * 8) if bits[code // 8] >> code % 8 & 1)
    return InputDevice(name.partition(b"\0")[0].decode("utf-8", "replace"), keys)


def open_evdev(path: str, *, is_input: bool = True) -> Link:
    """Open and grab the device node at ``path``. Raises LinkGone, which says what to do.

    With ``is_input`` false the node is a pty that carries such records, the far end of a simulated device: there is
    nothing to grab, and all else is the same.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except PermissionError as error:
        raise LinkGone("this user may not open it", path, _MEND_RIGHTS) from error
    except OSError as error:
        raise LinkGone(f"cannot be opened: {error.strerror}", path, _MEND_GONE) from error
    try:
        release = _take(descriptor, path, is_input=is_input)
    except BaseException:
        os.close(descriptor)
        raise

    def close() -> None:
        release()
        os.close(descriptor)

    return descriptor_link(path, descriptor, close, _MEND_GONE)


def _take(descriptor: int, path: str, *, is_input: bool) -> Callable[[], None]:
    """Make an open device ours and set it up; give what undoes that. Raises LinkGone."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not is_input:
            return lambda: None
        device = describe(descriptor)
        if device.keys.isdisjoint(KEY_CODES.values()):
            raise LinkGone(f"{device.name!r} has no keys that a keypad or scanner sends", path, _MEND_KIND)
        fcntl.ioctl(descriptor, EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
        fcntl.ioctl(descriptor, EVIOCGRAB, 1)
    except OSError as error:
        if error.errno in {errno.EBUSY, errno.EAGAIN}:
            raise LinkGone("another program holds the device", path, _MEND_HELD) from error
        if error.errno in {errno.ENOTTY, errno.EINVAL}:
            raise LinkGone("no input device", path, _MEND_KIND) from error
        raise LinkGone(f"cannot be set up: {error.strerror}", path, _MEND_GONE) from error

    def release() -> None:
        try:
            fcntl.ioctl(descriptor, EVIOCGRAB, 0)
        except OSError:
            return  # The device is gone, and our hold on it with it.

    return release
