"""A board's day as tables: what happens at which second, who has the large place, what is announced."""

from dataclasses import dataclass, field

import pytest

from presentation.board import Told
from presentation.board_flow import BACKLOG, Input, LinkState, Scene, Stage, step
from protocol.configuration import Policies
from protocol.views import BoardCall, BoardView
from tests.support.boards import at, board, call, repository_texts, stopped

TEXTS = repository_texts()
DAY = "2026-11-23"


@dataclass
class Hall:
    """A board under test, driven by views and the clock."""

    stage: Stage = field(default_factory=lambda: Stage(told=Told(DAY, 0)))
    memory: Told | None = None
    said: list[str] = field(default_factory=list)
    speaking_id: int | None = None

    def look(self, view: BoardView | None, second: float, link: LinkState = "up") -> Scene:
        done = step(self.stage, Input(view, at(second), link, self.speaking_id, self.memory), TEXTS)
        self.stage = done.stage
        if done.announcement:
            hurried = "!" if done.announcement.hurried else ""
            self.said.append(f"{done.announcement.call.prefix}{done.announcement.call.number:03d}{hurried}")
        if done.warning:
            languages = " ".join(words.language for words in done.warning.words)
            self.said.append(f"{done.warning.emergency_id or done.warning.words[0].title}: {languages}")
        self.wake_at = done.wake_at
        return done.scene


def large(scene: Scene) -> str:
    """Write who has the large place: `H025>3`, in brackets without amber, `-` for nobody."""
    current = scene.lines.current if scene.lines else None
    if current is None:
        return "-"
    text = f"{current.number}>{current.counter}"
    return text if scene.amber else f"({text})"


FIVE = tuple(call(number, f"H{number:03d}", number, at_s=10) for number in range(1, 6))


def test_five_called_at_once_have_eight_seconds_each_in_order_and_are_each_announced_once() -> None:
    hall = Hall()
    seen = [(second, large(hall.look(board(*FIVE), 10 + second))) for second in (0, 7.9, 8, 15.9, 16, 24, 32, 40, 60)]
    assert seen == [
        (0, "H001>1"),
        (7.9, "H001>1"),
        (8, "H002>2"),
        (15.9, "H002>2"),
        (16, "H003>3"),
        (24, "H004>4"),
        (32, "H005>5"),
        (40, "H005>5"),
        (60, "H005>5"),
    ]
    assert hall.said == ["H001", "H002", "H003", "H004", "H005"]


def test_all_five_stand_on_a_line_from_the_first_moment() -> None:
    scene = Hall().look(board(*FIVE), 10)
    assert scene.lines is not None
    assert [line.number for line in scene.lines.others] == ["H002", "H003", "H004", "H005"]


def test_a_board_asks_to_be_woken_when_the_turn_ends() -> None:
    hall = Hall()
    hall.look(board(*FIVE), 10)
    assert hall.wake_at == at(18)


def test_more_than_can_wait_are_hurried_but_all_are_said() -> None:
    calls = tuple(call(number, f"H{number:03d}", number) for number in range(1, BACKLOG + 3))
    hall = Hall()
    for tenth in range(600):
        hall.look(board(*calls), tenth / 10)
    assert hall.said == ["H001!", "H002!", "H003", "H004", "H005", "H006", "H007"]


SERVED: tuple[tuple[str, tuple[BoardCall, ...], str, list[str]], ...] = (
    # what happened to the second of two calls before its turn, the calls then, the large place at its turn, said
    ("still on the way", (call(1, "H001", 1), call(2, "H002", 2)), "H002>2", ["H001", "H002"]),
    ("already served", (call(1, "H001", 1), call(2, "H002", 2, state="in_service")), "H001>1", ["H001"]),
    ("gone", (call(1, "H001", 1), call(2, "H002", 2, state="over")), "H001>1", ["H001"]),
)


@pytest.mark.parametrize(("what", "then", "expected", "said"), SERVED, ids=[row[0] for row in SERVED])
def test_a_citizen_who_is_served_before_the_turn_is_never_called(
    what: str, then: tuple[BoardCall, ...], expected: str, said: list[str]
) -> None:
    hall = Hall()
    hall.look(board(call(1, "H001", 1), call(2, "H002", 2)), 0)
    hall.look(board(*then), 5)
    assert large(hall.look(board(*then), 8)) == expected, what
    assert hall.said == said


def test_a_call_keeps_its_minimum_even_when_served_at_once_and_then_rests_without_amber() -> None:
    hall = Hall()
    assert large(hall.look(board(call(1, "H001", 1)), 0)) == "H001>1"
    served = board(call(1, "H001", 1, state="in_service"))
    assert large(hall.look(served, 2)) == "H001>1"
    assert large(hall.look(served, 8)) == "(H001>1)"


