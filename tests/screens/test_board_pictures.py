"""Pictures of the real board in all its states; `make screenshots` keeps those that the docs show."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from presentation.tokens import DAY, HIGH_CONTRAST, Theme, rgba
from protocol.views import BoardCall, BoardView
from tests.support.board_hall import RealBoard, ServedHall
from tests.support.boards import at, board, call

pytestmark = [pytest.mark.screen, pytest.mark.picture]

NOW_S = 42 * 60
"""At 08:42."""

EARLIER = (
    call(11, "C041", 1, at_s=NOW_S - 60, state="in_service"),
    call(10, "L012", 5, at_s=NOW_S - 95, state="in_service"),
    call(9, "K007", 4, at_s=NOW_S - 150, state="over"),
    call(8, "C040", 2, at_s=NOW_S - 190, state="over"),
    call(7, "H024", 3, at_s=NOW_S - 260, state="over"),
    call(6, "R018", 6, at_s=NOW_S - 300, state="over"),
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

    def is_shown(self, seen: dict[str, Any]) -> bool:
        """Tell whether the widgets show this state."""
        expected = [call.call_id for call in self.view.calls]
        current = [each["call_id"] for each in seen["calls"] if each["place"] == "current"]
        amber = any(each["amber"] for each in seen["calls"])
        return seen["scene"] == self.scene and amber == self.amber and current in ([], expected[:1])


STATES = (
    State("board", board(call(12, "H025", 3, at_s=NOW_S), *EARLIER, closed_counters=(6,)), "calls", amber=True),
    State(
        "board-recall",
        board(call(12, "H025", 3, at_s=NOW_S), call(13, "H025", 3, at_s=NOW_S, again=True), *EARLIER),
        "calls",
        amber=True,
    ),
    State("board-resting", board(call(12, "H025", 3, at_s=NOW_S, state="in_service"), *EARLIER), "calls"),
    State("board-idle", board(*old(*EARLIER)), "idle"),
    State("board-closed", board(*old(*EARLIER), state="closed", next_opens_at=at(24 * 3600)), "closed"),
    State(
        "board-emergency",
        board(
            message={
                "vi": "Mời mọi người rời khỏi tòa nhà theo lối thoát hiểm. Không dùng thang máy.",
                "en": "Please leave the building by the emergency exits. Do not use the lifts.",
            }
        ),
        "message",
    ),
)


@pytest.fixture
def hall() -> Iterator[ServedHall]:
    with ServedHall(rate=4.0, began_at=at(NOW_S)) as hall:
        yield hall


def amber_share(path: Path, colour: str) -> float:
    """Measure how much of a picture has the colour of the current call."""
    wanted = tuple(round(255 * share) for share in rgba(colour)[:3])
    picture = Image.open(path).convert("RGB")
    assert picture.size == (1920, 1080)
    found = sum(count for count, pixel in picture.getcolors(1 << 24) or [] if pixel == wanted)
    return found / (1920 * 1080)


@pytest.mark.parametrize("colours", [DAY, HIGH_CONTRAST], ids=["day", "high-contrast"])
def test_the_current_call_is_the_one_large_amber_thing_in_every_state(
    colours: Theme, hall: ServedHall, tmp_path: Path, picture: Callable[[str], Path]
) -> None:
    ending = "" if colours is DAY else f"-{colours.name}"
    hall.pair(tmp_path)
    hall.show(board(*EARLIER))
    with RealBoard(tmp_path, "--sound", "null://", "--theme", colours.name) as shown:
        shown.wait_for_scene("calls")
        for state in STATES:
            hall.show(state.view)
            shown.wait_for_state(state.is_shown)
            # The docs show one picture of the board; the others are for whoever looks at a failing test.
            path = picture("board") if state.name + ending == "board" else tmp_path / f"{state.name}{ending}.png"
            assert shown.ask(ask="screenshot", path=str(path))["path"] == str(path)
            share = amber_share(path, colours.amber)
            assert 0.1 < share < 0.2 if state.amber else share < 0.01, (state.name, share)
        hall.show(None)
        shown.wait_for_scene("out_of_service")
        path = tmp_path / f"board-out-of-service{ending}.png"
        shown.ask(ask="screenshot", path=str(path))
        assert amber_share(path, colours.amber) < 0.01
