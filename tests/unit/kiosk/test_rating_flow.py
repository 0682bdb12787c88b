"""The rating terminal as scenes: a window opens, somebody presses, changes their mind, the link goes and comes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rating import flow as f
from kiosk.rating import pages
from kiosk.widgets.page import Answer, Page, actions, touchables
from protocol.commands import FunctionDescription, PressRating
from protocol.views import Done, Introduction, RatingView, RatingWindow, Refused
from tests.support.kiosks import MONDAY_8, UTC_OFFSET_S, ward, ward_texts


def window(nonce: str = "w1", *, tone: Any = "usual", language: str = "vi", closes_s: float = 90) -> RatingWindow:
    closes_at = MONDAY_8 + timedelta(seconds=closes_s)
    return RatingWindow(nonce=nonce, prefix="H", number=25, tone=tone, closes_at=closes_at, language=language)


def view(open_window: RatingWindow | None = None) -> RatingView:
    return RatingView(
        counter_id="counter-3",
        counter_number=3,
        agency=ward().agency,
        languages=("vi", "en"),
        scale=ward().rating_scale,
        window=open_window,
        utc_offset_s=UTC_OFFSET_S,
        hotline="024 3xxx xxxx",
    )


class Terminal:
    """A rating terminal and the world around it, moved by hand."""

    def __init__(self, kept: f.Restored | None = None, *, rate: float = 1.0) -> None:
        self.state = f.initial(f.Settings())
        self.hall_at, self.real_s, self.rate = MONDAY_8, 100.0, rate
        self.effects: list[f.Effect] = []
        self.ids = 0
        self.happen(kept or f.Restored())

    def happen(self, happened: f.Input) -> "Terminal":
        self.ids += 1
        self.state, effects = f.step(self.state, happened, f.Now(self.hall_at, self.real_s, f"{self.ids:032x}"))
        self.effects.extend(effects)
        return self

    def opened(self) -> "Terminal":
        self.happen(f.LinkChanged("up"))
        function = FunctionDescription(function_id="rating-1", kind="rating_terminal", counter_id="counter-3")
        said = Introduction(
            device_id="tablet", functions=(function,), branch_id="b", names={}, epoch=1, at=MONDAY_8, rate=1.0,
            oldest_version=1,
        )  # fmt: skip
        self.happen(f.Replied(self.state.introducing, said))
        return self.happen(f.Viewed(view()))

    def asks(self, open_window: RatingWindow | None = None) -> "Terminal":
        return self.happen(f.Viewed(view(open_window or window())))

    def touch(self, *chosen: str) -> "Terminal":
        for action in chosen:
            assert action in actions(self.page), f"{action} is not on {self.page.name}: {actions(self.page)}"
            self.happen(f.Touched(action))
        return self

    def disk(self, *, ok: bool = True) -> "Terminal":
        return self.happen(f.Kept(self.presses[-1].press_id, ok))

    def arrived(self) -> "Terminal":
        return self.happen(f.Replied(self.state.sending, Done()))

    def later(self, seconds: float) -> "Terminal":
        end_s = self.real_s + seconds
        while True:
            wait_s = f.seconds_to_next(self.state, f.Now(self.hall_at, self.real_s, ""), self.rate)
            passing_s = min(end_s - self.real_s, (wait_s if wait_s is not None else seconds) + 0.001)
            self.real_s += passing_s
            self.hall_at += timedelta(seconds=passing_s * self.rate)
            self.happen(f.Tick())
            if self.real_s >= end_s:
                return self

    @property
    def page(self) -> Page:
        return pages.page(self.state, ward_texts())

    @property
    def presses(self) -> list[PressRating]:
        return [effect.press.command for effect in self.effects if isinstance(effect, f.KeepPress)]

    @property
    def sent(self) -> list[str]:
        asks = (effect.command for effect in self.effects if isinstance(effect, f.Ask))
        return [command.press_id for command in asks if isinstance(command, PressRating)]


def test_idle_tells_the_counter_and_the_hotline_and_no_totals() -> None:
    terminal = Terminal().opened()
    assert terminal.page.name == "idle"
    assert "024 3xxx xxxx" in repr(terminal.page)
    assert not any(isinstance(one, Answer) for one in touchables(terminal.page))


def test_one_touch_rates() -> None:
    terminal = Terminal().opened().asks().touch("answer:1")
    press = terminal.presses[0]
    assert (press.level, press.nonce, press.buffered, press.function_id) == (1, "w1", False, "rating-1")
    terminal.disk()
    assert terminal.page.title == "Cảm ơn quý vị đã đánh giá!"
    assert terminal.sent == [press.press_id]


def test_the_last_press_counts_and_each_is_a_press_of_its_own() -> None:
    terminal = Terminal().opened().asks().touch("answer:4", "skip", "change", "answer:1")
    assert [press.level for press in terminal.presses] == [4, 1]
    assert len({press.press_id for press in terminal.presses}) == 2
    while terminal.state.sending:
        terminal.arrived()
    assert terminal.sent == [press.press_id for press in terminal.presses]


def test_a_bad_answer_is_counted_before_it_is_asked_why() -> None:
    terminal = Terminal().opened().asks().touch("answer:4")
    assert [press.reasons for press in terminal.presses] == [()]
    terminal.touch("reason:long_wait", "reason:attitude", "reason:long_wait", "send").disk()
    assert [press.reasons for press in terminal.presses] == [(), ("attitude",)]
    assert terminal.page.title == "Cảm ơn quý vị đã đánh giá!"


def test_whoever_walks_away_from_the_reasons_has_rated_all_the_same() -> None:
    terminal = Terminal().opened().asks().touch("answer:4").later(31)
    assert terminal.page.name == "thanks"
    assert len(terminal.presses) == 1


@pytest.mark.parametrize(("tone", "faces"), [("usual", True), ("neutral", False)])
def test_after_a_death_no_face_smiles(tone: str, *, faces: bool) -> None:
    terminal = Terminal().opened().asks(window(tone=tone))
    answers = [one for one in touchables(terminal.page) if isinstance(one, Answer)]
    assert len(answers) == 4
    assert all(bool(answer.face) is faces for answer in answers)


def test_the_question_is_in_the_citizens_language() -> None:
    terminal = Terminal().opened().asks(window(language="en"))
    assert "Not satisfied" in repr(terminal.page)


def test_the_window_closes_by_the_servers_word_or_by_its_own_end() -> None:
    taken_back = Terminal().opened().asks().happen(f.Viewed(view()))
    assert taken_back.page.name == "closed"
    assert taken_back.later(6).page.name == "idle"
    alone = Terminal().opened().asks()
    assert alone.happen(f.LinkChanged("gone")).page.name == "question"
    assert alone.later(91).page.name == "closed"
    assert alone.later(6).page.name == "gone"


def test_thanks_stay_a_moment_when_the_next_citizen_is_not_there_yet() -> None:
    terminal = Terminal().opened().asks().touch("answer:2").disk().happen(f.Viewed(view()))
    assert terminal.page.name == "thanks"
    assert terminal.later(6).page.name == "idle"


def test_the_next_question_replaces_the_last_one() -> None:
    terminal = Terminal().opened().asks().touch("answer:2").disk().asks(window("w2"))
    assert (terminal.page.name, terminal.page.subject) == ("question", "w2")


def test_a_press_while_the_server_is_gone_is_kept_and_sent_later_as_buffered() -> None:
    terminal = Terminal().opened().asks().happen(f.LinkChanged("gone")).touch("answer:3").disk()
    assert "Đã lưu trên máy" in repr(terminal.page)
    assert terminal.sent == []
    terminal.happen(f.LinkChanged("up"))
    assert terminal.presses[0].buffered
    assert terminal.sent == [terminal.presses[0].press_id]


def test_a_lost_answer_sends_the_same_press_again() -> None:
    terminal = Terminal().opened().asks().touch("answer:1").disk()
    terminal.happen(f.Replied(terminal.state.sending, None)).later(6)
    assert terminal.sent == [terminal.presses[0].press_id] * 2
    terminal.happen(f.Replied(terminal.state.sending, Refused(code="rating_not_open")))
    assert terminal.state.outbox == ()
    assert terminal.effects[-1] == f.DropPress(terminal.presses[0].press_id, "rating_not_open")


def test_presses_of_a_former_life_are_sent() -> None:
    before = Terminal().opened().asks().happen(f.LinkChanged("gone")).touch("answer:3")
    after = Terminal(f.Restored(before.state.identity, before.state.outbox)).opened()
    assert after.sent == [before.presses[0].press_id]


def test_what_could_not_be_saved_is_said_to_be_so() -> None:
    terminal = Terminal().opened().asks().happen(f.LinkChanged("gone")).touch("answer:3").disk(ok=False)
    assert "Chưa lưu được đánh giá" in terminal.page.title


def _anything() -> Iterator[st.SearchStrategy[tuple[str, Any]]]:
    yield st.tuples(st.just("touch"), st.integers(0, 20))
    yield st.tuples(st.just("view"), st.sampled_from([None, "w1", "w2"]))
    yield st.tuples(st.just("link"), st.sampled_from(["up", "gone"]))
    yield st.tuples(st.just("wait"), st.sampled_from([0.1, 2, 40]))
    yield st.tuples(st.just("reply"), st.sampled_from([Done(), None, Refused(code="rating_closed")]))
    yield st.tuples(st.just("disk"), st.booleans())


@given(st.lists(st.one_of(*_anything()), max_size=50))
def test_whatever_happens_every_press_is_kept_once_and_the_terminal_comes_to_rest(moves: list[tuple[str, Any]]) -> None:
    terminal = Terminal().opened()
    for kind, what in moves:
        match kind:
            case "touch":
                offered = actions(terminal.page)
                terminal.touch(offered[what % len(offered)])
            case "view":
                terminal.happen(f.Viewed(view(window(what, closes_s=1e6) if what else None)))
            case "link":
                terminal.happen(f.LinkChanged(what))
            case "wait":
                terminal.later(what)
            case "reply" if terminal.state.sending:
                terminal.happen(f.Replied(terminal.state.sending, what))
            case "disk" if terminal.presses:
                terminal.disk(ok=what)
        assert terminal.page.title
    ids = [press.press_id for press in terminal.presses]
    assert len(ids) == len(set(ids))
    terminal.happen(f.LinkChanged("up")).happen(f.Viewed(view())).later(100)
    assert terminal.page.name == "idle"
    while terminal.state.sending or terminal.state.outbox:
        terminal.later(6)
        terminal.arrived()
    assert set(terminal.sent) == set(ids)
    assert terminal.state.preferences == f.Preferences()