def test_the_large_place_goes_back_to_the_newest_who_is_still_on_the_way() -> None:
    hall = Hall()
    hall.look(board(call(1, "H001", 1), call(2, "H002", 2)), 0)
    hall.look(board(call(1, "H001", 1), call(2, "H002", 2)), 8)
    arrived = board(call(1, "H001", 1), call(2, "H002", 2, state="in_service"))
    assert large(hall.look(arrived, 16)) == "H001>1"
    assert hall.said == ["H001", "H002"], "whoever is kept on the board is not announced again"


def test_a_recall_is_announced_again_and_named_so() -> None:
    hall = Hall()
    hall.look(board(call(1, "H001", 1)), 0)
    recalled = board(call(1, "H001", 1), call(2, "H001", 1, at_s=30, again=True))
    scene = hall.look(recalled, 30)
    assert hall.said == ["H001", "H001"]
    assert scene.lines is not None
    assert scene.lines.current is not None
    assert scene.lines.current.again
    assert scene.lines.others == (), "one citizen stands on one line"


def test_a_turn_lasts_as_long_as_its_announcement_but_not_for_ever() -> None:
    hall = Hall()
    view = board(call(1, "H001", 1), call(2, "H002", 2))
    hall.look(view, 0)
    hall.speaking_id = 1
    assert [large(hall.look(view, second)) for second in (8, 20, 44.9)] == ["H001>1"] * 3
    assert large(hall.look(view, 45)) == "H002>2"


def test_a_restarted_board_repeats_nothing_and_a_call_made_meanwhile_is_said() -> None:
    before = board(call(1, "H001", 1), call(2, "H002", 2))
    hall = Hall()
    hall.look(before, 0)
    hall.look(before, 8)
    restarted = Hall(stage=Stage(), memory=hall.stage.told)
    restarted.look(board(call(1, "H001", 1), call(2, "H002", 2), call(3, "H003", 3, at_s=12)), 60)
    restarted.look(board(call(1, "H001", 1), call(2, "H002", 2), call(3, "H003", 3, at_s=12)), 90)
    assert restarted.said == ["H003"]


def test_a_new_day_begins_with_an_empty_mark() -> None:
    hall = Hall()
    hall.look(board(call(240, "H240", 1)), 0)
    hall.look(board(day="2026-11-24"), 23 * 3600)
    hall.look(board(call(1, "H001", 2, at_s=24 * 3600), day="2026-11-24"), 24 * 3600)
    assert hall.said == ["H240", "H001"]


def test_silence_shows_no_number_and_says_nothing_and_the_link_back_loses_no_call() -> None:
    hall = Hall()
    hall.look(board(call(1, "H001", 1)), 0)
    scene = hall.look(board(call(1, "H001", 1)), 4, "gone")
    assert scene.kind == "out_of_service"
    assert scene.lines is not None
    assert (large(scene), scene.lines.others, scene.lines.waiting, scene.clock) == ("-", (), (), "")
    assert hall.look(None, 5, "gone").kind == "out_of_service"
    back = board(call(1, "H001", 1, state="over"), call(2, "H002", 2, at_s=10), call(3, "H003", 3, at_s=12))
    assert large(hall.look(back, 40)) == "H002>2"
    hall.look(back, 48)
    assert hall.said == ["H001", "H002", "H003"]


def test_a_board_that_has_heard_nothing_yet_shows_nothing_and_one_that_is_not_paired_says_so() -> None:
    hall = Hall()
    assert hall.look(None, 0, "connecting").kind == "starting"
    refused = hall.look(None, 1, "refused")
    assert refused.kind == "out_of_service"
    assert refused.hints == (
        TEXTS("refusal.unknown_device", "vi"),
        TEXTS("refusal.unknown_device", "en"),
    )


QUIET = (
    # what, view, at second, kind of scene
    ("before the first call", board(), 0, "idle"),
    ("the last call rests", board(call(1, "H001", 1, state="over")), 119, "calls"),
    ("two minutes of quiet", board(call(1, "H001", 1, state="over")), 120, "idle"),
    ("quiet, but somebody is on the way", board(call(1, "H001", 1)), 500, "calls"),
    ("lunch", board(state="closed", next_opens_at=at(2 * 3600)), 0, "closed"),
    ("after hours", board(state="closed", next_opens_at=at(14 * 3600)), 0, "night"),
    (
        "just closed",
        board(call(1, "H001", 1, state="over"), state="closed", next_opens_at=at(14 * 3600)),
        1799,
        "closed",
    ),
    ("a hall that never opens again", board(state="closed"), 0, "night"),
    ("after hours, but somebody is on the way", board(call(1, "H001", 1), state="closed"), 0, "calls"),
    ("a stopped hall", board(call(1, "H001", 1), stopped=stopped()), 0, "stopped"),
    ("a stopped hall by night", board(stopped=stopped(), state="closed"), 0, "stopped"),
)


