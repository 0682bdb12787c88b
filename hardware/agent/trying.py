"""A technician's trials of what hangs on the agent's wires: does it answer, and does a text stand on a display.

A display that acknowledges its text has shown it, as far as it can tell; one that is mute has been told, and somebody
must look. The text is eights in every place, because then every lamp is on. Used by the agent's loop alone.
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from hardware.agent import flow
from hardware.agent.led_texts import Function
from protocol.attending import Tell
from protocol.commands import Trial, TrialResult

SHOWN_WITHIN_S: Final = 4.0
"""A wire with all its slaves asked in turn shows a text in a tenth of this."""
ALL_LAMPS: Final = "8"


@dataclass(frozen=True, slots=True)
class _Waited:
    trial: Trial
    tell: Tell
    text: str
    until_s: float


class Trying:
    """The trials that wait for a display."""

    def __init__(self) -> None:
        self._waited: dict[str, _Waited] = {}

    def begin(
        self, trial: Trial, tell: Tell, state: flow.AgentState, now_s: float, *, mute: Container[str]
    ) -> tuple[flow.TextTried, ...]:
        """Begin a trial; gives what the flow has to do for it."""
        function = state.functions.get(trial.function_id)
        if function is None:
            tell(_result(trial, "cannot", "not_here"))
        elif trial.trial == "answer":
            tell(_answer_of(trial, state, mute))
        elif function.kind != "counter_display" or function.at is None:
            tell(_result(trial, "cannot", "no_such_part"))
        elif any(view.stopped for view in state.boards.values()):
            tell(_result(trial, "cannot", "hall_stopped"))
        elif function.function_id in mute:
            tell(_result(trial, "unseen", "look"))
            return (flow.TextTried(function.function_id, _text(function)),)
        else:
            text = _text(function)
            self._waited[function.function_id] = _Waited(trial, tell, text, now_s + SHOWN_WITHIN_S)
            return (flow.TextTried(function.function_id, text),)
        return ()

    def shown(self, function_id: str, text: str) -> None:
        """Take note that a display has acknowledged a text."""
        self._settle(function_id, text, "done", "")

    def refused(self, function_id: str, text: str) -> None:
        """Take note that a display does not take a text."""
        self._settle(function_id, text, "failed", "text_refused")

    def _settle(self, function_id: str, text: str, result: str, reason: str) -> None:
        waited = self._waited.get(function_id)
        if waited is not None and waited.text == text:
            del self._waited[function_id]
            waited.tell(_result(waited.trial, result, reason))

    def due_s(self) -> float | None:
        """Give when a trial is over although nothing happens."""
        return min((one.until_s for one in self._waited.values()), default=None)

    def give_up(self, state: flow.AgentState, now_s: float) -> None:
        """End what nobody acknowledged in time, with what is known of the device."""
        for function_id in [name for name, one in self._waited.items() if one.until_s <= now_s]:
            waited = self._waited.pop(function_id)
            health = state.health.get(function_id)
            detail = health.detail if health else ""
            waited.tell(_result(waited.trial, "failed", (health.reason if health else "") or "no_answer", detail))


def _text(function: Function) -> str:
    assert function.at is not None, "a display hangs on a wire"
    return ALL_LAMPS * function.at.columns


def _answer_of(trial: Trial, state: flow.AgentState, mute: Container[str]) -> TrialResult:
    health = state.health.get(trial.function_id)
    if trial.function_id in mute:
        return _result(trial, "cannot", "never_answers")
    if health is None:
        return _result(trial, "failed", "unheard")
    good = health.health in {"ok", "degraded"}
    return _result(trial, "done" if good else "failed", health.reason, health.detail)


def _result(trial: Trial, result: str, reason: str, detail: str = "") -> TrialResult:
    return TrialResult(
        trial_id=trial.trial_id,
        result=result,  # type: ignore[arg-type]  # One of its words.
        reason=reason,
        detail=detail[:256],
    )
