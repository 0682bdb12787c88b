"""Thousands of keys at random on the pure flow: no key is answered by silence, no screen holds a blind citizen fast."""

import random
from typing import Final

from hardware.codecs.tactile_keypad import TactileKey
from kiosk.ticket import model as m
from kiosk.widgets import focus
from kiosk.widgets.focus import Listening, Speak, SpeakNews, Touch, stops
from kiosk.widgets.page import Page, actions
from kiosk.widgets.spoken import spoken
from tests.support.kiosks import Scene, ward_texts

PRESSES: Final = 1_500
PRESSES_MOST: Final = 20_000
"""By chance alone somebody gets a number now and then, and long before this."""

KEYS: Final[tuple[TactileKey, ...]] = (
    *("next", "next", "next", "previous", "select", "select", "select"),
    *("back", "repeat", "help", "volume", "plugged", "unplugged"),
)


class Citizen:
    """A keypad at the pure flow, with a server, a disk and a printer that answer at once."""

    def __init__(self) -> None:
        self.scene = Scene().opened().with_catalogue()
        self.listening, _ = focus.turned(Listening(), self.scene.page)
        self.numbers = 0
        self.said: list[str] = []
        self.pages: set[str] = set()

    def press(self, key: TactileKey) -> None:
        self.said = []
        self.listening, acts = focus.step(self.listening, key)
        for act in acts:
            if isinstance(act, focus.ListeningOn | focus.ListeningOff):
                self.scene.happen(m.Listening(isinstance(act, focus.ListeningOn)))
            elif isinstance(act, Touch):
                self.scene.touch(act.action)  # It fails for what the page does not offer.
                self._show(act.action)
                self._answered()
            else:
                self._hear(act)
        self._show()

    def _show(self, chosen: str = "") -> None:
        page: Page = self.scene.page
        self.pages.add(page.name)
        self.listening, acts = focus.turned(self.listening, page, chosen)
        for act in acts:
            self._hear(act)

    def _hear(self, act: focus.Act) -> None:
        if isinstance(act, Speak | SpeakNews):
            words = ward_texts().words(self.scene.state.preferences.language)
            heard = spoken(act, self.listening, words)
            assert heard, (act, self.scene.page.name)
            self.said += [one.text for one in heard]

    def _answered(self) -> None:
        screen = self.scene.state.screen
        if isinstance(screen, m.Confirm) and screen.busy:
            self.numbers += 1
            self.scene.disk().number(self.numbers).printer("confirmed")


def test_keys_at_random_find_no_silence_and_no_dead_end(seed: int) -> None:
    keys = random.Random(seed)
    citizen = Citizen()
    for count in range(PRESSES_MOST):
        if count >= PRESSES and citizen.numbers:
            break
        key = keys.choice(KEYS)
        was_on, same = citizen.listening.is_on, citizen.scene.page
        citizen.press(key)
        if key not in {"plugged", "unplugged"}:
            assert citizen.listening.is_on
            typed = same.name == citizen.scene.page.name == "search"
            assert citizen.said or typed or citizen.scene.page == same, (key, was_on, same.name)
        assert -1 <= citizen.listening.place < max(1, len(stops(citizen.scene.page)))
        assert citizen.listening.page == citizen.scene.page
    assert citizen.numbers, "nobody ever got a number"
    assert {"services", "class", "confirm", "number"} <= citizen.pages


def test_from_wherever_chance_has_led_the_way_to_the_start_is_found_by_going_on(seed: int) -> None:
    keys = random.Random(seed + 1)
    citizen = Citizen()
    for _ in range(20):
        for _ in range(10):
            citizen.press(keys.choice(KEYS))
        citizen.press("plugged")
        assert focus.HELP in actions(citizen.scene.page)
        for _ in stops(citizen.scene.page):
            if citizen.scene.page.name == "services" or citizen.listening.action in {"start_again", "done"}:
                break
            citizen.press("next")
        if citizen.scene.page.name != "services":
            citizen.press("select")
        assert citizen.scene.page.name == "services"
