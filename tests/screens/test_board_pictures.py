"""Pictures of the real board in all its states; `make screenshots` keeps those that the docs show."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image, ImageDraw, ImageFont

from display.screen import font_file
from presentation.board_sharing import language_of
from presentation.tokens import DAY, HIGH_CONTRAST, Theme, rgba
from protocol.configuration import Policies
from protocol.views import BoardCall, BoardView
from tests.support.board_hall import RealBoard, ServedHall
from tests.support.boards import at, board, call, in_training, stopped

pytestmark = [pytest.mark.screen, pytest.mark.picture]

POSTER_GROUND = "#0A5C55"

NOW_S = 42 * 60
"""At 08:42."""

EARLIER = (
    # So late that the board does not grow quiet while its pictures are taken.
    call(11, "C041", 1, at_s=NOW_S + 900 - 60, state="in_service"),
    call(10, "L012", 5, at_s=NOW_S + 900 - 95, state="in_service"),
    call(9, "K007", 4, at_s=NOW_S + 900 - 150, state="over"),
    call(8, "C040", 2, at_s=NOW_S + 900 - 190, state="over"),
    call(7, "H024", 3, at_s=NOW_S + 900 - 260, state="over"),
    call(6, "R018", 6, at_s=NOW_S + 900 - 300, state="over"),
)


def old(*calls: BoardCall) -> tuple[BoardCall, ...]:
    """Give calls of long ago, so that the hall is quiet."""
    return tuple(
        call(each.call_id, f"{each.prefix}{each.number:03d}", each.counter_number, state="over") for each in calls
    )


@dataclass(frozen=True)
class State:
    """A state of the board: its view, its scene, and whether something amber and large is to be seen."""

    name: str
    view: BoardView
    scene: str
    amber: bool = False
    current_id: int | None = None
    """Who has the large place; by default whoever was called last."""

    @property
    def zoned(self) -> bool:
        """Whether it is the board of one zone of several."""
        return bool(self.view.zone_names)

    def is_shown(self, seen: dict[str, Any]) -> bool:
        """Tell whether the widgets show this state."""
        calls = {call.call_id: f"{call.prefix}{call.number:03d}" for call in self.view.calls}
        wanted_id = self.current_id or max(calls, default=0)
        current = [(each["call_id"], each["number"]) for each in seen["calls"] if each["place"] == "current"]
        amber = any(each["amber"] for each in seen["calls"])
        shown = current in ([], [(wanted_id, calls.get(wanted_id, ""))])
        if is_poster(seen):
            return False  # A picture's turn is looked at by itself.
        return bool(seen["scene"] == self.scene and amber == self.amber and shown and bool(seen["zone"]) == self.zoned)


DAY_VIEW = board(call(12, "H025", 3, at_s=NOW_S), *EARLIER, closed_counters=(6,))
QUIET_VIEW = replace(
    board(*old(*EARLIER)),
    notices=(
        {
            "vi": "Mang theo căn cước và bản chính giấy tờ. Thiếu giấy tờ nào, cán bộ ghi rõ một lần.",
            "en": "Bring your identity card and the original papers. What is missing will be listed for you.",
        },
    ),
)
FIVE = tuple(call(13 + number, f"H{24 + number:03d}", number, at_s=NOW_S) for number in range(1, 6))

LONGEST_FREE = {"vi": "Sảnh tạm nghỉ do mất nước, đến 10 giờ 30", "en": "No water: service is paused until 10:30"}
LONGEST_FREE_HINT = {
    language: f"{text} {text}"[:160].rstrip()
    for language, text in (
        ("vi", "Người chờ giữ nguyên số. Ai đã nộp hồ sơ vui lòng ra quầy hướng dẫn để nhận giấy hẹn mới."),
        ("en", "Your place is kept. If you have handed in a dossier, ask the guidance counter for a new date."),
    )
}

STATES = (
    State("day", DAY_VIEW, "calls", amber=True),
    State("priority", board(call(12, "A105", 3, at_s=NOW_S, priority=True), *EARLIER), "calls", amber=True),
    State(
        "recall",
        board(call(12, "H025", 3, at_s=NOW_S), call(13, "H025", 3, at_s=NOW_S, again=True), *EARLIER),
        "calls",
        amber=True,
    ),
    State("five-at-once", board(*FIVE, policies=Policies(board_minimum_s=30)), "calls", amber=True, current_id=14),
    State("resting", board(call(12, "H025", 3, at_s=NOW_S + 900, state="in_service"), *EARLIER), "calls"),
    State("closed-counters", board(*EARLIER[:3], closed_counters=(1, 2, 4, 6)), "calls"),
    State(
        "zone",
        replace(DAY_VIEW, zone_names={"vi": "Khu B · Đất đai, xây dựng", "en": "Zone B · Land and construction"}),
        "calls",
        amber=True,
    ),
    State("idle", QUIET_VIEW, "idle"),
    State("stopped", board(stopped=stopped(NOW_S, names={}, hints={})), "stopped"),
    State("closed", board(*old(*EARLIER), state="closed", next_opens_at=at(2 * 3600)), "closed"),
    State("stopped-free", board(stopped=stopped(NOW_S, names=LONGEST_FREE, hints=LONGEST_FREE_HINT)), "stopped"),
    State("night", board(*old(*EARLIER), state="closed", next_opens_at=at(24 * 3600)), "night"),
    State("training", replace(DAY_VIEW, names=in_training(DAY_VIEW.names)), "calls", amber=True),
    State("stopped-fire", board(call(12, "H025", 3, at_s=NOW_S), stopped=stopped(NOW_S)), "stopped"),
)

SLIDES = (
    # name, what it shows, as the witness tells of it
    ("idle-pledge", {"vi": "5 rõ", "en": "We make clear"}),
    ("idle-notice", {"vi": "Mang theo", "en": "Bring your"}),
)


@pytest.fixture
def hall() -> Iterator[ServedHall]:
    with ServedHall(rate=4.0, began_at=at(NOW_S)) as hall:
        yield hall


def rgb(colour: str) -> tuple[int, ...]:
    """Give a colour of the theme as a picture has it."""
    return tuple(round(255 * share) for share in rgba(colour)[:3])


def pixel(path: Path, place: tuple[int, int]) -> object:
    """Look at one point of a picture."""
    return Image.open(path).convert("RGB").getpixel(place)


def share_of(path: Path, colour: str, size: tuple[int, int]) -> float:
    """Measure how much of a picture has exactly this colour."""
    wanted = rgb(colour)
    picture = Image.open(path).convert("RGB")
    assert picture.size == size
    found = sum(count for count, pixel in picture.getcolors(1 << 24) or [] if pixel == wanted)
    return found / (size[0] * size[1])


@dataclass(frozen=True)
class Look:
    """How a board is looked at: in a language, at a size, in a theme."""

    language: str
    size: tuple[int, int]
    theme: Theme = DAY

    @property
    def ending(self) -> str:
        """The end of a picture's name."""
        width, height = self.size
        theme = "" if self.theme is DAY else f"-{self.theme.name}"
        return f"{self.language}-{width}x{height}{theme}"

    def of(self, view: BoardView) -> BoardView:
        """Give the view of a hall that speaks this language first."""
        other = "en" if self.language == "vi" else "vi"
        return replace(view, policies=replace(view.policies, board_languages=(self.language, other)))


