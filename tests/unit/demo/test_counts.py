"""The witnesses catch what must not be: planted losses, duplicates and double calls."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from motcua.demo import counts
from motcua.demo.counts import CallShown, CallSpoken, Held, NumberShown, PressAnswered, Sightings, TicketPrinted
from motcua.demo.people import ARRIVALS_PER_HALF_HOUR, DayKind, people_of_day
from motcua.demo.report import Day, report
from protocol import events as e
from protocol.events import AnyEvent
from queue_server.config import load

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FIRST, SECOND = "0" * 31 + "1", "0" * 31 + "2"


def at(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


def taken(visit_id: str, number: int, minutes: float) -> AnyEvent:
    return e.VisitTaken(
        at=at(minutes),
        visit_id=visit_id,
        device_id="k",
        function_id="kiosk-1",
        service_id="s",
        queue_id="s",
        priority_class_id="usual",
        prefix="H",
        number=number,
        taken_at=at(minutes),
    )


def called(visit_id: str, call_id: int, minutes: float, counter: int = 3) -> AnyEvent:
    return e.VisitCalled(
        at=at(minutes),
        visit_id=visit_id,
        counter_id=f"counter-{counter}",
        call_id=call_id,
        clause="priority",
        waited_s=0,
    )


def ended(visit_id: str, minutes: float) -> AnyEvent:
    return e.ServiceEnded(at=at(minutes), visit_id=visit_id, counter_id="counter-3", outcome="received", served_s=60)


def printed(visit_id: str, minutes: float) -> AnyEvent:
    return e.TicketReported(at=at(minutes), visit_id=visit_id, device_id="k", state="confirmed")


LOG = [
    taken(FIRST, 1, 0),
    printed(FIRST, 0.1),
    taken(SECOND, 2, 1),
    printed(SECOND, 1.1),
    called(FIRST, 1, 2),
    ended(FIRST, 5),
    called(SECOND, 2, 6),
    ended(SECOND, 9),
]


def honest() -> Sightings:
    return Sightings(
        numbers=[NumberShown(FIRST, "H001"), NumberShown(SECOND, "H002")],
        tickets=[TicketPrinted(FIRST, "1.png"), TicketPrinted(SECOND, "2.png")],
        holds=[Held("H001", 3, 120, 300), Held("H002", 3, 360, 540)],
        calls=[CallShown(1, "H001", 3), CallShown(2, "H002", 3)],
        spoken=[CallSpoken(1, ("mời",)), CallSpoken(2, ("mời",))],
    )


def test_an_honest_day_has_no_findings() -> None:
    seen = honest()
    assert counts.duplicate_numbers(seen) == []
    assert counts.double_calls(seen) == []
    assert counts.lost_acknowledged(seen, LOG) == []
    assert counts.missing_pictures(seen, LOG) == []
    assert counts.unannounced(seen, LOG) == []
    assert counts.waits_s(LOG) == [120.0, 300.0]
    assert counts.tally(LOG) == {
        "visits_taken": 2,
        "calls": 2,
        "ended": 2,
        "no_shows": 0,
        "cancelled": 0,
        "expired": 0,
        "ratings": 0,
    }


def test_a_day_of_silent_voices_or_printers_is_judged_bad() -> None:
    configuration, _ = load(Path(__file__).parents[3] / "config" / "branch.toml")
    assert counts.silent_devices(honest(), LOG, configuration) == []
    assert counts.silent_devices(Sightings(), [], configuration) == [], "nothing was to be said or printed"
    for unseen, kind in (("spoken", "silent_voice"), ("tickets", "silent_printer")):
        seen = honest()
        setattr(seen, unseen, [])
        judged = report(Day(seed=7, log=LOG, sightings=seen, configuration=configuration))
        assert any(finding.startswith(f"{kind}: ") for finding in judged["findings"]), judged["findings"]


def test_a_ticket_taken_out_of_the_log_is_lost() -> None:
    without = [event for event in LOG if getattr(event, "visit_id", "") != FIRST]
    kinds = {finding.kind for finding in counts.lost_acknowledged(honest(), without)}
    assert {"lost_ticket", "lost_call"} <= kinds


def test_a_visit_that_never_ends_has_vanished() -> None:
    (finding,) = counts.lost_acknowledged(honest(), LOG[:-1])
    assert finding.kind == "vanished"


def test_a_paper_with_the_code_of_nobody_is_found() -> None:
    seen = honest()
    seen.tickets.append(TicketPrinted("f" * 32, "3.png"))
    (finding,) = counts.lost_acknowledged(seen, LOG)
    assert finding.kind == "unknown_ticket"


def test_a_number_shown_to_two_visits_is_a_duplicate() -> None:
    seen = honest()
    seen.numbers[1] = NumberShown(SECOND, "H001")
    assert [finding.kind for finding in counts.duplicate_numbers(seen)] == ["duplicate_number"]


@pytest.mark.parametrize(("counter", "from_s", "caught"), [(5, 200, True), (5, 300, False), (3, 200, False)])
def test_two_counters_holding_one_number_is_a_double_call(*, counter: int, from_s: float, caught: bool) -> None:
    seen = honest()
    seen.holds.append(Held("H001", counter, from_s, from_s + 60))
    assert bool(counts.double_calls(seen)) is caught


def test_a_long_hold_is_remembered_behind_a_short_one_in_between() -> None:
    seen = honest()
    seen.holds = [Held("H001", 1, 0, 100), Held("H001", 1, 10, 20), Held("H001", 2, 30, 40)]
    (finding,) = counts.double_calls(seen)
    assert finding.what == "H001 was at counter 2 while counter 1 held it"


def test_a_confirmed_ticket_without_a_picture_is_found() -> None:
    seen = honest()
    seen.tickets.pop()
    assert [finding.kind for finding in counts.missing_pictures(seen, LOG)] == ["no_picture"]


def test_a_call_unseen_or_said_twice_or_said_of_nothing_is_found() -> None:
    seen = honest()
    seen.calls.pop(0)
    seen.spoken += [CallSpoken(2, ("mời",)), CallSpoken(9, ("mời",))]
    kinds = [finding.kind for finding in counts.unannounced(seen, LOG)]
    assert kinds == ["not_shown", "said_of_nothing", "said_twice"]


@pytest.mark.parametrize(
    ("shown", "missing"), [((1, 2, 3), []), ((2, 3), []), ((1, 2), [3]), ((2,), [1, 3]), ((), [1, 2, 3])]
)
def test_a_call_repeated_before_it_was_painted_needs_no_place(shown: tuple[int, ...], missing: list[int]) -> None:
    recalled = e.VisitRecalled(at=at(2.5), visit_id=FIRST, counter_id="counter-3", call_id=3, recalls=1)
    log = [called(FIRST, 1, 2), called(SECOND, 2, 6, counter=4), recalled]
    seen = Sightings(calls=[CallShown(call_id, "H001", 3) for call_id in shown])
    found = counts.unannounced(seen, log)
    assert [finding.what for finding in found] == [f"call {call_id} never stood on a board" for call_id in missing]


SAID = ("chime", "vi/call", "vi/letter_h", "vi/zero", "vi/zero", "vi/one", "vi/to_counter", "vi/three")


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (SAID, True),
        ((*SAID, *SAID[1:]), True),
        ((*SAID[:5], "vi/two", *SAID[6:]), False),
        ((*SAID[:-1], "vi/five"), False),
        (("chime",), False),
        (SAID[:4], False),
    ],
)
def test_words_that_say_another_number_or_counter_are_found(words: tuple[str, ...], *, right: bool) -> None:
    seen = honest()
    seen.spoken = [CallSpoken(1, words)]
    hall, _ = load(Path("config/branch.toml"))
    assert [finding.kind for finding in counts.miscalled(seen, LOG, hall)] == ([] if right else ["said_wrong"])


def test_a_board_that_shows_another_counter_is_found() -> None:
    seen = honest()
    seen.calls[0] = CallShown(1, "H001", 4)
    seen.spoken.clear()
    hall, _ = load(Path("config/branch.toml"))
    assert [finding.kind for finding in counts.miscalled(seen, LOG, hall)] == ["shown_wrong"]


@pytest.mark.parametrize(("action", "lost"), [("call_next", 0), ("end", 0), ("park", 1)])
def test_presses_on_consoles_that_left_nothing_are_lost(action: str, lost: int) -> None:
    seen = honest()
    seen.done.append(action)
    assert len(counts.lost_acknowledged(seen, LOG)) == lost


def test_answered_presses_that_the_log_lacks_are_lost() -> None:
    seen = honest()
    seen.presses.append(PressAnswered(3, 1))
    assert [finding.kind for finding in counts.lost_acknowledged(seen, LOG)] == ["lost_press"]


def test_percentiles_are_nearest_ranks() -> None:
    assert counts.percentile([], 0.5) is None
    assert counts.percentile([3, 1, 2], 0.5) == 2
    assert counts.percentile(range(100), 0.99) == 99


@pytest.mark.parametrize("day", ["ward", "large"])
def test_the_same_seed_gives_the_same_people(day: DayKind) -> None:
    first, again, other = (people_of_day(day, seed) for seed in (7, 7, 8))
    assert first == again != other
    assert len(first) == sum(ARRIVALS_PER_HALF_HOUR[day])
    assert all(one.arrives_s <= two.arrives_s for one, two in pairwise(first))
    assert {person.ending for person in first} >= {"served", "no_show"}
