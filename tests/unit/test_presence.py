"""A device that fell silent is gone, and is what it was when it comes back."""

from protocol.commands import DeviceState, ReportDevice
from queue_server.server.presence import SILENT_AFTER_S, Presence
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import key_of, small_hall


def told(hall: DrivenBranch, presence: Presence, now: float) -> list[tuple[str, DeviceState, str]]:
    """Look at this moment and let the branch know, as the loop does."""
    from queue_server import core

    reports = list(presence.changes(hall.branch, now))
    for report in reports:
        hall.ask_as(core.Actor.loop(), report)
    return [(report.function_id, report.state, report.reason) for report in reports]


def hall_with(state: DeviceState, reason: str = "") -> DrivenBranch:
    hall = DrivenBranch(small_hall(), instant("08:00"))
    hall.ask(ReportDevice(function_id="kiosk-1", state=state, reason=reason))
    return hall


def test_silence_makes_a_device_gone_once_and_a_sign_of_life_brings_back_what_it_said() -> None:
    hall, presence = hall_with("degraded", "paper_low"), Presence(100.0)
    presence.heard(key_of("kiosk-1"), 101.0)
    assert told(hall, presence, 101.0 + SILENT_AFTER_S) == []
    assert told(hall, presence, 102.0 + SILENT_AFTER_S) == [("kiosk-1", "gone", "silent")]
    assert told(hall, presence, 120.0 + SILENT_AFTER_S) == []
    presence.heard(key_of("kiosk-1"), 140.0)
    assert told(hall, presence, 141.0) == [("kiosk-1", "degraded", "paper_low")]
    assert told(hall, presence, 142.0) == []


def test_a_start_gives_everyone_time_to_come_back() -> None:
    hall, presence = hall_with("ok"), Presence(1000.0)
    assert told(hall, presence, 1000.0 + SILENT_AFTER_S - 1) == []
    assert told(hall, presence, 1000.0 + SILENT_AFTER_S + 1) == [("kiosk-1", "gone", "silent")]


def test_after_a_restart_what_came_back_is_not_known_until_it_says_so() -> None:
    hall, presence = hall_with("ok"), Presence(0.0)
    assert told(hall, presence, 100.0) == [("kiosk-1", "gone", "silent")]
    restarted = Presence(200.0)
    restarted.heard(key_of("kiosk-1"), 201.0)
    assert told(hall, restarted, 202.0) == [("kiosk-1", "unknown", "")]


def test_a_device_that_says_itself_that_its_printer_is_gone_is_believed() -> None:
    hall, presence = hall_with("gone", "unplugged"), Presence(0.0)
    presence.heard(key_of("kiosk-1"), 1.0)
    assert told(hall, presence, 2.0) == []
    assert told(hall, presence, 100.0) == []
