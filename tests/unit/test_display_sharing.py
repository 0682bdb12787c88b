"""What shares a place on the board: rows, pages, languages, slides."""

import msgspec
import pytest

from presentation.board import Told
from presentation.board_flow import Input, Scene, Stage, step
from presentation.board_sharing import language_of, page_of, pledge_parts, shares, slides_of
from protocol.configuration import Policies
from protocol.views import BoardView
from tests.support.boards import at, board, repository_texts


def scene_of(view: BoardView) -> Scene:
    return step(Stage(told=Told(view.day, 0)), Input(view, at(0), "up"), repository_texts()).scene


@pytest.mark.parametrize(
    ("others", "upcoming", "recent", "rows", "waiting"),
    [(0, 0, 6, 0, 4), (12, 0, 6, 4, 4), (4, 4, 6, 2, 4), (15, 15, 6, 8, 0), (15, 9, 6, 7, 1), (3, 1, 2, 0, 8)],
)
def test_more_calls_take_the_place_of_waiting_lines(
    others: int, upcoming: int, recent: int, rows: int, waiting: int
) -> None:
    assert shares(others, upcoming, recent) == (rows, waiting)


def test_pages_take_turns() -> None:
    assert [page_of(5, 4, turn) for turn in range(3)] == [(0, 4), (1, 5), (0, 4)]
    assert page_of(3, 4, 1) == (0, 3)
    assert page_of(0, 4, 3) == (0, 0)


def test_a_pledge_has_a_stressed_part() -> None:
    assert pledge_parts("5 rõ: rõ người · rõ việc") == ("5 rõ", "rõ người · rõ việc")
    assert pledge_parts("Tận tụy vì dân") == ("", "Tận tụy vì dân")


def test_the_first_language_has_two_turns_and_each_other_one() -> None:
    assert [language_of(turn, 2) for turn in range(6)] == [0, 0, 1, 0, 0, 1]
    assert [language_of(turn, 3) for turn in range(4)] == [0, 0, 1, 2]
    assert {language_of(turn, 1) for turn in range(5)} == {0}


def test_a_quiet_board_shows_its_greeting_promises_notices_and_pictures_by_turns() -> None:
    notice = {"vi": "Chiều thứ Sáu quầy Đất đai nghỉ.", "en": "The land counter is closed on Friday afternoon."}
    view = msgspec.structs.replace(board(), notices=(notice,))
    slides = slides_of(scene_of(view), pictures=2)
    assert [slide.head or slide.lines[:1] or slide.picture for slide in slides] == [
        ("Xin mời quý vị lấy số thứ tự tại máy",),
        "5 rõ",
        ("Chiều thứ Sáu quầy Đất đai nghỉ.",),
        0,
        "3 không",
        1,
    ]
    assert slides[1].lines == ("rõ người", "rõ việc", "rõ quy trình", "rõ trách nhiệm", "rõ hiệu quả")
    assert slides[1].others == ("We make clear: who · what · how · who answers for it · what comes of it",)
    assert slides[2].others == ("The land counter is closed on Friday afternoon.",)


def test_a_board_speaks_first_the_language_that_its_hall_wants_first() -> None:
    scene = scene_of(board(policies=Policies(board_languages=("en", "vi"))))
    assert scene.languages == ("en", "vi")
    assert scene.lines is not None
    assert scene.lines.waiting[0].name == "Certified copies"
    assert slides_of(scene, 0)[1].head == "We make clear"
    alone = scene_of(board(policies=Policies(board_languages=("vi",))))
    assert [slide.others for slide in slides_of(alone, 0)] == [(), (), ()]
