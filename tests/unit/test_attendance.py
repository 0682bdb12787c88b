"""What the server keeps of devices that attend: their words, their clocks, their silences, and trials now or never."""

from datetime import UTC, datetime, timedelta

from protocol import commands as c
from queue_server.attendance import SILENCES_TOLD, TRIAL_LIFE_S, TRIALS_KEPT, AttendanceBook
from queue_server.contacts import Contacts
from queue_server.core.request import Attendance

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MACHINE_AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Desk:
    """A book, its contacts and a clock that a test moves."""

    def __init__(self, rate: float = 1.0) -> None:
        self.book = AttendanceBook(lambda: MACHINE_AT)
        self.contacts = Contacts(timedelta(seconds=5))
        self.rate, self.at = rate, AT

    def of(self, command: c.Asked, device_id: str = "kiosk") -> Attendance:
        return self.book.of(command, device_id, self.contacts, self.at, self.rate)

    def attend(self, *results: c.TrialResult, device_id: str = "kiosk", off_s: float = 0.0) -> Attendance:
        self.contacts.heard(device_id, self.at)
        machine_at = MACHINE_AT + timedelta(seconds=off_s)
        about = c.About(program="kiosk", program_version="1", machine_at=machine_at, started_at=MACHINE_AT)
        return self.of(c.Attend(about=about, results=results), device_id)

    def look(self) -> Attendance:
        return self.of(c.FindDevice(function_id="t", device_id="kiosk"))

    def try_out(self, number: int = 1) -> Attendance:
        trial_id = f"{number:032x}"
        return self.of(c.TryFunction(function_id="t", tried_function_id="kiosk-1", trial="ticket", trial_id=trial_id))

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def done(number: int = 1, result: str = "done") -> c.TrialResult:
    return c.TrialResult(trial_id=f"{number:032x}", result=result)  # type: ignore[arg-type]  # One of its words.


def test_what_a_device_tells_is_known_with_how_far_its_clock_is_off() -> None:
    desk = Desk()
    assert desk.look() == Attendance()
    desk.attend(off_s=-90.5)
    known = desk.look()
    assert known.about is not None
    assert (known.about.program, known.told_at, known.clock_offset_s) == ("kiosk", AT, -90.5)


def test_a_trial_waits_for_its_device_and_its_result_stands() -> None:
    desk = Desk()
    desk.attend()
    desk.try_out()
    desk.try_out()  # The same request again is the same trial.
    (due,) = desk.attend().due
    assert (due.function_id, due.trial) == ("kiosk-1", "ticket")
    desk.pass_s(2)
    assert desk.attend(done()).due == ()
    desk.attend(done(result="failed"))
    (known,) = desk.look().trials
    assert known.result == done(), "the first word counts"
    assert (known.asked_at, known.answered_at, known.over) == (AT, AT + timedelta(seconds=2), False)


def test_nothing_is_tried_later() -> None:
    for rate in (1.0, 60.0):
        desk = Desk(rate)
        desk.try_out()
        desk.pass_s((TRIAL_LIFE_S - 0.1) * rate)
        assert desk.attend().due
        assert not desk.look().trials[0].over
        desk.pass_s(0.1 * rate)
        assert desk.attend().due == ()
        assert desk.look().trials[0].over
        desk.attend(done())
        assert desk.look().trials[0].result == done(), "what comes late is told all the same"
        assert not desk.look().trials[0].over


def test_one_devices_trials_are_none_of_anothers() -> None:
    desk = Desk()
    desk.try_out()
    assert desk.attend(device_id="board").due == ()
    desk.attend(done(), device_id="board")
    assert desk.look().trials[0].result is None


def test_only_the_last_trials_are_kept_newest_first() -> None:
    desk = Desk()
    for number in range(TRIALS_KEPT + 3):
        desk.try_out(number)
    kept = [one.trial_id for one in desk.look().trials]
    assert kept == [f"{number:032x}" for number in range(TRIALS_KEPT + 2, 2, -1)]


def test_of_no_device_nothing_is_kept() -> None:
    desk = Desk()
    assert desk.of(c.FindDevice(function_id="t", device_id="x"), "") == Attendance()
    for number in range(5000):
        desk.attend(device_id=f"device-{number}")
    assert len(desk.book._known) <= 1024


def test_silences_are_told_newest_first_and_the_present_one_has_no_end() -> None:
    desk = Desk()
    desk.attend()
    for _ in range(SILENCES_TOLD + 2):
        desk.pass_s(60)
        desk.attend()
    assert len(desk.look().silences) == SILENCES_TOLD
    assert desk.look().silences[0].to_at == desk.at
    desk.pass_s(30)
    present = desk.look()
    assert present.heard_at == desk.at - timedelta(seconds=30)
    assert (present.silences[0].from_at, present.silences[0].to_at) == (present.heard_at, None)
