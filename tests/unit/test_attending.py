"""A program that attends: once for each trial, told until it is heard, and awake to a new place."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from protocol import commands as c
from protocol.attending import Holding, Program, attend, hash_of
from protocol.link import Link, LinkFull
from protocol.views import AnyReply, Attended, Done

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KIOSK = c.FunctionDescription(function_id="kiosk-1", kind="kiosk")


class Wire:
    """A link in the test's hand: it keeps what was asked, and answers when told."""

    def __init__(self) -> None:
        self.on_sign: Callable[[], None] = lambda: None
        self.asked: list[tuple[c.Attend, Callable[[AnyReply | None], None]]] = []
        self.full = False

    def ask(self, command: c.Attend, on_reply: Callable[[AnyReply | None], None], *, deadline_s: float) -> None:
        assert deadline_s < 3
        if self.full:
            raise LinkFull("full")
        self.asked.append((command, on_reply))

    def answer(self, *trials: c.Trial, functions: tuple[c.FunctionDescription, ...] = (KIOSK,)) -> c.Attend:
        command, on_reply = self.asked.pop(0)
        on_reply(Attended(functions=functions, trials=trials))
        return command

    def silence(self, reply: AnyReply | None = None) -> None:
        self.asked.pop(0)[1](reply)


def attending(program: Program) -> Wire:
    wire = Wire()
    attend(cast("Link", wire), program, lambda: AT)
    return wire


def trial(number: int = 1, kind: c.TrialKind = "ticket") -> c.Trial:
    return c.Trial(trial_id=f"{number:032x}", function_id="kiosk-1", trial=kind)


def test_it_tells_what_it_runs_and_holds() -> None:
    held = Holding(configuration_id="c0", waiting=2, tickets_left=40)
    wire = attending(Program("kiosk", "abc", lambda: held))
    wire.on_sign()
    about = wire.answer().about
    assert (about.program, about.texts_hash, about.configuration_id) == ("kiosk", "abc", "c0")
    assert (about.waiting, about.tickets_left, about.jobs) == (2, 40, None)
    assert (about.machine_at, about.started_at) == (AT, AT)
    assert about.program_version


def test_it_asks_once_at_a_time_and_goes_on_after_silence() -> None:
    wire = attending(Program("kiosk"))
    wire.on_sign()
    wire.on_sign()
    assert len(wire.asked) == 1
    for reply in (None, Done()):
        wire.silence(reply)
        wire.on_sign()
        assert len(wire.asked) == 1
    wire.silence()
    wire.full = True
    wire.on_sign()
    wire.full = False
    wire.on_sign()
    assert len(wire.asked) == 1


def test_a_trial_is_tried_once_and_its_result_is_told_until_it_is_heard() -> None:
    tried: list[tuple[c.Trial, Callable[[c.TrialResult], None]]] = []
    wire = attending(Program("kiosk", trials={"ticket": lambda one, tell: tried.append((one, tell))}))
    wire.on_sign()
    wire.answer(trial())
    wire.on_sign()
    wire.answer(trial())
    ((one, tell),) = tried
    result = c.TrialResult(trial_id=one.trial_id, result="done")
    tell(result)
    tell(c.TrialResult(trial_id=one.trial_id, result="failed"))
    assert len(wire.asked) == 1, "it does not wait for the next sign of life"
    assert wire.asked[0][0].results == (result,)
    wire.silence()
    wire.on_sign()
    assert wire.answer(trial()).results == (result,)
    wire.on_sign()
    assert wire.answer().results == ()
    assert len(tried) == 1


def test_what_it_cannot_try_it_says_and_it_always_answers() -> None:
    wire = attending(Program("web"))
    wire.on_sign()
    wire.answer(trial(1, "sound"), trial(2, "answer"))
    told: list[tuple[str, str]] = []
    while wire.asked:
        told += [(one.result, one.reason) for one in wire.answer().results]
    wire.on_sign()
    told += [(one.result, one.reason) for one in wire.answer().results]
    assert sorted(set(told)) == [("cannot", "no_such_part"), ("done", "")]


def test_it_hears_of_a_new_place_but_not_of_its_first() -> None:
    heard: list[tuple[c.FunctionDescription, ...]] = []
    wire = attending(Program("rating", on_functions=heard.append))
    moved = c.FunctionDescription(function_id="kiosk-1", kind="kiosk", zone_id="upstairs")
    for functions in ((KIOSK,), (KIOSK,), (moved,), (moved,)):
        wire.on_sign()
        wire.answer(functions=functions)
    assert heard == [(moved,)]


def test_words_that_differ_in_one_letter_have_another_hash() -> None:
    words = {"vi": {"a": "một", "b": "hai"}, "en": {"a": "one"}}
    assert hash_of(words) == hash_of({"en": {"a": "one"}, "vi": {"b": "hai", "a": "một"}})
    assert hash_of(words) != hash_of({"vi": {"a": "một", "b": "ha"}, "en": {"a": "one"}})
    assert len(hash_of(words)) == 12
