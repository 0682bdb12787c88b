"""The demonstration's past: a log as a server writes it, in which what was planted is found by what managers read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from motcua.commands import Problem
from motcua.demo.demonstration import Wishes, past_weeks_of
from motcua.demo.equipment import equipment_of
from motcua.demo.past import Past, play_past
from motcua.workbench.words import read_texts
from protocol.commands import CreateDevice, FunctionDescription
from protocol.inquiries import Inquiry, Step
from queue_server import core
from queue_server.branch_files import Address, found_branch
from queue_server.config import load
from queue_server.inquiry_words import INQUIRIES_FILE, InquiriesFile
from queue_server.journal import Journal, verify
from queue_server.log import HEADS_FILE, LOG_FILE, Log
from queue_server.recovery import load_branch
from queue_server.reporting.satisfaction import Span, SpanFound, read_span
from queue_server.reporting.tables import REPORTS_FILE, following
from queue_server.satisfaction.cusum import RESPONSE_BESIDE_PAST, charts
from queue_server.satisfaction.funnel import funnel
from queue_server.satisfaction.inquiries import in_time

CONFIG = Path(__file__).parents[3] / "config"
ADDRESS = Address(host="127.0.0.1", commands_port=0, views_port=0, pairing_port=0)
MONDAY = date(2026, 11, 23)
WEEKS = 8
ALL_OF_IT = Span("2026-09-28", "2026-11-20")


@dataclass(frozen=True)
class Played:
    """A branch with its past, loaded as a server does."""

    state: Path
    past: Past
    branch: core.Branch
    found: SpanFound


def play(state: Path, weeks: int) -> Past:
    configuration, sources = load(CONFIG / "branch.toml")
    equipment = equipment_of(configuration, for_visitors=True)
    past = Past(weeks, MONDAY, equipment, read_texts(CONFIG).words("vi"))
    found_branch(state, configuration, sources, ADDRESS, past.founded_at)
    play_past(past, state)
    return past


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    state = tmp_path_factory.mktemp("past") / "server"
    past = play(state, WEEKS)
    log = Log(state / LOG_FILE)
    loaded = load_branch(log)
    log.close()
    assert loaded is not None
    with Journal(state / LOG_FILE) as journal, following(state / REPORTS_FILE) as tables:
        tables.rebuild(journal)
    return Played(state, past, loaded[0], read_span(state / REPORTS_FILE, ALL_OF_IT))


def test_it_is_a_log_as_a_server_writes_it(played: Played) -> None:
    verdict = verify(played.state / LOG_FILE, played.state / HEADS_FILE)
    assert verdict.wrong is None
    assert verdict.heads == WEEKS * 5
    assert (played.branch.day, played.branch.day_open) == ("2026-11-20", False)
    assert len(played.found.days) == WEEKS * 5, "no working day is left out"


def test_the_old_keys_are_shut_out_and_new_ones_may_have_their_names(played: Played) -> None:
    technician = FunctionDescription(function_id="technician", kind="technician")
    actor = core.Actor(device_id="technician", function=technician)
    facts = core.Facts(utc_offset_s=7 * 3600, pairing_code="ABCDEFGH", pairing_salt="00")
    for device in played.past.equipment.devices():
        command = CreateDevice(
            function_id="technician", device_id=device.device_id, name="", functions=device.functions
        )
        request = core.Request(actor, command, facts)
        assert core.decide(played.branch, request, datetime(2026, 11, 22, tzinfo=UTC))


def test_channels_have_answered_but_those_that_the_hall_has_not(played: Played) -> None:
    rated = {channel: one.tally.rated for channel, one in played.found.channels.items()}
    assert rated["keypad"] > 1000 < 100 * rated["paper"]
    assert rated["terminal"] > 100
    assert rated["link"] == rated["surprise"] == rated["home"] == 0
    assert {one.flag for one in played.found.channels["keypad"].flagged} >= {"no_open_window", "debounce"}


def test_what_was_planted_is_found(played: Played) -> None:
    keypads = played.found.channels["keypad"]
    unasked = {key: count for key, count in keypads.unasked_by("counter").items() if count}
    assert list(unasked) == ["counter-3"], "its keypad was silent"
    limits = funnel(keypads.by("counter"))
    assert limits is not None
    assert [key for key, point in limits.points.items() if point.standing == "far_below"] == ["counter-4"]
    risen = charts(keypads.daily("counter", played.found.days), RESPONSE_BESIDE_PAST)
    alarms = {key: [played.found.days[day] for day in one.alarms] for key, one in risen.items() if one.alarms}
    assert list(alarms) == ["counter-5"]
    assert "2026-11-06" < min(alarms["counter-5"]) < "2026-11-20", "not before the clerk began, and not a month later"


def test_the_manager_answered_but_not_all_in_time(played: Played) -> None:
    inquiries = list(played.branch.inquiries.values())
    done, due = in_time(inquiries, "2026-11-20")
    assert 0.6 < done / due < 1
    assert {one.state for one in inquiries} == {"new", "in_hand", "answered"}
    words = InquiriesFile(played.state / INQUIRIES_FILE)
    answered = [one for one in inquiries if one.state == "answered"]
    said = words.of(one.inquiry_id for one in answered)
    words.close()
    assert {said[step.step_id] for step in _answers(answered)} == {
        played.past.words("demo.inquiry_holds"),
        played.past.words("demo.inquiry_holds_not"),
    }
    assert set(said) <= set(core.steps_at_hand(played.branch))


def test_the_same_past_each_time(played: Played, tmp_path: Path) -> None:
    play(tmp_path / "server", 1)
    with Journal(tmp_path / "server" / LOG_FILE) as journal:
        first = [row.type for row in journal.rows(1)]
    play(tmp_path / "again", 1)
    with Journal(tmp_path / "again" / LOG_FILE) as journal:
        assert [row.type for row in journal.rows(1)] == first
    assert played.past.first_day == date(2026, 9, 28)


@pytest.mark.parametrize(
    ("day", "asked", "weeks"), [(None, None, 8), (None, 0, 0), (None, 2, 2), ("ward", None, 0), ("ward", 0, 0)]
)
def test_only_who_looks_around_has_a_past(day: str | None, asked: int | None, weeks: int) -> None:
    assert past_weeks_of(wishes(day, asked)) == weeks


@pytest.mark.parametrize(("day", "asked", "why"), [(None, -1, "0 to"), (None, 53, "0 to"), ("ward", 3, "--day")])
def test_a_past_that_cannot_be_is_refused(day: str | None, asked: int, why: str) -> None:
    with pytest.raises(Problem, match=why):
        past_weeks_of(wishes(day, asked))


def wishes(day: str | None, past_weeks: int | None) -> Wishes:
    return Wishes(
        day=day,  # type: ignore[arg-type]  # one of its kinds
        seed=7,
        speed=1.0,
        minutes=None,
        quiet_hall=False,
        headless=True,
        folder=None,
        visits=None,
        kills=0,
        as_json=False,
        past_weeks=past_weeks,
    )


def _answers(inquiries: Iterable[Inquiry]) -> Iterator[Step]:
    for inquiry in inquiries:
        yield from (step for step in inquiry.steps if step.kind == "answered")
