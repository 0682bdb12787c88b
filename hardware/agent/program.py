"""The agent's loop: wires and the server's link on one side, the pure flow on the other, one inbox between them.

Threads: one per wire (`hardware.bus.BusOwner`), one of the link, and this loop, which alone touches the flow's state
and the store of presses. A key of a rating keypad is on disk before the wire acknowledges it to the keypad.
"""

import json
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from hardware import bus, registry
from hardware.agent import flow
from hardware.agent.presses import PressStore
from hardware.agent.settings import (
    SETTINGS_FILE,
    AgentSettings,
    FunctionSettings,
    WireSettings,
    WrongSettings,
    load_settings,
)
from hardware.agent.usb_keypads import open_keypad
from hardware.inputs import InputOwner, SourceHealth
from hardware.speeches import is_mute, speech
from protocol import commands as c
from protocol.link import Link, LinkFull, LinkState, new_id, open_link
from protocol.views import AnyReply, Envelope, Introduction, Refused

INBOX_MOST = 1_000
KEY_DEADLINE_S = 5.0
PRESS_DEADLINE_S = 10.0
PRESS_AGAIN_S = 1.0
INTRODUCE_DEADLINE_S = 5.0
KEEP_PATIENCE_S = 0.5
FUNCTIONS_FILE = "functions.json"
TRY_AGAIN = frozenset({"storage", "busy"})
"""Refusals that decide nothing (the server keeps no such reply): the same request is made again."""


@dataclass(frozen=True, slots=True)
class _WireEvent:
    wire_id: str
    event: bus.BusEvent
    taken: threading.Event


@dataclass(frozen=True, slots=True)
class _KeypadEvent:
    """A key of a keypad at USB, or its coming and going."""

    function_id: str
    event: str | SourceHealth


@dataclass(frozen=True, slots=True)
class _Introduced:
    functions: tuple[c.FunctionDescription, ...]


@dataclass(frozen=True, slots=True)
class _Delivered:
    press_id: str
    reply: AnyReply | None


_HEALTH = {"ok": "answers", "degraded": "often does not answer", "gone": "does not answer any more"}
_BABBLE = "is never quiet: a device speaks unasked; unplug one after another to find it"

_Item = flow.AnyInput | _WireEvent | _KeypadEvent | _Introduced | _Delivered | None


def run(state: Path, *, announce_ready: bool = False) -> None:
    """Run the agent until SIGTERM or SIGINT. Raises WrongSettings, WrongAddress, NotPaired, UnusableKey."""
    settings = load_settings(state)
    for wire in settings.wires:
        registry.find(wire.address)
    agent = Agent(state, settings, announce_ready=announce_ready)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    agent.run()


