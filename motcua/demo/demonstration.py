"""The demonstration as a whole: set the hall up, let people live in it, end everything, and judge the day."""

import json
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from motcua.commands import Problem
from motcua.demo.counts import Sightings
from motcua.demo.day import Day, Lived, Script
from motcua.demo.judge import Recording, judge, replied_at
from motcua.demo.people import DayKind, people_of_day
from motcua.demo.programs import Programs, ToldToEnd
from motcua.demo.report import Latencies
from motcua.demo.stage import CONFIG, Hall, Plan, has_screen, set_up
from motcua.demo.training import Training, day_for, people_for, write_hall
from motcua.demo.witnesses import read_spoken, read_tickets
from protocol.link import Link
from queue_server.config import load

MAIN_FILES: Final[dict[DayKind, Path]] = {"ward": CONFIG / "branch.toml", "large": CONFIG / "demo" / "large.toml"}
FIRST_NUMBERS_AT: Final = datetime.fromisoformat("2026-11-23T07:30:00+07:00")
VISITORS_COME_AT: Final = datetime.fromisoformat("2026-11-23T07:59:30+07:00")
PAST_WEEKS: Final = 8
"""So that a whole month lies behind when the demonstration's day begins."""
PAST_WEEKS_MOST: Final = 52

TERMINALS_BACK_REAL_S: Final = 6.0
"""So long all terminals take to find the server again when the day begins."""

BOARD_DEADLINE_S: Final = 10.0


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    day: DayKind | None
    seed: int
    speed: float
    minutes: float | None
    quiet_hall: bool
    headless: bool
    folder: Path | None
    visits: int | None
    kills: int
    as_json: bool
    training: Training | None = None
    """The hall to train on, in the place of the demonstration's."""
    printer: str = ""
    """A real printer for the first kiosk."""
    past_weeks: int | None = None
    """How many weeks before were played; None for what is usual."""


def demonstrate(wishes: Wishes) -> int:
    """Run the demonstration to its end; the exit code says whether the day had findings."""
    with _folder(wishes.folder) as state, Programs(state / "log") as programs, _until_told(programs):
        try:
            with set_up(_plan(wishes, state), programs) as (hall, technician):
                hall.begin_the_day(technician)
                lived = _live(wishes, hall, technician)
        except ToldToEnd:
            lived = None
        troubles = [str(death) for death in programs.deaths]
        troubles += [f"{name} did not end when it was asked to" for name in programs.stubborn]
        if wishes.day is None or lived is None or programs.told.is_set():
            print(*troubles, sep="\n", end="\n" if troubles else "", file=sys.stderr)
            return 0
        recording = _recording(wishes, hall, lived, troubles)
        recording.keep(state)
        return _tell(judge(recording, hall.folder("server")), as_json=wishes.as_json)


def _plan(wishes: Wishes, state: Path) -> Plan:
    if not 0 < wishes.speed <= 1000:  # noqa: PLR2004 -- beyond, a touch takes longer than the day.
        raise Problem(f"--speed {wishes.speed:g} is not possible; choose one above 0 and up to 1000")
    if wishes.training is not None:
        return _training_plan(wishes, wishes.training, state)
    begins_at = VISITORS_COME_AT
    if wishes.day is not None:
        begins_at = FIRST_NUMBERS_AT - timedelta(seconds=TERMINALS_BACK_REAL_S * wishes.speed)
    return Plan(
        MAIN_FILES[wishes.day or "ward"],
        state,
        begins_at,
        wishes.speed,
        headless=wishes.headless or not has_screen(),
        for_visitors=wishes.day is None,
        past_weeks=past_weeks_of(wishes),
    )


def past_weeks_of(wishes: Wishes) -> int:
    """Give how many weeks before are played. Raises Problem."""
    weeks = PAST_WEEKS if wishes.past_weeks is None and wishes.day is None else wishes.past_weeks or 0
    if not 0 <= weeks <= PAST_WEEKS_MOST:
        raise Problem(f"--past-weeks {weeks} is not possible; choose one from 0 to {PAST_WEEKS_MOST}")
    if weeks and wishes.day is not None:
        raise Problem("a simulated day (--day) is counted from its own log alone; leave --past-weeks out")
    return weeks


