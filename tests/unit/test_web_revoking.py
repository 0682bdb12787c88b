"""What stops when a key is revoked: all of its functions, and which keys are not revoked here."""

import pytest

from protocol.views import DeviceLine
from queue_server.web.revoking import Revoking, revoking
from tests.support.paper_hall import devices_view
from tests.support.texts import shipped_texts

VI = shipped_texts().words("vi")


def line(device_id: str, kind: str, pairing: str = "paired") -> DeviceLine:
    return DeviceLine(
        device_id=device_id,
        function_id=f"{device_id}-1",
        kind=kind,
        counter_id="",
        pairing=pairing,  # type: ignore[arg-type]  # One of its words.
        state="ok",
        reason="",
        detail="",
        since_at=None,
    )


def asked(device_id: str, *lines: DeviceLine) -> Revoking | None:
    return revoking(device_id, lines or devices_view().lines, lambda counter_id: counter_id, "staff-1", VI)


def test_every_function_of_the_key_is_named_and_no_other() -> None:
    said = asked("agent-1")
    assert said
    assert [one.name.rpartition(" · ")[2] for one in said.stops] == [
        "call-keypad-3",
        "rating-keypad-3",
        "counter-display-3",
    ]
    assert not said.refused


@pytest.mark.parametrize("kind", ["public", "system", "technician", "staff"])
def test_what_ends_for_everybody_is_marked(kind: str) -> None:
    said = asked("other", line("other", kind), line("tech-2", "technician"), line("tech-3", "technician"))
    assert said
    assert [one.reaches_far for one in said.stops] == [True]
    assert not said.refused


def test_neither_these_pages_nor_the_last_technician_are_revoked_here() -> None:
    ours = asked("web")
    assert ours
    assert ours.refused
    assert "revoke web" in ours.command
    waiting, last = line("tech-2", "technician", "expected"), line("tech-1", "technician")
    said = asked("tech-1", last, waiting)
    assert said
    assert said.refused == VI("refusal.last_technician")
    assert not said.command


def test_what_is_revoked_or_unknown_is_not_asked_about() -> None:
    assert asked("kiosk-old") is None
    assert asked("nowhere") is None