LOOKS = (
    *(Look(language, size) for language in ("vi", "en") for size in ((1920, 1080), (1280, 720))),
    Look("vi", (1920, 1080), HIGH_CONTRAST),
)


LOOKED_AT_ALWAYS = (LOOKS[0], LOOKS[-1])
CONTRASTED = ("day", "idle", "closed", "stopped-free")
"""Of the sister theme these are looked at each time: together they have all of its colours."""

PAINTED_MOST = 0.42
"""A share of the screen: grounds are filled for nothing, and words have no more than their ink. The longest message of
a stopped hall, which stands still, has most on a small screen."""

Wanted = Callable[[dict[str, Any]], bool]


class Photographer:
    """Takes pictures of a real board when it is in a wanted state."""

    def __init__(self, shown: RealBoard) -> None:
        self._shown = shown

    def take(self, path: Path, wanted: Wanted) -> dict[str, Any]:
        """Wait for a state, in the board's first language, and keep the picture if nothing changed meanwhile."""
        while True:
            state = self._shown.wait_for_state(lambda seen: wanted(seen) and not seen["moving"])
            if language_of(state["turn"], 2):
                self._shown.ask(ask="turn")
            elif self._is_taken(path, state, wanted):
                return state

    def take_slide(self, path: Path, wanted: Wanted) -> dict[str, Any]:
        """Turn on until it is the turn of this slide, and keep its picture."""
        self._shown.wait_for_state(lambda seen: bool(seen["scene"] == "idle"))
        for _ in range(60):
            state = self._shown.wait_for_state(lambda seen: not seen["moving"])
            if not wanted(state):
                self._shown.ask(ask="turn")
            elif self._is_taken(path, state, wanted):
                return state
        raise AssertionError("its turn never comes")

    def _is_taken(self, path: Path, state: dict[str, Any], wanted: Wanted) -> bool:
        assert self._shown.ask(ask="screenshot", path=str(path))["path"] == str(path)
        after = self._shown.ask(ask="state")
        return wanted(after) and after["turn"] == state["turn"] and not after["moving"]


