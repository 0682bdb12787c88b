"""Is this machine fit to run a hall? Each look returns a finding that a technician can act on.

A look is split in two: what the machine says, and the judgement of it. The judgements are pure, so that they can be
tested with the machines we do not have.
"""

import ctypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import msgspec

Verdict = Literal["good", "weak", "bad"]

OLDEST_PYTHON = (3, 11)
# Older libraries can lose pages of a write-ahead log: https://sqlite.org/wal.html#walresetbug
OLDEST_SQLITE = (3, 51, 3)
# Room for months of log; below this somebody must act before the disk is full.
LEAST_FREE_BYTES = 1_000_000_000
# Each answer waits for one flush. Beyond this the citizen at the kiosk begins to notice.
SLOWEST_FLUSH_MS = 20.0
FLUSHES = 20
LIBRARIES = ("pyzmq", "msgspec", "apsw", "pyserial", "python-escpos", "pillow", "kivy", "flask")
LOOK_TIMEOUT_S = 5.0
# What a USB adapter may hold back of what it hears; at 9600 baud a keypad's whole answer takes less.
LONGEST_LATENCY_MS = 2
ADAPTERS = Path("/sys/bus/usb-serial/devices")


class Finding(msgspec.Struct, frozen=True):
    """One look at the machine: what was looked at, how it stands, what was seen, and what mends it."""

    what: str
    verdict: Verdict
    seen: str
    mend: str = ""


def look(state: Path, adapters: Path = ADAPTERS) -> Iterator[Finding]:
    """Look at everything; `state` is where a program keeps its own files, `adapters` where the kernel lists its own."""
    yield judge_python(sys.version_info[:2])
    yield judge_sqlite(_sqlite_version())
    yield judge_libraries(_versions())
    yield judge_graphics(_missing_libraries("libGL.so.1", "libEGL.so.1", "libGLESv2.so.2"))
    yield judge_speech(shutil.which("espeak-ng"))
    yield judge_typeface(there=find_spec("fontpkg_be_vietnam_pro") is not None)
    yield judge_clock(follows=_clock_follows())
    yield judge_space(state, shutil.disk_usage(_nearest(state)).free)
    yield judge_flush(_flush_ms(_nearest(state)))
    yield judge_keys(_open_keys(state))
    yield judge_adapters(_latency_timers(adapters))


def judge_state(state: Path, *, is_folder: bool) -> Finding:
    """Judge the folder that somebody named: below one that is not there nothing would be found bad."""
    if is_folder:
        return Finding("state", "good", str(state))
    mend = "See how it is written; of a new machine, run motcua init or motcua pair first"
    return Finding("state", "bad", f"{state} is no folder: no device and no key of it was looked at", mend)


def judge_python(version: tuple[int, ...]) -> Finding:
    """Judge the Python that runs this."""
    seen = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return Finding("Python", "bad", seen, "Use Debian 12 or later, which has Python 3.11.")
    return Finding("Python", "good", seen)


def judge_sqlite(version: str | None) -> Finding:
    """Judge the SQLite that the log is written with; None: there is none."""
    if version is None:
        return Finding("SQLite", "bad", "apsw is not installed", "Run tools/setup again.")
    if tuple(map(int, version.split("."))) < OLDEST_SQLITE:
        least = ".".join(map(str, OLDEST_SQLITE))
        return Finding(
            "SQLite", "bad", version, f"It may lose what was written; install apsw with SQLite {least} or later."
        )
    return Finding("SQLite", "good", version)


def judge_libraries(versions: Mapping[str, str]) -> Finding:
    """Judge the libraries that carry a hall, by name; an empty version is one that is missing."""
    missing = [name for name, version in versions.items() if not version]
    if missing:
        return Finding("libraries", "bad", f"missing: {', '.join(missing)}", "Run tools/setup again.")
    return Finding("libraries", "good", ", ".join(f"{name} {version}" for name, version in versions.items()))


def judge_graphics(missing: list[str]) -> Finding:
    """Judge what touch screens and boards are drawn with."""
    if missing:
        mend = "Only for machines with a screen: apt-get install libgl1 libegl1 libgles2 libgl1-mesa-dri"
        return Finding("graphics", "weak", f"{', '.join(missing)} cannot be loaded", mend)
    return Finding("graphics", "good", "OpenGL can be loaded")


def judge_speech(program: str | None) -> Finding:
    """Judge what clip packs are made with, and what speaks to a kiosk's headset."""
    if program is None:
        mend = "Only for boards and kiosks that speak: apt-get install espeak-ng"
        return Finding("speech", "weak", "espeak-ng is not installed", mend)
    return Finding("speech", "good", program)


