"""What is to be tried at a machine before a hall opens, and what came of it: from its settings to a list. Pure.

Each check is one device or one program with a screen; its result is a list of steps, each with what the machine
measured and what a person said. Nothing of it is a sentence: the sheet finds the words. Results are kept one JSON line
each; the last of a check counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

import msgspec

from hardware.agent.settings import AgentSettings, FunctionSettings
from hardware.agent.usb_keypads import KEYS_OF_KIND, UsbKeypadSettings
from hardware.codecs.declared import Description
from hardware.codecs.modbus_keypad import KeypadMap

Kind = Literal[
    "printer", "scanner", "call_keypad", "rating_keypad", "counter_display", "kiosk", "board", "rating_terminal"
]
Verdict = Literal["passed", "failed", "skipped"]

DIGITS: Final = "0123456789"

QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "kiosk": ("whole_picture", "touch_felt", "number_given", "no_network"),
    "board": ("call_seen", "call_heard", "voice_volume", "no_network"),
    "rating_terminal": ("rating_opens", "touch_felt", "thanks_shown", "no_network"),
}
"""Programs with screens: what a person looks at and confirms, while the program runs as in the hall."""


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One device to be tried. ``keys`` are those that its keypad has and that mean something, one character each.

    ``meanings`` says what each of them means: an action of a call keypad, a level of a scale, nothing for a digit.
    ``usb_keys`` are what single keys of a USB keypad send, by the kernel's names, besides the usual of its kind.
    ``described`` is the digest of what the file or preset of a device says.
    """

    check_id: str
    kind: Kind
    address: str
    slave: int = 0
    protocol: str = ""
    preset: str = ""
    file: str = ""
    described: str = ""
    profile: str = ""
    answer_ms: int | None = None
    keys: str = ""
    meanings: dict[str, str] = {}
    usb_keys: dict[str, str] = {}

    @property
    def place(self) -> str:
        """Where it is, as people find it."""
        return f"{self.address} #{self.slave}" if self.slave else self.address

    @property
    def device(self) -> str:
        """All that a result holds for: its place and language to be read, and a digest of all that was tried.

        Another profile, time to answer, meaning of a key, or word in its file is to be tried anew. A field that is
        added to this class leaves older results as they are while it has its default.
        """
        named = " ".join(filter(None, (self.place, self.protocol, self.preset, self.file, self.profile)))
        return f"{named} {_digest(self)}"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was measured: a key of the texts below `commissioning.seen`, and the parts of its sentence.

    A part whose name ends in ``_at`` is an instant (ISO 8601, UTC); one that ends in ``_code`` is itself a key of the
    texts, below `workbench`.
    """

    key: str
    parts: dict[str, str] = {}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a check: tried by the machine, asked of a person, or both. ``note`` is what the person added."""

    name: str
    verdict: Verdict
    seen: tuple[Seen, ...] = ()
    note: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a check. ``answered_by`` is the person who answered, ``answers_file`` the file that did instead."""

    check_id: str
    device: str = ""
    verdict: Verdict
    steps: tuple[Step, ...] = ()
    note: str = ""
    at: datetime
    answered_by: str = ""
    answers_file: str = ""


class Unknown(ValueError):  # noqa: N818 -- named for what it is.
    """The server never said what a function is; the message names it, and what to do."""


OPTIONAL: Final = frozenset({"replug", "no_network"})
"""Steps that may be left out for a reason that stands on the sheet; nobody can pass a device that was not looked at."""


def verdict_of(steps: Sequence[Step]) -> Verdict:
    """Sum up: one failed step fails all, and one that was skipped leaves all open unless it may be left out."""
    if any(step.verdict == "failed" for step in steps):
        return "failed"
    is_open = any(
        step.verdict == "skipped" and not (step.name in OPTIONAL and (step.note or step.seen)) for step in steps
    )
    return "passed" if steps and not is_open else "skipped"


def checks_of_agent(settings: AgentSettings, kinds: Mapping[str, str]) -> tuple[Check, ...]:
    """List the devices of an agent; ``kinds`` is what the server says that its functions are. Raises Unknown."""
    names = [one.function_id for one in settings.functions] + [one.function_id for one in settings.usb_keypads]
    missing = [name for name in names if name not in kinds]
    if missing:
        mend = "start the agent once while the server runs, so that it learns what they are; then stop it"
        raise Unknown(f"it is not known what {', '.join(missing)} shall be: {mend}")
    wires = {wire.wire_id: wire.address for wire in settings.wires}
    return (
        *(_on_wire(one, wires[one.wire_id], kinds[one.function_id], settings) for one in settings.functions),
        *(_at_usb(one, kinds[one.function_id], settings) for one in settings.usb_keypads),
    )


def checks_of_kiosk(printer: str, profile: str, scanner: str) -> tuple[Check, ...]:
    """List the devices of a kiosk; an empty address is a device that it does not have."""
    found = [Check(check_id="printer", kind="printer", address=printer, profile=profile)] if printer else []
    return (*found, *([Check(check_id="scanner", kind="scanner", address=scanner)] if scanner else []))


def checks_of_screens(named: Iterable[str], machine: str) -> tuple[Check, ...]:
    """List programs with screens, each given as KIND:FUNCTION. Raises ValueError that says what to write."""
    found = []
    for one in named:
        kind, _, function_id = one.partition(":")
        if kind not in QUESTIONS or not function_id:
            raise ValueError(f"{one!r} is no screen: write KIND:FUNCTION, of a kind of {', '.join(QUESTIONS)}")
        found.append(msgspec.convert({"check_id": function_id, "kind": kind, "address": machine}, Check))
    return tuple(found)


def _on_wire(place: FunctionSettings, address: str, kind: str, settings: AgentSettings) -> Check:
    device = place.device()
    has = _unique(device.keys.values()) if isinstance(device, KeypadMap | Description) else None
    told = {
        "check_id": place.function_id,
        "kind": kind,
        "address": address,
        "slave": place.slave,
        "protocol": place.protocol,
        "preset": place.preset,
        "file": place.file,
        "described": "" if device is None else _digest(device),
        "answer_ms": place.answer_ms,
    }
    return msgspec.convert(told | _meant(kind, has, settings), Check)


def _at_usb(usb: UsbKeypadSettings, kind: str, settings: AgentSettings) -> Check:
    if kind not in KEYS_OF_KIND:
        raise Unknown(f"{usb.function_id} is a {kind}, as the server says; a USB keypad is {' or '.join(KEYS_OF_KIND)}")
    has = _unique({**KEYS_OF_KIND[kind], **usb.keys}.values())
    told = {"check_id": usb.function_id, "kind": kind, "address": usb.address, "usb_keys": usb.keys}
    return msgspec.convert(told | _meant(kind, has, settings), Check)


def _meant(kind: str, has: str | None, settings: AgentSettings) -> dict[str, object]:
    """Say which keys there are and what they mean; a keypad that does not say which it has may have all of them.

    A key without a meaning is left out: pressed all the same, it is named as unknown.
    """
    if kind == "counter_display":
        return {}
    meanings = (
        {key: f"level {level}" for key, level in settings.rating_keys.items()}
        if kind == "rating_keypad"
        else dict.fromkeys(DIGITS, "") | {key: str(action) for key, action in settings.call_keys.items()}
    )
    keys = "".join(key for key in sorted(meanings) if has is None or key in has)
    return {"keys": keys, "meanings": {key: meanings[key] for key in keys}}


def _digest(told: msgspec.Struct) -> str:
    return f"sha256:{sha256(msgspec.json.encode(told, order='deterministic')).hexdigest()[:16]}"


def _unique(names: Iterable[str]) -> str:
    return "".join(sorted(set(names)))


def answer_names(checks: Iterable[Check]) -> frozenset[str]:
    """Name all that may be asked of these checks, as a file of answers names it."""
    names: set[str] = set()
    for check in checks:
        asked = QUESTIONS.get(check.kind, ("", "replug", *(["missing"] if check.keys else [])))
        names |= {f"{check.check_id}.{one}" if one else check.check_id for one in ("begin", *asked)}
    return frozenset(names)


def last_results(checks: Iterable[Check], results: Sequence[Result]) -> dict[str, Result]:
    """Give the last result of each check, as far as it is of the very device that stands there now."""
    devices = {check.check_id: check.device for check in checks}
    return {one.check_id: one for one in results if devices.get(one.check_id) == one.device}
