"""A trial picture on real screens over a real server: painted, told, and gone again; never before a citizen."""

import time
from pathlib import Path

import pytest
from PIL import Image

from protocol.commands import FindDevice, TrialKind, TryFunction
from protocol.keys import new_id
from protocol.link import Link
from protocol.views import DeviceFound, Done, TrialKnown
from tests.support.real_hall import CONFIG, PATIENCE_S, Program, RealHall, RealScreen, press

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.timeout(240)]


def tried(technician: Link, device_id: str, function_id: str, trial: TrialKind) -> TrialKnown:
    """Try something, and give what became of it."""
    trial_id = new_id()
    command = TryFunction(function_id="technician", tried_function_id=function_id, trial=trial, trial_id=trial_id)
    assert technician.ask_and_wait(command, deadline_s=PATIENCE_S) == Done()
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        found = technician.ask_and_wait(FindDevice(function_id="technician", device_id=device_id))
        assert isinstance(found, DeviceFound)
        known = next(one for one in found.trials if one.trial_id == trial_id)
        if known.result is not None or known.over:
            return known
        assert time.monotonic() < deadline_s, found


def outcome(known: TrialKnown) -> tuple[str, str]:
    assert known.result is not None, "no answer came"
    return known.result.result, known.result.reason


def corner(picture: Path) -> tuple[int, ...]:
    with Image.open(picture) as image:
        pixel = image.convert("RGB").getpixel((1, 1))
    assert isinstance(pixel, tuple)
    return pixel


def test_screens_show_their_picture_and_go_back(tmp_path: Path) -> None:
    with RealHall(tmp_path) as hall:
        technician = hall.link(tmp_path / "server" / "technician")
        tablet, board, kiosk = (
            hall.pair("tablet", "rating_terminal:rating-1:counter-1"),
            hall.pair("board", "board:board-1::hall"),
            hall.pair("kiosk", "kiosk:kiosk-1"),
        )
        with RealScreen("rating", tablet) as terminal:
            terminal.on("idle")
            usual = corner(terminal.picture(tmp_path / "usual.png"))
            assert outcome(tried(technician, "tablet", "rating-1", "screen")) == ("unseen", "look")
            assert corner(terminal.picture(tmp_path / "trial.png")) != usual
            assert outcome(tried(technician, "tablet", "rating-1", "ticket")) == ("cannot", "no_such_part")
            terminal.touch_at(200, 200)
            deadline_s = time.monotonic() + PATIENCE_S
            while corner(terminal.picture(tmp_path / f"after-{time.monotonic_ns()}.png")) != usual:
                assert time.monotonic() < deadline_s, "a touch takes the picture away"
        with RealScreen("kiosk", kiosk) as machine:
            start = machine.wait(lambda shown: any(one["action"].startswith("service:") for one in shown["touch"]))
            assert outcome(tried(technician, "kiosk", "kiosk-1", "ticket")) == ("cannot", "no_printer")
            press(machine, next(one["action"] for one in start["touch"] if one["action"].startswith("service:")))
            machine.wait(lambda shown: shown is machine.seen[-1] and shown["screen"] != start["screen"])
            assert outcome(tried(technician, "kiosk", "kiosk-1", "screen")) == ("failed", "in_use")
        shown = Program("display", "--state", board, "--config", CONFIG, "--sound", "null://", "--json")
        try:
            shown.ready()
            assert outcome(tried(technician, "board", "board-1", "screen")) == ("unseen", "look")
        finally:
            assert shown.end() == 0
