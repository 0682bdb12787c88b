"""From the search field to a procedure: keys, fields, pages, and what is said when nothing is found."""

from typing import TypeVar

import msgspec
import pytest

from kiosk.ticket import model as m
from kiosk.ticket.catalogue import Catalogue
from kiosk.widgets.page import Choices, Field, Keyboard, Notice, Page, Pages
from protocol.commands import FetchCatalogue
from protocol.configuration import Procedure
from tests.support.kiosk_gallery import many_listed, typed
from tests.support.kiosks import Scene, procedures, ward, ward_view

BlockT = TypeVar("BlockT")


def opened() -> Scene:
    return Scene().opened().with_catalogue()


def block_of(page: Page, kind: type[BlockT]) -> BlockT:
    (block,) = (block for block in page.blocks if isinstance(block, kind))
    return block


def listed(scene: Scene) -> list[str]:
    return [button.label for button in block_of(scene.page, Choices).buttons]


def in_field(scene: Scene) -> str:
    return block_of(scene.page, Field).text


def test_the_search_opens_with_the_fields_and_the_letters() -> None:
    scene = opened().touch("search")
    assert listed(scene) == [service.names["vi"] for service in ward().services]
    assert {button.action for row in block_of(scene.page, Keyboard).rows for button in row} >= {
        *(f"type:{letter}" for letter in "aăâbcdđeêghiklmnoôơpqrstuưvxy"),
        *("type:sac", "type:huyen", "type:hoi", "type:nga", "type:nang"),
        *("type:space", "type:delete", "type:clear"),
    }


@pytest.mark.parametrize(("wish", "most"), [("", 3), ("key:large_text", 3), ("key:low_reach", 4)])
def test_every_procedure_of_the_hall_is_three_touches_away(wish: str, most: int) -> None:
    """In low reach there is room for six fields on a page, so that some are a touch farther."""
    scene = opened().touch(*([wish] if wish else []), "search")
    away: dict[str, int] = {}
    for turned in ((), ("page:next",)):
        scene.touch(*(turn for turn in turned if turn in scene.actions))
        start = scene.state
        for field in [action for action in scene.actions if action.startswith("procedures:")]:
            scene.state = start
            scene.touch(field)
            for page in [(), *((action,) for action in scene.actions if action.startswith("page:"))]:
                scene.touch(*page)
                for action in scene.actions:
                    if action.startswith("procedure:"):
                        away[action] = min(len(turned) + 1 + len(page) + 1, away.get(action, 9))
        scene.state = start
    assert set(away) == {f"procedure:{procedure.code}" for procedure in procedures()}
    assert max(away.values()) <= most


def test_a_hall_without_procedures_is_asked_for_no_page_and_read_once() -> None:
    scene = Scene(view=ward_view(catalogue_pages=0, catalogue_hash="e" * 64)).opened()
    (kept,) = [one for one in scene.happen(m.CatalogueRead("e" * 64, None)) if isinstance(one, m.KeepCatalogue)]
    assert kept == m.KeepCatalogue("e" * 64, ())
    scene.happen(m.CatalogueRead("e" * 64, Catalogue.of("e" * 64, ())))
    for _ in range(3):
        scene.happen(m.Viewed(scene.view))
    assert sum(isinstance(one, m.ReadCatalogue) for one in scene.effects) == 1
    assert not [one for one in scene.effects if isinstance(one, m.Ask) and isinstance(one.command, FetchCatalogue)]
    assert "search" not in scene.actions, "there is nothing to be found"


def test_a_list_of_250_is_three_touches_away_too() -> None:
    services = [service.service_id for service in ward().services][:5]
    many = tuple(
        msgspec.structs.replace(procedures()[0], code=f"9.{number:06}", service_id=services[number % 5])
        for number in range(250)
    )
    scene = Scene().opened()
    scene.happen(m.CatalogueRead(scene.view.catalogue_hash, Catalogue.of(scene.view.catalogue_hash, many)))
    scene.touch("search", f"procedures:{services[4]}")
    assert len(block_of(scene.page, Pages).buttons) == 7
    scene.touch("page:7", "procedure:9.000249")
    assert scene.page.name == "details"
    scene.touch("back")
    assert "page:7" in scene.actions, "back leads to the same place of the list"


