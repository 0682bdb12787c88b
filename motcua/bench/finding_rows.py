"""What a citizen waits for who types: from a key to what it finds, over every procedure there is."""

import tempfile
import time
import tomllib
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from motcua.bench.branch import CONFIG, measured_hall, new_branch, serving
from motcua.bench.program_rows import STEP_TIMEOUT_S, kiosk_door
from motcua.bench.rows import Row, percentile
from motcua.demo.witnesses import KioskDoor
from presentation.search import found, index
from protocol.configuration import Procedure

TYPED = (
    "khai sinh",
    "kahi xinh",
    "cap giay chung nhan",
    "dkks",
    "hai quan",
    "zzzz",
    "dang ky thue",
    "giay fep",
    "ho tro",
    "xin can cuoc",
)
"""Names, abbreviations, mistakes, and what no procedure is like."""
ROUNDS = 3
SAME_KEY_S = 0.5
"""A key that has shown nothing for so long was taken for a trembling finger."""


def finding_rows() -> Iterator[Row]:
    """The search alone, and the kiosk on which somebody types; both with all procedures instead of a hall's choice."""
    procedures = every_procedure()
    names = index((one.code, name, language) for one in procedures for language, name in one.names.items())
    taken_ms = []
    for text in TYPED * ROUNDS:
        for typed in accumulate(text):
            started = time.perf_counter()
            found.__wrapped__(names, typed, "vi")
            taken_ms.append((time.perf_counter() - started) * 1000)
    what = f"search for what was typed, {len(procedures)} procedures: p99"
    yield Row(what=what, value=percentile(taken_ms, 0.99), unit="ms", budget=50)
    with (
        new_branch(kiosks=1, catalogue=procedures) as branch,
        serving(branch) as server,
        tempfile.TemporaryDirectory() as name,
        kiosk_door(Path(name), branch.kiosks[0], server) as (_, door),
    ):
        shown_ms = [taken * 1000 for taken in _typing_s(door)]
    what = f"key to what it finds on the screen, {len(procedures)} procedures"
    yield Row(what=f"{what}: median", value=percentile(shown_ms, 0.5), unit="ms", budget=50)
    yield Row(what=f"{what}: p99", value=percentile(shown_ms, 0.99), unit="ms", budget=100)


def every_procedure() -> tuple[Procedure, ...]:
    """Give the official list as a hall's catalogue, spread over its services."""
    listed = tomllib.loads((CONFIG / "catalogue" / "procedures.toml").read_text("utf-8"))["procedures"]
    services = [service.service_id for service in measured_hall().services]
    return tuple(
        Procedure(
            code=one["code"],
            service_id=services[place % len(services)],
            names={"vi": one["name"], "en": one["name"]},
        )
        for place, one in enumerate(listed)
    )


def _typing_s(door: KioskDoor) -> Iterator[float]:
    """Type as a citizen does; give the seconds from each lifted finger to the frame that shows what came of it."""
    _tap(door, "search")
    for text in TYPED * ROUNDS:
        for letter in text:
            yield _tap(door, "type:space" if letter == " " else f"type:{letter}")
        _tap(door, "type:clear")


def _tap(door: KioskDoor, action: str) -> float:
    assert door.screen.wait(lambda now: action in now.actions, STEP_TIMEOUT_S), f"the kiosk offers no {action}"
    lifted_s = door.tap(action)
    if not door.screen.wait(lambda now: now.at_s > lifted_s, SAME_KEY_S):
        # The same key too soon after itself counts as a trembling finger: a citizen touches it again.
        lifted_s = door.tap(action)
        assert door.screen.wait(lambda now: now.at_s > lifted_s, STEP_TIMEOUT_S), f"{action} changes nothing"
    return door.screen.value.at_s - lifted_s
