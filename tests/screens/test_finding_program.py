"""Finding a procedure with real touches on the real program, held against the pure flow key by key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.widgets.page import Choices, Field
from tests.support.devices import simulated_hall
from tests.support.kiosk_gallery import keys_of
from tests.support.kiosks import Scene
from tests.support.real_hall import RealHall, RealScreen, press, words

pytestmark = [pytest.mark.screen, pytest.mark.timeout(300)]

SIZES = ("1080x1920", "1280x800")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    with RealHall(tmp_path / "hall") as hall:
        yield hall


def expected(scene: Scene) -> tuple[str, list[str]]:
    """Give what the pure flow has in its field, and what it lists."""
    (field,) = (block for block in scene.page.blocks if isinstance(block, Field))
    (listed,) = (block for block in scene.page.blocks if isinstance(block, Choices))
    return field.text, [button.label for button in listed.buttons]


def type_on_both(screen: RealScreen, scene: Scene, keys: list[str]) -> None:
    """Touch the same keys on the glass and in the pure flow, and hold what is seen to what must be, key by key."""
    for key in keys:
        since = len(screen.seen)
        press(screen, key)
        scene.touch(key)
        text, listed = expected(scene)

        offered = set(scene.actions)

        def as_expected(
            shown: dict[str, Any], text: str = text, listed: list[str] = listed, offered: set[str] = offered
        ) -> bool:
            seen = words(shown).split("\n")
            in_field = f"{text}|" in seen if text else "|" not in words(shown)
            wide, high = shown["size"]
            # A lying screen is low as a whole and has no key for it.
            touched = offered - {"key:low_reach"} if wide > high else offered
            return in_field and set(listed) <= set(seen) and {one["action"] for one in shown["touch"]} == touched

        screen.wait(as_expected, since=since)


@pytest.mark.parametrize("size", SIZES)
def test_each_way_of_typing_on_the_glass_is_the_pure_flow_s(size: str, hall: RealHall) -> None:
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    scene = Scene().opened().with_catalogue()
    with RealScreen("kiosk", state, "--size", size) as screen:
        screen.on("services", having="Tìm thủ tục")
        press(screen, "search")
        scene.touch("search")
        screen.on("search")
        type_on_both(screen, scene, [*keys_of("sổ đỏ"), "type:delete", "type:clear"])
        type_on_both(screen, scene, ["method:telex", *keys_of("keets hoon"), "type:clear"])
        type_on_both(screen, scene, ["method:vni", *keys_of("d9a61t"), "type:clear"])
        type_on_both(screen, scene, ["method:letters", *keys_of("kahi xinh"), "type:clear", *keys_of("zzq")])


def test_field_page_procedure_is_three_touches_on_the_glass(hall: RealHall) -> None:
    with RealScreen("kiosk", hall.pair("kiosk-a", "kiosk:kiosk-1")) as screen:
        screen.on("services", having="Tìm thủ tục")
        press(screen, "search")
        screen.on("search", having="Hộ tịch")
        press(screen, "procedures:civil_status")
        screen.on("procedures", having="Đăng ký khai sinh")
        press(screen, "page:5")
        shown = screen.on("procedures", having="Trang 5/5")
        last = [one["action"] for one in shown["touch"] if one["action"].startswith("procedure:")][-1]
        press(screen, last)
        screen.on("details")


def test_a_receipt_under_the_scanner_is_two_touches_from_its_number(hall: RealHall, tmp_path: Path) -> None:
    inputs = [{"name": "front", "address": f"pty:{tmp_path}/front", "kind": "serial_scanner"}]
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    with simulated_hall(tmp_path / "devices", inputs=inputs) as (addresses, control):
        scanner = addresses["inputs"]["front"]
        with RealScreen("kiosk", state, "--scanner", scanner) as screen:
            screen.on("services", having="Tìm thủ tục")
            control.order("scan", device="front", code="LH-261123-0930-1.001193\r")
            screen.on("class", having="Đã đọc lịch hẹn lúc 09:30 hôm nay.")
            control.order("scan", device="front", code="H15.50.05.13-261008-0975\r")
            screen.on("class", having="Đã đọc giấy hẹn trả kết quả.")
            press(screen, "class:usual")
            screen.on("confirm", having="Nhận kết quả")
            press(screen, "take")
            screen.on("number", having="R001")
            assert not any("0975" in words(shown) for shown in screen.seen)
