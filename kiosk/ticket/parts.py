"""Parts that several pages of the ticket kiosk share. Pure."""

from kiosk.widgets.page import Button, Mark
from presentation.formats import wait_range
from presentation.texts import Words
from protocol.views import KioskService

SHORT_WAIT_S = 15 * 60
MEDIUM_WAIT_S = 30 * 60


def wait_texts(service: KioskService, words: Words) -> tuple[str, str, Mark]:
    """Give the expected wait, how many wait, and the mark beside the words. No estimate: no mark, and no guess."""
    people = words.counted("kiosk.people_waiting", service.waiting)
    if service.waiting == 0 and service.counter_numbers:
        return words("kiosk.wait_none"), "", "short"
    if service.estimate is None:
        return "", people, "none"
    low_s, high_s = service.estimate.low_s, service.estimate.high_s
    mark: Mark = "short" if high_s <= SHORT_WAIT_S else "medium" if high_s <= MEDIUM_WAIT_S else "long"
    return wait_range(words, low_s, high_s), people, mark


def back_and_start(words: Words) -> tuple[Button, Button]:
    """Give the two ways out of every screen."""
    return (
        Button("back", words("common.back"), arrow="back"),
        Button("start_again", words("common.start_again"), look="quiet"),
    )


def paging(words: Words, place: int, pages: int, previous_key: str, next_key: str) -> tuple[Button, ...]:
    """Give the buttons that turn pages; none when there is one page."""
    buttons: list[Button] = []
    if place > 0:
        buttons.append(Button("page:previous", words(previous_key), arrow="back"))
    if place + 1 < pages:
        buttons.append(Button("page:next", words(next_key), arrow="next"))
    return tuple(buttons)
