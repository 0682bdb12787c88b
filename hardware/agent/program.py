"""The agent's loop: wires and the server's link on one side, the pure flow on the other, one inbox between them.

Threads: one per wire (`hardware.bus.BusOwner`), one of the link, and this loop, which alone touches the flow's state
and the store. What a key asks is on disk before the wire acknowledges the key to its keypad, and before it is sent. As
long as the disk does not take it the wire waits, and its keypads repeat.
"""

import json
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from hardware import bus, registry
from hardware.agent import flow
from hardware.agent.functions import load_functions, save_functions
from hardware.agent.items import Delivered, Introduced, KeypadEvent, Replied, Tried, WireEvent
from hardware.agent.led_texts import Function
from hardware.agent.presses import PressStore, Unanswered
from hardware.agent.settings import (
    SETTINGS_FILE,
    AgentSettings,
    FunctionSettings,
    WireSettings,
    WrongSettings,
    load_settings,
)
from hardware.agent.trying import Trying
from hardware.agent.unanswered import UnansweredCommands
from hardware.agent.usb_keypads import KeypadNews, open_keypad
from hardware.inputs import InputOwner, KeysDropped
from hardware.speeches import is_mute, speech
from protocol import commands as c
from protocol.attending import Holding, Program, Tell, Try, attend
from protocol.commands import TrialKind
from protocol.link import Link, LinkFull, LinkState, new_id, open_link
from protocol.views import AnyReply, Envelope, Introduction, Refused

INBOX_MOST = 1_000
KEY_DEADLINE_S = 5.0
PRESS_DEADLINE_S = 10.0
PRESS_AGAIN_S = 1.0
INTRODUCE_DEADLINE_S = 5.0
KEEP_PATIENCE_S = 0.5
TRY_AGAIN = frozenset({"storage", "busy"})
"""Refusals that decide nothing (the server keeps no such reply): the same request is made again."""


_HEALTH = {"ok": "answers", "degraded": "often does not answer", "gone": "does not answer any more"}
_BABBLE = "is never quiet: a device speaks unasked; unplug one after another to find it"

