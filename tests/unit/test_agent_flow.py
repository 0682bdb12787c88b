"""The agent as tables: which key asks for what, what a display shows, what is told of devices."""

from pathlib import Path
from typing import Literal

import msgspec
import pytest

from hardware.agent.flow import (
    LOST_TOLD_S,
    NOTICE_S,
    SHOW_AGAIN_S,
    AgentState,
    Answered,
    AnyEffect,
    AnyInput,
    Ask,
    DigitsRestored,
    FunctionsKnown,
    HealthChanged,
    Keep,
    KeepDigits,
    KeyPressed,
    LinkChanged,
    LinkState,
    Moment,
    NotShown,
    PressesLost,
    PressUnknown,
    Report,
    ReportLost,
    Show,
    ViewCame,
    Watch,
    next_moment_s,
    step,
)
from hardware.agent.led_texts import Function
from hardware.agent.presses import PressStore
from hardware.agent.settings import SETTINGS_FILE, AgentSettings, FunctionSettings, WrongSettings, load_settings
from protocol import commands as c
from protocol.views import BoardCounter, CounterDay, CounterView, Done, Refused
from tests.support.boards import at, board, stopped
from tests.support.paper_hall import visit

PAD = FunctionSettings(function_id="call-keypad-3", wire_id="hall", slave=3)
RATING = FunctionSettings(function_id="rating-keypad-3", wire_id="hall", slave=23)
DISPLAY = FunctionSettings(function_id="counter-display-3", wire_id="hall", slave=43)
FUNCTIONS = (
    Function("call-keypad-3", "call_keypad", "counter-3", "hall", PAD),
    Function("rating-keypad-3", "rating_keypad", "counter-3", "hall", RATING),
    Function("counter-display-3", "counter_display", "counter-3", "hall", DISPLAY),
)
SETTINGS = AgentSettings(wires=(), functions=(PAD, RATING, DISPLAY))


class Bench:
    """An agent under test: what goes in, and all that came out."""

    def __init__(self, *, link: str = "up") -> None:
        self.state = AgentState(SETTINGS)
        self.now_s = 100.0
        self.fresh = 0
        self.put(FunctionsKnown(FUNCTIONS))
        assert link in ("up", "gone")
        self.put(LinkChanged("up" if link == "up" else "gone"))

    def put(self, happened: AnyInput) -> list[AnyEffect]:
        return step(self.state, happened, self.now_s)

    def press(self, keys: str, function_id: str = "call-keypad-3") -> list[AnyEffect]:
        effects: list[AnyEffect] = []
        for key in keys:
            self.fresh += 1
            effects += self.put(KeyPressed(function_id, key, f"{self.fresh:032x}", at(5)))
        return effects

    def counter(self, **facts: object) -> list[AnyEffect]:
        here = msgspec.structs.replace(BoardCounter(counter_id="counter-3", number=3, state="open"), **facts)
        return self.put(ViewCame("board/hall", msgspec.structs.replace(board(), counters=(here,))))

    @property
    def text(self) -> str:
        return self.state.shown["counter-display-3"]


ME = {"function_id": "call-keypad-3", "counter_id": "counter-3"}


def command(name: str, **parts: object) -> c.AnyCommand:
    made: c.AnyCommand = msgspec.convert({"type": name, **ME, **parts}, c.AnyCommand)
    return made


KEYS: tuple[tuple[str, str, list[c.AnyCommand]], ...] = (
    ("next", "N", [command("call_next")]),
    ("recall", "R", [command("recall_visit")]),
    ("start", "S", [command("start_service")]),
    ("end with the usual outcome", "E", [command("end_service", outcome="received")]),
    ("end with the third outcome", "3E", [command("end_service", outcome="guided")]),
    ("an outcome that is none", "9E", []),
    ("no-show", "X", [command("mark_no_show")]),
    ("pause", "P", [command("pause_counter", reason="break")]),
    ("a chosen number", "042C", [command("call_number", number=42, reason="keyed")]),
    ("a chosen number without digits", "C", []),
    ("typed by mistake, then cleared", "042BC", []),
    ("a key without a meaning", "Z", []),
    ("two presses are two commands", "NN", [command("call_next"), command("call_next")]),
)


@pytest.mark.parametrize(("what", "keys", "expected"), KEYS, ids=[row[0] for row in KEYS])
def test_what_a_key_asks_for(what: str, keys: str, expected: list[c.AnyCommand]) -> None:
    asked = [effect for effect in Bench().press(keys) if isinstance(effect, Ask)]
    assert [ask.command for ask in asked] == expected, what
    assert len({ask.request_id for ask in asked}) == len(asked), "each press has a request id of its own"