def _training_plan(wishes: Wishes, training: Training, state: Path) -> Plan:
    main_file = write_hall(training, state / "hall")
    configuration, _ = load(main_file)
    today = datetime.now(UTC).date()  # noqa: TID251 -- a training day is the next one on which the hall works.
    set_up_at, begins_at = day_for(configuration, today)
    headless = wishes.headless or not has_screen()
    return Plan(
        main_file,
        state,
        begins_at,
        wishes.speed,
        headless,
        for_visitors=True,
        setting_up_at=set_up_at,
        has_reports=False,
        printer=wishes.printer,
    )


# --- Until the end ---------------------------------------------------------------------------------------------------


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    """Give a folder for everything: the wanted one, which must be new, or one that goes away."""
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="motcua-demo-") as passing:
            yield Path(passing)
        return
    folder = wanted.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise Problem(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


@contextmanager
def _until_told(programs: Programs) -> Iterator[None]:
    """Have the programs told to end when somebody presses Ctrl-C or sends SIGTERM."""
    ends = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: programs.told.set()) for number in ends}
    waking = signal.set_wakeup_fd(programs.wakeup_descriptor, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(waking)
        for number, handler in before.items():
            signal.signal(number, handler)


def _live(wishes: Wishes, hall: Hall, technician: Link) -> Lived | None:
    """Keep the programs running while people live in the hall, until the day is over or we are told to end."""
    if wishes.training is not None:
        people, free = people_for(hall.configuration, wishes.seed), wishes.training.counters_left_free
    else:
        people, free = people_of_day(wishes.day or "ward", wishes.seed)[: wishes.visits], 0 if wishes.day else 1
    script = Script(
        people,
        wishes.seed,
        wishes.kills,
        ends_when_served=wishes.visits is not None,
        counters_left_free=free,
    )
    day = Day(hall, technician, script)
    lived: list[Lived | BaseException] = []

    def live() -> None:
        try:
            lived.append(day.live())
        except BaseException as problem:  # noqa: BLE001 -- raised again below, in the thread that waits.
            lived.append(problem)
        hall.programs.wake()

    thread = threading.Thread(target=live, name="day", daemon=True)
    quiet = wishes.quiet_hall or not people
    if not quiet:
        thread.start()
    if wishes.day is None:
        _welcome(wishes, hall, free=len(hall.configuration.counters) if quiet else free)
    until = time.monotonic() + 60 * wishes.minutes if wishes.minutes is not None else None
    reported = 0
    while not hall.programs.told.is_set() and not lived and (until is None or time.monotonic() < until):
        hall.programs.wait(None if until is None else until - time.monotonic())
        for death in hall.programs.deaths[reported:]:
            print(death, file=sys.stderr, flush=True)
        reported = len(hall.programs.deaths)
    if quiet:
        return None
    day.end()
    thread.join(BOARD_DEADLINE_S)
    if lived and isinstance(lived[0], BaseException):
        raise lived[0]
    return lived[0] if lived else None  # type: ignore[return-value]  # Exceptions were raised above.


# --- What is told ----------------------------------------------------------------------------------------------------


def _welcome(wishes: Wishes, hall: Hall, *, free: int) -> None:
    """Tell a visitor where everything is and by which names to log in."""
    counters = hall.configuration.counters
    free_clerks = [f"clerk{counter.number}" for counter in counters[len(counters) - min(free, len(counters)) :]]
    logins = {name: hall.passwords[name] for name in (*free_clerks, "usher", "manager", "inspector", "technician")}
    if wishes.as_json:
        where = {
            "pages": hall.pages,
            "public_pages": hall.public_pages,
            "logins": logins,
            "state": str(hall.plan.state),
            "control": hall.control,
        }
        print(json.dumps(where), flush=True)
        return
    kind = "hall" if wishes.training is None else "TRAINING hall"
    lines = [
        f"The {kind} is open. Its clock began at {hall.plan.begins_at:%A %d/%m/%Y, %H:%M}; counters open at 08:00.",
        "",
        f"  Staff pages   {hall.pages}",
        *(
            f"    {name:12} {password}   (one-time: you will be asked for your own)"
            for name, password in logins.items()
        ),
        f"  Public pages  {hall.public_pages}",
        "",
        "  Touch screens "
        + (
            "kiosk, board and ratings in their windows"
            if not hall.plan.headless
            else "drawn off screen: no display here"
        ),
        f"  Tickets       {hall.folder('devices') / 'tickets'}",
        f"  Logs          {hall.plan.state / 'log'}",
        "",
        "Bring faults about, and see kiosk, board and the page of devices react (docs/demo.md has a tour):",
        *(f"  {line}" for line in _fault_lines(hall)),
        "",
        "Ctrl-C ends everything.",
    ]
    print("\n".join(lines), flush=True)


def _fault_lines(hall: Hall) -> list[str]:
    """Give the commands of the shortest tour: watch, out of paper, mended, a keypad without power."""
    keypad = hall.equipment.bare[0]
    control, kiosk = f"--control {hall.control}", hall.equipment.kiosks[0]
    return [
        f"motcua devices watch --state {hall.folder('server') / 'technician'}",
        f"motcua devices fault {control} {kiosk} paper_out",
        f"motcua devices mend {control} {kiosk} paper_out",
        f"motcua devices fault {control} {keypad.wire_id}#{keypad.slave} absent      # {keypad.function_id}",
    ]


def _recording(wishes: Wishes, hall: Hall, lived: Lived, troubles: list[str]) -> Recording:
    """Gather what was seen, now that all is quiet: read the pictures and the voices' files."""
    notes = lived.world.notes
    by_visit, printed, unreadable = read_tickets(lived.devices.tickets)
    seen: Sightings = notes.sightings
    seen.tickets = printed
    seen.spoken = [said for board_id in hall.board_ids for said in read_spoken(hall.said(board_id))]
    replied = replied_at([hall.folder(kiosk_id) for kiosk_id in hall.equipment.kiosks])
    latencies = Latencies(
        touch_to_number_s=notes.touch_to_number_s,
        reply_to_last_byte_s=[
            (ticket.last_byte_at - replied[visit_id]).total_seconds()
            for visit_id, ticket in by_visit.items()
            if visit_id in replied
        ],
        call_to_board_s=_call_to_board(lived),
    )
    extra: dict[str, Any] = {"speed": wishes.speed, "people": len(people_of_day(wishes.day or "ward", wishes.seed))}
    if notes.turned_away:
        extra["turned_away"] = dict(Counter(notes.turned_away))
    if notes.refused:
        extra["refused_presses"] = dict(Counter(notes.refused))
    if wishes.kills:
        extra["server_kills"] = {"count": len(lived.gaps_s), "longest_gap_s": round(max(lived.gaps_s, default=0.0), 2)}
        extra["presses"] = {
            "answered": sum(answer.result != "unknown" for answer in notes.answers),
            "unanswered": sum(answer.result == "unknown" for answer in notes.answers),
        }
    unread = [f"the picture {name} holds no readable code" for name in unreadable]
    return Recording(wishes.seed, seen, latencies, [*notes.troubles, *troubles, *unread], extra)


def _call_to_board(lived: Lived) -> list[float]:
    """Pair each press that called somebody with the moment at which a board first showed that call."""
    sightings = sorted((one for board in lived.boards for one in board.seen), key=lambda one: one.at_s)
    found = []
    for number, counter_number, pressed_s in lived.world.notes.calls_pressed:
        for one in sightings:
            if (one.number, one.counter_number) == (number, counter_number) and one.at_s >= pressed_s:
                if one.at_s - pressed_s < BOARD_DEADLINE_S:
                    found.append(one.at_s - pressed_s)
                break
    return found


def _tell(told: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(told, ensure_ascii=False), flush=True)
    else:
        print(json.dumps(told, ensure_ascii=False, indent=2), flush=True)
    return 1 if "findings" in told else 0
