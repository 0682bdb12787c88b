"""What may be prepared before anybody comes: tickets and pages that look like the real ones."""

import msgspec

from kiosk.ticket.expected import expected_pages, expected_search, expected_tickets, lasting
from kiosk.widgets.page import Hero
from tests.support.kiosks import MONDAY_8, TO_NUMBER, Scene, ward_texts, ward_view, with_service


def test_each_service_is_expected_in_each_language_with_all_classes_and_digits() -> None:
    view = ward_view()
    tickets = list(expected_tickets(view, ward_texts(), MONDAY_8))
    assert len(tickets) == len(view.services) * len(view.languages)
    assert {ticket.service for ticket in tickets} == {one.names[word] for one in view.services for word in ("vi", "en")}
    assert set("0123456789") <= {sign for ticket in tickets for sign in ticket.number_text}
    assert len({ticket.class_text for ticket in tickets}) > 1


def test_what_differs_on_the_real_ticket_is_what_is_drawn_for_each() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk().number(25)
    shown = scene.page.blocks
    alike = [page.blocks for page in expected_pages(scene.state, ward_texts(), scene.hall_at) if page.name == "number"]
    assert any([type(one) for one in shown] == [type(one) for one in blocks] for blocks in alike)
    assert any(shown[-1] == blocks[-1] for blocks in alike), "the same buttons"
    assert not any(isinstance(one, Hero) and one.number_text == "H025" for blocks in alike for one in blocks)


def test_before_the_first_view_nothing_is_expected() -> None:
    assert not list(expected_pages(Scene().state, ward_texts(), MONDAY_8))


def test_a_wait_that_grows_changes_nothing_that_lasts() -> None:
    view = ward_view()
    assert lasting(with_service(view, "land", waiting=99, estimate=None)) == lasting(view)
    assert lasting(with_service(view, "land", names={"vi": "Đất", "en": "Land"})) != lasting(view)
    assert lasting(msgspec.structs.replace(view, hotline="1022")) != lasting(view)


def test_a_search_is_expected_once_there_is_something_to_be_found() -> None:
    scene = Scene().opened()
    assert list(expected_search(scene.state, ward_texts(), scene.hall_at)) == []
    scene.with_catalogue()
    start, first = expected_search(scene.state, ward_texts(), scene.hall_at)
    assert scene.touch("search").page == start
    assert scene.touch("type:k").page == first