def judge_typeface(*, there: bool) -> Finding:
    """Judge whether Vietnamese can be drawn as it was designed."""
    if not there:
        return Finding("typeface", "bad", "Be Vietnam Pro is not installed", "Run tools/setup again.")
    return Finding("typeface", "good", "Be Vietnam Pro")


def judge_clock(*, follows: bool | None) -> Finding:
    """Judge whether the clock follows a time server; None: nobody can tell."""
    if follows is None:
        return Finding("clock", "weak", "cannot tell whether it follows a time server", "apt-get install chrony")
    if not follows:
        mend = "apt-get install chrony, and have the hall's machines follow the branch PC."
        return Finding("clock", "weak", "follows no time server", mend)
    return Finding("clock", "good", "follows a time server")


def judge_space(state: Path, free_bytes: int) -> Finding:
    """Judge the room that is left for the log."""
    seen = f"{free_bytes / 1e9:.1f} GB free for {state}"
    if free_bytes < LEAST_FREE_BYTES:
        return Finding("space", "bad", seen, "Free some, or move the state to a larger disk.")
    return Finding("space", "good", seen)


def judge_flush(median_ms: float | None) -> Finding:
    """Judge how long the disk takes to keep a page; None: it cannot be written."""
    if median_ms is None:
        return Finding("disk", "bad", "cannot be written", "See to the folder's owner: chown motcua")
    seen = f"{median_ms:.2f} ms to keep 4 kB (median of {FLUSHES})"
    if median_ms > SLOWEST_FLUSH_MS:
        return Finding("disk", "weak", seen, "Use an SSD; each number that is told waits for this.")
    return Finding("disk", "good", seen)


def judge_keys(readable: list[Path]) -> Finding:
    """Judge the keys that others may read."""
    if readable:
        named = " ".join(map(str, readable))
        return Finding("keys", "bad", f"others may read {named}", f"chmod 600 {named}, and pair these devices again")
    return Finding("keys", "good", "no key is open to others")


def judge_adapters(timers_ms: Mapping[str, int | None]) -> Finding:
    """Judge how long serial USB adapters hold back what they hear, by name; None: the adapter has no such timer."""
    if not timers_ms:
        return Finding("adapters", "good", "no serial USB adapter is plugged in")
    slow = {name: timer_ms for name, timer_ms in timers_ms.items() if timer_ms and timer_ms > LONGEST_LATENCY_MS}
    if slow:
        seen = ", ".join(f"{name} holds bytes back for {timer_ms} ms" for name, timer_ms in slow.items())
        mend = "Keys of keypads wait for it: copy config/udev/70-motcua.rules to /etc/udev/rules.d/, then plug it anew"
        return Finding("adapters", "weak", seen, mend)
    return Finding("adapters", "good", f"{', '.join(timers_ms)}: bytes are handed over within {LONGEST_LATENCY_MS} ms")


def _sqlite_version() -> str | None:
    if find_spec("apsw") is None:
        return None
    import apsw

    linked: str = apsw.sqlite_lib_version()
    return linked


def _versions() -> dict[str, str]:
    """Give the version of each library that programs of a hall need; ZeroMQ counts only with its encryption."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    if found["pyzmq"]:
        zmq = import_module("zmq")
        found["CURVE"] = zmq.zmq_version() if zmq.has("curve") else ""
    return found


def _missing_libraries(*names: str) -> list[str]:
    missing = []
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def _clock_follows() -> bool | None:
    """Ask systemd; None where it does not run, in a container for instance."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=LOOK_TIMEOUT_S, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(answer.stdout.strip())


def _nearest(folder: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there already."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())


def _flush_ms(folder: Path) -> float | None:
    page = bytes(4096)
    took_ms = []
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for _ in range(FLUSHES):
                start = time.perf_counter()
                file.write(page)
                file.flush()
                os.fdatasync(file.fileno())
                took_ms.append((time.perf_counter() - start) * 1000)
    except OSError:
        return None
    return statistics.median(took_ms)


def _latency_timers(adapters: Path) -> dict[str, int | None]:
    """Read the latency timer of each serial USB adapter (FTDI has one; CDC and CH340 hand over at once)."""
    found: dict[str, int | None] = {}
    for adapter in sorted(adapters.glob("*")):
        try:
            found[adapter.name] = int((adapter / "latency_timer").read_text(encoding="ascii"))
        except FileNotFoundError:
            found[adapter.name] = None
    return found


def _open_keys(state: Path) -> list[Path]:
    return sorted(path for path in state.rglob("*.key") if path.stat().st_mode & 0o077)
