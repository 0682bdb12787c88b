"""Estimates: the real rule simulated on a snapshot, in figures that one can check by hand."""

import io
import random
import subprocess
import sys

import msgspec
import pytest

from protocol.estimates import Estimate
from queue_server import core
from queue_server.core.snapshot import (
    Snapshot,
    SnapshotClass,
    SnapshotCounter,
    SnapshotLine,
    SnapshotService,
)
from queue_server.estimate import chances, estimate, frames
from tests.support.tables import play

WALK = int(chances.WALKING_S)


def hall(
    *counters: SnapshotCounter, lines: tuple[SnapshotLine, ...] = (), durations: tuple[int, ...] = (300,) * 5
) -> Snapshot:
    """Give a hall of two queues, in which every service of ``civil`` takes 300 s and of ``land`` 600 s."""
    return Snapshot(
        services={
            "status": SnapshotService("civil", durations, 900.0),
            "copies": SnapshotService("civil", (), 300.0),
            "land": SnapshotService("land", (600,) * 6, 900.0),
        },
        classes={"usual": SnapshotClass(1, 3600), "elderly": SnapshotClass(3, 1200)},
        overflow_after_s={"civil": 600.0, "land": 600.0},
        counters=counters,
        lines=lines,
    )


def line(queue_id: str, *waited_s: float, class_id: str = "usual", service: str = "", to: str = "") -> SnapshotLine:
    usual = {"civil": "status", "land": "land"}[queue_id]
    return SnapshotLine(queue_id, class_id, to, tuple((service or usual, waited) for waited in waited_s))


CIVIL = SnapshotCounter("1", ("civil",), ("land",), "", 0.0)
LAND = SnapshotCounter("2", ("land",), ("civil",), "", 0.0)
CIVIL_ALONE = SnapshotCounter("3", ("civil",), (), "", 0.0)


def ranges(snapshot: Snapshot, seed: int = 1) -> dict[tuple[str, str], tuple[int, int]]:
    found = estimate(snapshot, random.Random(seed))
    return {pair: (value.low_s, value.high_s) for pair, value in found.items()}


def test_an_empty_hall_has_no_wait() -> None:
    found = ranges(hall(CIVIL))
    assert found["status", "usual"] == (0, 0)
    assert found["land", "usual"] == (0, 0), "its backup queue is empty, so counter 1 helps at once"


def test_people_ahead_take_their_times_one_after_the_other() -> None:
    found = ranges(hall(CIVIL_ALONE, lines=(line("civil", 30, 20, 10),)))
    assert found["status", "usual"] == (3 * (300 + WALK), 3 * (300 + WALK))
    assert ("land", "usual") not in found, "no open counter serves it"


def test_two_counters_halve_the_wait() -> None:
    other = msgspec.structs.replace(CIVIL_ALONE, counter_id="4")
    found = ranges(hall(CIVIL_ALONE, other, lines=(line("civil", 30, 20, 10, 5),)))
    assert found["status", "usual"] == (2 * (300 + WALK), 2 * (300 + WALK))


def test_the_time_already_served_counts() -> None:
    busy = msgspec.structs.replace(CIVIL_ALONE, service_id="status", elapsed_s=100.0)
    assert ranges(hall(busy))["status", "usual"] == (200, 200)


def test_a_service_that_takes_longer_than_all_known_ends_some_time() -> None:
    busy = msgspec.structs.replace(CIVIL_ALONE, service_id="status", elapsed_s=1000.0)
    low_s, high_s = ranges(hall(busy))["status", "usual"]
    assert 0 < low_s < high_s


def test_a_class_that_gains_faster_waits_shorter_and_nobody_is_overtaken_for_ever() -> None:
    found = ranges(hall(CIVIL_ALONE, lines=(line("civil", *range(900, 0, -100)),)))
    assert found["status", "elderly"][0] < found["status", "usual"][0]
    assert found["status", "usual"] == (9 * (300 + WALK), 9 * (300 + WALK))
    guaranteed = found["status", "elderly"][0]
    assert guaranteed <= 1200 + 300 + WALK, "the guarantee is kept to within one service"


