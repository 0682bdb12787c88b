"""Everything between the command line and the loop: open the branch, check it, serve it, leave it clean."""

import fcntl
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from presentation.text_files import texts_in
from presentation.texts import Texts
from protocol.events import AnyEvent, ClockStepped, ServerStarted
from protocol.views import Refused
from queue_server.branch_files import TECHNICIAN, Address, NoBranch, load_address, read_secrets, save_address
from queue_server.clock import Clock, keep_anchor, machine_clock
from queue_server.config import parse
from queue_server.handler import Handler
from queue_server.inquiry_words import INQUIRIES_FILE, InquiriesFile
from queue_server.journal import Head
from queue_server.log import LOG_FILE, Log, LogUnusable
from queue_server.person_keys import PERSON_KEY_FILE, PersonKeys
from queue_server.private import PRIVATE_FILE, PrivateNotes
from queue_server.recovery import load_branch
from queue_server.server.estimating import Estimator
from queue_server.server.loop import Server
from queue_server.server.presence import SILENT_AFTER_S
from queue_server.server.sockets import Ports, Sockets
from queue_server.surroundings import Surroundings
from queue_server.voice_words import VOICES_FILE, VoicesFile

LOCK_FILE: Final = "server.lock"
SHIPPED_TEXTS: Final = Path(__file__).parents[2] / "config" / "texts"


class AlreadyServed(Exception):  # noqa: N818 -- a state of the machine.
    """Another server has this branch open."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to serve a branch. ``None`` for an address or a port means: as kept in the branch's folder."""

    state: Path
    texts: Path | None = None
    host: str | None = None
    port: int | None = None
    views_port: int | None = None
    pairing_port: int | None = None
    clock_anchor: datetime | None = None
    clock_rate: float = 1.0
    requests_per_second: float = 200.0
    """Of one device, in the long run."""
    silent_after_s: float = SILENT_AFTER_S
    """A device that is not heard for so long is gone."""


@dataclass(frozen=True)
class Ready:
    """A server that answers from now on; ``stop`` ends it from any thread."""

    address: Address
    server_key: str
    epoch: int
    stop: Callable[[], None]


def serve(settings: Settings, on_ready: Callable[[Ready], None], *, signals: bool = True) -> None:
    """Serve a branch until SIGTERM, SIGINT or ``Ready.stop``.

    Raises what stands in the way, each with a sentence that says what to do: :class:`NoBranch`, ``UnusableKey``,
    ``LogUnusable``, ``NotALog``, :class:`AlreadyServed`, ``PortTaken``, ``DoorOpen``, ``OldSqlite``, ``TextsError``.
    """
    own = read_secrets(settings.state)
    texts = texts_in(settings.texts or SHIPPED_TEXTS)
    with _alone(settings.state):
        log = Log(settings.state / LOG_FILE)
        try:
            loaded = load_branch(log)
            if loaded is None:
                raise NoBranch(f"{log.path} has no events: begin the branch with motcua init")
            branch, last_at = loaded
            anchor = keep_anchor(settings.state, settings.clock_anchor, settings.clock_rate, machine_clock())
            # Before its first day a branch has no time to keep to: a simulated one may begin in the past.
            clock = Clock(anchor, machine_clock, time.monotonic, last_at if log.day else None)
            epoch = log.next_epoch()
            notes = PrivateNotes(settings.state / PRIVATE_FILE)
            handler = Handler(
                log,
                branch,
                Surroundings(
                    epoch=epoch,
                    rate=clock.rate,
                    branch_key=own.branch,
                    sentences=_sentences(texts),
                    draw=_draw,
                    parse=parse,
                    person_keys=PersonKeys(settings.state / PERSON_KEY_FILE),
                    notes=notes,
                    inquiries=InquiriesFile(settings.state / INQUIRIES_FILE),
                    voices=VoicesFile(settings.state / VOICES_FILE),
                ),
            )
            address = _address(settings)
            ports = Ports(address.commands_port, address.views_port, address.pairing_port)
            with Sockets(address.host, ports, own.server) as sockets:
                sockets.test_door(handler.branch)
                _begin(handler, log, clock, epoch)
                address = _tell_technician(settings.state, address, sockets.ports, own.server.public)
                server = Server(
                    handler,
                    log,
                    clock,
                    sockets,
                    Estimator(time.monotonic()),
                    epoch=epoch,
                    requests_per_second=settings.requests_per_second,
                    silent_after_s=settings.silent_after_s,
                )
                with _on_signals(server.stop) if signals else _nothing():
                    on_ready(Ready(address, own.server.public, epoch, server.stop))
                    server.run()
            handler.keep_head(Head(log.day, log.seq, log.hash.hex(), "stopped"))
        finally:
            log.close()


def _begin(handler: Handler, log: Log, clock: Clock, epoch: int) -> None:
    at = clock.now()
    events: list[AnyEvent] = [ServerStarted(at=at, epoch=epoch)]
    step_s = clock.take_step()
    if step_s:
        events.append(ClockStepped(at=at, step_s=step_s))
    if not handler.note(events):
        raise LogUnusable(f"{log.path} cannot be written; free space or change the disk")
    handler.keep_head(Head(log.day, log.seq, log.hash.hex(), "started"))


def _address(settings: Settings) -> Address:
    kept = load_address(settings.state)
    return Address(
        host=settings.host or kept.host,
        commands_port=kept.commands_port if settings.port is None else settings.port,
        views_port=kept.views_port if settings.views_port is None else settings.views_port,
        pairing_port=kept.pairing_port if settings.pairing_port is None else settings.pairing_port,
    )


def _tell_technician(state: Path, address: Address, ports: Ports, server_key: str) -> Address:
    """Keep where the server really listens, so that the technician's tools and the next start find it there."""
    address = Address(
        host=address.host, commands_port=ports.commands, views_port=ports.views, pairing_port=ports.pairing
    )
    if address != load_address(state):
        save_address(state, address)
    if (state / TECHNICIAN).is_dir():
        address.settings(server_key).save(state / TECHNICIAN)
    return address


def _sentences(texts: Texts) -> Callable[[Refused, Sequence[str]], Mapping[str, str]]:
    def sentences(refused: Refused, languages: Sequence[str]) -> Mapping[str, str]:
        known = (language for language in languages if language in texts.by_language)
        return {language: texts(f"refusal.{refused.code}", language, **refused.parts) for language in known}

    return sentences


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Hold the branch: two writers would give numbers twice. The kernel lets go when this process ends, however."""
    handle = os.open(state / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyServed(f"another server has {state} open; stop it first") from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """End cleanly on SIGTERM and Ctrl-C."""
    before = {sign: signal.signal(sign, lambda *_: stop()) for sign in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