def test_a_key_pressed_while_the_server_is_gone_is_refused_and_never_sent_later() -> None:
    bench = Bench(link="gone")
    bench.counter()
    assert not [effect for effect in bench.press("N") if isinstance(effect, Ask)]
    assert bench.text == "LOI"
    assert not [effect for effect in bench.put(LinkChanged("up")) if isinstance(effect, Ask)]


SHOWN = (
    ("free", {"state": "open"}, ""),
    ("called", {"state": "open", "prefix": "H", "ticket_number": 25, "visit_state": "called"}, "H025"),
    ("in service", {"state": "open", "prefix": "H", "ticket_number": 25, "visit_state": "in_service"}, "H025"),
    ("a long number keeps its digits", {"state": "open", "prefix": "H", "ticket_number": 1025}, "1025"),
    ("a letter that no display has", {"state": "open", "prefix": "Đ", "ticket_number": 7}, "D007"),
    ("closed", {"state": "closed"}, "----"),
    ("paused", {"state": "paused"}, "----"),
    ("paused with somebody still there", {"state": "paused", "prefix": "H", "ticket_number": 25}, "H025"),
)


@pytest.mark.parametrize(("what", "facts", "text"), SHOWN, ids=[row[0] for row in SHOWN])
def test_what_a_counter_display_shows(what: str, facts: dict[str, object], text: str) -> None:
    bench = Bench()
    bench.counter(**facts)
    assert bench.text == text, what


def test_a_display_of_a_stopped_hall_rests_also_when_the_server_is_gone_since() -> None:
    bench = Bench()
    bench.counter(prefix="H", ticket_number=25, visit_state="called")
    assert bench.text == "H025"
    view = msgspec.structs.replace(bench.state.boards["hall"], stopped=stopped())
    bench.put(ViewCame("board/hall", view))
    assert bench.text == "----"
    bench.put(LinkChanged("gone"))
    assert bench.text == "----"
    bench.put(LinkChanged("up"))
    bench.now_s += 10
    bench.counter(prefix="H", ticket_number=25, visit_state="called")
    assert bench.text == "H025"


@pytest.mark.parametrize("link", ["up", "gone"])
def test_who_calls_in_a_stopped_hall_reads_why_nobody_comes(link: LinkState) -> None:
    bench = Bench()
    bench.counter(state="open")
    bench.press("N")
    bench.put(Answered("call-keypad-3", Refused(code="nobody_waiting")))
    assert bench.text == "0"
    bench.put(ViewCame("board/hall", msgspec.structs.replace(bench.state.boards["hall"], stopped=stopped())))
    assert bench.text == "----", "what was told before the stop is over"
    bench.put(LinkChanged(link))
    bench.press("N")
    if link == "up":
        bench.put(Answered("call-keypad-3", Refused(code="hall_stopped")))
    assert bench.text == "STOP"
    bench.now_s += NOTICE_S
    bench.put(Moment())
    assert bench.text == "----"


def test_a_text_that_the_wire_had_no_room_for_is_shown_later() -> None:
    bench = Bench()
    called = {"state": "open", "prefix": "H", "visit_state": "called"}
    assert bench.counter(**called, ticket_number=25) == [Show("counter-display-3", "H025")]
    assert bench.put(NotShown("counter-display-3")) == []
    assert next_moment_s(bench.state, bench.now_s) == bench.now_s + SHOW_AGAIN_S
    assert bench.put(Moment()) == []
    bench.now_s += SHOW_AGAIN_S
    assert bench.put(Moment()) == [Show("counter-display-3", "H025")]
    bench.put(NotShown("counter-display-3"))
    assert bench.counter(**called, ticket_number=26) == [Show("counter-display-3", "H026")]
    bench.now_s += SHOW_AGAIN_S
    assert bench.put(Moment()) == [], "what was said since is not said again"
    assert next_moment_s(bench.state, bench.now_s) is None


def test_a_display_never_shows_what_may_be_old() -> None:
    bench = Bench()
    bench.counter(prefix="H", ticket_number=25)
    assert bench.put(LinkChanged("gone")) == [Show("counter-display-3", "-")]
    assert bench.put(LinkChanged("up")) == [Show("counter-display-3", "H025")]


def test_a_text_is_sent_when_it_changes_and_not_with_every_view() -> None:
    bench = Bench()
    assert bench.counter(prefix="H", ticket_number=25) == [Show("counter-display-3", "H025")]
    assert bench.counter(prefix="H", ticket_number=25) == []


REFUSALS = (
    ("nobody waits", Refused(code="nobody_waiting"), "0"),
    ("another reason", Refused(code="counter_busy"), "LOI"),
    ("no answer in time", None, "LOI"),
    ("done", Done(), "H025"),
)