def save_poster(folder: Path) -> None:
    """Draw a picture that a branch might show, with the real fonts; beside it lies one that is none."""
    folder.mkdir()
    poster = Image.new("RGB", (1600, 1170), POSTER_GROUND)
    draw = ImageDraw.Draw(poster)
    large, small = (
        ImageFont.truetype(str(font_file(weight)), size) for weight, size in (("ExtraBold", 150), ("Bold", 84))
    )
    for index, words in enumerate(("Lấy số", "Ngồi chờ, xem bảng", "Đến quầy khi được mời")):
        top = 125 + index * 330
        draw.ellipse((130, top, 390, top + 260), fill="#E3EFEC")
        draw.text((260, top + 130), str(index + 1), font=large, fill="#14231F", anchor="mm")
        draw.text((470, top + 130), words, font=small, fill="#FFFFFF", anchor="lm")
    poster.save(folder / "1-how-it-works.png")
    (folder / "2-broken.png").write_bytes(b"no picture")


def heads(view: BoardView) -> dict[str, str]:
    """Give what stands in the head of a board: the hall's name, and its agency in the same language."""
    return {name.upper(): view.agency[language] for language, name in view.names.items()}


def is_poster(seen: dict[str, Any]) -> bool:
    return bool(seen["scene"] == "idle" and seen["slide"] == ["", ""])


@pytest.mark.parametrize("look", LOOKS, ids=[look.ending for look in LOOKS])
def test_the_current_call_is_the_one_large_amber_thing_in_every_state(
    look: Look, hall: ServedHall, tmp_path: Path, picture: Callable[[str], Path], request: pytest.FixtureRequest
) -> None:
    is_kept = request.config.option.pictures is not None
    if look not in LOOKED_AT_ALWAYS and not is_kept:
        pytest.skip("the same in another language or size; taken when pictures are kept")
    is_whole = is_kept or look.theme is DAY
    hall.pair(tmp_path)
    hall.show(look.of(board(*EARLIER)))
    save_poster(tmp_path / "posters")
    size = "x".join(map(str, look.size))
    arguments = ("--sound", "null://", "--theme", look.theme.name, "--size", size)
    with RealBoard(tmp_path, *arguments, "--pictures", str(tmp_path / "posters")) as shown:
        shown.wait_for_scene("calls")
        photographer = Photographer(shown)
        for state in STATES if is_whole else [one for one in STATES if one.name in CONTRASTED]:
            hall.show(look.of(state.view))
            path = picture(f"board-{state.name}-{look.ending}")
            seen = photographer.take(path, state.is_shown)
            assert seen["cut"] == [], state.name
            assert seen["painted"] < PAINTED_MOST * look.size[0] * look.size[1], state.name
            share = share_of(path, look.theme.amber, look.size)
            assert 0.1 < share < 0.2 if state.amber else share < 0.01, (state.name, share)
            if state.name == "day":
                divider = round(1180.5 * look.size[0] / 1920), look.size[1] // 2
                assert pixel(path, divider) == rgb(look.theme.night_line), "the columns are parted at every size"
            if look is LOOKS[0] and state.name == "day":
                shutil.copyfile(path, picture("board"))
        hall.show(look.of(QUIET_VIEW))
        for name, words in SLIDES * is_whole:
            starts = words[look.language]

            def is_its_turn(seen: dict[str, Any], starts: str = starts) -> bool:
                return seen["scene"] == "idle" and any(text.startswith(starts) for text in seen["slide"])

            seen = photographer.take_slide(picture(f"board-{name}-{look.ending}"), is_its_turn)
            assert seen["cut"] == [], name
            assert heads(QUIET_VIEW)[seen["names"]] == seen["agency"], "the head is in one language"
            assert seen["painted"] < PAINTED_MOST * look.size[0] * look.size[1], name
        path = picture(f"board-idle-picture-{look.ending}")
        seen = photographer.take_slide(path, is_poster)
        assert heads(QUIET_VIEW)[seen["names"]] == seen["agency"], "the head is in one language"
        assert share_of(path, POSTER_GROUND, look.size) > 0.1, "the picture is really there"
        hall.show(None)
        path = picture(f"board-out-of-service-{look.ending}")
        photographer.take(path, lambda seen: bool(seen["scene"] == "out_of_service"))
        assert share_of(path, look.theme.amber, look.size) < 0.01
        hall.have_a_picture_tried()
        path = picture(f"board-trial-picture-{look.ending}")
        assert shown.ask(ask="screenshot", path=str(path))["path"] == str(path)
        edge = (1, 1), (look.size[0] - 2, look.size[1] - 2)
        assert [pixel(path, corner) for corner in edge] == [rgb(DAY.amber)] * 2, "its frame goes round the whole screen"
