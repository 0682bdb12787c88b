"""A technician and a device over a real server: what it runs, a trial with its answer in seconds, another place."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from protocol.attending import Holding, Program, attend
from protocol.commands import (
    FindDevice,
    FunctionDescription,
    PlaceFunction,
    RevokeDevice,
    Trial,
    TrialResult,
    TryFunction,
)
from protocol.keys import new_id
from protocol.link import Link
from protocol.views import CounterView, DeviceFound, Done, Envelope, Refused
from tests.support.served_branch import PATIENCE_S, ServedBranch, function

pytestmark = pytest.mark.leaves_behind("One device lives through all tests here, and its connections come and go")

WITHIN_S = 8.0
"""A device attends every three seconds, and once more when it has tried something."""


class Bench:
    """A device whose program is the test, and its technician."""

    def __init__(self, branch: ServedBranch) -> None:
        self.branch = branch
        self.tried: list[Trial] = []
        self.functions: list[tuple[FunctionDescription, ...]] = []
        self.views: list[str] = []
        self.changed = threading.Condition()
        branch.pair("keypads", function("call_keypad", "call-keypad-9", counter_id="counter-1"))
        self.link: Link = branch.link("keypads", topics=["counter/counter-1"], on_view=self._viewed)
        program = Program("agent", "abc", lambda: Holding(waiting=3), {"text": self._try}, self._moved)
        attend(self.link, program)

    def _moved(self, functions: tuple[FunctionDescription, ...]) -> None:
        with self.changed:
            self.functions.append(functions)
            self.changed.notify_all()

    def _viewed(self, topic: str, envelope: Envelope) -> None:
        assert isinstance(envelope.view, CounterView)
        with self.changed:
            self.views.append(topic)
            self.changed.notify_all()

    def _try(self, trial: Trial, tell: Callable[[TrialResult], None]) -> None:
        self.tried.append(trial)
        tell(TrialResult(trial_id=trial.trial_id, result="unseen", reason="look", detail="8888"))

    def found(self, technician: Link, until: Callable[[DeviceFound], bool]) -> DeviceFound:
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            found = technician.ask_and_wait(FindDevice(function_id="technician", device_id="keypads"))
            assert isinstance(found, DeviceFound)
            if until(found):
                return found
            assert time.monotonic() < deadline_s, found
            with self.changed:
                self.changed.wait(0.1)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE_S)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with ServedBranch(tmp_path_factory.mktemp("trials")) as branch:
        bench = Bench(branch)
        with bench.link:
            yield bench


def try_out(kind: str, function_id: str = "call-keypad-9") -> TryFunction:
    return TryFunction(function_id="technician", tried_function_id=function_id, trial=kind, trial_id=new_id())  # type: ignore[arg-type]  # Kinds by name.


def test_what_it_runs_and_that_it_is_heard(bench: Bench) -> None:
    with bench.branch.technician() as technician:
        found = bench.found(technician, lambda one: one.about is not None)
    assert found.about is not None
    assert (found.about.program, found.about.texts_hash, found.about.waiting) == ("agent", "abc", 3)
    assert found.clock_offset_s is not None
    assert abs(found.clock_offset_s) < 1, "both are one machine"
    assert found.heard_at is not None
    assert [one.function_id for one in found.functions] == ["call-keypad-9"]


def test_a_trial_is_answered_within_seconds_and_tried_once(bench: Bench) -> None:
    with bench.branch.technician() as technician:
        bench.found(technician, lambda one: one.about is not None)
        asked = try_out("text")
        begun = time.monotonic()
        assert technician.ask_and_wait(asked) == Done()
        assert technician.ask_and_wait(asked) == Done(), "the same again is the same trial"
        found = bench.found(technician, lambda one: bool(one.trials and one.trials[0].result))
        assert time.monotonic() - begun < WITHIN_S
        known = found.trials[0].result
        assert known is not None
        assert (known.trial_id, known.result, known.detail) == (asked.trial_id, "unseen", "8888")
        assert [one.trial_id for one in bench.tried].count(asked.trial_id) == 1
        technician.ask_and_wait(try_out("sound"))
        found = bench.found(technician, lambda one: one.trials[0].result is not None)
        assert found.trials[0].result is not None
        assert (found.trials[0].result.result, found.trials[0].result.reason) == ("cannot", "no_such_part")


def test_nobody_else_may_try_or_look(bench: Bench) -> None:
    bench.branch.pair("kiosk", function("kiosk", "kiosk-1"))
    for command in (FindDevice(function_id="kiosk-1", device_id="keypads"), try_out("text")):
        refused = bench.branch.ask("kiosk", command)
        assert isinstance(refused, Refused)
        assert refused.code in {"not_allowed", "unknown_function"}


def test_a_device_that_is_put_elsewhere_learns_of_it_and_sees_its_new_counter_alone(bench: Bench) -> None:
    with bench.branch.technician() as technician:
        bench.found(technician, lambda one: one.about is not None)
        bench.wait_for(lambda: "counter/counter-1" in bench.views)
        moved = PlaceFunction(function_id="technician", placed_function_id="call-keypad-9", counter_id="counter-2")
        assert technician.ask_and_wait(moved) == Done()
        bench.wait_for(lambda: bool(bench.functions))
        assert bench.functions[-1][0].counter_id == "counter-2"
        bench.link.watch("counter/counter-2")
        bench.wait_for(lambda: "counter/counter-2" in bench.views)
        found = bench.found(technician, lambda one: one.functions[0].counter_id == "counter-2")
        assert found.pairing == "paired"


def test_a_silent_device_has_its_silence_and_answers_no_trial(bench: Bench) -> None:
    bench.branch.pair("away", function("observer", "observer-9"))
    with bench.branch.technician() as technician:
        technician.ask_and_wait(try_out("answer", "observer-9"))
        found = technician.ask_and_wait(FindDevice(function_id="technician", device_id="away"))
        assert isinstance(found, DeviceFound)
        assert (found.heard_at, found.about) == (None, None)
        assert found.trials[0].result is None
        technician.ask_and_wait(RevokeDevice(function_id="technician", device_id="away"))
        refused = technician.ask_and_wait(try_out("answer", "observer-9"))
        assert isinstance(refused, Refused)