@pytest.mark.parametrize(("what", "reply", "text"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_refusal_is_shown_for_three_seconds(what: str, reply: Refused | Done | None, text: str) -> None:
    bench = Bench()
    bench.counter(prefix="H", ticket_number=25)
    bench.put(Answered("call-keypad-3", reply))
    assert bench.text == text, what
    if text != "H025":
        assert next_moment_s(bench.state, bench.now_s) == 103.0
    bench.now_s = 103.0
    bench.put(Moment())
    assert bench.text == "H025"


def test_a_new_number_is_not_kept_back_by_a_refusal() -> None:
    bench = Bench()
    bench.counter()
    bench.put(Answered("call-keypad-3", Refused(code="nobody_waiting")))
    assert bench.text == "0"
    bench.counter(prefix="H", ticket_number=26)
    assert bench.text == "H026"


def test_typed_digits_are_shown_and_forgotten_after_a_while() -> None:
    bench = Bench()
    bench.counter()
    bench.press("042")
    assert bench.text == "042"
    assert next_moment_s(bench.state, bench.now_s) == 105.0
    bench.now_s = 105.0
    bench.put(Moment())
    assert bench.text == ""
    assert next_moment_s(bench.state, bench.now_s) is None
    assert not [effect for effect in bench.press("C") if isinstance(effect, Ask)]
    assert bench.text == ""


def test_the_pause_key_opens_a_counter_that_is_not_open_for_whom_it_saw() -> None:
    bench = Bench()
    bench.state.counters["counter-3"] = _counter_view("paused")
    opened = command("open_counter", clerk_id="lan")
    assert [effect.command for effect in bench.press("P") if isinstance(effect, Ask)] == [opened]


def test_keys_name_what_is_seen_of_the_counter() -> None:
    bench = Bench()
    seen = msgspec.structs.replace(_counter_view("open"), last_call_id=7)
    bench.put(ViewCame("counter/counter-3", seen))
    serving = visit(42, "called")
    asked = [effect.command for effect in bench.press("N42C") if isinstance(effect, Ask)]
    assert [one.after_call_id for one in asked if isinstance(one, c.CallingCommand)] == [7, 7]
    bench.put(ViewCame("counter/counter-3", msgspec.structs.replace(seen, serving=serving)))
    asked = [effect.command for effect in bench.press("RSXE") if isinstance(effect, Ask)]
    assert [one.visit_id for one in asked if isinstance(one, c.VisitCommand)] == [serving.visit_id] * 4


def _counter_view(state: Literal["open", "paused", "closed"]) -> CounterView:
    return CounterView(
        counter_id="counter-3",
        number=3,
        names={"vi": "Quầy 3"},
        state=state,
        pause_reason="break",
        clerk_id="lan",
        work_profile_id="all",
        work_profile_names={"vi": "Mọi việc"},
        day="2026-11-23",
        utc_offset_s=25_200,
        day_open=True,
        serving=None,
        next_visits=(),
        parked=(),
        no_shows=(),
        waiting=0,
        today=CounterDay(),
        recall_limit=3,
    )


RATINGS: tuple[tuple[str, str, list[tuple[int, bool]]], ...] = (
    ("up", "1", [(1, False)]),
    ("up", "5", [(5, False)]),
    ("up", "9", []),
    ("gone", "2", [(2, True)]),
)


@pytest.mark.parametrize(("link", "key", "kept"), RATINGS)
def test_every_press_of_a_rating_key_is_kept_first(link: str, key: str, kept: list[tuple[int, bool]]) -> None:
    effects = Bench(link=link).press(key, "rating-keypad-3")
    presses = [effect.press for effect in effects if isinstance(effect, Keep)]
    assert [(press.level, press.buffered) for press in presses] == kept
    assert all(press.pressed_at == at(5) for press in presses)


def test_the_agent_watches_the_counters_of_its_keypads_and_the_boards_of_its_displays() -> None:
    effects = step(AgentState(SETTINGS), FunctionsKnown(FUNCTIONS), 0.0)
    assert [effect.topic for effect in effects if isinstance(effect, Watch)] == ["counter/counter-3", "board/hall"]


def test_health_is_reported_when_it_changes_and_kept_until_the_server_is_there() -> None:
    bench = Bench(link="gone")
    bench.put(HealthChanged("call-keypad-3", "gone", "wire_away", "no adapter"))
    (report,) = (effect for effect in bench.put(LinkChanged("up")) if isinstance(effect, Report))
    assert (report.command.function_id, report.command.state) == ("call-keypad-3", "gone")
    assert (report.command.reason, report.command.detail) == ("wire_away", "no adapter")
    assert bench.put(HealthChanged("call-keypad-3", "gone", "wire_away", "no adapter")) == []
    (again,) = bench.put(ReportLost("call-keypad-3"))
    assert again == report
    (back,) = bench.put(HealthChanged("call-keypad-3", "ok"))
    assert isinstance(back, Report)
    assert (back.command.state, back.command.reason) == ("ok", "")


def test_a_key_that_its_file_does_not_name_is_told_for_a_while() -> None:
    bench = Bench()
    bench.put(HealthChanged("call-keypad-3", "ok"))
    (told,) = (effect for effect in bench.put(PressUnknown("call-keypad-3", "5A")) if isinstance(effect, Report))
    assert (told.command.state, told.command.reason) == ("degraded", "presses_unknown")
    assert told.command.detail.startswith("it sent the code 5A")
    due_s = next_moment_s(bench.state, bench.now_s)
    assert due_s is not None
    bench.now_s = due_s
    (well,) = (effect for effect in bench.put(Moment()) if isinstance(effect, Report))
    assert (well.command.state, well.command.reason) == ("ok", "")


def test_lost_presses_are_told_for_a_while_of_a_device_that_is_well_otherwise() -> None:
    bench = Bench()
    bench.put(HealthChanged("call-keypad-3", "ok"))
    bench.put(PressesLost("call-keypad-3", 2))
    (told,) = (effect for effect in bench.put(PressesLost("call-keypad-3", 1)) if isinstance(effect, Report))
    assert (told.command.state, told.command.reason) == ("degraded", "presses_lost")
    assert told.command.detail.startswith("3 presses")
    (worse,) = bench.put(HealthChanged("call-keypad-3", "gone", "no_answer"))
    assert isinstance(worse, Report)
    assert worse.command.reason == "no_answer"
    bench.put(HealthChanged("call-keypad-3", "ok"))
    due_s = next_moment_s(bench.state, bench.now_s)
    assert due_s == bench.now_s + LOST_TOLD_S
    bench.now_s = due_s
    (well,) = bench.put(Moment())
    assert isinstance(well, Report)
    assert (well.command.state, well.command.reason) == ("ok", "")


def test_digits_typed_before_a_start_are_kept_and_belong_to_the_key_after_it() -> None:
    bench = Bench()
    kept = [effect.digits for effect in bench.press("20") if isinstance(effect, KeepDigits)]
    assert kept == ["2", "20"]
    assert [effect.digits for effect in bench.press("C") if isinstance(effect, KeepDigits)] == [""]
    again = Bench()
    again.put(DigitsRestored("call-keypad-3", "2", age_s=1.5))
    assert again.text == "2"
    (ended,) = (effect for effect in again.press("E") if isinstance(effect, Ask))
    assert isinstance(ended.command, c.EndService)
    assert ended.command.outcome == SETTINGS.outcomes[1]
    late = Bench()
    late.put(DigitsRestored("call-keypad-3", "2", age_s=5.0))
    (ended,) = (effect for effect in late.press("E") if isinstance(effect, Ask))
    assert isinstance(ended.command, c.EndService)
    assert ended.command.outcome == SETTINGS.outcomes[0], "nobody remembers what was typed so long ago"


# --- The store of presses ---------------------------------------------------------------------------------------------


def press_of(number: int) -> c.PressRating:
    return c.PressRating(function_id="rating-keypad-3", press_id=f"{number:032x}", level=1, pressed_at=at(number))


def test_presses_outlive_the_program_and_leave_in_order(tmp_path: Path) -> None:
    store = PressStore(tmp_path)
    for number in range(600):
        assert store.keep(press_of(number))
    store.close()
    again = PressStore(tmp_path)
    left = []
    while (press := again.oldest()) is not None:
        left.append(press)
        again.remove(press.press_id)
    again.close()
    assert left == [press_of(number) for number in range(600)]


def test_a_full_store_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = PressStore(tmp_path, limit=2)
    assert [store.keep(press_of(number)) for number in range(3)] == [True, True, False]
    assert store.oldest() == press_of(0)
    store.close()


# --- agent.toml -------------------------------------------------------------------------------------------------------


WRONG = (
    ("no file", None, "is missing"),
    ("no TOML", "wires = [", "agent.toml"),
    (
        "a wire that is none",
        '[[wires]]\nwire_id="hall"\naddress="tcp://h:1"\n[[functions]]\nfunction_id="k"\nwire_id="x"\nslave=1\n',
        "there are: hall",
    ),
    (
        "two slaves alike",
        (
            '[[wires]]\nwire_id="hall"\naddress="tcp://h:1"\n'
            '[[functions]]\nfunction_id="a"\nwire_id="hall"\nslave=1\n'
            '[[functions]]\nfunction_id="b"\nwire_id="hall"\nslave=1\n'
        ),
        "slaves differ",
    ),
    ("a word that means nothing", 'wires=[]\nfunctions=[]\ncolour="red"', "colour"),
)


@pytest.mark.parametrize(("what", "text", "says"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_file_is_refused_with_its_mend(tmp_path: Path, what: str, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings, match=says):
        load_settings(tmp_path)
    assert what