@pytest.mark.parametrize(("what", "view", "second", "kind"), QUIET, ids=[row[0] for row in QUIET])
def test_scenes(what: str, view: BoardView, second: float, kind: str) -> None:
    assert Hall().look(view, second).kind == kind, what


def test_a_break_is_told_from_the_end_of_the_day() -> None:
    lunch = Hall().look(board(state="closed", next_opens_at=at(2 * 3600)), 0)
    evening = Hall().look(board(state="closed", next_opens_at=at(24 * 3600)), 0)
    assert (lunch.titles[0], lunch.hints[0]) == ("Đang nghỉ giữa giờ", "Mở cửa lại: 10:00")
    assert (evening.titles[0], evening.hints[0]) == ("Đã hết giờ làm việc", "Mở cửa lại: 08:00 Thứ Ba 24/11")


def test_no_call_is_said_in_a_stopped_hall_and_the_turn_comes_afterwards() -> None:
    hall = Hall()
    calls = (call(1, "H001", 1),)
    scene = hall.look(board(*calls, stopped=stopped()), 0)
    assert scene.titles == ("Mời rời khỏi tòa nhà ngay", "Please leave the building now")
    assert large(scene) == "-", "nobody is called into a hall that is left"
    assert hall.said == ["fire: vi en"]
    hall.look(board(*calls), 10)
    assert hall.said == ["fire: vi en", "H001"]


def test_a_stopped_hall_is_told_again_and_again_and_something_else_at_once() -> None:
    hall = Hall()
    view = board(stopped=stopped(repeat_s=20))
    for second in range(61):
        hall.look(view, second)
    assert hall.said == ["fire: vi en"] * 4
    assert hall.wake_at == at(80)
    hall.look(board(stopped=stopped(61, names={}, hints={})), 61)
    assert hall.said[-1] == "Sảnh tạm dừng phục vụ: vi en"
    hall.look(board(), 62)
    hall.look(view, 63)
    assert hall.said[-1] == "fire: vi en", "a hall that is stopped again is told so at once"


def test_a_stopped_hall_stays_so_when_the_server_is_gone_but_a_board_that_is_shut_out_knows_nothing() -> None:
    hall = Hall()
    view = board(stopped=stopped())
    hall.look(view, 0)
    scene = hall.look(view, 30, "gone")
    assert (scene.kind, scene.clock) == ("stopped", "")
    assert hall.said == ["fire: vi en"] * 2
    assert hall.look(view, 60, "refused").kind == "out_of_service"


def test_an_empty_hall_is_told_nothing_by_night() -> None:
    hall = Hall()
    hall.look(board(stopped=stopped(), state="closed", next_opens_at=at(14 * 3600)), 0)
    assert hall.said == []


def test_a_warning_in_one_language_is_shown_and_said_in_it() -> None:
    hall = Hall()
    scene = hall.look(board(stopped=stopped(names={"vi": "Nghỉ đến 10:30"}, hints={})), 0)
    assert (scene.titles, scene.hints) == (("Nghỉ đến 10:30",), ())
    assert hall.said == ["Nghỉ đến 10:30: vi"]


def test_in_quiet_hours_turns_are_given_in_silence_and_not_said_afterwards() -> None:
    """The hall opened at eight; it wants quiet from 08:01 to 08:02."""
    hall = Hall()
    policies = Policies(quiet_hours=(("08:01", "08:02"),))
    calls = (call(1, "H001", 1), call(2, "H002", 2, at_s=60), call(3, "H003", 3, at_s=119))
    assert large(hall.look(board(*calls[:1], policies=policies), 0)) == "H001>1"
    assert large(hall.look(board(*calls[:2], policies=policies), 60)) == "H002>2"
    assert large(hall.look(board(*calls, policies=policies), 119.9)) == "H003>3"
    hall.look(board(*calls, policies=policies), 200)
    hall.look(board(*calls, call(4, "H004", 4, at_s=201), policies=policies), 201)
    assert hall.said == ["H001", "H004"]


def test_a_priority_number_has_its_turn_before_others_that_still_wait() -> None:
    hall = Hall()
    calls = (*(call(number, f"H00{number}", number) for number in (1, 2)), call(3, "A004", 3, priority=True))
    seen = [large(hall.look(board(*calls[:2]), 0))]
    seen += [large(hall.look(board(*calls), second)) for second in (5, 8, 16)]
    assert seen == ["H001>1", "H001>1", "A004>3", "H002>2"]
    assert hall.said == ["H001", "A004", "H002"]


def test_the_minimum_is_the_halls_own() -> None:
    hall = Hall()
    view = board(*FIVE, policies=Policies(board_minimum_s=20))
    assert [large(hall.look(view, 10 + second)) for second in (0, 19.9, 20)] == ["H001>1", "H001>1", "H002>2"]