def test_procedures_of_one_name_are_told_apart_by_their_codes() -> None:
    twins = tuple(msgspec.structs.replace(procedures()[0], code=code) for code in ("9.000001", "9.000002"))
    scene = Scene().opened()
    catalogue = (*twins, procedures()[1])
    scene.happen(m.CatalogueRead(scene.view.catalogue_hash, Catalogue.of(scene.view.catalogue_hash, catalogue)))
    scene.touch("search", f"procedures:{twins[0].service_id}")
    name = twins[0].names["vi"]
    assert listed(scene) == [f"{name} (9.000001)", f"{name} (9.000002)", procedures()[1].names["vi"]]


def test_long_names_stand_four_to_a_page() -> None:
    scene = many_listed().touch("search", "procedures:land")
    assert len(listed(scene)) == 4


def test_from_a_found_procedure_it_is_two_touches_to_the_number() -> None:
    scene = typed(opened(), "khai sinh")
    first = next(action for action in scene.actions if action.startswith("procedure:"))
    scene.touch(first, "choose", "class:usual", "take").disk().number(12)
    assert scene.shown_number == "H012"


@pytest.mark.parametrize(
    ("method", "keys", "text"),
    [
        ((), "sổ đỏ", "sổ đỏ"),
        ((), "hòan", "hoàn"),
        (("method:telex",), "soor ddor", "sổ đỏ"),
        (("method:telex", "method:vni"), "so63 d9o3", "sổ đỏ"),
        (("method:telex", "method:vni", "method:letters"), "awf", "awf"),
    ],
)
def test_each_way_of_typing_writes_vietnamese(method: tuple[str, ...], keys: str, text: str) -> None:
    scene = typed(opened().touch("search", *method), keys)
    assert in_field(scene) == text


def test_the_way_of_typing_lasts_for_this_citizen_only() -> None:
    scene = opened().touch("search", "method:telex", "back", "search")
    assert "method:vni" in scene.actions
    scene.touch("start_again").later(120).touch("search")
    assert "method:telex" in scene.actions


def test_delete_takes_a_letter_and_clear_takes_all() -> None:
    scene = typed(opened(), "hoàn")
    scene.touch("type:delete")
    assert in_field(scene) == "hòa"
    scene.touch("type:clear")
    assert in_field(scene) == ""
    assert "procedures:land" in scene.actions, "with nothing typed the fields are back"
    scene.touch("type:delete", "type:space", "type:sac")
    assert in_field(scene) == ""


def test_no_text_grows_without_end() -> None:
    scene = opened().touch("search")
    for _ in range(100):
        scene.touch("type:a")
    assert len(in_field(scene)) == 40


def test_what_the_page_does_not_offer_types_nothing() -> None:
    scene = typed(opened(), "khai")
    for action in ("type:sá", "type:", "type:€", "method:qwerty", "type:sac:", "procedures:nowhere", "procedure:0.0"):
        before = scene.state.screen
        scene.tap(action)
        assert scene.state.screen == before, action


def test_one_found_is_said_to_be_one() -> None:
    scene = typed(opened(), "lưu trú")
    assert len(listed(scene)) == 1
    assert scene.page.hint == "1 thủ tục"


def test_many_found_ask_for_another_letter() -> None:
    scene = typed(opened(), "đăng ký")
    assert "Gõ thêm chữ để thu gọn." in scene.page.hint
    assert "page:next" in scene.actions


def test_a_mistake_is_shown_as_a_question() -> None:
    scene = typed(opened(), "kahi sinh")
    assert scene.page.hint == "Không có “kahi sinh”. Có phải quý vị tìm:"
    assert listed(scene)[0] == "Đăng ký khai sinh"


def test_nothing_found_says_what_to_do_and_shows_the_fields() -> None:
    scene = typed(opened(), "zzq")
    said = block_of(scene.page, Notice).text
    assert "Không tìm thấy “zzq”" in said
    assert "Gọi người giúp" in said
    assert "key:help" in scene.actions
    assert any(action.startswith("procedures:") for action in scene.actions)


def test_english_has_a_keyboard_s_letters_and_finds_english_names_first() -> None:
    scene = opened().touch("key:language", "search")
    assert not [action for action in scene.actions if action.startswith("method:")]
    typed(scene, "birth")
    assert listed(scene)[0] == "Birth registration"


def test_a_catalogue_without_a_field_s_procedures_does_not_offer_the_field() -> None:
    few: tuple[Procedure, ...] = tuple(one for one in procedures() if one.service_id in {"land", "business"})
    scene = Scene(view=ward_view()).opened()
    scene.happen(m.CatalogueRead(scene.view.catalogue_hash, Catalogue.of(scene.view.catalogue_hash, few)))
    scene.touch("search")
    assert listed(scene) == ["Đất đai, xây dựng", "Hộ kinh doanh"]