class Agent:
    """One running agent."""

    def __init__(self, state: Path, settings: AgentSettings, *, announce_ready: bool = False) -> None:
        self._state_folder = state
        self._settings = settings
        self._announce_ready = announce_ready
        self._inbox: queue.Queue[_Item] = queue.Queue(INBOX_MOST)
        self._flow = flow.AgentState(settings)
        self._owners: dict[str, bus.BusOwner] = {}
        self._keypads: list[InputOwner[str]] = []
        self._heard: dict[str, bus.SlaveHealth] = {}
        self._mute: set[str] = set()
        self._places = {(each.wire_id, each.slave): each.function_id for each in settings.functions}
        self._store = PressStore(state)
        self._in_flight = ""
        self._send_again_s = 0.0
        self._full = False
        self.link: Link = open_link(state, on_view=self._on_view, on_state=self._on_state)

    def stop(self) -> None:
        """End the loop; may be called from a signal handler."""
        self._inbox.put_nowait(None)

    def run(self) -> None:
        """Work until `stop`."""
        try:
            with self.link:
                self._know(load_functions(self._state_folder))
                self._introduce()
                self._work()
        finally:
            for owner in self._owners.values():
                owner.close()
            for keypad in self._keypads:
                keypad.close()
            self._store.close()

    # --- Other threads put things into the inbox ---

    def _on_view(self, topic: str, envelope: Envelope) -> None:
        self._put(flow.ViewCame(topic, envelope.view))

    def _on_state(self, state: LinkState) -> None:
        self._put(flow.LinkChanged(state))

    def _on_event(self, wire_id: str, event: bus.BusEvent) -> None:
        taken = threading.Event()
        self._put(_WireEvent(wire_id, event, taken))
        if isinstance(event, bus.KeyPressed | bus.SlaveRestarted):
            # The keypad is acknowledged after this returns: by then what must outlive us is on disk.
            taken.wait(KEEP_PATIENCE_S)

    def _on_keypad(self, function_id: str, event: str | SourceHealth) -> None:
        self._put(_KeypadEvent(function_id, event))

    def _put(self, item: _Item) -> None:
        try:
            self._inbox.put(item, timeout=KEEP_PATIENCE_S)
        except queue.Full:
            _say(f"{INBOX_MOST} things wait to be dealt with; {type(item).__name__} was dropped")

    def _introduce(self) -> None:
        def on_reply(reply: AnyReply | None) -> None:
            if isinstance(reply, Introduction):
                self._put(_Introduced(reply.functions))

        self.link.ask(c.Introduce(), on_reply, deadline_s=INTRODUCE_DEADLINE_S)

    # --- The loop ---

    def _work(self) -> None:
        while True:
            try:
                item = self._inbox.get(timeout=self._patience_s())
            except queue.Empty:
                item = flow.Moment()
            if item is None:
                return
            for happened in self._inputs(item):
                self._do(flow.step(self._flow, happened, time.monotonic()))
            if isinstance(item, _WireEvent):
                item.taken.set()
            self._send_presses()

    def _patience_s(self) -> float:
        moments = [flow.next_moment_s(self._flow, time.monotonic())]
        if self._send_again_s > time.monotonic():
            moments.append(self._send_again_s)
        due = min((moment for moment in moments if moment is not None), default=time.monotonic() + 60.0)
        return max(0.0, due - time.monotonic())

    def _inputs(self, item: _Item) -> Iterable[flow.AnyInput]:  # noqa: PLR0911 -- one line per kind of thing.
        """Turn what came into what the flow knows."""
        match item:
            case _WireEvent():
                return self._of_wire(item.wire_id, item.event)
            case _KeypadEvent():
                return self._of_keypad(item.function_id, item.event)
            case _Introduced():
                return self._know(item.functions)
            case _Delivered():
                self._delivered(item)
                return ()
            case flow.LinkChanged(link="up"):
                self._introduce()
                return (item,)
            case None:
                return ()
            case _:
                return (item,)

    def _of_wire(self, wire_id: str, event: bus.BusEvent) -> Iterable[flow.AnyInput]:
        match event:
            case bus.WireHealth():
                return self._of_wire_health(wire_id, event)
            case bus.WireNoise():
                _say(f"wire {wire_id} {_BABBLE if event.babbling else 'is quiet again'}")
                return ()
            case _:
                return self._of_slave(self._places[wire_id, event.address], event)

    def _of_slave(self, function_id: str, event: bus.SlaveEvent) -> Iterable[flow.AnyInput]:
        match event:
            case bus.KeyPressed():
                fresh_id = new_id()
                request_id = self._store.request_id_of(function_id, event.number, event.key, fresh_id)
                if request_id != fresh_id and self._flow.link != "up":
                    return  # It was sent before we were started anew; refusing it now would be a lie.
                yield flow.KeyPressed(function_id, event.key, request_id, self.link.hall_now())
            case bus.SlaveHealth():
                self._heard[function_id] = event
                _say(f"{function_id} {_HEALTH[event.state]}" + (f" ({event.reason})" if event.reason else ""))
                yield _health_of(function_id, event)
            case bus.TextRefused():
                _say(f"{function_id} does not take the text {event.text!r}")
            case bus.SlaveRestarted():
                self._store.forget_keys(function_id)
                _say(f"{function_id} has been switched on")
            case bus.TextShown():
                return

    def _of_wire_health(self, wire_id: str, event: bus.WireHealth) -> Iterable[flow.AnyInput]:
        _say(f"wire {wire_id} {'is open' if event.is_open else 'is away: ' + event.what}")
        for (wire, _), function_id in self._places.items():
            if wire != wire_id:
                continue
            if not event.is_open:
                yield flow.HealthChanged(function_id, "gone", "wire_away", event.what)
            elif function_id in self._heard:
                # The master tells what changes; what it believed before the wire went away still holds.
                yield _health_of(function_id, self._heard[function_id])
            elif function_id in self._mute or function_id in self._flow.health:
                reason = "never_answers" if function_id in self._mute else "unheard"
                yield flow.HealthChanged(function_id, "unknown", reason)

    def _of_keypad(self, function_id: str, event: str | SourceHealth) -> Iterable[flow.AnyInput]:
        if isinstance(event, str):
            return (flow.KeyPressed(function_id, event, new_id(), self.link.hall_now()),)
        _say(f"{function_id} {'is open' if event.is_open else 'is away: ' + event.what}")
        if event.is_open:
            return (flow.HealthChanged(function_id, "ok"),)
        return (flow.HealthChanged(function_id, "gone", "unplugged", event.what),)

    # --- Who are we ---

    def _know(self, described: tuple[c.FunctionDescription, ...]) -> tuple[flow.AnyInput, ...]:
        """Take what the server says of our functions; open the wires the first time."""
        known = {each.function_id: each for each in described}
        places: dict[str, FunctionSettings | None] = {usb.function_id: None for usb in self._settings.usb_keypads}
        places |= {each.function_id: each for each in self._settings.functions}
        functions = tuple(
            flow.Function(name, known[name].kind, known[name].counter_id, known[name].zone_id, places[name])
            for name in places
            if name in known
        )
        if not functions or functions == tuple(self._flow.functions.values()):
            return ()
        save_functions(self._state_folder, described)
        for name in sorted(places.keys() - known.keys()):
            _say(f"function {name} stands in agent.toml, but the server does not know it as this device's")
        changed = flow.FunctionsKnown(functions)
        self._do(flow.step(self._flow, changed, time.monotonic()))
        if not self._owners and not self._keypads:
            self._owners = {wire.wire_id: self._open(wire) for wire in self._settings.wires}
            self._open_keypads()
            if self._announce_ready:
                names = [function.function_id for function in functions]
                print(json.dumps({"program": "agent", "ready": True, "functions": names}), flush=True)  # noqa: T201 -- told
        return ()

    def _open(self, wire: WireSettings) -> bus.BusOwner:
        device = registry.find(wire.address)
        kinds = {function.function_id: function.kind for function in self._flow.functions.values()}
        speeches = tuple(
            self._speech(place, has_keys=kinds[place.function_id] != "counter_display")
            for place in self._settings.functions
            if place.wire_id == wire.wire_id and place.function_id in kinds
        )
        config = bus.BusConfig(speeches, bytes_per_s=device.bytes_per_s or 11_520.0)
        return bus.BusOwner(device.open, config, _with_wire(self._on_event, wire.wire_id), f"wire-{wire.wire_id}")

    def _speech(self, place: FunctionSettings, *, has_keys: bool) -> bus.Speech:
        """Only now is it known what a function is: a keypad that is a display stands wrong in the file."""
        try:
            one = speech(place.protocol, place.slave, has_keys=has_keys, device=place.device())
        except ValueError as error:
            raise WrongSettings(f"{self._state_folder / SETTINGS_FILE}: {place.function_id}: {error}") from error
        if is_mute(one):
            self._mute.add(place.function_id)
        return one

    def _open_keypads(self) -> None:
        for usb in self._settings.usb_keypads:
            function = self._flow.functions.get(usb.function_id)
            if function is None:
                continue
            try:
                keypad = open_keypad(usb, function.kind, partial(self._on_keypad, usb.function_id))
            except ValueError as error:
                raise WrongSettings(f"{self._state_folder / SETTINGS_FILE}: {usb.function_id}: {error}") from error
            self._keypads.append(keypad)

    # --- Effects ---

    def _do(self, effects: Iterable[flow.AnyEffect]) -> None:
        for effect in effects:
            match effect:
                case flow.Ask():
                    self._ask(effect)
                case flow.Keep():
                    self._keep(effect.press)
                case flow.Show():
                    self._show(effect)
                case flow.Report():
                    self._report(effect.command)
                case flow.Watch():
                    self.link.watch(effect.topic)

    def _ask(self, ask: flow.Ask) -> None:
        def on_reply(reply: AnyReply | None) -> None:
            self._put(flow.Answered(ask.function_id, reply))

        try:
            self.link.ask(ask.command, on_reply, request_id=ask.request_id, deadline_s=KEY_DEADLINE_S)
        except LinkFull:
            self._put(flow.Answered(ask.function_id, None))

    def _show(self, show: flow.Show) -> None:
        place = self._flow.functions[show.function_id].at
        owner = self._owners.get(place.wire_id) if place is not None else None
        if place is None or owner is None:
            self._flow.shown.pop(show.function_id, None)  # The wire is not open yet: shown as soon as it is.
            return
        try:
            owner.show(place.slave, show.text)
        except bus.BusBusy as busy:
            _say(str(busy))

    def _report(self, command: c.ReportDevice) -> None:
        def on_reply(reply: AnyReply | None) -> None:
            if reply is None:
                self._put(flow.ReportLost(command.function_id))

        try:
            self.link.ask(command, on_reply)
        except LinkFull:
            self._put(flow.ReportLost(command.function_id))

    # --- Ratings ---

    def _keep(self, press: c.PressRating) -> None:
        kept = self._store.keep(press)
        if not kept and not self._full:
            _say(f"{len(self._store)} ratings wait for the server; there is no room for more")
        self._full = not kept

    def _send_presses(self) -> None:
        """Send the oldest press, one at a time and in order, under its own id however often it takes."""
        if self._in_flight or self._flow.link != "up" or time.monotonic() < self._send_again_s:
            return
        press = self._store.oldest()
        if press is None:
            return

        def on_reply(reply: AnyReply | None) -> None:
            self._put(_Delivered(press.press_id, reply))

        try:
            self.link.ask(press, on_reply, request_id=press.press_id, deadline_s=PRESS_DEADLINE_S)
            self._in_flight = press.press_id
        except LinkFull:
            self._send_again_s = time.monotonic() + PRESS_AGAIN_S

    def _delivered(self, delivered: _Delivered) -> None:
        self._in_flight = ""
        reply = delivered.reply
        if reply is None or (isinstance(reply, Refused) and reply.code in TRY_AGAIN):
            self._send_again_s = time.monotonic() + PRESS_AGAIN_S
            return
        if isinstance(reply, Refused):
            _say(f"rating {delivered.press_id} was refused: {reply.code}")
        self._store.remove(delivered.press_id)


def _health_of(function_id: str, heard: bus.SlaveHealth) -> flow.HealthChanged:
    reason = "no_answer" if heard.reason == "silent" else heard.reason
    return flow.HealthChanged(function_id, heard.state, reason)


def _with_wire(on_event: Callable[[str, bus.BusEvent], None], wire_id: str) -> Callable[[bus.BusEvent], None]:
    return lambda event: on_event(wire_id, event)


def _say(what: str) -> None:
    print(f"agent: {what}", file=sys.stderr, flush=True)  # noqa: T201 -- the service manager keeps it.


def load_functions(state: Path) -> tuple[c.FunctionDescription, ...]:
    """Read what the server last said this agent is; empty when that is not known."""
    try:
        return msgspec.json.decode((state / FUNCTIONS_FILE).read_bytes(), type=tuple[c.FunctionDescription, ...])
    except (FileNotFoundError, msgspec.DecodeError):
        return ()


def save_functions(state: Path, functions: tuple[c.FunctionDescription, ...]) -> None:
    """Keep what the server said, so that the agent can start while the server is gone."""
    beside = state / f"{FUNCTIONS_FILE}.new"
    beside.write_bytes(msgspec.json.encode(functions))
    beside.replace(state / FUNCTIONS_FILE)