def test_a_backup_counter_helps_and_a_visit_sent_elsewhere_is_not_in_the_way() -> None:
    queue = line("civil", 700, 10)
    alone = ranges(hall(CIVIL_ALONE, lines=(queue,)))["status", "usual"]
    helped = ranges(hall(CIVIL_ALONE, LAND, lines=(queue,)))["status", "usual"]
    assert helped < alone
    sent = line("civil", 5, 5, 5, to="2")
    assert ranges(hall(CIVIL_ALONE, lines=(sent,)))["status", "usual"] == (0, 0)
    there = ranges(hall(LAND, lines=(msgspec.structs.replace(sent, to_counter_id="2"),)))
    assert there["land", "usual"] == (3 * (300 + WALK), 3 * (300 + WALK)), (
        "they come before a newcomer at their counter"
    )


def test_silence_until_there_is_enough_history() -> None:
    assert ("status", "usual") not in ranges(hall(CIVIL, durations=(300,) * 4))
    assert ("status", "usual") in ranges(hall(CIVIL, durations=(300,) * 5))
    assert ("copies", "usual") not in ranges(hall(CIVIL)), "what was configured is a guess"
    assert ranges(hall()) == {}, "no counter is open"


def test_chance_gives_a_range_and_the_same_seed_the_same_one() -> None:
    spread = hall(CIVIL_ALONE, lines=(line("civil", *range(20, 0, -1)),), durations=(60, 120, 300, 600, 1200))
    low_s, high_s = ranges(spread)["status", "usual"]
    assert low_s < high_s
    assert ranges(spread, seed=3) == ranges(spread, seed=3)
    guessed = hall(CIVIL_ALONE, lines=(line("civil", 3, 2, 1, service="copies"),))
    low_s, high_s = ranges(guessed)["status", "usual"]
    assert low_s < high_s, "people ahead whose service nobody knows take what was configured, more or less"
    assert low_s == pytest.approx(3 * (300 + WALK), rel=0.35)


def test_a_full_hall_is_simulated_in_a_bounded_number_of_calls_and_nobody_is_told_of_another_day() -> None:
    full = hall(CIVIL_ALONE, lines=(line("civil", *range(2000, 0, -1)),))
    assert ("status", "usual") not in ranges(full), "that would be a week"
    assert ranges(hall(CIVIL_ALONE, lines=(line("civil", *range(100, 0, -1)),)))["status", "usual"] == (32_000, 32_000)


def test_the_snapshot_of_a_branch_tells_what_the_rule_needs() -> None:
    table = play(
        """
        take    V1 civil_status
        take    V2 civil_status elderly
        take    V3 land
        signin  an 1
        signin  binh 2
        call    1
        start   1
        wait    40
        end     1
        call    1                    -> V2 priority
        start   1
        wait    60
        transfer 1 land+2
        wait    10
        call    2
        """
    )
    snapshot = core.take_snapshot(table.hall.branch, table.hall.at)
    assert snapshot.services["civil_status"].durations_s == (40, 60)
    assert not snapshot.services["civil_status"].has_history
    counters = {counter.counter_id: counter for counter in snapshot.counters}
    assert [counter.state for counter in counters.values()] == ["open", "open", "closed"]
    assert counters["counter-1"].service_id == ""
    assert (counters["counter-2"].service_id, counters["counter-2"].called) == ("land", True)
    assert (snapshot.taken, snapshot.hours) == (3, ((27000, 41400), (46800, 61200)))
    assert snapshot.now_s == 27110, "07:31:50"
    assert [(line.queue_id, line.to_counter_id, line.waiting) for line in snapshot.lines] == [
        ("land", "", (("land", 110.0),))
    ]


def test_the_process_answers_frames_until_its_input_ends() -> None:
    snapshot = hall(CIVIL_ALONE, lines=(line("civil", 30, 20, 10),))
    asked = io.BytesIO()
    frames.write_frame(asked, frames.encode_question(snapshot))
    frames.write_frame(asked, frames.encode_question(snapshot))
    done = subprocess.run(
        [sys.executable, "-m", "queue_server.estimate"], input=asked.getvalue(), capture_output=True, check=True
    )
    told = io.BytesIO(done.stdout)
    for _ in range(2):
        body = frames.read_frame(told)
        assert body is not None
        assert frames.decode_answer(body)["status", "usual"] == Estimate(low_s=960, high_s=960)
    assert frames.read_frame(told) is None


@pytest.mark.parametrize("broken", [b"\x00\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x05{}"])
def test_a_broken_frame_is_named(broken: bytes) -> None:
    with pytest.raises(frames.Broken):
        frames.read_frame(io.BytesIO(broken))
