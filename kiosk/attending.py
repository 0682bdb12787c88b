"""A touch program's attendance: what it holds, and its trials of ticket and screen, between its link and its loop."""

from collections.abc import Callable
from typing import Protocol

from protocol.attending import Tell
from protocol.commands import Trial, TrialResult

ShowPicture = Callable[[str, Callable[[str], None]], None]
"""Shows a trial picture under a title; hears the reason why not, empty once it is on the screen."""


class Prints(Protocol):
    """What prints a ticket on trial."""

    def print_trial(self, trial_id: str, on_end: Callable[[str, str], None]) -> None:
        """Print it; `on_end` hears how that ended (`done`, `unseen`, `failed`) and why, in whatever thread."""


def try_screen(show: ShowPicture, trial: Trial, tell: Tell) -> None:
    """Have the screen show its trial picture: only eyes can tell whether it is as it should be."""

    def ended(why: str) -> None:
        tell(TrialResult(trial_id=trial.trial_id, result="failed" if why else "unseen", reason=why or "look"))

    show(trial.function_id, ended)


def try_ticket(prints: Prints | None, trial: Trial, tell: Tell) -> None:
    """Have a ticket printed on trial."""
    if prints is None:
        tell(TrialResult(trial_id=trial.trial_id, result="cannot", reason="no_printer"))
        return

    def ended(result: str, why: str) -> None:
        tell(TrialResult(trial_id=trial.trial_id, result=result, reason=why))  # type: ignore[arg-type]  # One of its words.

    prints.print_trial(trial.trial_id, ended)