_Item = flow.AnyInput | WireEvent | KeypadEvent | Introduced | Replied | Delivered | Tried | None


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
        self._keypads: list[InputOwner[str | KeysDropped]] = []
        self._heard: dict[str, bus.SlaveHealth] = {}
        self._mute: set[str] = set()
        self._places = {(each.wire_id, each.slave): each.function_id for each in settings.functions}
        self._store = PressStore(state)
        self._settled = threading.Condition()  # Of `taken` of all events, and of `_ended`.
        self._ended = False
        self._met: set[str] = set()  # Keypads that have been heard since this start.
        self._unanswered = UnansweredCommands(self._store.unanswered(), time.monotonic())
        self._in_flight = ""
        self._send_again_s = 0.0
        self._full = False
        self._trying = Trying()
        self._waiting = len(self._store)  # Read by the link's thread, which must not ask the store.
        self.link: Link = open_link(state, on_view=self._on_view, on_state=self._on_state)
        trials: dict[TrialKind, Try] = dict.fromkeys(("answer", "text"), self._tried)
        attend(self.link, Program("agent", "", self._holding, trials, lambda _: self._introduce()))

    def stop(self) -> None:
        """End the loop; may be called from a signal handler."""
        self._inbox.put_nowait(None)

    def run(self) -> None:
        """Work until `stop`."""
        try:
            with self.link:
                self._know(load_functions(self._state_folder))
                for typed in self._store.digits():
                    self._take(flow.DigitsRestored(*typed))
                self._introduce()
                self._work()
        finally:
            self._end_wires()
            for keypad in self._keypads:
                keypad.close()
            self._store.close()

    def _end_wires(self) -> None:
        """End the wires; a key that is not kept yet stays unacknowledged, and its keypad repeats it."""
        for owner in self._owners.values():
            owner.end()
        with self._settled:
            self._ended = True
            self._settled.notify_all()
        for owner in self._owners.values():
            owner.close()

    # --- Other threads put things into the inbox ---

    def _on_view(self, topic: str, envelope: Envelope) -> None:
        self._put(flow.ViewCame(topic, envelope.view))

    def _on_state(self, state: LinkState) -> None:
        self._put(flow.LinkChanged(state))

    def _on_event(self, wire_id: str, event: bus.BusEvent) -> None:
        item = WireEvent(wire_id, event)
        put = self._put(item)
        if not isinstance(event, bus.KeyPressed | bus.SlaveRestarted):
            return
        # The keypad is acknowledged after this returns: by then what must outlive us is on disk, or the wire has ended.
        while not put and not self._ended:
            put = self._put(item)
        with self._settled:
            self._settled.wait_for(lambda: item.taken or self._ended)

    def _tried(self, trial: c.Trial, tell: Tell) -> None:
        self._put(Tried(trial, tell))

    def _holding(self) -> Holding:
        return Holding(waiting=self._waiting)

    def _on_keypad(self, function_id: str, event: KeypadNews) -> None:
        self._put(KeypadEvent(function_id, event))

    def _put(self, item: _Item) -> bool:
        try:
            self._inbox.put(item, timeout=KEEP_PATIENCE_S)
        except queue.Full:
            _say(f"{INBOX_MOST} things wait to be dealt with; {type(item).__name__} found no room")
            return False
        return True

    def _introduce(self) -> None:
        def on_reply(reply: AnyReply | None) -> None:
            if isinstance(reply, Introduction):
                self._put(Introduced(reply.functions))

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
            self._take(item)
            self._trying.give_up(self._flow, time.monotonic())
            self._settle_unanswered()
            self._send_presses()

    def _take(self, item: _Item) -> None:
        """Keep all that an item asks to be kept, at once; then acknowledge it, and do the rest."""
        effects: list[flow.AnyEffect] = []
        with self._store.at_once():
            for happened in self._inputs(item):
                effects += flow.step(self._flow, happened, time.monotonic())
            kept = [self._kept(effect) for effect in effects]
            if any(kept) and isinstance(item, WireEvent) and isinstance(item.event, bus.KeyPressed):
                # A key of which nothing was kept may come again: it was refused, and is refused once more.
                keypad = self._places[item.wire_id, item.event.address]
                self._store.heard(keypad, item.event.number, item.event.key)
        if isinstance(item, WireEvent):
            with self._settled:
                item.taken = True
                self._settled.notify_all()
        self._do(effects)
        for effect, is_kept in zip(effects, kept, strict=True):
            if isinstance(effect, flow.Keep) and not is_kept:
                self._take(flow.PressesLost(effect.press.function_id, 1))

    def _kept(self, effect: flow.AnyEffect) -> bool:
        """Write what an effect asks to be kept; False when it asks for nothing, or there is no room."""
        match effect:
            case flow.Ask():
                self._store.keep_command(effect.request_id, effect.function_id, effect.command)
            case flow.KeepDigits():
                self._store.keep_digits(effect.function_id, effect.digits)
            case flow.Keep():
                return self._keep(effect.press)
            case _:
                return False
        return True

    def _settle_unanswered(self) -> None:
        """Send again what was asked shortly before this start, and tell what is too old for it."""
        verdict = self._unanswered.judged(time.monotonic(), heard=self._flow.link == "up")
        for one in verdict.again:
            _say(f"{one.function_id}: {_named(one)} had no answer before this start; it is sent again")
            self._ask(flow.Ask(one.function_id, one.request_id, one.command))
        for one in verdict.lost:
            _say(f"{one.function_id}: {_named(one)} is lost, or its answer is; its clerk is told")
            self._take(flow.PressesLost(one.function_id, 1))
            self._take(Replied(one.request_id, one.function_id, None))

    def _patience_s(self) -> float:
        moments = [flow.next_moment_s(self._flow, time.monotonic()), self._unanswered.due_s(), self._trying.due_s()]
        if self._send_again_s > time.monotonic():
            moments.append(self._send_again_s)
        due = min((moment for moment in moments if moment is not None), default=time.monotonic() + 60.0)
        return max(0.0, due - time.monotonic())

    def _inputs(self, item: _Item) -> Iterable[flow.AnyInput]:  # noqa: PLR0911 -- one line per kind of thing.
        """Turn what came into what the flow knows."""
        match item:
            case WireEvent():
                return self._of_wire(item.wire_id, item.event)
            case KeypadEvent():
                return self._of_keypad(item.function_id, item.event)
            case Introduced():
                return self._know(item.functions)
            case Replied():
                self._store.answered(item.request_id)
                return (flow.Answered(item.function_id, item.reply),)
            case Delivered():
                self._delivered(item)
                return ()
            case Tried(trial, tell):
                return self._trying.begin(trial, tell, self._flow, time.monotonic(), mute=self._mute)
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
                is_first = function_id not in self._met
                self._met.add(function_id)
                if is_first and self._store.is_again(function_id, event.number, event.key, event.repeated_s):
                    _say(f"{function_id} repeats its last key from before this start; what it asked is kept already")
                    return
                yield flow.KeyPressed(function_id, event.key, new_id(), self.link.hall_now())
            case bus.KeysLost():
                _say(f"{function_id} was pressed faster than it is read; {event.count} presses are lost")
                yield flow.PressesLost(function_id, event.count)
            case bus.KeyUnnamed():
                _say(f"{function_id} sent the key code {event.code:02X}; [keys] in its file does not name it")
                yield flow.PressUnknown(function_id, f"{event.code:02X}")
            case bus.SlaveHealth():
                self._heard[function_id] = event
                _say(f"{function_id} {_HEALTH[event.state]}" + (f" ({event.reason})" if event.reason else ""))
                yield _health_of(function_id, event)
            case bus.TextRefused():
                self._trying.refused(function_id, event.text)
                _say(f"{function_id} does not take the text {event.text!r}")
            case bus.SlaveRestarted():
                self._store.forget_keys(function_id)
                _say(f"{function_id} has been switched on")
            case bus.TextShown():
                self._trying.shown(function_id, event.text)

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

    def _of_keypad(self, function_id: str, event: KeypadNews) -> Iterable[flow.AnyInput]:
        if isinstance(event, str):
            return (flow.KeyPressed(function_id, event, new_id(), self.link.hall_now()),)
        if isinstance(event, KeysDropped):
            _say(f"{function_id}: the kernel has dropped keys that were not fetched in time")
            return (flow.PressesLost(function_id, 1),)
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
            Function(name, known[name].kind, known[name].counter_id, known[name].zone_id, places[name])
            for name in places
            if name in known
        )
        if not functions or functions == tuple(self._flow.functions.values()):
            return ()
        save_functions(self._state_folder, described)
        for name in sorted(places.keys() - known.keys()):
            _say(f"function {name} stands in agent.toml, but the server does not know it as this device's")
        self._do(flow.step(self._flow, flow.FunctionsKnown(functions), time.monotonic()))
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
        turns_s = self._settings.turns_s(wire.wire_id)
        config = bus.BusConfig(speeches, bytes_per_s=device.bytes_per_s or 11_520.0, turns_s=turns_s)
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
                case flow.Keep() | flow.KeepDigits():
                    pass  # Done already, before all else.
                case flow.Show():
                    self._show(effect)
                case flow.Report():
                    self._report(effect.command)
                case flow.Watch():
                    self.link.watch(effect.topic)

    def _ask(self, ask: flow.Ask) -> None:
        def on_reply(reply: AnyReply | None) -> None:
            self._put(Replied(ask.request_id, ask.function_id, reply))

        try:
            self.link.ask(ask.command, on_reply, request_id=ask.request_id, deadline_s=KEY_DEADLINE_S)
        except LinkFull:
            self._put(Replied(ask.request_id, ask.function_id, None))

    def _show(self, show: flow.Show) -> None:
        place = self._flow.functions[show.function_id].at
        owner = self._owners.get(place.wire_id) if place is not None else None
        if place is None or owner is None:
            self._flow.shown.pop(show.function_id, None)  # The wire is not open yet: shown as soon as it is.
            return
        try:
            owner.show(place.slave, show.text)
        except bus.BusBusy as busy:
            _say(f"{show.function_id}: {busy}")
            self._do(flow.step(self._flow, flow.NotShown(show.function_id), time.monotonic()))

    def _report(self, command: c.ReportDevice) -> None:
        def on_reply(reply: AnyReply | None) -> None:
            if reply is None:
                self._put(flow.ReportLost(command.function_id))

        try:
            self.link.ask(command, on_reply)
        except LinkFull:
            self._put(flow.ReportLost(command.function_id))

    # --- Ratings ---

    def _keep(self, press: c.PressRating) -> bool:
        kept = self._store.keep(press)
        self._waiting += kept
        if not kept and not self._full:
            _say(f"{len(self._store)} ratings wait for the server; there is no room for more")
        self._full = not kept
        return kept

    def _send_presses(self) -> None:
        """Send the oldest press, one at a time and in order, under its own id however often it takes."""
        if self._in_flight or self._flow.link != "up" or time.monotonic() < self._send_again_s:
            return
        press = self._store.oldest()
        if press is None:
            return

        def on_reply(reply: AnyReply | None) -> None:
            self._put(Delivered(press.press_id, reply))

        try:
            self.link.ask(press, on_reply, request_id=press.press_id, deadline_s=PRESS_DEADLINE_S)
            self._in_flight = press.press_id
        except LinkFull:
            self._send_again_s = time.monotonic() + PRESS_AGAIN_S

    def _delivered(self, delivered: Delivered) -> None:
        self._in_flight = ""
        reply = delivered.reply
        if reply is None or (isinstance(reply, Refused) and reply.code in TRY_AGAIN):
            self._send_again_s = time.monotonic() + PRESS_AGAIN_S
            return
        if isinstance(reply, Refused):
            _say(f"rating {delivered.press_id} was refused: {reply.code}")
        self._store.remove(delivered.press_id)
        self._waiting = len(self._store)


def _health_of(function_id: str, heard: bus.SlaveHealth) -> flow.HealthChanged:
    reason = "no_answer" if heard.reason == "silent" else heard.reason
    return flow.HealthChanged(function_id, heard.state, reason)


def _with_wire(on_event: Callable[[str, bus.BusEvent], None], wire_id: str) -> Callable[[bus.BusEvent], None]:
    return lambda event: on_event(wire_id, event)


def _named(one: Unanswered) -> str:
    return f"{type(one.command).__name__} ({one.request_id}), asked {one.age_s:.0f} s before this start"


def _say(what: str) -> None:
    print(f"agent: {what}", file=sys.stderr, flush=True)  # noqa: T201 -- the service manager keeps it.
